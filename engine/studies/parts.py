"""The series of a season part by part: memory does not grow with the number of parcels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.domain import Cube, Study
from engine.studies.cubes import StoredCubes, season_rows
from engine.studies.series_file import read_parts

PIXELS_OF_A_PART = 65_536  # some 10 MB of two bands and twenty times


def season_parts(study: Study, label: str, pixels: int = PIXELS_OF_A_PART) -> Iterator[Cube]:
    """A season's series in parts of so many pixels at most, in the order in which they are stored.

    A parcel's pixels may lie in two parts. The parts of a stored season are read one after the other; whether
    they are those that the study describes is known after the last one.

    Parameters
    ----------
    study
        The study.
    label
        Of the season.
    pixels
        Of a part, at most.

    Raises
    ------
    StudyError
        Where the season has no series, or its file cannot be read.
    """
    if isinstance(study.cubes, StoredCubes):
        rows = season_rows(study, label)
        names = study.parcels["parcel_id"].to_numpy(dtype=object)[rows]
        row_of = {str(name): int(row) for name, row in zip(names, rows, strict=True)}
        yield from read_parts(*study.cubes.stored(label), row_of, pixels)
        return
    cube = study.cubes[label]
    for first in range(0, len(cube.parcel), pixels):
        part = slice(first, first + pixels)
        yield Cube(cube.season, cube.bands, cube.days, cube.parcel[part], cube.values[part])


def series_of(study: Study, label: str, rows: npt.NDArray[np.int64]) -> Cube:
    """The series of some parcels of a season, without keeping those of the others.

    Parameters
    ----------
    study
        The study.
    label
        Of the season.
    rows
        Of the parcels in ``Study.parcels``, ``[chosen]``.

    Raises
    ------
    StudyError
        Where the season has no series, or its file cannot be read.
    """
    wanted = np.zeros(len(study.parcels), dtype=bool)
    wanted[rows] = True
    owners, values, last = [], [], None
    for part in season_parts(study, label):
        chosen = wanted[part.parcel]
        owners.append(part.parcel[chosen])
        values.append(part.values[chosen])
        last = part
    if last is None:
        return study.cubes[label]
    return Cube(last.season, last.bands, last.days, np.concatenate(owners), np.concatenate(values))
