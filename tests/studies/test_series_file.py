"""A season's series file: what is written in parts comes back as one cube."""

import datetime as dt

import numpy as np
import pytest

from engine.domain import Season, StudyError
from engine.studies.series_file import read_series, series_path, write_series

SEASON = Season(dt.date(2021, 3, 1), dt.date(2021, 9, 30), "2021")
DAYS = np.arange(4) * 12
NAMES = np.array(["a", "a", "b"], dtype=object)


@pytest.fixture
def written(tmp_path):
    values = np.random.default_rng(0).normal(size=(3, 2, 4)).astype(np.float32)
    path = series_path(tmp_path, "2021")
    write_series(path, ("VV", "VH"), 4, [(NAMES[:2], values[:2]), (NAMES[2:], values[2:])])
    return path, values


def test_parts_come_back_as_one_read_only_cube(written):
    path, values = written
    cube = read_series(path, SEASON, ("VV", "VH"), DAYS, {"a": 7, "b": 9})
    assert np.array_equal(cube.values, values)
    assert cube.parcel.tolist() == [7, 7, 9]
    assert not cube.values.flags.writeable


def test_other_bands_days_or_parcels_than_announced_are_refused(written):
    path, _ = written
    with pytest.raises(StudyError, match="announces parcel_id, pixel_id, VV"):
        read_series(path, SEASON, ("VV",), DAYS, {"a": 7, "b": 9})
    with pytest.raises(StudyError, match="announces 3"):
        read_series(path, SEASON, ("VV", "VH"), DAYS[:3], {"a": 7, "b": 9})
    with pytest.raises(StudyError, match="holds 1 pixels of parcels"):
        read_series(path, SEASON, ("VV", "VH"), DAYS, {"a": 7})
