"""Every page of a study whose last season has no labels: the right words, and no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.decisions.backtest import backtests
from engine.decisions.routed import routed_trip
from engine.decisions.trip import TripRequest
from engine.experiments.archive import Archive
from engine.experiments.preparation import prepare_after
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Tariff
from engine.learning.recipes import RECIPES
from engine.sampling.limits import Limit
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.experiments.examples import ask
from tests.made_up import TINY
from tests.pages.driving import PAGES, button, go_to, open_page, texts, until_final


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = made_up.study(parcels=60, times=6, pixels=2, noise_db=6, seed=3)
    return save_study(made_up.without_labels(study, "2021"), tmp_path_factory.mktemp("studies") / "open")


@pytest.fixture(scope="module")
def backtested(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a backtest, as the page's own job leaves it."""
    folder = tmp_path_factory.mktemp("workspace")
    study, archive = open_study(saved), Archive(folder)
    plans = backtests(
        study, ask(study, ("joint",), ("radius", "random"), radii=(25,), repeats=1, recipe=TINY)
    )
    run_plans(study, plans, archive)
    prepare_after(study, plans, archive)
    return folder


@pytest.fixture(autouse=True)
def default_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """A method that learns quickly stands in for the ensemble."""
    monkeypatch.setattr("engine.decisions.outlook.DEFAULT", "joint")
    monkeypatch.setattr("engine.decisions.trip_gain.DEFAULT", "joint")
    monkeypatch.setitem(RECIPES, "tiny", TINY)


EMPTY = {
    "overview": [
        "2021 has no labels yet",
        "with Backtest switched on",
        "misses: not known yet",
        "mix of 2020",
    ],
    "plan": ["No score can be tested before 2021 has labels", "with Backtest switched on", "mix of 2020"],
    "experiments": ["what will a trip gain?", "Backtest seasons: **2018, 2019, 2020**"],
    "compare": ["No plan of this study is answered yet"],
    "scenarios": ["No scenario is kept yet"],
    "fieldwork": ["parcels"],
    "crop_map": ["would learn from the seasons", "this is the map without a field trip"],
    "report": ["2021 has no labels yet", "with Backtest switched on"],
    "study": ["2021 has 60 parcels, and no labels yet. Shown is 2020"],
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_is_not_known_and_what_to_ask(saved, tmp_path, monkeypatch, page) -> None:
    shown = until_final(open_page(saved, tmp_path, monkeypatch, page))
    assert not shown.exception
    for words in EMPTY[page]:
        assert words in texts(shown)


def opened(page: str, saved: Path, backtested: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    shown = open_page(saved, backtested, monkeypatch, page)
    assert not shown.exception
    return shown


def test_overview_leads_with_the_forecast(saved, backtested, monkeypatch) -> None:
    shown = opened("overview", saved, backtested, monkeypatch)
    said = texts(shown)
    assert "this is a forecast, and nothing was tested in it" in said
    assert "2018 to 2020" in said
    assert "predicted by the source model" in said
    assert len(shown.dataframe[0].value) == 2


def test_overview_bills_a_kept_trip_as_every_command_does(saved, backtested, monkeypatch) -> None:
    study = open_study(saved)
    request = TripRequest("2021", study.departure, "radius", Limit("km", 25), Tariff())
    made = routed_trip(study, request, Archive(backtested))
    table = opened("overview", saved, backtested, monkeypatch).dataframe[0].value.set_index("design")
    assert table.loc["Circle", "routed"] == "✓"
    assert table.loc["Circle", "money"] == round(made.cost.money.likely)


def test_compare_shows_an_earlier_season_and_marks_the_trip_of_the_open_one(
    saved, backtested, monkeypatch
) -> None:
    shown = opened("overview", saved, backtested, monkeypatch)
    shown.selectbox(key="trip").set_value("random-25").run()
    go_to(shown, "compare")
    assert not shown.exception
    assert "2021 has no labels, so nothing can be compared in it. Shown is 20" in texts(shown)
    assert "chosen for 2021" in shown.get("plotly_chart")[0].proto.spec


def test_plan_fieldwork_and_report_show_the_forecast(saved, backtested, monkeypatch) -> None:
    assert "backtest seasons" in texts(opened("plan", saved, backtested, monkeypatch))
    report = opened("report", saved, backtested, monkeypatch)
    labels = [each.label for each in report.get("download_button")]
    assert "Forecast, CSV" in labels
    assert "Outcomes, CSV" not in labels
    fieldwork = opened("fieldwork", saved, backtested, monkeypatch)
    fieldwork.segmented_control(key="fieldwork-trip").set_value("recommended").run()
    until_final(fieldwork)
    assert not fieldwork.exception
    assert "in 2021, from Novi Sad" in texts(fieldwork) or "nothing to take along" in texts(fieldwork)


def test_with_backtest_switched_on_the_plans_are_of_earlier_seasons(saved, tmp_path, monkeypatch) -> None:
    shown = open_page(saved, tmp_path, monkeypatch, "experiments", **{"experiments-purpose": "own"})
    shown.toggle(key="experiments-backtest").set_value(True).run()
    assert not shown.exception
    assert "Backtest seasons: **2018, 2019, 2020**" in texts(shown)
    assert button(shown, "open plans")


def test_without_a_past_only_what_needs_none_is_asked(tmp_path, monkeypatch) -> None:
    alone = made_up.study(seasons=("2021",), parcels=60, times=6, pixels=2)
    saved = save_study(alone, tmp_path / "alone")
    shown = open_page(
        saved, tmp_path / "workspace", monkeypatch, "experiments", **{"experiments-purpose": "own"}
    )
    assert not shown.exception
    assert not shown.error
    assert "0 of 6 plans are answered" in texts(shown)


@pytest.fixture(scope="module")
def without_series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = made_up.study(parcels=60, times=6, pixels=2, noise_db=6, seed=3)
    return save_study(made_up.without_series(study, "2021"), tmp_path_factory.mktemp("studies") / "waiting")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_works_before_there_are_series(without_series, tmp_path, monkeypatch, page) -> None:
    shown = until_final(open_page(without_series, tmp_path, monkeypatch, page))
    assert not shown.exception
    words = (
        EMPTY[page]
        if page != "study"
        else ["2021 has 60 parcels, and no series and labels yet. Shown is 2020", "no series yet: 2021"]
    )
    for each in words:
        assert each in texts(shown)


def test_the_forecast_names_the_designs_that_wait_for_series(without_series, tmp_path, monkeypatch) -> None:
    study, archive = open_study(without_series), Archive(tmp_path)
    plans = backtests(
        study, ask(study, ("joint",), ("radius", "stratified"), radii=(25,), repeats=1, recipe=TINY)
    )
    run_plans(study, plans, archive)
    prepare_after(study, plans, archive)
    said = texts(opened("overview", without_series, tmp_path, monkeypatch))
    assert "this is a forecast, and nothing was tested in it" in said
    assert "what they see in 2021, which has no series yet" in said
    assert "mix of 2020" in said
