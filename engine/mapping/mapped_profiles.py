"""How the classes of a map look from space: mean series of the parcels that got each class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.domain import UNLABELLED, Study
from engine.mapping.crop_map import CropMap
from engine.studies.parts import season_parts
from engine.studies.profiles import ProfileSums


def mapped_profiles(study: Study, crop_map: CropMap) -> pd.DataFrame:
    """Mean series of each mapped class, read part by part.

    Parameters
    ----------
    study, crop_map
        The map, and the study that it is of.

    Returns
    -------
    As `engine.studies.profiles.ProfileSums.frame` gives them, of the mapped season: ``crop`` is the mapped
    class, ``parcels`` the parcels that got it, and ``mean`` and ``sd`` are over their pixels.

    Raises
    ------
    StudyError
        Where the series cannot be read.
    """
    table = crop_map.parcels
    code_of = dict(zip(crop_map.legend, range(len(crop_map.legend)), strict=True))
    mapped = table.set_index("parcel_id")["crop"].map(code_of)
    surveyed = study.parcels_in(crop_map.season)
    code = np.full(len(study.parcels), UNLABELLED, dtype=np.int64)  # [parcel]
    found = surveyed["parcel_id"].astype(str).map(mapped)
    code[surveyed.index[found.notna()]] = found[found.notna()].astype(np.int64)
    sums: ProfileSums | None = None
    for part in season_parts(study, crop_map.season):
        bands, days, of_pixel = part.bands, part.days, code[part.parcel]
        sums = sums or ProfileSums.empty(len(crop_map.legend), len(bands), len(days))
        for each in map(int, np.unique(of_pixel[of_pixel >= 0])):
            values = part.values[of_pixel == each].astype(np.float64)
            sums.count[each] += len(values)
            sums.total[each] += values.sum(axis=0)
            sums.squares[each] += np.square(values).sum(axis=0)
    if sums is None:
        return pd.DataFrame()
    frame = sums.frame(crop_map.season, crop_map.legend, bands, days)
    return frame.assign(parcels=frame["crop"].map(table["crop"].value_counts()))
