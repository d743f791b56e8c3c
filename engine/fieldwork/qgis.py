"""A QGIS project over the layers of a field plan, which QField opens on a phone with forms to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine.field_form import (
    CANNOT_REACH,
    CONFIDENCE,
    CONFIDENCES,
    CROP_FOUND,
    NO_CROP,
    OBSERVED_AT,
    OTHER,
    PHOTO,
    STAGE,
    STAGES,
    VISITED,
)

# A picture, by its path from the project, with a preview.
PHOTO_WIDGET = {"DocumentViewer": "1", "RelativeStorage": "1", "StorageMode": "0"}
VERSION = "3.22.0"  # the oldest long-term release whose reading of it was tried
FILL, LINE, POINT = "fill", "line", "marker"
LAYERS = (  # drawn from the bottom up: name, geometry, kind of symbol
    ("parcels", "Polygon", FILL),
    ("replacements", "Polygon", FILL),
    ("ways", "Line", LINE),
    ("stops", "Point", POINT),
)
SYMBOLS = {
    "parcels": {"color": "34,136,119,60", "outline_color": "34,136,119,255", "outline_width": "0.6"},
    "replacements": {
        "color": "136,102,0,30", "outline_color": "136,102,0,255", "outline_style": "dash",
        "outline_width": "0.5",
    },
    "ways": {"line_color": "68,0,119,255", "line_width": "0.5"},
    "stops": {"color": "68,0,119,255", "outline_color": "255,255,255,255", "size": "2.4", "name": "circle"},
}  # fmt: skip
CLASSES = {FILL: "SimpleFill", LINE: "SimpleLine", POINT: "SimpleMarker"}


def project(
    package: str,
    crops: Sequence[str],
    bounds: tuple[float, float, float, float],
    layers: Iterable[str],
) -> str:
    """The project file, as text.

    Parameters
    ----------
    package
        File name of the GeoPackage, which lies in the same folder.
    crops
        Class names that the form offers for ``crop_found``.
    bounds
        Of the first view: west, south, east, north, degrees.
    layers
        Names of the layers that the GeoPackage has.
    """
    root = Element("qgis", projectname="Groundplan field plan", version=VERSION)
    SubElement(root, "title").text = "Groundplan field plan"
    _add_crs(SubElement(root, "projectCrs"))
    tree = SubElement(root, "layer-tree-group")
    canvas = SubElement(root, "mapcanvas", name="theMapCanvas")
    SubElement(canvas, "units").text = "degrees"
    extent = SubElement(canvas, "extent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        SubElement(extent, name).text = f"{value:.6f}"
    _add_crs(SubElement(canvas, "destinationsrs"))
    present = set(layers)
    layer_elements = SubElement(root, "projectlayers")
    for name, geometry, kind in LAYERS:
        if name in present:
            _add_layer(layer_elements, package, name, geometry, kind, crops)
    for name, _, _ in reversed(LAYERS):
        if name in present:
            SubElement(
                tree, "layer-tree-layer", id=f"groundplan_{name}", name=name, providerKey="ogr",
                checked="Qt::Checked", source=f"./{package}|layername={name}", expanded="1",
            )  # fmt: skip
    properties = SubElement(SubElement(root, "properties"), "SpatialRefSys")
    SubElement(properties, "ProjectionsEnabled", type="int").text = "1"
    indent(root)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, "unicode")


def _add_layer(
    parent: Element, package: str, name: str, geometry: str, kind: str, crops: Sequence[str]
) -> None:
    layer = SubElement(parent, "maplayer", type="vector", geometry=geometry, labelsEnabled="0")
    SubElement(layer, "id").text = f"groundplan_{name}"  # QGIS replaces ids of ten letters or fewer
    SubElement(layer, "datasource").text = f"./{package}|layername={name}"
    SubElement(layer, "layername").text = name
    _add_crs(SubElement(layer, "srs"))
    SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    renderer = SubElement(layer, "renderer-v2", type="singleSymbol", symbollevels="0")
    symbol = SubElement(SubElement(renderer, "symbols"), "symbol", type=kind, name="0", alpha="1")
    drawn = SubElement(symbol, "layer", {"class": CLASSES[kind], "enabled": "1"})
    for key, value in SYMBOLS[name].items():
        SubElement(drawn, "prop", k=key, v=value)
    if name in ("parcels", "replacements"):
        _add_form(layer, crops)
        SubElement(layer, "previewExpression").text = '"parcel_id"'
    if name == "stops":
        SubElement(layer, "previewExpression").text = '"day" || \'.\' || "crew" || \'-\' || "stop"'


def _add_form(layer: Element, crops: Sequence[str]) -> None:
    """What each field of a parcel offers, and the time, which is filled in where a row is changed."""
    fields = SubElement(layer, "fieldConfiguration")
    _add_choice(fields, CROP_FOUND, dict.fromkeys([*crops, OTHER, NO_CROP, CANNOT_REACH]))
    _add_choice(fields, VISITED, ["yes", "no"])
    _add_choice(fields, STAGE, STAGES)
    _add_choice(fields, CONFIDENCE, CONFIDENCES)
    photo = SubElement(SubElement(fields, "field", name=PHOTO), "editWidget", type="ExternalResource")
    settings = SubElement(SubElement(photo, "config"), "Option", type="Map")
    for name, value in PHOTO_WIDGET.items():
        SubElement(settings, "Option", name=name, value=value, type="int")
    defaults = SubElement(layer, "defaults")
    now = "format_date(now(), 'yyyy-MM-ddTHH:mm:ss')"
    SubElement(defaults, "default", field=OBSERVED_AT, expression=now, applyOnUpdate="1")


def _add_choice(parent: Element, field: str, choices: Iterable[str]) -> None:
    """A drop-down list in the form of a field."""
    widget = SubElement(SubElement(parent, "field", name=field), "editWidget", type="ValueMap")
    options = SubElement(SubElement(widget, "config"), "Option", type="Map")
    listed = SubElement(options, "Option", name="map", type="List")
    for choice in choices:
        entry = SubElement(listed, "Option", type="Map")
        SubElement(entry, "Option", name=choice, value=choice, type="QString")


def _add_crs(parent: Element) -> None:
    system = SubElement(parent, "spatialrefsys")
    SubElement(system, "proj4").text = "+proj=longlat +datum=WGS84 +no_defs"
    SubElement(system, "srsid").text = "3452"
    SubElement(system, "authid").text = "EPSG:4326"
    SubElement(system, "srid").text = "4326"
    SubElement(system, "geographicflag").text = "true"
