"""Styles of a map for QGIS, kept in the GeoPackage: by class, and by probability."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, tostring

import pandas as pd

from engine.domain import Legend

STEPS = (0.5, 0.7, 0.9)  # of probability, at which colours change; the page has the same
SURE = ("#8A4F00", "#C98F3C", "#6B93C9", "#1F5AA6")  # from unsure to sure, on a light ground
OUTLINE = "90,90,90,160"
VERSION = "3.22.0"


def styles(layer: str, geometry: str, legend: Legend, column: str, probability: str) -> pd.DataFrame:
    """The table ``layer_styles`` that QGIS looks for; the first style is the one that it opens with.

    Parameters
    ----------
    layer
        Name of the layer.
    geometry
        Name of its geometry column.
    legend
        Classes with their colours.
    column, probability
        Columns of the class and of its probability.
    """
    by_class = ("by class", _by_class(legend, column), "Class of each parcel")
    by_probability = (
        "by probability",
        _by_probability(probability),
        "Calibrated probability of the class of each parcel",
    )
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer,
            "f_geometry_column": geometry,
            "styleName": name,
            "styleQML": qml,
            "styleSLD": "",
            "useAsDefault": place == 0,
            "description": description,
            "owner": "",
            "ui": "",
        }
        for place, (name, qml, description) in enumerate((by_class, by_probability))
    ]
    return pd.DataFrame(rows)


def _by_class(legend: Legend, column: str) -> str:
    root, renderer = _styled("categorizedSymbol", column)
    categories = SubElement(renderer, "categories")
    for crop in legend:
        SubElement(
            categories, "category", value=crop.name, label=crop.name, symbol=str(crop.code), render="true"
        )
    _add_symbols(renderer, [crop.colour for crop in legend])
    return tostring(root, "unicode")


def _by_probability(column: str) -> str:
    root, renderer = _styled("graduatedSymbol", column)
    renderer.set("graduatedMethod", "GraduatedColor")
    ranges = SubElement(renderer, "ranges")
    for place, (low, high) in enumerate(pairwise((0.0, *STEPS, 1.0))):
        SubElement(
            ranges, "range", lower=f"{low}", upper=f"{high}", label=f"{low:.0%} to {high:.0%}",
            symbol=str(place), render="true",
        )  # fmt: skip
    _add_symbols(renderer, SURE)
    return tostring(root, "unicode")


def _styled(kind: str, column: str) -> tuple[Element, Element]:
    root = Element("qgis", version=VERSION, styleCategories="Symbology")
    renderer = SubElement(root, "renderer-v2", type=kind, attr=f'"{column}"', enableorderby="0")
    return root, renderer


def _add_symbols(renderer: Element, colours: Sequence[str]) -> None:
    symbols = SubElement(renderer, "symbols")
    for place, colour in enumerate(colours):
        symbol = SubElement(symbols, "symbol", name=str(place), type="fill", alpha="1", clip_to_extent="1")
        layer = SubElement(
            symbol, "layer", {"class": "SimpleFill", "enabled": "1", "pass": "0", "locked": "0"}
        )
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        options = {
            "color": f"{red},{green},{blue},255",
            "style": "solid",
            "outline_color": OUTLINE,
            "outline_style": "solid",
            "outline_width": "0.1",
        }
        for key, value in options.items():
            SubElement(layer, "prop", k=key, v=value)
