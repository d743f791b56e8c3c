"""A study whose crops of one season are hidden: nothing of them is left where a method could learn it."""

import numpy as np
import pandas as pd
import pytest

from engine.domain import StudyError
from engine.simulation.parameters import Landscape
from engine.studies.hidden import hide_labels, truth_of, truth_path
from engine.studies.simulated import simulate
from engine.studies.store import open_study, profiles_of, save_study
from tests import made_up


def test_a_measured_season_loses_its_crops_and_nothing_else(tmp_path):
    folder = save_study(made_up.study(), tmp_path / "study")
    before, after = open_study(folder), open_study(hide_labels(folder, "2021", tmp_path / "hidden"))
    assert after.is_open("2021")
    assert before.labelled_in("2020").equals(after.labelled_in("2020"))
    np.testing.assert_array_equal(before.cubes["2021"].values, after.cubes["2021"].values)
    truth = truth_of(tmp_path / "hidden", "2021")
    kept = before.parcels_in("2021")
    assert truth == dict(zip(kept["parcel_id"], kept["crop"], strict=True))
    assert truth_of(folder, "2021") is None


@pytest.fixture(scope="module")
def landscapes(tmp_path_factory):
    """The same landscape, with its last season still to come and with all seasons known."""
    folder = tmp_path_factory.mktemp("landscapes")
    known = Landscape(first=2019, last=2021, parcels=40, pixels=2, seed=2)
    simulate(known, folder / "known")
    to_come = Landscape(first=2019, last=2021, parcels=40, pixels=2, seed=2, open_from=2021)
    simulate(to_come, folder / "open", series=False)
    return folder


def test_a_simulated_season_to_come_gets_its_series_and_its_true_crops(landscapes, tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    hidden = open_study(hide_labels(landscapes / "open", "2021", tmp_path / "hidden"))
    known = open_study(landscapes / "known")
    assert hidden.is_open("2021")
    assert hidden.has_series("2021")
    np.testing.assert_array_equal(known.cubes["2021"].values, hidden.cubes["2021"].values)
    kept = known.parcels_in("2021")
    assert truth_of(tmp_path / "hidden", "2021") == dict(zip(kept["parcel_id"], kept["crop"], strict=True))
    assert "2021" not in set(profiles_of(hidden)["season"])


def test_a_hidden_simulated_season_of_a_light_study_is_simulated_again_without_its_crops(
    landscapes, tmp_path, monkeypatch
):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    hidden = open_study(hide_labels(landscapes / "open", "2020", tmp_path / "hidden"))
    assert hidden.is_open("2020")
    assert hidden.cubes["2020"].values.shape[0] == 80


def test_a_season_that_nobody_knows_and_one_that_is_not_there_are_refused(tmp_path):
    study = made_up.study()
    study.parcels.loc[study.parcels["season"] == "2021", "crop"] = None
    folder = save_study(study, tmp_path / "study")
    with pytest.raises(StudyError, match="Nobody knows the crops of 2021"):
        hide_labels(folder, "2021", tmp_path / "hidden")
    with pytest.raises(StudyError, match="has no season 1999"):
        hide_labels(folder, "1999", tmp_path / "hidden")
    assert not (tmp_path / "hidden").exists()


def test_a_damaged_file_of_truth_is_named(tmp_path):
    pd.DataFrame({"other": [1]}).to_parquet(truth_path(tmp_path, "2021"))
    with pytest.raises(StudyError, match="Simulate the visit again"):
        truth_of(tmp_path, "2021")
