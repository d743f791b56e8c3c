"""Mean series of each class in each season: how the crops look from space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Study

FILE = "profiles.parquet"
Profiles = pd.DataFrame  # as `ProfileSums.frame` makes it


@dataclass(eq=False)
class ProfileSums:
    """Sums over parcels from which a season's profiles follow; parcels are added as they come.

    Parameters
    ----------
    count
        Parcels, ``[class]``.
    total, squares
        Sums of the parcels' mean series and of their squares, ``[class, band, time]``.
    """

    count: npt.NDArray[np.int64]
    total: npt.NDArray[np.float64]
    squares: npt.NDArray[np.float64]

    @classmethod
    def empty(cls, classes: int, bands: int, slots: int) -> ProfileSums:
        """Sums of no parcel."""
        shape = (classes, bands, slots)
        return cls(np.zeros(classes, np.int64), np.zeros(shape), np.zeros(shape))

    def add(self, code: npt.NDArray[np.int64], series: npt.NDArray[np.floating]) -> None:
        """Take in parcels: their class ``[parcel]`` and mean series ``[parcel, band, time]``."""
        self.count += np.bincount(code, minlength=len(self.count))
        np.add.at(self.total, code, series)
        np.add.at(self.squares, code, np.square(series, dtype=np.float64))

    def frame(
        self, season: str, crops: Sequence[str], bands: Sequence[str], days: npt.NDArray[np.int64]
    ) -> pd.DataFrame:
        """One row a class and band: ``season``, ``crop``, ``band``, ``parcels``, and the lists ``days``
        (after the start of the window), ``mean`` and ``sd`` (between parcels), one value a slot.
        """
        rows = []
        for code in map(int, np.flatnonzero(self.count)):
            mean = self.total[code] / self.count[code]  # [band, time]
            sd = np.sqrt(np.maximum(self.squares[code] / self.count[code] - mean**2, 0))
            rows += [
                {
                    "season": season,
                    "crop": crops[code],
                    "band": band,
                    "parcels": int(self.count[code]),
                    "days": days.astype(np.int16),
                    "mean": np.round(mean[place], 3).astype(np.float32),
                    "sd": np.round(sd[place], 3).astype(np.float32),
                }
                for place, band in enumerate(bands)
            ]
        return pd.DataFrame(rows)


def profiles(study: Study) -> pd.DataFrame:
    """Profiles of a study's classes, see `ProfileSums.frame`; reads the series of every season with labels.

    Parameters
    ----------
    study
        Study with its parcels and series; a season without labels has no profile.
    """
    code = study.crop_codes
    frames = []
    for season in study.seasons:
        if study.is_open(season.label):
            continue
        cube = study.cubes[season.label]
        order = np.argsort(cube.parcel, kind="stable")
        parcel, first = np.unique(cube.parcel[order], return_index=True)
        count = np.diff(np.append(first, len(order)))
        series = np.add.reduceat(cube.values[order], first, axis=0) / count[:, None, None]
        sums = ProfileSums.empty(len(study.legend), len(cube.bands), len(cube.days))
        known = code[parcel] >= 0
        sums.add(code[parcel[known]], series[known])
        frames.append(sums.frame(season.label, study.legend.names, cube.bands, cube.days))
    return pd.concat(frames, ignore_index=True)


def write_profiles(frame: pd.DataFrame, folder: Path) -> None:
    """Keep profiles beside a study whose series are not in its folder.

    Parameters
    ----------
    frame
        Profiles, a row a class, band and season.
    folder
        Of the study.
    """
    frame.to_parquet(folder / FILE, index=False, compression="zstd")
