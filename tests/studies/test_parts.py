"""A season's series part by part are those of the whole."""

import numpy as np
import pytest

from engine.domain import StudyError
from engine.studies.parts import season_parts, series_of
from engine.studies.series_file import series_path, write_series
from engine.studies.store import open_study, save_study
from tests import made_up


@pytest.fixture
def stored(tmp_path):
    return open_study(save_study(made_up.study(parcels=20), tmp_path / "study"))


def test_parts_of_a_file_and_of_memory_are_the_whole_season(stored):
    whole = stored.cubes["2021"]
    for study in (stored, made_up.study(parcels=20)):
        parts = list(season_parts(study, "2021", 7))
        assert all(len(part.parcel) <= 7 for part in parts)
        assert np.array_equal(np.concatenate([part.values for part in parts]), whole.values)
        assert np.array_equal(np.concatenate([part.parcel for part in parts]), whole.parcel)


def test_the_series_of_some_parcels_are_theirs_alone(stored):
    whole, rows = stored.cubes["2021"], np.array([62, 65])
    some = series_of(stored, "2021", rows)
    assert np.array_equal(some.values, whole.values[np.isin(whole.parcel, rows)])
    assert set(some.parcel) == set(rows)


def test_parts_of_another_file_are_refused_after_the_last(stored):
    cube, ids = stored.cubes["2021"], stored.parcels["parcel_id"].to_numpy(dtype=object)
    path = series_path(stored.cubes.folder, "2021")
    write_series(path, cube.bands, len(cube.days), [(ids[cube.parcel], cube.values + 1)])
    with pytest.raises(StudyError, match="its hash differs"):
        list(season_parts(stored, "2021", 50))
    path.write_bytes(b"PAR1")
    with pytest.raises(StudyError, match="cannot be read"):
        list(season_parts(stored, "2021"))
    with pytest.raises(StudyError, match="has no series yet"):
        list(season_parts(stored, "1999"))
