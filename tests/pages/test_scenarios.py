"""Scenarios: saved where a trip is shown, side by side with its very numbers, opened again, undone."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.decisions import scenario_store as store
from engine.decisions.decision import Aims
from engine.decisions.scenario import scenario_of
from engine.decisions.trip import TripRequest
from engine.experiments.archive import Archive
from engine.fieldwork.costs import PRESETS
from engine.fieldwork.crews import CrewLimits
from engine.sampling.limits import Limit
from engine.studies.store import open_study
from pages import _saving as saving
from tests.pages.driving import button, go_to, open_app, texts, until_final


@pytest.fixture
def app(saved: Path, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app with a workspace of its own: other tests see no scenario of these."""
    own = shutil.copytree(workspace, tmp_path / "workspace")
    return open_app(saved, own, monkeypatch)


def save(page: AppTest, name: str, key: str) -> None:
    page.text_input(key=f"{key}-scenario-name").set_value(name)
    page.button(key=f"{key}-scenario-save").click().run()
    assert not page.exception
    assert f"{name} saved. See Scenarios." in [toast.value for toast in page.toast]


def cards(page: AppTest) -> str:
    assert not page.exception
    until_final(page)
    assert not page.exception
    assert not page.error, page.error[0].value
    return "".join(element.proto.body for element in page.get("html"))


def asked(page: AppTest) -> dict[str, object]:
    """The question that the inputs of Plan ask."""
    boxes = {key: page.selectbox(key=key).value for key in ("season", "design", "tariff", "crews", "nights")}
    numbers = {key: page.number_input(key=key).value for key in ("lon", "lat", "point", "default-per_km")}
    return {**boxes, **numbers, "parcels": page.slider(key="parcels").value}


def test_a_trip_saved_on_plan_stands_beside_that_of_overview_and_opens_again(app: AppTest) -> None:
    overview = until_final(go_to(app, "overview"))
    save(overview, "As advised", "overview")
    tiles = {tile.label: tile.value for tile in until_final(overview).metric}

    plan = go_to(app, "plan")
    plan.segmented_control(key="limit").set_value("parcels").run()
    plan.slider(key="parcels").set_value(20)
    plan.selectbox(key="design").set_value("clusters")
    plan.selectbox(key="crews").set_value("2")
    plan.number_input(key="lon").set_value(plan.number_input(key="lon").value + 0.1)
    plan.number_input(key="default-per_km").set_value(0.5)
    plan.number_input(key="point").set_value(250.0)
    plan.run()
    question = asked(until_final(plan))
    bill = next(text.value for text in plan.markdown if re.search(r" days? for ", text.value))
    money = bill.split(" for ")[1].split(" €")[0]
    save(plan, "Two crews", "plan")
    page = go_to(app, "scenarios")
    shown = cards(page)
    assert "Two crews" in shown
    assert f"{money} €" in shown
    assert tiles["Cost"] in shown
    assert "clusters" in shown.lower()
    assert "1 rate edited" in shown
    assert "≠" in shown
    equal = "<dt>Season</dt>"
    assert equal in shown
    page.toggle(key="scenarios-differing").set_value(True).run()
    assert equal not in cards(page)

    button(page, "Open Two crews").click().run()
    assert not app.exception
    assert app.header[0].value == "Where would we go?"
    assert asked(app) == question
    assert not app.toast


def test_what_is_removed_is_had_back_and_a_file_is_loaded(app: AppTest) -> None:
    page = go_to(app, "scenarios")
    assert "No scenario is kept yet" in texts(page)
    assert not [each for each in page.button if each.label.startswith("Undo")]
    plan = go_to(app, "plan", design="radius", limit="radius", radius="25")
    plan.button(key="plan-scenario-save").click().run()  # under the name that the page suggests
    name = "Circle, 25 km, from Novi Sad, 2021"
    page = go_to(app, "scenarios")
    assert name in cards(page)
    page.button(key=f"scenarios-remove-{name}").click().run()
    assert "No scenario is kept yet" in texts(page)
    button(page, "Undo: Circle").click().run()
    assert any(toast.value.startswith(r"Undone\: Circle") for toast in page.toast)
    assert name in cards(page)
    button(page, "Undo: Circle").click().run()
    assert "No scenario is kept yet" in texts(page)

    page.button(key="scenarios-load-button").click().run()
    assert any("Choose the file" in toast.value for toast in page.toast)
    page.file_uploader(key="scenarios-file").set_value(("bad.json", b"{}", "application/json"))
    page.button(key="scenarios-load-button").click().run()
    assert not page.exception
    assert any("bad.json holds no scenario" in toast.value for toast in page.toast)


def test_a_link_to_two_scenarios_opens_them_and_a_name_that_is_gone_is_passed_over(app: AppTest) -> None:
    plan = go_to(app, "plan")
    for radius, name in ((20, "Near"), (30, "Far"), (40, "Farther")):
        plan.slider(key="radius").set_value(radius).run()
        save(plan, name, "plan")
    page = go_to(app, "scenarios", **{"scenarios-chosen": ["Near", "Far"]})
    shown = cards(page)
    assert "Near" in shown
    assert "Farther" not in shown
    assert "is the cheapest trip" in texts(page)
    page = go_to(app, "study")
    page = go_to(app, "scenarios", **{"scenarios-chosen": ["Near", "Gone"]})
    assert "'Gone', which is not available" in page.toast[0].value
    assert "Near" in cards(page)


def test_a_scenario_that_cannot_be_shown_hides_no_other(app: AppTest, saved: Path, tmp_path: Path) -> None:
    study, archive = open_study(saved), Archive(tmp_path / "workspace")
    near = TripRequest("2021", study.departure, "radius", Limit("km", 25), PRESETS["default"])
    far = replace(study.departure, lon=study.departure.lon + 0.1)
    for name, trip in {
        "Nobody goes": ("2021", far, PRESETS["western"]),
        "Too little": replace(near, limit=Limit("money", 1.0)),
    }.items():
        store.save(archive, study, scenario_of(name, study, trip, Aims()))
    seeded = scenario_of("By command", study, replace(near, seed=3), Aims())
    store.save(archive, study, seeded)
    page = go_to(app, "scenarios", **{"scenarios-chosen": ["By command", "Nobody goes", "Too little"]})
    assert not page.exception
    until_final(page)
    assert [error.value.partition(":")[0] for error in page.error] == ["Too little\\"]
    shown = "".join(element.proto.body for element in page.get("html"))
    assert "By command" in shown
    assert "No trip" in shown
    assert button(page, "Open By command").disabled
    button(page, "Open Nobody goes").click().run()
    assert not app.exception
    assert app.header[0].value == "What should we do this season?"
    assert app.number_input(key="lon").value == pytest.approx(far.lon)
    assert app.selectbox(key="tariff").value == "western"
    assert saving.address_of(study, seeded) is None
    crews = replace(near, answered="0123456789abcdef", listed=("p2021-0001",), driving=CrewLimits(2))
    assert saving.address_of(study, scenario_of("Two crews", study, crews, Aims())) is None


def test_an_installation_that_only_shows_offers_nothing_to_save(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    for name in ("overview", "plan", "scenarios"):
        page = go_to(app, name)
        assert not page.exception
        assert not [each for each in page.button if each.label in ("Save", "Load")]
