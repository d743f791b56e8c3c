"""One trip, one set of numbers: ten random questions, asked of every command and page that shows a trip."""

import dataclasses
import json
import random
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.__main__ import main
from engine.decisions.backtest import backtests
from engine.domain import Departure, Estimate
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.fieldwork.costs import PRESETS
from engine.fieldwork.currencies import sign_of
from engine.learning.methods.ensemble import StackedEnsemble
from engine.studies import store
from engine.views.report import files
from pages import _cache as cache
from pages import _reports as reports
from tests import made_up
from tests.pages.driving import button, go_to, new_app, texts, until_final

ELSEWHERE, UNANSWERED = Departure(20.05, 45.35), Departure(19.6, 45.1)
SEED, QUESTIONS = 19, 10
DESIGNS = ["radius", "random", "transects", "clusters", "balanced"]
LIMITS = {"radius": (20, 50), "parcels": (10, 40), "days": (1, 4), "budget": (400, 1500)}
FLAGS = {"radius": "--radius", "parcels": "--parcels", "days": "--days", "budget": "--budget"}
SAME = (
    "key", "target", "departure", "design", "visits", "parcels", "replacements", "left_out", "days",
    "crew_days", "nights", "km", "hours", "money", "currency", "macro_f1_pixel", "basis",
    "gain_over_baseline",
)  # fmt: skip


@pytest.fixture(scope="module")
def answered(tmp_path_factory) -> tuple[Path, Path]:
    """A study whose trips from two departures are answered and gain, with backtests from one of them."""
    place = tmp_path_factory.mktemp("one-trip")
    study = store.open_study(store.save_study(made_up.study(), place / "made-up"))
    archive = Archive(place / "workspace")
    for departure in (study.departure, ELSEWHERE):
        plans = made_up.grid(
            study, "2021", departure, [25, 40], DESIGNS[:4], ["zero-shot", "transfer"], "random-forest",
            made_up.TINY, repeats=2,
        )  # fmt: skip
        for outcome in run_plans(study, plans, archive):
            if not outcome.visits:  # so that a trip is worth it
                archive.keep(dataclasses.replace(outcome, macro_f1=Estimate(0.5, 0.45, 0.55), counts=None))
    tested = made_up.grid(
        study, "2021", study.departure, [25], ["radius"], ["ensemble"], "cnn1d", made_up.TINY, repeats=1
    )
    short = [dataclasses.replace(plan, method=StackedEnsemble(steps=10)) for plan in tested]
    run_plans(study, backtests(study, short), archive)
    return place / "made-up", archive.folder


@pytest.fixture
def app(answered, monkeypatch) -> AppTest:
    return new_app(*answered, monkeypatch)


def printed(capsys, *words) -> dict:
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def amount(trip: dict) -> str:
    """The bill of a trip as pages print it."""

    def many(count: int, noun: str) -> str:
        return f"{count:,} {noun}{'s' * (count != 1)}"

    shared = f" ({many(trip['crew_days'], 'crew-day')})" if trip["crew_days"] > trip["days"] else ""
    return (
        f"{many(trip['days'], 'day')}{shared}, {trip['km']['likely']:,.0f} km, "
        f"{trip['money']['likely']:,.0f} {sign_of(trip['currency'])}"
    )


def gain(trip: dict) -> list[str]:
    """Its gain as pages print it."""
    parts = []
    for estimate, factor in (
        (trip["gain_over_baseline"], 100),
        (trip["forecast"] and trip["forecast"]["gain"], 1),
    ):
        if estimate:
            value, low, high = (factor * estimate[end] for end in ("value", "low", "high"))
            parts.append(f"{value:+.1f} points ({low:+.1f} to {high:+.1f})")
    return parts


def said(page: AppTest) -> str:
    assert not page.exception
    until_final(page)
    assert not page.exception
    assert not page.error, page.error[0].value
    return texts(page).replace("\\", "")


def put(page: AppTest, asked: dict) -> AppTest:
    """The page after somebody has put a question into its inputs."""
    page.selectbox(key="season").set_value("2021")
    page.number_input(key="lon").set_value(asked["departure"].lon)
    page.number_input(key="lat").set_value(asked["departure"].lat)
    page.selectbox(key="design").set_value(asked["design"])
    page.selectbox(key="tariff").set_value(asked["tariff"])
    page.selectbox(key="crews").set_value(str(asked["crews"]))
    page.selectbox(key="nights").set_value(asked["nights"])
    page.segmented_control(key="limit").set_value(asked["limit"]).run()
    return page.slider(key=asked["limit"]).set_value(asked["size"]).run()


def questions() -> list[dict]:
    draw = random.Random(SEED)
    made = []
    for number in range(QUESTIONS):
        kind = list(LIMITS)[number % len(LIMITS)]
        low, high = LIMITS[kind]
        size = draw.randint(low, high)
        made.append(
            {
                "departure": draw.choice([made_up.CENTRE, ELSEWHERE, UNANSWERED]),
                "design": draw.choice(DESIGNS),
                "limit": kind,
                "size": size - size % {"parcels": 5, "budget": 50}.get(kind, 1),
                "tariff": draw.choice(list(PRESETS)),
                "crews": draw.randint(1, 3),
                "nights": draw.choice(["cheapest", "back", "out"]),
            }
        )
    return made


