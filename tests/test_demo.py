"""The demo that ships: whole, light, answered, and what it says of itself."""

from pathlib import Path

import pytest

from engine.decisions.comparison import comparisons
from engine.decisions.decision import decide
from engine.decisions.forecast import forecast
from engine.decisions.history import history
from engine.decisions.outlook import outlook
from engine.decisions.routed import kept_trip, routed_trip
from engine.decisions.trip import TripRequest, trip_of
from engine.experiments.archive import Archive, archive_for
from engine.experiments.source_models import source_key, trainings_of
from engine.fieldwork.costs import PRESETS, Tariff
from engine.learning.recipes import PAPER
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit
from engine.studies import store
from tests.made_up import grid

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "data" / "vojvodina-demo"


@pytest.fixture(scope="module")
def study():
    return store.open_study(DEMO)


@pytest.fixture(scope="module")
def outcomes(study):
    return tuple(Archive(DEMO).outcomes(study))


@pytest.fixture(scope="module")
def macro_f1(study, outcomes):
    """Macro F1 of 2021's answers beyond 30 km, by method, design and radius."""
    (protocol,) = [
        answers
        for asked, answers in comparisons(study, outcomes).items()
        if asked.target == "2021" and asked.beyond_km == 30 and asked.repeats == 5
    ]
    return {
        (plan.method.name, plan.design.name, plan.design.equivalent_radius_km): outcome.macro_f1.value
        for outcome in protocol
        for plan in [outcome.plan]
    }


def test_it_is_light_and_says_that_it_is_simulated(study, outcomes):
    assert study.provenance == "simulated"
    assert not list(DEMO.glob("series-*"))
    size = sum(
        path.stat().st_size
        for folder in (DEMO, ROOT / "models")
        for path in folder.rglob("*")
        if path.is_file()
    )
    assert size < 30e6
    assert {outcome.provenance for outcome in outcomes} == {"simulated"}


def test_the_studys_protocol_is_answered_by_real_runs(study, outcomes):
    asked = grid(
        study, "2021", study.departure, [20, 25, 30], ["radius", "random"],
        ["zero-shot", "transfer", "scratch"], "cnn1d", PAPER,
    )  # fmt: skip
    answered = {outcome.plan.key: outcome for outcome in outcomes}
    assert {plan.key for plan in asked} <= set(answered)
    for plan in asked:
        outcome = answered[plan.key]
        assert len(outcome.repeats) == 5
        assert outcome.seconds > 0
        assert outcome.versions["torch"]


def test_its_models_are_those_that_its_plans_start_from(study):
    archive = archive_for(DEMO, ROOT / "nowhere")
    plan = grid(study, "2021", study.departure, [], [], ["zero-shot"], "cnn1d", PAPER)[0]
    (training,) = trainings_of(plan)
    for repeat in range(plan.repeats):
        kept = archive.weights(source_key(plan, repeat, training).name)
        assert kept is not None
        assert set(kept[1]["validation_macro_f1"]) == {"2017", "2018", "2019", "2020"}


def test_a_short_trip_is_worse_than_no_trip_and_spreading_out_is_better(macro_f1):
    baseline = macro_f1["zero-shot", "no-visit", 0.0]
    assert macro_f1["transfer", "radius", 20.0] < baseline < macro_f1["transfer", "random", 20.0]
    for km in (20.0, 25.0, 30.0):
        assert macro_f1["scratch", "radius", km] < macro_f1["transfer", "radius", km]
        for method in ("transfer", "scratch"):
            assert macro_f1[method, "radius", km] < macro_f1[method, "random", km]


def test_trips_of_the_ensemble_never_lose_against_its_baseline(macro_f1):
    baseline = macro_f1["ensemble-zero-shot", "no-visit", 0.0]
    assert baseline > macro_f1["zero-shot", "no-visit", 0.0]
    for km in (20.0, 25.0, 30.0):
        assert baseline <= macro_f1["ensemble", "radius", km] <= macro_f1["ensemble", "random", km]


def test_its_open_season_is_forecast_from_every_season_before_with_all_designs_and_sizes(study, outcomes):
    assert study.is_open("2022")
    gains = history(study, outcomes, "2022", study.departure, "ensemble").gains
    asked = {(gain.season, gain.design, gain.parcels) for gain in gains}
    assert {(season, design) for season, design, _ in asked} == {
        (season, design) for season in ("2017", "2018", "2019", "2020", "2021") for design in DESIGNS
    }
    assert len(asked) == 5 * len(DESIGNS) * 3


def test_the_forecast_from_the_other_seasons_holds_what_trips_gained(study, outcomes):
    gains = history(study, outcomes, "2022", study.departure, "ensemble").gains
    held = []
    for gain in gains:
        others = [other for other in gains if other.season != gain.season]
        predicted = forecast(others, gain.design, gain.parcels, gain.expected_f1).interval()
        held.append(predicted.low < gain.points < predicted.high)
    assert sum(held) >= 0.8 * len(held)


@pytest.mark.parametrize("tariff", PRESETS.values(), ids=lambda tariff: tariff.name)
def test_its_first_views_show_routed_trips_at_once(study, outcomes, tmp_path, tariff):
    """Where this fails after a change of the outcomes or the advice: python benchmarks/ship_trips.py."""
    decided = decide(study, outcomes, "2021", study.departure, tariff)
    archive = archive_for(DEMO, tmp_path)
    best = decided.advice.recommended
    if best.visits:
        made = kept_trip(study, trip_of(best, tariff), archive)
        assert set(made.parcels) == set(best.visited)
    found = outlook(study, outcomes, "2022", study.departure, tariff, archive)
    taken = found.recommended
    assert taken is None or taken.routed
    first = TripRequest("2022", study.departure, "radius", Limit("km", 25), Tariff())
    assert kept_trip(study, first, archive).trip.design.equivalent_radius_km == 25
    size = sum(path.stat().st_size for path in (DEMO / "trips").iterdir())
    assert size < 400_000


def test_a_shipped_trip_is_the_one_that_this_engine_makes(study, tmp_path):
    request = TripRequest("2022", study.departure, "radius", Limit("km", 25), Tariff())
    shipped = kept_trip(study, request, archive_for(DEMO, tmp_path))
    assert routed_trip(study, request, Archive(tmp_path)).itinerary == shipped.itinerary
