"""How plans stand and how long they take, also those of a new method or a new learner."""

import dataclasses

import pytest

from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.experiments.speeds import (
    SOURCE,
    TEST_PIXELS,
    calibrated_kind,
    keep_measured,
    pretraining_series,
    speeds_of,
)
from engine.experiments.status import plan_statuses, preview, run_status, seconds_left
from engine.learning import learners
from engine.learning.learners import LEARNERS, TreesLearner, learner_by_name
from engine.learning.methods import METHODS, OLD_IDS, method_by_name, register
from engine.learning.methods.base import BaseMethod
from engine.sampling.split import split_parcels
from tests import made_up
from tests.experiments.examples import ask
from tests.made_up import SMALL

STUDY = made_up.study(parcels=60)


@dataclasses.dataclass(frozen=True)
class FixedEpochs(BaseMethod):
    """A method of a test module: it trains as from scratch, and says that it takes longer."""

    samples_per_parcel: int = 1000

    name = "fixed-epochs"
    label = "Fixed epochs"
    description = "trains on as many samples for each visited parcel"

    def training_samples(self, parcels, recipe):
        return self.samples_per_parcel * parcels

    def learn(self, learner, data, setting):
        return learner.from_scratch(data.labelled_samples, setting)


@dataclasses.dataclass(frozen=True)
class TwoForests(TreesLearner):
    """A learner of a test module: a random forest of another name."""

    def pretrain(self, samples, setting):
        return LEARNERS["random-forest"].pretrain(samples, setting)


@pytest.fixture
def method(monkeypatch):
    """A method that only this test has registered."""
    monkeypatch.setitem(METHODS, FixedEpochs.name, FixedEpochs)
    return register(FixedEpochs)


@pytest.fixture
def learner(monkeypatch):
    """A learner that only this test has registered."""
    monkeypatch.setitem(learners.LEARNERS, "two-forests", TwoForests("two-forests", "Two forests"))
    return "two-forests"


def statuses(plans, archive, outcomes=()):
    speeds = speeds_of(archive, outcomes)
    return plan_statuses(STUDY, plans, run_status(plans, archive), archive, speeds)


def series_of(outcome):
    """Series that the repeats of an outcome trained and tested on."""
    trained = outcome.plan.method.training_samples(outcome.parcels, outcome.plan.recipe)
    return outcome.plan.repeats * (trained + TEST_PIXELS * outcome.test_parcels)


def test_plans_say_how_far_they_are_and_how_long_they_take(tmp_path):
    archive = Archive(tmp_path)
    (plan,) = plans = ask(STUDY, ["scratch"], repeats=1)
    (status,) = statuses(plans, archive)
    assert (status.state, status.repeats, status.seconds) == ("open", 0, None)  # nothing to judge by
    assert seconds_left((status,), 1) is None
    (outcome,) = run_plans(STUDY, plans, archive)
    (status,) = statuses(plans, archive, [outcome])
    assert (status.state, status.repeats, status.seconds) == ("answered", 1, 0.0)
    assert run_status(plans, archive).answered == (outcome,)
    (status,) = statuses([dataclasses.replace(plan, repeats=2)], archive, [outcome])
    assert status.seconds == pytest.approx(2 * outcome.seconds)  # the same trip, twice
    assert seconds_left((status,), 2) == pytest.approx(outcome.seconds)


def test_a_source_model_that_is_missing_is_charged_once_and_one_that_is_stored_is_not(tmp_path):
    archive = Archive(tmp_path)
    (scratch,) = run_plans(STUDY, ask(STUDY, ["scratch"], repeats=1), archive)
    keep_measured(archive, {calibrated_kind(SOURCE, "cnn1d", SMALL.name): (1000.0, 2.0)})
    plans = ask(STUDY, ["zero-shot", "transfer"], repeats=1)
    first, second = statuses(plans, archive, [scratch])
    second_again, first_again = statuses(plans[::-1], archive, [scratch])
    charge = pretraining_series(STUDY, plans[0], plans[0].method.source) * 2 / 1000
    assert first.seconds - first_again.seconds == pytest.approx(charge)
    assert second_again.seconds - second.seconds == pytest.approx(charge)
    (zero_shot,) = run_plans(STUDY, plans[:1], archive)
    (stored,) = statuses(plans[1:], archive, [scratch])
    assert stored.seconds == pytest.approx(second.seconds)
    assert zero_shot.plan == plans[0]


