"""The page Plan."""

import dataclasses
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.decisions.backtest import backtests
from engine.domain import Estimate
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning.methods.ensemble import StackedEnsemble
from engine.studies import store
from tests import made_up
from tests.pages.driving import button, open_app, open_page, texts, until_final


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store.save_study(made_up.study(), tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture
def page(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_page(saved, tmp_path, monkeypatch, "plan")


@pytest.fixture
def answered(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Overview of a season in which a trip is worth it."""
    study = store.open_study(saved)
    plans = made_up.grid(
        study, "2021", study.departure, [20], ["radius"], ["zero-shot", "transfer"], "random-forest",
        made_up.TINY, repeats=1,
    )  # fmt: skip
    archive = Archive(tmp_path)
    for outcome in run_plans(study, plans, archive):
        if not outcome.visits:
            archive.keep(dataclasses.replace(outcome, macro_f1=Estimate(0.3, 0.25, 0.35), counts=None))
    return until_final(open_app(saved, tmp_path, monkeypatch))


def money(page: AppTest) -> float:
    match = re.search(r"for ([\d,]+) €", texts(page))
    assert match, texts(page)
    return float(match[1].replace(",", ""))


def test_edited_rates_and_currencies_are_marked_and_one_click_resets_them(page: AppTest) -> None:
    before = money(page)
    assert "Rates edited" not in texts(page)
    page.number_input(key="default-per_km").set_value(3.7)
    page.selectbox(key="default-currency").set_value("RSD").run()
    assert not page.exception
    assert "Rates edited" in texts(page)
    assert re.search(r"for [\d,]+ RSD", texts(page))
    assert page.query_params["default-currency"] == "RSD"
    button(page, "Reset the rates").click().run()
    assert "Rates edited" not in texts(page)
    assert money(page) == before
    assert "default-currency" not in page.query_params


def test_a_farther_trip_costs_more(page: AppTest) -> None:
    assert not page.exception
    near = money(page)
    page.slider(key="radius").set_value(50).run()
    assert not page.exception
    assert money(page) > near


def test_dearer_wages_make_the_trip_dearer(page: AppTest) -> None:
    before = money(page)
    page.number_input(key="default-per_hour").set_value(100.0).run()
    assert not page.exception
    assert money(page) > 2 * before


def test_day_tours_are_planned_on_request_and_forgotten_with_another_question(page: AppTest) -> None:
    tours_button = button(page, "Plan the day tours")
    tours_button.click().run()
    assert not page.exception
    tours = page.dataframe[0].value
    assert tours["parcels"].sum() == int(re.search(r"\*\*(\d+) parcels\*\* to visit", texts(page))[1])
    assert "**Routed stop by stop:" in texts(page)
    page.slider(key="radius").set_value(30).run()
    assert "**Routed stop by stop:" not in texts(page)  # the bill of the new trip may be routed already
    assert not page.dataframe


def test_a_circle_without_parcels_says_what_to_do(page: AppTest) -> None:
    page.slider(key="radius").set_value(1).run()
    assert not page.exception
    assert "Choose a larger radius or another departure" in page.error[0].value


def test_each_limit_names_a_trip_and_more_of_it_costs_more(page: AppTest) -> None:
    for kind, key, few, more in (
        ("parcels", "parcels", 10, 30),
        ("days", "days", 1, 3),
        ("budget", "budget", 400, 900),
    ):
        page.segmented_control(key="limit").set_value(kind).run()
        page.slider(key=key).set_value(few).run()
        assert not page.exception
        cheap = money(page)
        page.slider(key=key).set_value(more).run()
        assert money(page) > cheap
    assert money(page) <= 900


@pytest.mark.parametrize("design", ["random", "balanced", "transects", "clusters"])
def test_each_design_is_drawn_and_paid(page: AppTest, design: str) -> None:
    page.selectbox(key="design").set_value(design).run()
    assert not page.exception
    assert money(page) > 0
    assert "as many as lie within 25 km" in texts(page)


def test_a_design_that_asks_models_nobody_trained_says_what_to_run(page: AppTest) -> None:
    page.selectbox(key="design").set_value("stratified").run()
    assert not page.exception
    assert "--method zero-shot" in page.error[0].value


def test_a_budget_that_buys_nothing_is_answered_in_words(page: AppTest) -> None:
    page.selectbox(key="design").set_value("random").run()
    page.segmented_control(key="limit").set_value("budget").run()
    page.slider(key="budget").set_value(100).run()
    assert not page.exception
    assert "pays for no trip" in page.error[0].value


def test_a_link_carries_design_and_limit(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = open_page(saved, tmp_path, monkeypatch, "plan", design="transects", limit="budget", budget="700")
    assert not plan.exception
    assert plan.selectbox(key="design").value == "transects"
    assert plan.slider(key="budget").value == 700
    assert money(plan) <= 700


def test_a_backtest_tells_what_a_trip_will_gain(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(saved, tmp_path, monkeypatch, "plan")
    assert "No backtest gives macro F1 yet. Run it first" in texts(page)
    study = store.open_study(saved)
    plans = made_up.grid(
        study, "2021", study.departure, [25], ["radius"], ["ensemble"], "cnn1d", made_up.TINY, repeats=1
    )
    short = [dataclasses.replace(plan, method=StackedEnsemble(steps=10)) for plan in plans]
    run_plans(study, backtests(study, short), Archive(tmp_path))
    page = open_page(saved, tmp_path, monkeypatch, "plan")
    assert not page.exception
    assert "from 3 backtest seasons" in texts(page)
    assert "worth its cost" not in texts(page)
    page.number_input(key="point").set_value(10.0).run()
    assert re.search(r"worth its cost with \d+%", texts(page))


def test_crews_as_needed_are_back_in_as_many_days_as_are_given(page: AppTest) -> None:
    page.selectbox(key="crews").set_value("as needed").run()
    assert not page.exception
    page.slider(key="radius").set_value(50).run()
    page.number_input(key="most-days").set_value(1).run()
    button(page, "Plan the day tours").click().run()
    assert not page.exception
    until_final(page)
    assert not page.exception
    tours = page.dataframe[0].value
    assert set(tours["day"]) == {1}
    assert tours["crew"].nunique() > 1


def test_days_alone_with_crews_as_needed_are_refused_with_a_cure(page: AppTest) -> None:
    page.selectbox(key="crews").set_value("as needed").run()
    page.segmented_control(key="limit").set_value("days").run()
    assert not page.exception
    assert any("Give the number of crews" in error.value for error in page.error)
    page.selectbox(key="crews").set_value("2").run()
    assert not page.exception
    assert not page.error


def to_visit(page: AppTest) -> int:
    match = re.search(r"\*\*([\d,]+) parcels\*\* to visit", texts(page))
    assert match, texts(page)
    return int(match[1].replace(",", ""))


def test_a_parcel_that_is_found_can_be_pinned_left_out_and_put_back(page: AppTest, saved: Path) -> None:
    study = store.open_study(saved)
    season = study.parcels_in(max(study.seasons).label)
    away = (season["lon"] - study.departure.lon).abs() + (season["lat"] - study.departure.lat).abs()
    nearest = str(season.loc[away.idxmin(), "parcel_id"])
    before = to_visit(page)
    page.text_input(key="plan-find").set_value("elsewhere").run()
    assert "has the id elsewhere" in texts(page)
    page.text_input(key="plan-find").set_value(nearest).run()
    button(page, f"Leave out parcel {nearest}").click().run()
    assert not page.exception
    assert to_visit(page) < before
    assert "Left out, with all of their fields" in texts(page)
    assert page.query_params["left-out"] == nearest
    button(page, "Put all back").click().run()
    assert to_visit(page) == before
    assert "left-out" not in page.query_params
    farthest = str(season.loc[away.idxmax(), "parcel_id"])
    page.text_input(key="plan-find").set_value(farthest).run()
    button(page, f"Pin parcel {farthest}").click().run()
    assert not page.exception
    assert to_visit(page) == before
    assert page.query_params["pinned"] == farthest
    button(page, f"Leave out parcel {farthest}").click().run()
    assert "pinned" not in page.query_params
    assert page.query_params["left-out"] == farthest


def test_a_link_with_an_unknown_pin_says_so_and_lets_it_go(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = open_page(saved, tmp_path, monkeypatch, "plan", pinned="nobody")
    assert not plan.exception
    assert "nobody is no surveyed parcel" in plan.error[0].value
    button(plan, "Put all back").click().run()
    assert not plan.error
    assert to_visit(plan) > 0


def test_plan_opens_on_the_trip_of_overview_and_goes_back_to_it(answered: AppTest) -> None:
    tiles = {tile.label: tile.value for tile in answered.metric}
    plan = until_final(answered.switch_page("pages/plan.py").run())
    assert not plan.exception
    count = to_visit(plan)
    assert f"{count:,}" == tiles["Parcels"]
    assert "own-trip" not in plan.query_params
    key = plan.segmented_control(key="limit").value
    other = "parcels" if key != "parcels" else "days"
    plan.segmented_control(key="limit").set_value(other).run()
    plan.slider(key=other).set_value(5).run()
    assert not plan.exception
    assert to_visit(plan) != count
    assert "Changed from the trip on Overview." in texts(plan)
    assert plan.query_params["own-trip"] == "1"
    button(plan, "Back to the trip on Overview").click().run()
    assert not plan.exception
    assert to_visit(until_final(plan)) == count
    assert "Changed from" not in texts(plan)
    assert "limit" not in plan.query_params
    assert "own-trip" not in plan.query_params
    shown = plan.switch_page("pages/fieldwork.py").run()
    shown.segmented_control(key="fieldwork-trip").set_value("planned").run()
    assert f"**{count:,} parcels (" in texts(until_final(shown))
