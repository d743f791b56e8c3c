"""Class counts are of labels, or of what stands in for them, by name."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.class_mix import class_mix, mix_to_visit, shared_out
from engine.decisions.outlook_wording import basis_sentence
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import kept_classes
from engine.experiments.preparation import prepare
from engine.sampling.coverage import coverage_of
from tests import made_up
from tests.made_up import SMALL, TINY

STUDY = made_up.study(parcels=60, times=6, pixels=2)
OPEN = made_up.without_labels(STUDY, "2021")
FIRST_TEN = np.arange(60) < 10


def test_labels_are_counted_where_there_are_any():
    ids = STUDY.parcels_in("2021")["parcel_id"].tolist()
    partly = made_up.without_labels(STUDY, "2021", ids[:3])
    mix = class_mix(partly, "2021")
    assert mix.basis == "labels"
    assert mix.counts(FIRST_TEN)["within"].sum() == 7
    whole = class_mix(STUDY, "2021").counts(FIRST_TEN)
    assert whole.equals(coverage_of(STUDY.parcels_in("2021"), FIRST_TEN))
    assert mix_to_visit(STUDY, "2021").counts(FIRST_TEN).equals(whole)


def test_what_a_trip_may_visit_in_a_partly_labelled_season_is_expected_not_known():
    ids = STUDY.parcels_in("2021")["parcel_id"].tolist()
    mix = mix_to_visit(made_up.without_labels(STUDY, "2021", ids[20:32]), "2021")
    assert (mix.basis, mix.season) == ("last season", "2020")
    assert mix.parcels["parcel_id"].tolist() == ids[20:32]
    assert mix.counts(np.ones(12, dtype=bool))["within"].sum() == 12


def test_without_another_season_the_labels_that_came_home_stand_in():
    alone = made_up.study(seasons=("2021",), parcels=30, times=4)
    ids = alone.parcels_in("2021")["parcel_id"].tolist()
    mix = mix_to_visit(made_up.without_labels(alone, "2021", ids[:12]), "2021")
    assert (mix.basis, mix.season) == ("last season", "2021")
    assert mix.counts(np.ones(12, dtype=bool))["within"].sum() == 12


def test_the_last_season_stands_in_with_its_shares():
    mix = class_mix(OPEN, "2021")
    assert (mix.basis, mix.season) == ("last season", "2020")
    counts = mix.counts(FIRST_TEN).set_index("crop")
    assert counts["within"].sum() == 10
    assert counts["total"].tolist() == [20, 20, 20]
    assert counts["ha_within"].sum() == pytest.approx(10)
    assert "mix of 2020" in basis_sentence(mix.basis, mix.season)


def test_fields_that_all_recur_keep_their_crops():
    parcels = OPEN.parcels.copy()
    of_target = (parcels["season"] == "2021").to_numpy()
    parcels.loc[of_target, "field_group"] = parcels.loc[parcels["season"] == "2020", "field_group"].to_numpy()
    study = dataclasses.replace(OPEN, parcels=parcels)
    mix = class_mix(study, "2021")
    assert (mix.basis, mix.season) == ("same fields", "2020")
    last = study.parcels_in("2020")["crop"].to_numpy(object)
    assert (mix.parcels["crop"].to_numpy(object) == last).all()


def test_a_study_without_another_season_knows_nothing():
    parcels = OPEN.parcels[OPEN.parcels["season"] == "2021"].reset_index(drop=True)
    seasons = tuple(season for season in OPEN.seasons if season.label == "2021")
    alone = dataclasses.replace(OPEN, parcels=parcels, seasons=seasons)
    mix = class_mix(alone, "2021")
    assert mix.basis == "unknown"
    assert mix.counts(FIRST_TEN).empty


def truth_of(study: Study) -> np.ndarray:
    return study.parcels_in("2021")["crop"].to_numpy(object)


def test_kept_predictions_stand_in_where_they_are_at_hand(tmp_path):
    """The series of the made-up study tell its classes, so the predicted mix is nearly the true one."""
    archive = Archive(tmp_path)
    assert kept_classes(OPEN, "2021", archive, SMALL) is None
    prepare(OPEN, "2021", OPEN.departure, ["radius", "disagreement"], archive, SMALL, "cpu")
    mix = class_mix(OPEN, "2021", archive, SMALL)
    assert mix.basis == "predicted"
    assert (mix.parcels["crop"].to_numpy(object) == truth_of(STUDY)).mean() > 0.8


def test_a_season_without_a_past_has_no_prediction(tmp_path):
    study = made_up.without_labels(made_up.study(seasons=("2021", "2022"), parcels=20, times=4), "2021")
    assert class_mix(study, "2021", Archive(tmp_path), TINY).season == "2022"


@given(st.lists(st.integers(1, 50), min_size=1, max_size=9), st.integers(0, 500))
def test_parcels_are_dealt_out_to_the_last_one(sizes, count):
    share = np.array(sizes) / sum(sizes)
    dealt = shared_out(share, count)
    assert dealt.sum() == count
    assert (np.abs(dealt - share * count) < 1).all()
