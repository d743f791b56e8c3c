"""Outcomes beside the map without a trip, and decisions by another metric than macro F1 over pixels."""

import dataclasses

import pytest

from engine.decisions.advice_rows import front_table
from engine.decisions.claim_wording import reasons
from engine.decisions.compared import compared_rows, compared_table, gains_over_baseline
from engine.decisions.decision import able, decide
from engine.decisions.metric_wording import left_out_sentence
from engine.decisions.options import gap, gap_error, priced
from engine.decisions.rows import learner_table
from engine.decisions.wording import headline, verdict
from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.experiments.scores import METRICS, Metric, difference, score_of
from engine.fieldwork.costs import Tariff
from tests import made_up
from tests.made_up import grid

CROPS = Metric("crops", ("maize", "wheat"))
EVERY = [*(Metric(name) for name in METRICS if name != "crops"), CROPS]


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=120, times=6, pixels=2, noise_db=6)


@pytest.fixture(scope="module")
def answered(study, tmp_path_factory):
    plans = grid(
        study, "2021", study.departure, [20, 30], ["radius", "random"], ["zero-shot", "scratch"],
        "random-forest", made_up.TINY, repeats=2,
    )  # fmt: skip
    return tuple(run_plans(study, plans, Archive(tmp_path_factory.mktemp("archive"))))


@pytest.fixture(scope="module")
def old(answered):
    """The same, as format 2 kept them."""
    return tuple(dataclasses.replace(outcome, counts=None) for outcome in answered)


def decided(study, outcomes, metric):
    return decide(study, outcomes, "2021", study.departure, Tariff(), value_of_point=1000, metric=metric)


@pytest.mark.parametrize("metric", EVERY, ids=lambda metric: metric.name)
def test_options_table_and_gains_follow_the_metric(study, answered, metric):
    options = priced(study, answered, Tariff(), metric)
    assert [option.f1 for option in options] == [score_of(outcome, metric) for outcome in answered]
    gains = gains_over_baseline(options)
    assert gains[0] is None
    assert gains[1:] == [difference(outcome, answered[0], metric) for outcome in answered[1:]]
    table = compared_table(options).set_index("key")
    for option, gain in zip(options[1:], gains[1:], strict=True):
        assert table.loc[option.plan.key, "gain_low"] == gain.low
        if "score" in table:
            assert table.loc[option.plan.key, "score"] == option.f1.value
    assert ("score" in table) == (metric.name in ("accuracy-parcel", "crops"))
    rows = compared_rows(options)
    assert rows[0]["gain_over_baseline"] is None
    assert rows[1]["gain_over_baseline"]["value"] == gains[1].value
    assert rows[1]["score"]["value"] == options[1].f1.value


@pytest.mark.parametrize("metric", EVERY, ids=lambda metric: metric.name)
def test_advice_front_and_sentences_follow_the_metric(study, answered, metric):
    decision = decided(study, answered, metric)
    advice = decision.advice
    assert decision.metric == advice.metric == metric
    best = max(advice.payable, key=lambda option: 1e5 * option.f1.value - option.money.likely)
    assert advice.best == best
    short = 1e5 * gap(best, advice.recommended).value - best.money.likely + advice.recommended.money.likely
    assert short <= 1e5 * gap_error(best, advice.recommended)
    if advice.gain:
        assert advice.gain == gap(advice.recommended, advice.baseline)
    assert metric.title in headline(advice, "Novi Sad", "EUR")
    assert list(front_table(advice)["score"]) == [option.f1.value for option in advice.pareto]
    if metric.name.startswith("accuracy"):
        assert "F1" not in " ".join([headline(advice, "Novi Sad", "EUR"), *reasons(advice)])


def test_another_metric_may_decide_otherwise(study, answered):
    best = answered[-1]
    lifted = {
        name: dataclasses.replace(f1, value=1.0, low=1.0, high=1.0) if name == "wheat" else f1
        for name, f1 in best.per_class.items()
    }
    outcomes = (*answered[:-1], dataclasses.replace(best, per_class=lifted))
    assert decided(study, outcomes, Metric("crops", ("wheat",))).advice.recommended.plan == best.plan


def test_outcomes_that_cannot_give_the_metric_are_left_out_and_counted(study, answered, old):
    mixed = (*answered[:3], *old[3:])
    decision = decided(study, mixed, CROPS)
    assert decision.left_out == old[3:]
    assert decision.outcomes == answered[:3]
    sentence = left_out_sentence(len(decision.left_out), CROPS)
    assert sentence.startswith(
        "2 outcomes of this comparison can't give F1 of maize and wheat and are left out"
    )
    assert decided(study, mixed, Metric("parcel")).left_out == ()


def test_where_no_outcome_gives_the_metric_the_error_says_what_to_choose(study, old):
    with pytest.raises(PlanError, match=r"None of the 5 .* gives F1 of maize and wheat\. Outcomes .* Choose"):
        decided(study, old, CROPS)
    with pytest.raises(PlanError, match="There is no class rice"):
        able(old, Metric("crops", ("rice",)))
    assert able([], CROPS) == ([], [])


def test_a_verdict_says_the_gain_of_the_best_trip(answered):
    text = verdict(answered, Metric("accuracy"))
    best = max(answered[1:], key=lambda outcome: outcome.overall_accuracy.value)
    gain = difference(best, answered[0], Metric("accuracy"))
    if gain.value > 0:
        assert f"{100 * gain.value:+.1f} points" in text
    else:
        assert "No trip shown here beats" in text


def test_learners_are_compared_by_the_metric_that_was_asked(study, answered):
    from engine.decisions.comparison import comparisons

    asked = comparisons(study, answered)
    (question,) = asked
    table = learner_table(asked, question, CROPS)
    expected = {score_of(outcome, CROPS).value for outcome in asked[question]}
    assert set(table["random-forest"]) == expected
