"""What a map without a trip expects of itself: measured without labels, kept, and found again."""

import dataclasses

import numpy as np
import pytest

from engine.decisions.backtest import backtests
from engine.decisions.history import history
from engine.experiments.archive import Archive
from engine.experiments.expected_f1 import baseline_for, keep_expected_f1, kept_expected_f1, mean_expected_f1
from engine.experiments.outcome import Repeat
from engine.experiments.preparation import prepare_after
from engine.experiments.repeat import expected_without_labels, setting_of
from engine.experiments.run import run_plans
from engine.learning.setting import NoObserver
from tests import made_up
from tests.experiments.examples import ask
from tests.once import short_trainings, short_trial_trips

__all__ = ["short_trainings", "short_trial_trips"]  # fixtures of all tests here

LABELLED = made_up.study(parcels=60, times=6, pixels=2)
STUDY = made_up.without_labels(LABELLED, "2021")


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Backtests of a circle, and what they prepare of the open season."""
    archive = Archive(tmp_path_factory.mktemp("expected_f1"))
    plans = backtests(STUDY, ask(STUDY, ("joint",), ("radius",), radii=(20, 30), repeats=1))
    outcomes = run_plans(STUDY, plans, archive)
    prepare_after(STUDY, plans, archive, "cpu")
    return archive, outcomes


def test_an_outcome_keeps_what_it_expects_which_needs_no_label(answered):
    archive, outcomes = answered
    (baseline,) = (each for each in outcomes if not each.visits and each.plan.target == "2020")
    setting = setting_of(baseline.plan, 0, "cpu", NoObserver())
    expected = expected_without_labels(STUDY, baseline.plan, archive, setting)
    assert baseline.expected_f1 == pytest.approx(expected, abs=1e-6)


def test_a_backtest_keeps_that_of_the_open_season_and_the_forecast_finds_it(answered):
    archive, outcomes = answered
    plan = baseline_for(STUDY, outcomes[0].plan, "2021")
    assert plan.sources == ("2018", "2019", "2020")
    kept = kept_expected_f1(STUDY, plan, archive)
    assert 0 < kept <= 1
    past = history(STUDY, outcomes, "2021", STUDY.departure, "joint", archive=archive)
    assert past.expected_f1 == pytest.approx(100 * kept)
    assert all(0 < gain.expected_f1 <= 100 for gain in past.gains)
    assert history(STUDY, outcomes, "2021", STUDY.departure, "joint").expected_f1 is None


def test_whatever_grows_in_the_season_it_is_the_same(answered):
    archive, outcomes = answered
    parcels = LABELLED.parcels.copy()
    of_target = (parcels["season"] == "2021").to_numpy()
    parcels.loc[of_target, "crop"] = np.random.default_rng(1).permutation(parcels.loc[of_target, "crop"])
    known = dataclasses.replace(STUDY, parcels=parcels)
    first, second = (baseline_for(study, outcomes[0].plan, "2021") for study in (STUDY, known))
    assert kept_expected_f1(known, second, archive) == kept_expected_f1(STUDY, first, archive) is not None


def test_a_season_whose_series_have_changed_finds_none(answered, tmp_path):
    archive, outcomes = answered
    other = made_up.without_labels(made_up.study(parcels=60, times=6, pixels=2, noise_db=3), "2021")
    plan = baseline_for(STUDY, outcomes[0].plan, "2021")
    assert kept_expected_f1(other, plan, archive) is None
    assert kept_expected_f1(STUDY, plan, Archive(tmp_path)) is None


def test_a_season_without_series_has_a_history_without_it(answered):
    """Its trips are forecast by the same gains; nothing is predicted of what nobody has seen."""
    archive, outcomes = answered
    bare = made_up.without_series(LABELLED, "2021")
    plans = [outcome.plan for outcome in outcomes]
    prepare_after(bare, plans, archive, "cpu")
    plan = baseline_for(bare, plans[0], "2021")
    keep_expected_f1(bare, plan, archive, "cpu")
    assert kept_expected_f1(bare, plan, archive) is None
    seen, unseen = (
        history(study, outcomes, "2021", study.departure, "joint", archive=archive) for study in (STUDY, bare)
    )
    assert seen.gains == unseen.gains != ()
    assert seen.expected_f1 is not None
    assert unseen.expected_f1 is None


def test_a_learner_that_is_not_kept_has_none(tmp_path):
    plans = backtests(STUDY, ask(STUDY, ("joint",), ("radius",), radii=(20,), repeats=1))
    plan = dataclasses.replace(baseline_for(STUDY, plans[0], "2021"), learner="random-forest")
    keep_expected_f1(STUDY, plan, Archive(tmp_path), "cpu")
    assert kept_expected_f1(STUDY, plan, Archive(tmp_path)) is None
    assert not list(tmp_path.rglob("*expected*"))


def test_repeats_from_before_it_was_measured_have_none():
    repeat = Repeat((), [], [], (), 0.0, {}, expected_f1=0.9)
    assert mean_expected_f1([repeat, dataclasses.replace(repeat, expected_f1=0.7)]) == pytest.approx(0.8)
    assert mean_expected_f1([repeat, dataclasses.replace(repeat, expected_f1=None)]) is None
