"""The demo that ships: whole, light, answered, and what it says of itself."""

from pathlib import Path

import pytest

from engine.decisions.backtest import history
from engine.decisions.comparison import comparisons
from engine.decisions.forecast import forecast
from engine.experiments.archive import Archive, archive_for
from engine.experiments.plan import grid
from engine.experiments.source import source_of
from engine.learning.recipes import PAPER
from engine.studies import store

HOME = Path(__file__).parents[1]
DEMO = HOME / "data" / "vojvodina-demo"


@pytest.fixture(scope="module")
def study():
    return store.open_study(DEMO)


@pytest.fixture(scope="module")
def outcomes(study):
    return tuple(Archive(DEMO).outcomes(study.fingerprint))


@pytest.fixture(scope="module")
def found(study, outcomes):
    """Macro F1 of 2021's answers beyond 30 km, by method, design and radius."""
    (protocol,) = [
        answers
        for asked, answers in comparisons(study, outcomes).items()
        if asked.target == "2021" and asked.beyond_km == 30
    ]
    return {
        (one.plan.method.name, one.plan.design.name, one.plan.design.equivalent_radius_km): one.macro_f1.value
        for one in protocol
    }


def test_it_is_light_and_says_that_it_is_simulated(study, outcomes):
    assert study.provenance == "simulated"
    assert not list(DEMO.glob("series-*"))
    size = sum(
        path.stat().st_size
        for folder in (DEMO, HOME / "models")
        for path in folder.rglob("*")
        if path.is_file()
    )
    assert size < 30e6
    assert {one.provenance for one in outcomes} == {"simulated"}


def test_the_studys_protocol_is_answered_by_real_runs(study, outcomes):
    asked = grid(
        study, "2021", study.departure, [20, 25, 30], ["radius", "random"],
        ["zero-shot", "transfer", "scratch"], "cnn1d", PAPER,
    )  # fmt: skip
    known = {one.plan.key: one for one in outcomes}
    assert {plan.key for plan in asked} <= set(known)
    for plan in asked:
        one = known[plan.key]
        assert len(one.repeats) == 5
        assert one.seconds > 0
        assert one.versions["torch"]


def test_its_models_are_those_that_its_plans_start_from(study):
    archive = archive_for(DEMO, HOME / "nowhere")
    plan = grid(study, "2021", study.departure, [], [], ["zero-shot"], "cnn1d", PAPER)[0]
    for repeat in range(plan.repeats):
        kept = archive.weights(source_of(plan, repeat).name)
        assert kept is not None
        assert set(kept[1]["validation_macro_f1"]) == {"2017", "2018", "2019", "2020"}


def test_a_short_trip_is_worse_than_staying_at_home_and_spreading_out_is_better(found):
    home = found["zero-shot", "none", 0.0]
    assert found["transfer", "radius", 20.0] < home < found["transfer", "random", 20.0]
    for km in (20.0, 25.0, 30.0):
        assert found["scratch", "radius", km] < found["transfer", "radius", km]
        for method in ("transfer", "scratch"):
            assert found[method, "radius", km] < found[method, "random", km]


def test_groundplans_own_trips_never_lose_against_staying_at_home(found):
    stay = found["groundplan-home", "none", 0.0]
    assert stay > found["zero-shot", "none", 0.0]
    for km in (20.0, 25.0, 30.0):
        assert stay <= found["groundplan", "radius", km] <= found["groundplan", "random", km]


def test_past_seasons_that_played_the_target_foretold_what_the_trip_gained(study, outcomes):
    known = history(study, outcomes, "2021", study.departure, "groundplan")
    assert {one.season for one in known} == {"2017", "2018", "2019", "2020"}
    asked = grid(
        study, "2021", study.departure, [25], ["radius"], ["groundplan-home", "groundplan"], "cnn1d", PAPER
    )
    stayed, went = ({one.plan.key: one for one in outcomes}[plan.key] for plan in asked)
    said = forecast(known, "radius", went.parcels).interval()
    gained = 100 * (went.macro_f1.value - stayed.macro_f1.value)
    assert said.low < gained < said.high