@pytest.mark.parametrize("asked", questions(), ids=lambda asked: f"{asked['design']}-{asked['limit']}")
def test_a_trip_has_the_same_numbers_everywhere(asked, answered, app, capsys):
    place = asked["departure"]
    words = [
        answered[0], "--target", "2021", "--departure", f"{place.lon},{place.lat}",
        "--design", asked["design"],
        FLAGS[asked["limit"]], asked["size"], "--tariff", asked["tariff"], "--crews", asked["crews"],
        "--nights", asked["nights"],
    ]  # fmt: skip
    cost, itinerary = printed(capsys, "cost", *words), printed(capsys, "itinerary", *words)
    trip = cost["trip"]
    assert trip == itinerary["trip"]
    assert sorted(cost["visited"]) == trip["visits"]
    assert (
        sorted(parcel for day in itinerary["days"] for stop in day["stops"] for parcel in stop["parcels"])
        == (trip["visits"])
    )
    assert cost["cost"] == itinerary["cost"]
    if asked["limit"] in ("days", "budget"):
        used = trip["days"] if asked["limit"] == "days" else trip["money"]["likely"]
        assert used <= asked["size"]

    plan = put(go_to(app, "plan"), asked)
    text = said(plan)
    assert f"**{trip['parcels']} parcels** to visit" in text
    assert f"in {amount(trip).split(',')[0].split(' (')[0]} for {amount(trip).rsplit(', ', 1)[1]}" in text
    assert all(part in text for part in gain(trip))
    button(plan, "Plan the day tours").click().run()
    assert f"Routed stop by stop: {amount(trip)}**" in said(plan)
    field = plan.switch_page("pages/fieldwork.py").run()
    field.segmented_control(key="fieldwork-trip").set_value("planned").run()
    text = said(field)
    assert f"**{trip['parcels']} parcels (" in text
    assert f": {amount(trip)}**" in text
    assert all(part in text for part in gain(trip))
    if place != UNANSWERED:
        report = field.switch_page("pages/report.py").run()
        report.segmented_control(key="report-trip").set_value("planned").run()
        assert f"The trip to report: {trip['parcels']} parcels, {amount(trip)}**" in said(report)


@pytest.mark.parametrize("departure", [made_up.CENTRE, ELSEWHERE], ids=["answered", "elsewhere"])
@pytest.mark.parametrize(
    "aims", [{"point": 1000.0}, {"point": 1000.0, "most": 450.0}], ids=["value", "budget"]
)
def test_the_recommended_trip_has_the_same_numbers_everywhere(
    departure, aims, answered, app, capsys, tmp_path, monkeypatch
):
    folder, place = answered[0], f"{departure.lon},{departure.lat}"
    options = ["--value-of-point", aims["point"]] + (["--budget", aims["most"]] if "most" in aims else [])
    ask = [folder, "--target", "2021", "--departure", place]
    advice = printed(capsys, "advise", *ask, *options)
    trip = advice["trip"]
    assert trip["answered"] == advice["recommended"]["key"]
    assert "most" not in aims or trip["money"]["likely"] <= aims["most"]
    assert trip["gain_over_baseline"] == advice["gain_over_baseline"]
    assert len(gain(trip)) == 2  # of the answered plan, and the forecast by the backtests from the centre
    assert trip["forecast_from"]["lon"] == made_up.CENTRE.lon
    report = printed(capsys, "report", *ask, *options, "--out", tmp_path / "report")
    assert report["trip"] == trip
    record = json.loads((tmp_path / "report" / "decision.json").read_text())
    assert record["routed_trip"] == trip
    again = printed(capsys, "itinerary", *ask, "--key", trip["answered"])["trip"]
    assert {name: again[name] for name in SAME} == {name: trip[name] for name in SAME}

    overview = app.run()
    overview.number_input(key="lon").set_value(departure.lon)
    overview.number_input(key="lat").set_value(departure.lat)
    for name, value in aims.items():
        overview.number_input(key=name).set_value(value)
    overview.run()
    text = said(overview)
    assert f"Visit {trip['parcels']} parcels" in text
    tiles = {tile.label: (tile.value, tile.delta) for tile in overview.metric}
    assert tiles["Parcels"][0] == f"{trip['parcels']:,}"
    assert tiles["Days"] == (f"{trip['days']:,}", f"{trip['km']['likely']:,.0f} km")
    assert tiles["Cost"][0] == f"{trip['money']['likely']:,.0f} {sign_of(trip['currency'])}"
    assert all(part in text for part in gain(trip))
    plan = overview.switch_page("pages/plan.py").run()
    text = said(plan)
    assert f"**{trip['parcels']} parcels** to visit" in text
    assert f"in {amount(trip).split(',')[0]} for {amount(trip).rsplit(', ', 1)[1]}" in text
    assert all(part in text for part in gain(trip))
    assert "Changed from" not in text
    assert not set(plan.query_params) & {"design", "limit", "radius", "parcels", "own-trip"}
    field = plan.switch_page("pages/fieldwork.py").run()
    field.segmented_control(key="fieldwork-trip").set_value("recommended").run()
    text = said(field)
    assert f"**{trip['parcels']} parcels (" in text
    assert f": {amount(trip)}**" in text
    assert all(part in text for part in gain(trip))
    page = field.switch_page("pages/report.py").run()
    assert f", {amount(trip)}. Without" in said(page)

    composed = []
    monkeypatch.setattr(files, "made", lambda report: composed.append(report) or {})
    study = store.open_study(folder)
    archive = Archive(answered[1])
    outcomes, _ = cache.outcomes(study, archive)
    rates, value, budget = PRESETS["default"], aims["point"], aims.get("most")
    decided = cache.decide(study, outcomes, "2021", departure, rates, value, budget)
    reports.files_in_hindsight(study, decided, None, value, budget, archive, reports.date(2026, 5, 1))
    assert list(composed[0].routed.parcels) == trip["visits"]
    assert composed[0].routed.cost.money.likely == trip["money"]["likely"]
