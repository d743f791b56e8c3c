"""Every reason for an advice is true of the options that were compared, whatever was filtered."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decisions.advice import advise
from engine.decisions.claims import claims, own_baseline
from engine.decisions.options import gap
from engine.domain import PlanError
from engine.experiments.outcome import baseline_of
from tests.decisions.options_of import option

FREE, TRIPS = ("zero-shot", "all-sources", "ensemble-zero-shot"), ("transfer", "scratch", "joint", "ensemble")
OWN = {
    "transfer": "zero-shot",
    "scratch": "zero-shot",
    "joint": "all-sources",
    "ensemble": "ensemble-zero-shot",
}
SCORE = st.integers(0, 20).map(lambda points: 0.6 + points / 100)
TRIP = st.tuples(
    st.sampled_from(TRIPS), st.integers(1, 40).map(lambda cost: 100.0 * cost), SCORE, st.integers(0, 4)
)


@st.composite
def option_sets(draw):
    """Some maps without a trip, of any score, and some trips of some methods."""
    free = [option(name, 0.0, draw(SCORE)) for name in draw(st.sets(st.sampled_from(FREE)))]
    rows = draw(st.lists(TRIP, max_size=8, unique_by=lambda trip: trip[1]))
    trips = [
        option(method, cost, f1, half / 100, km=10.0 + n, days=cost / 400)
        for n, (method, cost, f1, half) in enumerate(rows)
    ]
    return free + trips


VALUE, BUDGET = st.none() | st.integers(1, 800), st.none() | st.integers(1, 4500)


def check(claim, advice, options):
    """Whether a claim is true of these options, by definition."""
    trips = [each for each in options if each.visits]
    fitting = [each for each in trips if advice.budget is None or each.money.likely <= advice.budget]
    baseline, best = baseline_of(options), advice.recommended
    better = [each for each in trips if baseline and each.f1.value > baseline.f1.value]
    if claim.option and claim.beside and claim.change:
        assert claim.change == gap(claim.option, claim.beside)
    match claim.kind:
        case "no baseline":
            assert baseline is None
        case "gain":
            assert (claim.option, claim.beside) == (best, baseline)
            assert best.visits
        case "no trip":
            assert best is baseline
            assert claim.option.f1.value == max(each.f1.value for each in fitting)
            assert claim.money == claim.option.money.likely
        case "cheapest alike":
            assert (claim.option, claim.beside) == (advice.best, best)
            assert claim.money == claim.option.money.likely - best.money.likely > 0
        case "no trips":
            assert not trips
        case "nothing fits":
            assert trips
            assert not fitting
            assert claim.money == advice.budget
            cheapest = min((each.money.likely for each in better), default=None)
            assert (claim.option and claim.option.money.likely) == cheapest
        case "over budget":
            assert (claim.count, claim.of) == (len(trips) - len(fitting), len(trips))
            assert fitting
        case "losing":
            same = [each for each in fitting if each.plan.method == claim.option.plan.method]
            assert claim.of == len(same)
            assert claim.count == sum(each.f1.value < claim.beside.f1.value for each in same) > 0
            names = [each.plan.method.name for each in options if not each.visits]
            own = OWN[claim.option.plan.method.name]
            assert claim.beside.plan.method.name == (own if own in names else min(names, key=FREE.index))
        case "one more day":
            assert claim.beside is best
            assert claim.option in fitting
            assert claim.money == claim.option.money.likely - best.money.likely
        case "price":
            assert claim.change.low > 0
            assert claim.beside.money.likely >= best.money.likely
            exact = (claim.option.money.likely - claim.beside.money.likely) / (100 * claim.change.value)
            assert claim.money == float(f"{exact:.2g}")
        case _:
            raise AssertionError(claim.kind)


@settings(max_examples=300, deadline=None)
@given(option_sets(), VALUE, BUDGET)
def test_every_claim_is_true_of_the_options(options, value, budget):
    fitting = [each for each in options if budget is None or each.money.likely <= budget]
    if not fitting:
        with pytest.raises(PlanError, match=r"No plan|pays for none"):
            advise(options, value_of_point=value, budget=budget)
        return
    advice = advise(options, value_of_point=value, budget=budget)
    said = claims(advice)
    for claim in said:
        check(claim, advice, options)
    kinds = {claim.kind for claim in said}
    assert ("gain" in kinds) == (advice.recommended.visits and advice.baseline is not None)
    assert ("cheapest alike" in kinds) == (advice.best is not advice.recommended)
    trips = [each for each in options if each.visits]
    assert ("nothing fits" in kinds) == (bool(trips) and not any(each.visits for each in fitting))


def test_a_method_is_counted_against_its_own_map_without_a_trip_alone():
    free, better = option("zero-shot", 0.0, 0.70), option("ensemble-zero-shot", 0.0, 0.80)
    low, high = option("scratch", 100.0, 0.72, km=11), option("ensemble", 100.0, 0.81, km=12)
    worse = option("scratch", 200.0, 0.65, km=13)
    options = [free, better, low, high, worse]
    losing = [claim for claim in claims(advise(options)) if claim.kind == "losing"]
    assert [(claim.beside, claim.count, claim.of) for claim in losing] == [(free, 1, 2)]
    assert own_baseline(high, options) is better
    assert own_baseline(high, [free, low]) is free
    assert own_baseline(high, [low, high]) is None
