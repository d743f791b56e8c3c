"""The inputs of a page go along to every other page, and none of them crashes."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.studies.store import open_study, save_study
from pages import _inputs as inputs
from tests import made_up
from tests.made_up import TINY
from tests.pages.driving import PAGES, go_to, open_app

INPUTS = ["selectbox", "segmented_control", "pills", "slider", "number_input", "toggle", "text_input"]
BUTTONS = ["button", "form_submit_button", "download_button"]
ELEMENTS = [*INPUTS, *BUTTONS, "plotly_chart", "pydeck_chart", "dataframe"]
MANY = bool(os.environ.get("GROUNDPLAN_MANY"))
STARTS_A_JOB = ("Run", "Retry", "Go on", "Make the map", "Find it out", "Look for", "Simulate")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = made_up.study(parcels=60, times=6, pixels=2, noise_db=4, unseen_crop=True)
    return save_study(study, tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture(scope="module")
def workspace(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some trips, answered; one is recommended, so that every page has something to show."""
    folder = tmp_path_factory.mktemp("workspace")
    study = open_study(saved)
    methods = ["transfer", "scratch"]  # without a map without a trip, a trip is recommended
    plans = made_up.grid(
        study, "2021", study.departure, [20, 30], ["radius", "random"], methods, "cnn1d", TINY, repeats=1
    )
    run_plans(study, plans, Archive(folder))
    return folder


@pytest.fixture
def app(saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    overview = open_app(saved, workspace, monkeypatch)
    assert "On the map" in [control.label for control in overview.segmented_control]
    return overview


def touch(page: AppTest) -> None:
    """Give inputs of every kind another value, then press the buttons."""
    for slider in page.slider:
        slider.set_value(slider.value + slider.step)
    for control in page.segmented_control:
        control.set_value(control.options[-1])
    for pills in page.pills:
        pills.set_value(pills.value[:-1])
    for toggle in page.toggle:
        toggle.set_value(not toggle.value)
    for box in page.selectbox[-1:]:  # not all: from another town nothing is answered
        box.set_value(box.options[-1])
    for field in page.number_input[-1:]:
        field.set_value((field.value or 99) + 1)
    page.run()
    for button in page.button:
        if not button.label.startswith(STARTS_A_JOB):
            button.click()
    page.run()


@pytest.mark.parametrize("first", PAGES)
def test_every_page_opens_after_this_one_was_used(app: AppTest, first: str) -> None:
    touch(go_to(app, first))
    assert not app.exception, app.exception
    for name in PAGES:
        go_to(app, name).run()  # what another page left meets a chart only when it is drawn again
        assert not app.exception, (name, app.exception)


def changes(page: AppTest) -> list[tuple[str, str, Any]]:
    """Every change of one widget of a page: what kind, its key, its next value."""
    found: list[tuple[str, str, Any]] = []
    for kind in ("selectbox", "segmented_control"):
        found += [(kind, box.key, option) for box in getattr(page, kind) for option in box.options]
    for slider in page.slider:
        found += [("slider", slider.key, slider.min), ("slider", slider.key, slider.max)]
    found += [("toggle", toggle.key, not toggle.value) for toggle in page.toggle]
    found += [("pills", pills.key, chosen) for pills in page.pills for chosen in (pills.value[:-1], [])]
    for field in page.number_input:
        limits = {field.min, field.max, 7.0} - {None}
        found += [("number_input", field.key, value) for value in sorted(limits) if abs(value) < 1e9]
    found += [("text_input", field.key, "![x](http://evil.test)") for field in page.text_input]
    return [
        change for change in found if change[1] and not change[1].startswith(("folder_", "FormSubmitter"))
    ]


@pytest.mark.parametrize("first", PAGES)
def test_every_page_opens_after_one_change_of_one_widget_of_this_page(app: AppTest, first: str) -> None:
    """A sample; all of them with GROUNDPLAN_MANY=1."""
    go_to(app, first)
    every = changes(app)
    drawn = random.Random(first)
    chosen = every if MANY else drawn.sample(every, min(2, len(every)))
    for kind, key, value in chosen:
        go_to(app, first)
        widget = next((widget for widget in getattr(app, kind) if widget.key == key), None)
        if widget is None or (kind in ("selectbox", "segmented_control") and value not in widget.options):
            continue
        widget.set_value(value).run()
        done = first, key, value
        assert not app.exception, (done, app.exception)
        for name in PAGES if MANY else drawn.sample(PAGES, 4):
            go_to(app, name)
            assert not app.exception, (done, name, app.exception)
            assert len(app.toast) + len(app.error) <= 1, (done, name, app.toast, app.error)


@pytest.mark.parametrize("name", PAGES)
def test_a_key_is_shared_by_all_pages_or_begins_with_its_page(
    app: AppTest, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_to(app, name)
    keys: set[str] = set()

    def noted(draw: Callable[..., Any]) -> Callable[..., Any]:
        def drawn(*args: Any, key: str | None = None, **how: Any) -> Any:
            keys.update({key} - {None})
            return draw(*args, key=key, **how)

        return drawn

    for element in ELEMENTS:
        monkeypatch.setattr(st, element, noted(getattr(st, element)))
    app.toggle(key=inputs.TABLES).set_value(True).run()
    for key in [control.key for control in app.segmented_control]:
        for option in reversed(app.segmented_control(key=key).options):  # so that it ends with the usual view
            app.segmented_control(key=key).set_value(option).run()
            assert not app.exception, app.exception
    touch(app)
    own = {key for key in keys if key.startswith(f"{name}-")}
    assert own
    assert keys - own <= inputs.SHARED
    assert not own & inputs.SHARED
