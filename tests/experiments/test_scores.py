"""Scores and differences follow from the counts, and what nothing gives is refused."""

import dataclasses
import json

import numpy as np
import pytest

from engine.domain import Estimate, PlanError
from engine.experiments import scores
from engine.experiments.archive import Archive
from engine.experiments.codec import to_json
from engine.experiments.records import ArchiveError, outcome_path, read_outcome, record_of
from engine.experiments.run import run_plans
from engine.experiments.scores import (
    MACRO_F1,
    METRICS,
    Metric,
    at_todays_level,
    derived,
    difference,
    lacking,
    same_test,
    score_of,
)
from engine.learning import metrics
from tests import made_up
from tests.made_up import grid

EVERY = [Metric(name) for name in METRICS if name != "crops"]
CROPS = Metric("crops", ("maize", "wheat"))


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=120, times=6, pixels=2, noise_db=5)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return Archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def answered(study, archive):
    plans = grid(
        study, "2021", study.departure, [25, 35], ["radius"], ["zero-shot", "scratch"], "random-forest",
        made_up.SMALL, repeats=3,
    )  # fmt: skip
    return run_plans(study, plans, archive)


def without_counts(outcome):
    return dataclasses.replace(outcome, counts=None)


def test_every_kept_score_follows_from_the_counts(answered):
    for outcome in answered:
        for name, value in vars(derived(outcome.counts, outcome.classes)).items():
            assert getattr(outcome, name) == value
        for per, confusion in (("pixel", outcome.confusion), ("parcel", outcome.confusion_parcel)):
            assert np.array_equal(outcome.counts.confusion(per).sum(axis=(0, 1)), confusion)
        resampled = scores._resampled(outcome.counts, MACRO_F1, outcome.classes)
        assert scores.interval(resampled) == outcome.macro_f1


def test_scores_that_are_not_kept_follow_from_the_counts_too(answered):
    outcome = answered[1]
    confusion = outcome.counts.confusion("parcel").sum(axis=1)  # [repeat, class, class]
    share = np.trace(confusion, axis1=1, axis2=2) / confusion.sum(axis=(1, 2))
    assert score_of(outcome, Metric("accuracy-parcel")).value == pytest.approx(share.mean())
    both = (outcome.per_class["maize"].value + outcome.per_class["wheat"].value) / 2
    assert score_of(outcome, CROPS).value == pytest.approx(both)
    f1 = metrics.f1_by_class(metrics.margins(outcome.counts.confusion("pixel").sum(axis=1)))
    assert score_of(outcome, Metric("crops", ("maize",))).value == pytest.approx(f1[:, 0].mean())


@pytest.mark.parametrize("metric", [*EVERY, CROPS], ids=lambda metric: metric.name)
def test_a_difference_is_paired_where_both_keep_counts(answered, metric):
    free, near, far = answered
    for one, other in ((near, free), (far, free), (far, near)):
        gap = difference(one, other, metric)
        assert same_test(one, other)
        assert gap.value == pytest.approx(score_of(one, metric).value - score_of(other, metric).value)
        assert gap.low <= gap.value <= gap.high
    same = difference(near, near, metric)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_a_difference_without_counts_takes_both_as_independent(answered):
    free, _, far = answered
    gap = difference(far, free)
    for one, other in ((without_counts(far), free), (far, without_counts(free))):
        wide = difference(one, other)
        assert not same_test(one, other)
        assert wide.value == pytest.approx(gap.value)
        above = np.hypot(far.macro_f1.high - far.macro_f1.value, free.macro_f1.value - free.macro_f1.low)
        assert wide.high - wide.value == pytest.approx(above)


def test_outcomes_of_other_test_blocks_are_not_paired(answered):
    free, _, far = answered
    elsewhere = dataclasses.replace(far, counts=dataclasses.replace(far.counts, test="elsewhere"))
    assert not same_test(elsewhere, free)
    unfinished = dataclasses.replace(far, plan=dataclasses.replace(far.plan, repeats=9))
    assert unfinished.provisional
    assert not same_test(unfinished, free)


