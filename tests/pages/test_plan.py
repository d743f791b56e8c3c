"""The plan page, run by Streamlit without a browser."""

import dataclasses
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.decisions.backtest import backtests
from engine.experiments.archive import Archive
from engine.experiments.plan import grid
from engine.experiments.run import run_plans
from engine.learning.methods.ensemble import StackedEnsemble
from engine.studies import store
from tests import made_up

APP = str(Path(__file__).parents[2] / "app.py")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store.save_study(made_up.study(), tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture
def page(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("GROUNDPLAN_STUDY", str(saved))
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path))
    return AppTest.from_file(APP, default_timeout=60).run().switch_page("pages/plan.py").run()


def said(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.header, *page.markdown, *page.error])


def money(page: AppTest) -> float:
    found = re.search(r"for ([\d,]+) €", said(page))
    assert found, said(page)
    return float(found[1].replace(",", ""))


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
    button = next(one for one in page.button if one.label == "Plan the day tours")
    button.click().run()
    assert not page.exception
    tours = page.dataframe[0].value
    assert tours["parcels"].sum() == int(re.search(r"\*\*(\d+) parcels\*\* to visit", said(page))[1])
    assert "Routed stop by stop" in said(page)
    page.slider(key="radius").set_value(30).run()
    assert "Routed stop by stop" not in said(page)


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
    assert "as many as lie within 25 km" in said(page)


def test_a_design_that_asks_models_nobody_trained_says_what_to_run(page: AppTest) -> None:
    page.selectbox(key="design").set_value("stratified").run()
    assert not page.exception
    assert "Run zero-shot" in page.error[0].value


def test_a_budget_that_buys_nothing_is_answered_in_words(page: AppTest) -> None:
    page.selectbox(key="design").set_value("random").run()
    page.segmented_control(key="limit").set_value("budget").run()
    page.slider(key="budget").set_value(100).run()
    assert not page.exception
    assert "pays for no trip" in page.error[0].value


def test_a_link_carries_design_and_limit(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDPLAN_STUDY", str(saved))
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in (("design", "transects"), ("limit", "budget"), ("budget", "700")):
        app.query_params[name] = value
    plan = app.run().switch_page("pages/plan.py")
    for name, value in (("design", "transects"), ("limit", "budget"), ("budget", "700")):
        plan.query_params[name] = value
    plan.run()
    assert not plan.exception
    assert plan.selectbox(key="design").value == "transects"
    assert plan.slider(key="budget").value == 700
    assert money(plan) <= 700


def test_past_seasons_that_played_the_target_foretell_what_a_trip_will_gain(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = store.open_study(saved)
    plans = grid(
        study, "2021", study.departure, [25], ["radius"], ["groundplan"], "cnn1d", made_up.TINY, repeats=1
    )
    short = [dataclasses.replace(one, method=StackedEnsemble(steps=10)) for one in plans]
    run_plans(study, backtests(study, short), Archive(tmp_path))
    monkeypatch.setenv("GROUNDPLAN_STUDY", str(saved))
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path))
    page = AppTest.from_file(APP, default_timeout=60).run().switch_page("pages/plan.py").run()
    assert not page.exception
    assert "by 3 past seasons that played the target" in said(page)
    assert "worth its cost" not in said(page)
    page.number_input(key="point").set_value(10.0).run()
    assert re.search(r"worth its cost with \d+%", said(page))
