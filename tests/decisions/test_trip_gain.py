"""What a trip gains is said once, with what it rests on; a budget of the advice is kept once routed."""

import dataclasses

import pytest

from engine.decisions import options
from engine.decisions.bill_wording import trip_bill, trip_summary
from engine.decisions.decision import decide
from engine.decisions.routed import routed_trip
from engine.decisions.routed_decision import routed_decision
from engine.decisions.texts import counted, listed, money
from engine.decisions.trip import TripRequest, trip_of
from engine.decisions.trip_gain import trip_gain
from engine.decisions.trip_rows import routed_row
from engine.decisions.trip_wording import gain_sentence
from engine.domain import Departure, Estimate
from engine.experiments.archive import Archive
from engine.fieldwork.costs import Tariff
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.estimate import estimate
from engine.sampling.limits import Limit
from tests import made_up
from tests.views.reports import answered

F1 = {20.0: 0.7, 30.0: 0.9}
TARIFF = Tariff()


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=80, times=6, pixels=2)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return Archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def outcomes(study, archive):
    """A baseline of 0.5, trips of 20 km of 0.7 and of 30 km of 0.9."""

    def scored(outcome):
        f1 = F1.get(outcome.plan.design.equivalent_radius_km, 0.5)
        return dataclasses.replace(outcome, macro_f1=Estimate(f1, f1 - 0.02, f1 + 0.02), counts=None)

    return tuple(scored(outcome) for outcome in answered(study, archive.folder))


@pytest.mark.parametrize("design", ["radius", "random"])
@pytest.mark.parametrize(("km", "f1"), [(20, 0.7), (25, 0.8), (30, 0.9), (35, None)])
def test_a_size_between_two_answered_ones_is_interpolated_for_each_design(
    study, archive, outcomes, design, km, f1
):
    made = routed_trip(study, TripRequest("2021", study.departure, design, Limit("km", km), TARIFF), archive)
    gain = trip_gain(study, outcomes, made.trip, made.cost, archive=archive)
    row = routed_row(study, made, gain)
    if f1 is None:
        assert row["macro_f1_pixel"] is None
        assert row["gain_over_baseline"] is None
        assert gain_sentence(gain) == ""
        return
    assert row["macro_f1_pixel"]["value"] == pytest.approx(f1)
    assert row["gain_over_baseline"]["value"] == pytest.approx(f1 - 0.5)
    assert ("between the answered 20 km (70.0%) and 30 km (90.0%)" in row["basis"]) == (km == 25)
    assert f"{100 * (f1 - 0.5):+.1f} points" in gain_sentence(gain)


def test_the_trip_of_an_answered_plan_has_its_score_whatever_its_size(study, archive, outcomes):
    option = options.priced(study, [outcome for outcome in outcomes if outcome.visits], TARIFF)[0]
    made = routed_trip(study, trip_of(option, TARIFF), archive)
    gain = trip_gain(study, outcomes, made.trip, made.cost, archive=archive)
    assert gain.score.f1 == option.f1
    assert gain.forecast is None  # nothing was backtested


def test_a_departure_that_nobody_answered_has_no_score_and_a_list_none_either(study, archive, outcomes):
    request = TripRequest("2021", Departure(19.7, 45.2), "radius", Limit("km", 25), TARIFF)
    some = tuple(study.parcels_in("2021")["parcel_id"][:5])
    for asked in (request, dataclasses.replace(request, departure=study.departure, listed=some)):
        made = routed_trip(study, asked, archive)
        assert trip_gain(study, outcomes, made.trip, made.cost, archive=archive).score.f1 is None


def test_where_the_advised_trip_exceeds_the_budget_once_routed_the_next_is_taken(
    study, archive, outcomes, monkeypatch
):
    def low(parcels, departure, tariff):
        true = estimate(parcels, departure, tariff)
        return dataclasses.replace(true, items={name: item * 0.4 for name, item in true.items.items()})

    monkeypatch.setattr(options, "estimate", low)
    bills = sorted(
        routed_trip(study, trip_of(option, TARIFF), archive).cost.money.likely
        for option in options.priced(study, [outcome for outcome in outcomes if outcome.visits], TARIFF)
    )
    budget = bills[0] + 1
    decided = decide(study, outcomes, "2021", study.departure, TARIFF, value_of_point=1e6, budget=budget)
    first = routed_trip(study, trip_of(decided.advice.recommended, TARIFF), archive)
    assert first.cost.money.likely > budget
    settled, made = routed_decision(study, decided, archive, budget)
    assert made.cost.money.likely <= budget
    assert settled.advice.recommended.visited == tuple(made.request.listed) or set(
        settled.advice.recommended.visited
    ) == set(made.parcels)
    none, nothing = routed_decision(study, decided, archive, budget=1.0)
    assert nothing is None
    assert not none.advice.recommended.visits


def test_the_bill_of_several_crews_names_their_days_too(study, archive):
    request = TripRequest(
        "2021", study.departure, "radius", Limit("km", 45), TARIFF, driving=CrewLimits(2, False)
    )
    made = routed_trip(study, request, archive)
    text = trip_bill(made)
    assert text.startswith(f"{counted(made.days, 'day')} ({counted(made.cost.crew_days, 'crew-day')}), ")
    assert text.endswith(f" km, {money(made.cost.money.likely, 'EUR')}")
    assert trip_summary(made) == f"{counted(len(made.parcels), 'parcel')}, {text}"
    assert listed(["maize", "rice", "wheat"]) == "maize, rice and wheat"
