"""A crop map's parcels as maps draw them: by class, by probability, by applicability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.domain import Crop, Legend
from engine.mapping.crop_map import CropMap
from engine.mapping.qgis_styles import STEPS

if TYPE_CHECKING:
    import geopandas as gpd

Facet = Literal["class", "probability", "applicability"]
APPLIES, BEYOND = "map applies", "unlike the training data"
STEP_NAMES = tuple(f"{low:.0%} to {high:.0%} sure" for low, high, _ in STEPS)


def layer_of(crop_map: CropMap, legend: Legend, facet: Facet) -> tuple[gpd.GeoDataFrame, Legend]:
    """The parcels, with what is drawn in the column ``crop``, and its colours: what `publish_parcels` takes.

    Parameters
    ----------
    crop_map
        The map.
    legend
        Of the study.
    facet
        ``class``, ``probability`` of the class in four steps, or ``applicability``.
    """
    parcels = crop_map.parcels
    if facet == "class":
        return parcels, legend
    if facet == "applicability":
        named = np.where(parcels["applicable"].to_numpy(dtype=bool), APPLIES, BEYOND)
        return parcels.assign(crop=named), _legend((APPLIES, STEPS[-1][2]), (BEYOND, STEPS[0][2]))
    limits = [low for low, _, _ in STEPS[1:]]
    step = np.searchsorted(limits, parcels["probability"].to_numpy(np.float64), side="right")
    named = np.array(STEP_NAMES, dtype=object)[step]
    colours = [colour for _, _, colour in STEPS]
    return parcels.assign(crop=named), _legend(*zip(STEP_NAMES, colours, strict=True))


def _legend(*named: tuple[str, str]) -> Legend:
    return Legend(tuple(Crop(code, name, colour) for code, (name, colour) in enumerate(named)))
