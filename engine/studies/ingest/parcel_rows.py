"""One row a parcel and season: equal rows count once, labels fill in, contradictions are found."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from engine.studies.ingest.faults import Findings, listed
from engine.studies.ingest.field_groups import near

KEYS = ["parcel_id", "season"]
SAME_PLACE_M = 30.0


def one_row_a_parcel(parcels: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """The parcels, each once a season.

    Rows of one id and season are one parcel where they lie at one place: a row without a crop takes the
    crop of another. Two crops, or two places, are a fault of the parcel.

    Parameters
    ----------
    parcels
        In EPSG:4326, with ``parcel_id``, ``season``, ``crop`` and ``sound``.
    findings
        Takes the faults and notes.
    """
    named = parcels["sound"].to_numpy(bool)
    again = parcels.duplicated(KEYS, keep=False).to_numpy() & named
    if not again.any():
        return parcels
    rows = parcels[again]
    groups = rows.groupby(KEYS, sort=False)
    code = groups.ngroup().to_numpy()
    first = np.unique(code, return_index=True)[1]
    shapes = rows.geometry.to_numpy()
    apart = _any(code, ~near(shapes[first][code], shapes, SAME_PLACE_M))
    several = (groups["crop"].nunique() > 1).to_numpy() & ~apart
    names = rows["parcel_id"].to_numpy(object)[first]
    crops = groups["crop"].agg(lambda crop: " and ".join(sorted(set(crop.dropna())))).to_numpy(object)
    findings.reject(
        "Parcels named twice in a season, at different places",
        "Give each parcel of a season its own parcel_id, in the series too.",
        tuple(names[apart]),
        parcels["parcel_id"].nunique(),
    )
    findings.reject(
        "Parcels with two crops in a season",
        "Say which is right, one row a parcel; a parcel with two crops cannot teach or test either.",
        tuple(f"{name}: {crop}" for name, crop in zip(names[several], crops[several], strict=True)),
        parcels["parcel_id"].nunique(),
    )
    crop = groups["crop"].transform("first")  # of those that are known
    filled = rows["crop"].isna() & crop.notna()
    fine = ~(apart | several)
    took = filled.to_numpy() & fine[code]
    if took.any():
        whose = tuple(dict.fromkeys(rows["parcel_id"][took]))
        findings.note(f"{listed('Labels that another row of the parcel fills in', whose)}.")
    extra = int(np.bincount(code)[fine].sum() - fine.sum())
    if extra - len(set(code[took])) > 0:
        same = tuple(names[fine & ~_any(code, took)])
        findings.note(f"{listed('Parcels with several rows that say the same, which count once', same)}.")
    whole = parcels.copy()
    whole.loc[again, "crop"] = crop
    bad = np.zeros(len(parcels), bool)
    bad[again] = ~fine[code]
    whole["sound"] &= ~bad
    repeated = np.zeros(len(parcels), bool)
    repeated[again] = rows.duplicated(KEYS).to_numpy()
    return whole[~repeated].reset_index(drop=True)


def _any(code: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Whether any row of each group is marked, ``[group]``."""
    result = np.zeros(code.max() + 1, bool)
    result[code[marked]] = True
    return result