@pytest.mark.parametrize("metric", [CROPS, Metric("accuracy-parcel")], ids=lambda metric: metric.name)
def test_what_nothing_gives_is_refused_with_a_cure(answered, metric):
    old = without_counts(answered[1])
    with pytest.raises(PlanError, match=r"without counts by test block.* Choose"):
        score_of(old, metric)
    with pytest.raises(PlanError, match="without counts"):
        difference(answered[2], old, metric)
    unfinished = dataclasses.replace(old, counts=None, plan=dataclasses.replace(old.plan, repeats=9))
    assert "once all 9 repeats" in lacking(unfinished, metric)


def test_outcomes_of_format_2_give_what_they_kept(answered):
    old = without_counts(answered[1])
    assert score_of(old, Metric("parcel")) == old.macro_f1_parcel
    assert score_of(old, Metric("accuracy")) == old.overall_accuracy
    assert score_of(old, Metric("crops", ("wheat",))) == old.per_class["wheat"]
    assert lacking(dataclasses.replace(old, overall_accuracy=None), Metric("accuracy"))


def test_classes_that_are_unknown_or_untested_are_said(answered):
    with pytest.raises(PlanError, match="no class rice; choose among maize, wheat, soybean"):
        score_of(answered[1], Metric("crops", ("rice",)))
    rest = {name: f1 for name, f1 in answered[1].per_class.items() if name != "wheat"}
    with pytest.raises(PlanError, match="No test parcel has wheat"):
        score_of(dataclasses.replace(answered[1], per_class=rest), CROPS)


@pytest.mark.parametrize(
    ("name", "crops", "fault"),
    [
        ("f1", (), "choose one of pixel, parcel"),
        ("crops", (), "Name at least one"),
        ("pixel", ("maize",), "Leave the classes out"),
        ("crops", ("maize", "maize"), "names a class twice"),
    ],
)
def test_a_metric_that_makes_no_sense_says_how_to_mend_it(name, crops, fault):
    with pytest.raises(PlanError, match=fault):
        Metric(name, crops)


def test_an_outcome_is_stored_with_its_counts_and_read_again(answered, archive):
    for outcome in answered:
        path = outcome_path(archive.folder, outcome.plan.key)
        assert json.loads(path.read_text())["format"] == 4
        assert read_outcome(path) == outcome


def test_an_outcome_of_format_2_is_read_as_before(answered, tmp_path):
    outcome = answered[1]
    record = {**record_of(outcome), **to_json(without_counts(outcome)), "format": 2}
    del record["counts"], record["packed"]
    path = tmp_path / f"{outcome.plan.key}.json"
    path.write_text(json.dumps(record))
    assert read_outcome(path) == without_counts(outcome)


def test_counts_of_another_shape_than_the_outcome_are_refused(answered, tmp_path):
    near = answered[1]
    record = record_of(dataclasses.replace(near, visited=near.visited[:2]))
    path = tmp_path / f"{near.plan.key}.json"
    path.write_text(json.dumps(record))
    with pytest.raises(ArchiveError, match=r"counts of 3 repeats.* Delete it and run the plan again"):
        read_outcome(path)


def test_scores_kept_at_another_level_are_shown_at_todays(answered):
    def at(outcome, level):
        f1 = outcome.macro_f1
        return dataclasses.replace(outcome, macro_f1=Estimate(f1.value, f1.low, f1.high, level))

    outcome = answered[1]
    assert at_todays_level(at(outcome, 0.95)) == outcome  # from its counts
    old = without_counts(outcome)
    assert at_todays_level(old) is old
    wider = at_todays_level(at(old, 0.6827))  # one standard deviation to each side
    assert wider.macro_f1.level == 0.9
    half = 1.645 * (old.macro_f1.value - old.macro_f1.low)
    assert wider.macro_f1.value - wider.macro_f1.low == pytest.approx(min(half, old.macro_f1.value), rel=1e-3)
