"""Fronts and recommendations whose right answer is known."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.advice import advise, leading, probability_above
from engine.decisions.claim_wording import reasons, rule
from engine.decisions.options import Option, gap, gap_error, pareto, priced
from engine.domain import Estimate, PlanError
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Tariff, exactly
from engine.fieldwork.estimate import estimate
from engine.sampling.clusters import Clusters
from tests import made_up
from tests.made_up import grid


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=80, times=6, pixels=2)


@pytest.fixture(scope="module")
def answered(study, tmp_path_factory):
    plans = grid(
        study, "2021", study.departure, [20, 30], ["radius"], ["zero-shot", "scratch"], "random-forest",
        made_up.TINY, repeats=2,
    )  # fmt: skip
    return run_plans(study, plans, Archive(tmp_path_factory.mktemp("archive")))


@pytest.fixture(scope="module")
def option(answered):
    """An option of that cost and macro F1; half is the half width of its interval."""

    def make(money: float, f1: float, half: float = 0.02) -> Option:
        outcome = answered[1] if money else answered[0]
        scored = dataclasses.replace(outcome, macro_f1=Estimate(f1, f1 - half, f1 + half), counts=None)
        return Option(scored, 1.0, exactly(0.0), exactly(money))

    return make


def test_the_front_holds_what_nothing_beats(option):
    free, good, worse, dear, best = (
        option(*pair) for pair in ((0, 0.70), (200, 0.75), (250, 0.74), (400, 0.75), (900, 0.80))
    )
    assert pareto([best, dear, worse, good, free]) == (free, good, best)


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(0, 100)), min_size=1, max_size=20))
def test_no_option_of_a_front_beats_another_and_none_is_missed(option, pairs):
    options = [option(float(money), f1 / 100, 0.0) for money, f1 in pairs]
    front = pareto(options)
    for best in front:
        assert not any(
            option.money.likely <= best.money.likely and option.f1.value > best.f1.value for option in options
        )
    for option in options:
        assert any(
            best.money.likely <= option.money.likely and best.f1.value >= option.f1.value for best in front
        )


@given(
    st.lists(
        st.tuples(st.integers(1, 999), st.integers(0, 100), st.integers(0, 20)), min_size=1, max_size=12
    ),
    st.none() | st.integers(1, 500),
    st.none() | st.integers(1, 999),
)
def test_the_advice_is_the_cheapest_unbeaten_option_within_a_standard_error_of_the_best(
    option, trips, value, budget
):
    options = [
        option(0.0, 0.5, 0.02),
        *(option(float(cost), f1 / 100, half / 100) for cost, f1, half in trips),
    ]
    advice = advise(options, value_of_point=value, budget=budget)
    within = [each for each in options if budget is None or each.money.likely <= budget]
    point, share = (100.0, 0.0) if value is None else (100.0 * value, 1.0)

    def worth(each):
        return point * each.f1.value - share * each.money.likely

    most = max(map(worth, within))
    assert worth(advice.best) == most
    assert advice.recommended in within
    assert most - worth(advice.recommended) <= point * gap_error(advice.best, advice.recommended)
    for cheaper in pareto(within):
        if cheaper.money.likely < advice.recommended.money.likely:
            assert most - worth(cheaper) > point * gap_error(advice.best, cheaper)
    assert not any(
        each.money.likely <= advice.recommended.money.likely and each.f1.value > advice.recommended.f1.value
        for each in within
    )


def test_a_trip_of_1047_that_the_data_cannot_tell_from_the_best_is_preferred_to_it(option):
    free, cheap, dear = option(0, 0.70), option(1047, 0.79), option(3530, 0.80)
    advice = advise([free, cheap, dear])
    assert (advice.recommended, advice.best) == (cheap, dear)
    assert gap(dear, cheap).low < 0
    text = " ".join(reasons(advice))
    assert "+1.0 points" in text
    assert "2,483 more" in text
    assert rule(advice, "EUR") in text


def test_nobody_goes_only_where_the_data_cannot_tell_a_gain(option):
    unclear = advise([option(0, 0.78, 0.03), option(100, 0.79, 0.03)])
    assert not unclear.recommended.visits
    clear = advise([option(0, 0.78, 0.005), option(100, 0.79, 0.005)])
    assert clear.recommended.money.likely == 100


def test_a_point_that_is_worth_much_sends_people_farther(option):
    options = [option(*pair, 0.005) for pair in ((0, 0.70), (100, 0.74), (1000, 0.78))]
    assert advise(options, value_of_point=5).recommended.money.likely == 0
    assert advise(options, value_of_point=100).recommended.money.likely == 100
    assert advise(options, value_of_point=1000).recommended.money.likely == 1000


def test_a_trip_below_zero_shot_is_never_recommended(option):
    advice = advise([option(0, 0.78), option(100, 0.74), option(200, 0.77)])
    assert advice.recommended.money.likely == 0
    assert advice.gain is None
    assert "2 of 2 trips by From scratch score below Zero-shot" in " ".join(reasons(advice))


def test_an_interval_that_includes_no_gain_is_said_to(option):
    advice = advise([option(0, 0.77, 0.03), option(100, 0.80, 0.03)])
    assert advice.gain.low < 0 < advice.gain.high
    assert any("The data can't show a difference." in reason for reason in reasons(advice))
    assert 0.8 < advice.probability_worth_cost < 0.95


def test_a_budget_rules_out_what_it_cannot_pay(option):
    options = [option(0, 0.70), option(100, 0.74), option(1000, 0.90)]
    assert advise(options, budget=500).recommended.money.likely == 100
    with pytest.raises(PlanError, match="cheapest costs 100"):
        advise(options[1:], budget=50)
    with pytest.raises(PlanError, match="No plan of this season"):
        advise([])


def test_the_probability_of_a_gain_follows_from_its_interval():
    gain = Estimate(0.1, 0.05, 0.15)
    assert probability_above(gain, 0.1) == pytest.approx(0.5)
    assert probability_above(gain, 0.05) == pytest.approx(0.95, abs=1e-3)


def test_each_trip_is_billed_for_the_parcels_it_visited(study, answered):
    free, near, far = priced(study, answered, Tariff())
    assert free.money == exactly(0.0)
    assert 0 < near.money.likely < far.money.likely
    visited = study.parcels[study.parcels["parcel_id"].isin(answered[1].visited[0])]
    assert near.money == estimate(visited, study.departure, Tariff()).money


def at(option, money, f1, days, half=0.005):
    return dataclasses.replace(option(money, f1, half), crew_days=days)


def test_a_day_more_is_judged_by_the_next_longer_trip_of_the_same_design(option):
    free, short, longer = at(option, 0, 0.7, 0), at(option, 300, 0.75, 2), at(option, 600, 0.78, 3)
    text = " ".join(reasons(advise([free, short, longer], value_of_point=70)))
    assert "One more day" in text
    assert "3 instead of 2, an estimated 300 more" in text
    assert "+3.0 points" in text
    same = at(option, 600, 0.751, 3, 0.05)
    text = " ".join(reasons(advise([free, short, same], budget=700)))
    assert "One more day" in text
    assert "The data can't show a difference" in text.partition("One more day")[2]


def test_a_first_look_shows_the_baseline_one_method_and_no_beaten_design_but_the_yardsticks(option):
    free, good, beaten = option(0, 0.7), option(200, 0.8), option(400, 0.6)
    plan = dataclasses.replace(beaten.outcome.plan, design=Clusters(20.0))
    beaten = dataclasses.replace(beaten, outcome=dataclasses.replace(beaten.outcome, plan=plan))
    options = [free, good, beaten]
    shown = leading([option.outcome for option in options], advise(options))
    assert shown == [free.outcome, good.outcome]


def test_the_trip_to_drive_is_the_repeat_whose_cost_is_closest_to_the_mean(study, answered):
    parcels = study.parcels_in("2021").sort_values("lon")["parcel_id"]
    visited = tuple(tuple(parcels.iloc[:count]) for count in (2, 10, 60))
    (mean,) = priced(study, [dataclasses.replace(answered[1], visited=visited)], Tariff())
    costs = [
        estimate(study.parcels[study.parcels["parcel_id"].isin(ids)], study.departure, Tariff()).money.likely
        for ids in visited
    ]
    assert mean.money.likely == pytest.approx(sum(costs) / 3)
    assert (
        mean.visited
        == min(zip(costs, visited, strict=True), key=lambda trip: abs(trip[0] - mean.money.likely))[1]
    )
