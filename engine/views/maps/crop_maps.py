"""A crop map: every parcel by its class, its probability, or whether the map applies there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from engine.decisions.wording import plain
from engine.domain import Departure, Legend
from engine.mapping.crop_map import CropMap
from engine.mapping.qgis_styles import STEPS, SURE
from engine.views import palette
from engine.views.maps.deck import Map
from engine.views.maps.features import compact
from engine.views.maps.ground import extent_of
from engine.views.maps.layers import line_layers, name_layers, parcel_layers, ring_layer
from engine.views.maps.legend import Label, crop_labels
from engine.views.maps.publish import (
    URL,
    PublishedGround,
    PublishedParcels,
    PublishedPlaces,
    publish_parcels,
    publish_places,
)

ColourBy = Literal["class", "probability", "applicability"]
PREFIX: dict[ColourBy, str] = {"class": "", "probability": "sure_", "applicability": "where_"}
STEP_NAMES = ("less than 50%", "50 to 70%", "70 to 90%", "at least 90%")
SURE_DARK = ("#FFC978", "#B5884C", "#5E82B3", "#9CC4FF")
BEYOND, WITHIN = 0, 3  # places in these colours
MOST_RINGS = 2_000  # labelled parcels that are marked
TOOLTIP = "{crop}, {sure}\nelse {second}\n{id}, {ha} ha\n{where}"


@dataclass(frozen=True)
class PublishedMap:
    """A crop map, ready to be drawn.

    Parameters
    ----------
    parcels
        With their colours of every kind.
    labelled
        The labelled parcels; None where there are none, or too many to mark.
    steps
        Parcels by step of probability.
    within, beyond
        Parcels where the map applies, and where it does not.
    """

    parcels: PublishedParcels
    labelled: PublishedPlaces | None
    steps: tuple[int, ...]
    within: int
    beyond: int

    @property
    def exists(self) -> bool:
        """Whether all files are still there."""
        return self.parcels.exists and (self.labelled is None or self.labelled.exists)


def publish_crop_map(crop_map: CropMap, legend: Legend, folder: Path | None, url: str = URL) -> PublishedMap:
    """Write a crop map for the browser to fetch, once for all its colours.

    Parameters
    ----------
    crop_map
        The map.
    legend
        Names and colours of its classes.
    folder, url
        As for `engine.views.maps.publish_parcels`.
    """
    table = crop_map.parcels
    step = np.digitize(table["probability"], STEPS)
    applies = table["applicable"].to_numpy(dtype=int)
    looks = [_colours("sure_", number) for number in range(len(STEP_NAMES))]
    places = [_colours("where_", BEYOND), _colours("where_", WITHIN)]
    texts = ["unlike the training data", "the map applies"]
    columns = (table[name].tolist() for name in ("probability", "second", "second_probability"))
    facts = zip(*columns, step.tolist(), applies.tolist(), strict=True)
    more = [
        f'"sure":"{sure:.0%}","second":{compact(f"{plain(second)}, {less:.0%}")},'
        f'"where":"{texts[inside]}",{looks[number]},{places[inside]}'
        for sure, second, less, number, inside in facts
    ]
    labelled = table[table["labelled"]]
    return PublishedMap(
        publish_parcels(table, legend, folder, url, more),
        publish_places(labelled, folder, url) if 0 < len(labelled) <= MOST_RINGS else None,
        tuple(np.bincount(step, minlength=len(STEP_NAMES)).tolist()),
        int(applies.sum()),
        int((1 - applies).sum()),
    )


def crop_map_map(
    published: PublishedMap,
    colour_by: ColourBy,
    middle: Departure,
    dark: bool,
    ground: PublishedGround | None = None,
) -> Map:
    """A crop map; the labelled parcels have a ring.

    Parameters
    ----------
    published
        The map, published.
    colour_by
        What its colours tell.
    middle
        A place among the parcels.
    dark
        Whether the theme is dark.
    ground
        What lies beneath the parcels; None is nothing.
    """
    parcels = published.parcels
    labelled = [ring_layer(published.labelled, dark)] if published.labelled else []
    layers = [
        *line_layers(ground, dark),
        *parcel_layers(parcels, dark, 0.9, 3.5, outlined=True, colours=PREFIX[colour_by]),
        *labelled,
        *name_layers(ground, dark),
    ]
    labels = list(_labels(published, colour_by, dark))
    if labelled:
        labels.append(Label("labelled", palette.scheme(dark).accent, "ring"))
    extent = extent_of(parcels.bounds, middle, ground.bounds if ground else None)
    return Map(layers, extent, TOOLTIP, labels, dark)


def _labels(published: PublishedMap, colour_by: ColourBy, dark: bool) -> Sequence[Label]:
    colours = SURE_DARK if dark else SURE
    if colour_by == "class":
        return crop_labels(published.parcels, dark)
    if colour_by == "probability":
        parts = zip(STEP_NAMES, published.steps, colours, strict=True)
        return [Label(f"{name} sure {count:,}", colour) for name, count, colour in parts]
    return [
        Label(f"the map applies {published.within:,}", colours[WITHIN]),
        Label(f"unlike the training data {published.beyond:,}", colours[BEYOND]),
    ]


def _colours(prefix: str, place: int) -> str:
    """Members of a JSON object: the colour at that place in either theme."""
    both = {f"{prefix}light": palette.rgb(SURE[place]), f"{prefix}dark": palette.rgb(SURE_DARK[place])}
    return compact(both)[1:-1]
