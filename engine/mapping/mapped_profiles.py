"""How the classes of a map look from space: mean series of the parcels that got each class."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import UNLABELLED, Study
from engine.mapping.crop_map import CropMap
from engine.studies.parts import season_parts


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
    sums: dict[int, list[npt.NDArray[np.float64]]] = {}
    pixels = np.zeros(len(crop_map.legend), dtype=np.int64)
    bands: tuple[str, ...] = ()
    days: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
    for part in season_parts(study, crop_map.season):
        bands, days, of_pixel = part.bands, part.days, code[part.parcel]
        for each in map(int, np.unique(of_pixel[of_pixel >= 0])):
            values = part.values[of_pixel == each].astype(np.float64)
            total, squares = values.sum(axis=0), np.square(values).sum(axis=0)  # [band, time]
            before = sums.setdefault(each, [np.zeros_like(total), np.zeros_like(total)])
            before[0] += total
            before[1] += squares
            pixels[each] += len(values)
    parcels = table["crop"].value_counts()
    rows = []
    for each, (total, squares) in sorted(sums.items()):
        mean = total / pixels[each]
        sd = np.sqrt(np.maximum(squares / pixels[each] - mean**2, 0))
        rows += [
            {
                "season": crop_map.season,
                "crop": crop_map.legend[each],
                "band": band,
                "parcels": int(parcels[crop_map.legend[each]]),
                "days": days.astype(np.int16),
                "mean": np.round(mean[place], 3).astype(np.float32),
                "sd": np.round(sd[place], 3).astype(np.float32),
            }
            for place, band in enumerate(bands)
        ]
    return pd.DataFrame(rows)
