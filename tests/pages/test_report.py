"""The page Report."""

import re
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.studies import store
from tests import made_up
from tests.pages.driving import WAIT_S, open_page, texts


def opened(monkeypatch: pytest.MonkeyPatch, workspace: Path, study: Path | None = None) -> AppTest:
    return open_page(study, workspace, monkeypatch, "report")


def in_hindsight(monkeypatch: pytest.MonkeyPatch, workspace: Path) -> AppTest:
    """The report of the demo's season that was tested."""
    page = opened(monkeypatch, workspace)
    return page.selectbox(key="season").set_value("2021").run(timeout=120)


def files(page: AppTest) -> list[str]:
    return [button.proto.label for button in page.get("download_button")]


def test_it_says_the_decision_and_offers_every_file(tmp_path, monkeypatch):
    page = in_hindsight(monkeypatch, tmp_path)
    assert not page.exception
    assert re.match(r"Visit \d+ parcels", page.subheader[0].value)
    assert files(page) == [
        "Report, PDF", "Report, HTML", "Everything, ZIP", "Outcomes, CSV", "Parcels, CSV", "Itinerary, CSV",
        "GeoPackage", "Decision, JSON",
    ]  # fmt: skip
    assert any("Simulated data" in caption.value for caption in page.caption)


def test_it_previews_the_first_page_of_the_trip_that_was_chosen_on_overview(tmp_path, monkeypatch):
    page = open_page(None, tmp_path, monkeypatch, "report", trip="radius-25")
    end = time.monotonic() + WAIT_S
    while not page.get("image") and time.monotonic() < end:
        page.run()
        time.sleep(0.5)
    assert not page.exception
    assert len(page.get("image")) == 1
    assert page.subheader[0].value.startswith("Chosen, from Novi Sad\\: circle 25 km")
    said = texts(page)
    assert "Recommended instead\\: Go from Novi Sad" in said
    assert "1. Forecast" in said
    assert "Everything, ZIP: " in said


def test_where_no_trip_is_recommended_there_is_no_itinerary_to_take(tmp_path, monkeypatch):
    page = in_hindsight(monkeypatch, tmp_path)
    page.number_input(key="point").set_value(1.0).run()
    assert not page.exception
    assert "Map without a trip" in page.subheader[0].value
    assert "Itinerary, CSV" not in files(page)
    page.segmented_control(key="report-trip").set_value("planned").run()
    assert not page.exception
    assert "Itinerary, CSV" in files(page)


def test_a_budget_that_pays_for_nothing_leaves_the_trip_that_is_free(tmp_path, monkeypatch):
    page = in_hindsight(monkeypatch, tmp_path)
    page.number_input(key="most").set_value(5.0).run()
    assert not page.exception
    assert "Map without a trip" in page.subheader[0].value


def test_with_nothing_answered_it_says_what_to_run(tmp_path, monkeypatch):
    study = store.save_study(made_up.study(parcels=40), tmp_path / "made-up")
    page = opened(monkeypatch, tmp_path, study)
    assert not page.exception
    assert "No outcome for 2021" in page.info[0].value
    assert not files(page)
