"""A decision at a glance: few words, and the numbers of the decision."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.advice import advise
from engine.decisions.backtest import backtests
from engine.decisions.glance import MOST_WORDS, glance_of_choice, glance_of_option
from engine.decisions.outlook import outlook
from engine.domain import Departure
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Tariff
from engine.sampling import DESIGNS
from tests import made_up
from tests.decisions.options_of import option
from tests.experiments.examples import ask
from tests.made_up import TINY

STUDY = made_up.without_labels(made_up.study(parcels=60, times=6, pixels=2), "2021")
FREE = option("ensemble-zero-shot", 0, 0.90)


def tiles(glance):
    return {tile.name: (tile.value, tile.detail) for tile in glance.tiles}


@given(
    place=st.text(alphabet="abc ", min_size=1, max_size=80),
    design=st.sampled_from(sorted(DESIGNS)),
    f1=st.floats(0.2, 0.95),
)
def test_the_sentence_never_has_more_than_twelve_words(place, design, f1):
    trip = option("ensemble", 900, f1)
    plan = dataclasses.replace(trip.plan, departure=Departure(20, 45, place), design=DESIGNS[design](20.0))
    trip = dataclasses.replace(trip, outcome=dataclasses.replace(trip.outcome, plan=plan))
    advice = advise([FREE, trip])
    for shown in advice.payable:
        assert 2 <= len(glance_of_option(shown, advice, "EUR").sentence.split()) <= MOST_WORDS


def test_the_tiles_are_those_of_the_option():
    trip = option("ensemble", 900, 0.95, days=3.4)
    advice = advise([FREE, trip])
    glance = glance_of_option(trip, advice, "EUR")
    assert glance.sentence == "Visit 2 parcels within 20 km of Novi Sad."
    shown = tiles(glance)
    assert shown["Days"] == ("4", "estimated")
    assert shown["Cost"] == ("900 €", "estimated")
    assert shown["Gain, points"][0] == "+5.0"
    assert shown["Without a trip"] == ("90.0%", "88.0 to 92.0")


def test_without_a_trip_the_best_trip_is_named_and_nothing_is_spent():
    trip = option("ensemble", 900, 0.901)
    advice = advise([FREE, trip])
    glance = glance_of_option(advice.recommended, advice, "EUR")
    assert glance.sentence == "Map 2021 without a trip. No trip is clearly better."
    assert tiles(glance)["Cost"][0] == "0 €"
    assert tiles(glance)["Best trip, points"][0] == "+0.1"


@pytest.fixture
def found(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.decisions.outlook.DEFAULT", "joint")
    archive = Archive(tmp_path)
    asked = ask(STUDY, ("joint",), ("radius", "random"), radii=(20, 30), repeats=1, recipe=TINY)
    run_plans(STUDY, backtests(STUDY, asked), archive)
    return outlook(STUDY, archive.outcomes(STUDY), "2021", STUDY.departure, Tariff(), archive)


def test_every_trip_of_an_open_season_shows_its_own_forecast(found):
    assert found.choices
    for choice in found.choices:
        shown = tiles(glance_of_choice(choice, found))
        assert shown["Parcels"][0] == f"{len(choice.trip.wanted):,}"
        assert shown["Forecast, points"][0] == f"{round(choice.forecast.gain.value, 1) + 0.0:+.1f}"
        assert shown["Cost"] == (f"{choice.forecast.money:,.0f} €", "estimated")
    assert glance_of_choice(None, found).sentence.startswith("Map 2021 without a trip.")
