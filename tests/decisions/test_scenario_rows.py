"""Scenarios side by side: what differs is marked, and a verdict says no more than the intervals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.decisions.decision import Aims
from engine.decisions.interpolation import Interpolation
from engine.decisions.scenario import scenario_of
from engine.decisions.scenario_result import Result, results
from engine.decisions.scenario_rows import properties, rates_title, scenario_row, suggested_name
from engine.decisions.scenario_wording import verdict
from engine.decisions.trip import TripRequest
from engine.decisions.trip_gain import TripGain
from engine.domain import Estimate
from engine.experiments.archive import Archive
from engine.experiments.scores import Metric
from engine.fieldwork.costs import FREE, PRESETS, Cost, Range, altered, exactly
from engine.fieldwork.crews import CrewLimits
from engine.sampling.limits import Limit
from engine.views.scenario_cards import SIGN, scenario_cards
from tests import made_up

STUDY = made_up.study(parcels=40, times=4, pixels=1)
TRIP = TripRequest("2021", made_up.CENTRE, "radius", Limit("km", 25), PRESETS["default"])


def bill(money: float) -> Cost:
    spread = Range(money, 0.8 * money, 1.2 * money)
    return Cost("EUR", exactly(300.0), exactly(20.0), 3, 0, {"driving": spread})


def went(name: str, money: float, gain: tuple[float, float, float] | None, **change) -> Result:
    """A scenario whose tested gain, points, and bill are these."""
    tested = Estimate(*(part / 100 for part in gain), 0.9) if gain else None
    made = TripGain(Interpolation(None, "radius"), None, tested, None)
    scenario = scenario_of(name, STUDY, replace(TRIP, **change), Aims())
    return Result(scenario, 40, 3, 1, bill(money), True, made, Estimate(0.8, 0.7, 0.9, 0.9))


def nobody(name: str) -> Result:
    place = TRIP.target, TRIP.departure, TRIP.tariff
    level = Estimate(0.8, 0.7, 0.9, 0.9)
    return Result(scenario_of(name, STUDY, place, Aims()), 0, 0, 0, FREE, False, None, level)


def test_what_differs_from_the_first_is_marked_and_nothing_else():
    tariff = altered(PRESETS["default"], {"per_km": 0.5})
    rows = {
        row.name: row
        for row in properties([went("A", 900, (1, 0, 2)), went("B", 950, (1, 0, 2), tariff=tariff)])
    }
    assert {name for name, row in rows.items() if row.differs} == {"cost", "tariff"}
    assert [cell.text for cell in rows["cost"].cells] == ["900 €", "950 €"]
    assert [cell.differs for cell in rows["cost"].cells] == [False, True]
    assert rows["tariff"].cells[1].text == "default, 1 rate edited"
    assert "0.5" in rows["tariff"].cells[1].detail
    assert rows["tested"].cells[0].text == "+1.0 points"
    assert rows["tested"].cells[0].detail == "+0.0 to +2.0"
    assert "left-out" not in rows  # none of them leaves a parcel out
    assert "forecast" not in rows


def test_a_map_without_a_trip_costs_nothing_and_gains_nothing():
    rows = {row.name: row for row in properties([went("A", 900, (1, 0, 2)), nobody("None")])}
    assert [rows[name].cells[1].text for name in ("parcels", "days", "cost")] == ["0", "0", "0 €"]
    assert rows["tested"].cells[1].text == "–"
    assert rows["tested"].differs
    assert rows["trip"].cells[1].text == "No trip"
    assert [cell.text for cell in rows["level"].cells] == ["80.0%", "80.0%"]


def test_cards_escape_every_text():
    rows = properties([went("<b>A</b>", 900, None, unreachable=("<i>p</i>",)), nobody("B & C")])
    made = scenario_cards(["<b>A</b>", "B & C"], rows, dark=False)
    assert "<b>" not in made
    assert "<i>" not in made
    assert made.count("<section") == 2
    assert made.count(SIGN) == sum(cell.differs for row in rows for cell in row.cells) > 0
    assert 'aria-label="B &amp; C"' in made


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            [went("A", 900, (1, 0, 2)), went("B", 1200, (5, 3, 7))],
            "A is the cheapest trip: 900 €, 300 € less than the next. B gains most: +5.0 points (+3.0 to "
            "+7.0), clearly more than the others.",
        ),
        (
            [went("A", 900, (1, 0, 4)), went("B", 900, (5, 3, 7))],
            "The cheapest trips cost the same. B gains most: +5.0 points (+3.0 to +7.0), but its interval "
            "overlaps that of A.",
        ),
        (
            [went("A", 900, (1, 0, 4)), went("B", 800, (5, 3, 7)), went("C", 600, (4, 1, 7))],
            "C is the cheapest trip: 600 €, 200 € less than the next. B gains most: +5.0 points (+3.0 to "
            "+7.0), but its interval overlaps those of the others.",
        ),
        ([went("A", 900, None), nobody("None")], "The gain of A is not known yet."),
        ([went("A", 900, (1, 0, 2)), nobody("None")], "A gains +1.0 points (+0.0 to +2.0)."),
        (
            [went("A", 900, (1, 0, 2)), went("B", 800, (1, 0, 2), target="2020")],
            "B is the cheapest trip: 800 €, 100 € less than the next.",
        ),
    ],
)
def test_a_verdict_says_no_more_than_the_intervals_let_it(found, said):
    assert verdict(found) == said


def test_estimates_are_called_so():
    estimated = replace(went("B", 1200, None), routed=False)
    assert "less than the next, by estimates." in verdict([went("A", 900, None), estimated])
    costs = next(row for row in properties([went("A", 900, None), estimated]) if row.name == "cost")
    assert [cell.detail.endswith("estimated") for cell in costs.cells] == [False, True]


def test_a_tariff_of_a_file_is_said_to_be_of_one():
    assert rates_title(replace(PRESETS["default"], name="ours")) == ("ours", "of a file")
    assert rates_title(PRESETS["western"]) == ("western", "")


def test_a_suggested_name_names_the_trip_and_fits():
    assert suggested_name(TRIP) == "Circle, 25 km, from Novi Sad, 2021"
    assert suggested_name(TRIP, visits=False) == "No trip, 2021"
    far = replace(TRIP, departure=replace(made_up.CENTRE, name="x" * 99))
    assert scenario_of(suggested_name(far), STUDY, far, Aims()).name.endswith("…")


def test_a_trip_is_estimated_unless_it_is_routed_and_the_row_says_which(tmp_path):
    archive = Archive(tmp_path)
    open_crews = replace(TRIP, driving=CrewLimits(None))
    made = [
        scenario_of("A", STUDY, TRIP, Aims(metric=Metric("parcel"))),
        scenario_of("B", STUDY, open_crews, Aims()),
        scenario_of("None", STUDY, ("2021", made_up.CENTRE, PRESETS["default"]), Aims()),
    ]
    estimated = results(STUDY, made, [], archive, route=False)
    assert [each.routed for each in estimated] == [False] * 3
    routed = results(STUDY, made, [], archive)
    assert [each.routed for each in routed] == [True, True, False]
    again = results(STUDY, made, [], archive, route=False)  # routed trips are kept
    assert [scenario_row(each) for each in again] == [scenario_row(each) for each in routed]
    assert routed[2].level is None
    days = next(row for row in properties(routed) if row.name == "days")
    assert days.cells[1].detail.startswith("by ")
