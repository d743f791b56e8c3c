"""How much land has each class: counted on a crop map, and estimated from a sample."""

from __future__ import annotations

import pandas as pd

from engine.mapping.accuracy.nouns import Accuracy
from engine.mapping.crop_map import CropMap

FAINT = 0.45  # opacity of land where the map does not apply


def map_areas_frame(crop_map: CropMap, accuracy: Accuracy | None = None) -> pd.DataFrame:
    """Hectares of each class, the largest first; charts, reports and files take them from here.

    Parameters
    ----------
    crop_map
        The map.
    accuracy
        What a probability sample says; None without one.

    Returns
    -------
    A row a class of the legend, and one a class that only the sample found: ``class``, ``parcels``, and
    ``mapped_ha`` as the map counts them, and ``beyond_ha``, the part of it where the map does not apply. With
    a sample also ``estimated_ha``, ``low_ha``, ``high_ha`` and ``level``.
    """
    parcels = crop_map.parcels
    beyond = parcels["area_ha"].where(~parcels["applicable"].astype(bool), 0.0)
    table = pd.DataFrame({"class": parcels["crop"], "area_ha": parcels["area_ha"], "beyond_ha": beyond})
    counts = table.groupby("class").agg(
        parcels=("area_ha", "size"), mapped_ha=("area_ha", "sum"), beyond_ha=("beyond_ha", "sum")
    )
    areas = {each.name: each.area.estimate for each in accuracy.by_class} if accuracy else {}
    names = list(dict.fromkeys([*crop_map.legend, *areas]))
    frame = counts.reindex(names).fillna(0.0).astype({"parcels": int}).rename_axis("class").reset_index()
    for end in ("value", "low", "high", "level") if accuracy else ():
        column = {"value": "estimated_ha", "level": "level"}.get(end, f"{end}_ha")
        frame[column] = [getattr(areas[name], end) if name in areas else None for name in names]
    leading = "estimated_ha" if accuracy else "mapped_ha"
    return frame.sort_values(leading, ascending=False, kind="stable").reset_index(drop=True)