def test_a_preview_counts_what_is_visited_and_tested_on(tmp_path):
    plans = ask(STUDY, ["zero-shot", "scratch"], radii=(20, 30))
    split = split_parcels(STUDY, "2021", STUDY.departure, plans[0].test)
    distance = split.candidates["distance_km"]
    counts = preview(STUDY, plans)
    assert counts.visits == {20: (distance <= 20).sum(), 30: (distance <= 30).sum()}
    assert (counts.test_parcels, counts.beyond_km) == (len(split.test), 30)


def test_a_registered_method_runs_is_timed_described_and_found_by_its_name(tmp_path, method):
    assert method_by_name("fixed-epochs") == method()
    assert method.label
    assert method.description
    archive = Archive(tmp_path)
    scratch, fixed_epochs = plans = ask(STUDY, ["scratch", "fixed-epochs"], repeats=1)
    of_scratch = run_plans(STUDY, [scratch], archive)[0]
    of_scratch = dataclasses.replace(of_scratch, seconds=2.0)
    (status,) = statuses([fixed_epochs], archive, [of_scratch])
    series = 1000 * status.parcels + TEST_PIXELS * of_scratch.test_parcels
    assert status.seconds == pytest.approx(2.0 * series / series_of(of_scratch))
    outcome = run_plans(STUDY, plans, archive)[1]
    assert outcome.plan.method == method()
    assert outcome.confusion == of_scratch.confusion  # it trains as from scratch does
    assert archive.outcome(fixed_epochs) == outcome


def test_options_of_a_registered_method_are_part_of_the_key(method):
    (plan,) = ask(STUDY, ["fixed-epochs"])
    changed = dataclasses.replace(plan, method=method(samples_per_parcel=10))
    assert changed.key != plan.key


def test_a_registered_learner_runs_is_timed_and_found_by_its_name(tmp_path, learner):
    assert learner_by_name(learner).label == "Two forests"
    archive = Archive(tmp_path)
    plans = ask(STUDY, ["scratch", "transfer"], learner=learner, repeats=1)
    outcomes = run_plans(STUDY, plans, archive)
    assert min(outcome.macro_f1_parcel.value for outcome in outcomes) > 0.9
    twice = [dataclasses.replace(plan, repeats=2) for plan in plans]
    for status, outcome in zip(statuses(twice, archive, outcomes), outcomes, strict=True):
        assert status.seconds == pytest.approx(2 * outcome.seconds)


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"methods": ["magic"]}, "no method magic"), ({"learner": "oracle"}, "no learner oracle")],
)
def test_a_plan_with_a_name_that_nobody_registered_is_refused(changes, message):
    with pytest.raises(PlanError, match=message):
        ask(STUDY, **changes)


def test_plans_by_an_id_of_an_earlier_version_are_the_plans_by_todays_id():
    assert ask(STUDY, OLD_IDS.keys()) == ask(STUDY, OLD_IDS.values())


def test_outcomes_that_ship_say_nothing_of_this_machine(tmp_path):
    here, elsewhere = Archive(tmp_path / "here"), Archive(tmp_path / "elsewhere")
    plans = ask(STUDY, ["scratch"], repeats=1)
    (shipped,) = run_plans(STUDY, plans, elsewhere)
    twice = [dataclasses.replace(plan, repeats=2) for plan in plans]
    with_shelf = Archive(here.folder, (elsewhere.folder,))
    (status,) = statuses(twice, with_shelf, with_shelf.outcomes(STUDY))
    assert status.seconds is None
    keep_measured(with_shelf, {calibrated_kind("target", "cnn1d", SMALL.name): (series_of(shipped), 7.0)})
    (status,) = statuses(twice, with_shelf, [shipped])
    assert status.seconds == pytest.approx(14.0)


def test_plans_that_were_checked_once_are_not_checked_again(tmp_path, monkeypatch):
    archive, plans = Archive(tmp_path), ask(STUDY, ["scratch", "transfer"], seed=5)
    first, counted = statuses(plans, archive), []
    monkeypatch.setattr("engine.experiments.status.check_plans", lambda *_: counted.append("checked"))
    assert statuses(plans, archive) == first
    assert not counted
