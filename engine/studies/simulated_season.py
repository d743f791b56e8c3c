"""The series of a simulated season, written into a study's file as they are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from engine.simulation import crops, series
from engine.simulation.parameters import SLOTS, Landscape
from engine.simulation.parcels import BANDS, legend
from engine.studies.fingerprint import SeriesDigest
from engine.studies.profiles import ProfileSums
from engine.studies.series_file import write_series

Counted = Callable[[int, int], None]  # parcels simulated, of all


def write_season(
    path: Path,
    landscape: Landscape,
    parcels: gpd.GeoDataFrame,
    label: str,
    workers: int = 1,
    counted: Counted | None = None,
) -> tuple[str, ProfileSums]:
    """Simulate a season's series straight into a file, part by part.

    Parameters
    ----------
    path
        Series file to write.
    landscape
        What is simulated.
    parcels
        All parcels of the study, in the order of `engine.simulation.parcels.parcel_table`.
    label
        Of the season.
    workers
        Processes; their number does not change the series.
    counted
        Called after every part with the number of parcels done, and of all.

    Returns
    -------
    The digest of the series, and sums for the profiles of its classes.
    """
    rows = np.flatnonzero(parcels["season"].to_numpy(dtype=object) == label)
    name = parcels["parcel_id"].to_numpy(dtype=object)[rows]
    days = np.arange(SLOTS, dtype=np.int64) * series.DAY[1]
    digest = SeriesDigest(label, BANDS, days, np.repeat(rows, landscape.pixels))
    crop = parcels["crop"].iloc[rows]
    known = crop.notna().to_numpy()  # a season whose crops are hidden has no profiles
    code = legend().codes(crop.where(known, legend().names[0]).to_numpy(dtype=object))
    sums = ProfileSums.empty(len(crops.CLASSES), len(BANDS), SLOTS)

    def parts() -> Iterator[tuple[npt.NDArray[np.object_], npt.NDArray[np.float32]]]:
        done = 0
        for values in series.pixel_series(landscape, int(label), workers):
            count = len(values) // landscape.pixels
            digest.update(values)
            by_parcel = values.reshape(count, landscape.pixels, len(BANDS), SLOTS)
            part = np.flatnonzero(known[done : done + count])
            sums.add(code[done + part], by_parcel[part].mean(axis=1))
            yield np.repeat(name[done : done + count], landscape.pixels), values
            done += count
            if counted:
                counted(done, len(rows))

    write_series(path, BANDS, SLOTS, parts())
    return digest.hexdigest(), sums
