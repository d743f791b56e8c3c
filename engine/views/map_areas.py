"""How much land a crop map gives each class, and how much of it is unlike the training data."""

from __future__ import annotations

import pandas as pd

from engine.mapping.crop_map import CropMap

FAINT = 0.45  # opacity of land where the map does not apply


def map_areas_frame(crop_map: CropMap) -> pd.DataFrame:
    """Hectares that the map gives each class, the largest first.

    Parameters
    ----------
    crop_map
        The map.

    Returns
    -------
    A row a class that the map has: ``class``, ``parcels``, ``area_ha``, and ``beyond_ha``, the part of it
    where the map does not apply.
    """
    parcels = crop_map.parcels
    beyond = parcels["area_ha"].where(~parcels["applicable"].astype(bool), 0.0)
    table = pd.DataFrame({"class": parcels["crop"], "area_ha": parcels["area_ha"], "beyond_ha": beyond})
    frame = table.groupby("class").agg(
        parcels=("area_ha", "size"), area_ha=("area_ha", "sum"), beyond_ha=("beyond_ha", "sum")
    )
    return frame.sort_values("area_ha", ascending=False, kind="stable").reset_index()
