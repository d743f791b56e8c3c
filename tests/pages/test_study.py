"""The page Study."""

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.studies import sample, shelf, store
from engine.studies.store import open_study
from pages._mapping import said_of_classes
from tests import made_up
from tests.pages.driving import WAIT_S, button, texts

PAGE = str(Path(__file__).parents[2] / "pages" / "study.py")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    folder = store.save_study(made_up.study(unseen_crop=True), tmp_path / "made-up")
    monkeypatch.setenv("GROUNDPLAN_STUDY", str(folder))
    return AppTest.from_file(PAGE, default_timeout=60).run()


def test_the_classes_are_counted(page: AppTest) -> None:
    assert not page.exception
    assert "1 of 4 classes is not in every season" in texts(page)


def test_the_seasons_are_listed_with_what_they_hold(page: AppTest) -> None:
    table = page.dataframe[0].value
    assert list(table["season"]) == ["2018", "2019", "2020", "2021"]
    assert (table["pixels"] == 240).all()


def test_another_season_shows_its_own_profiles(page: AppTest) -> None:
    assert "look most alike in 2021" in texts(page)
    page.selectbox(key="season").set_value("2018").run()
    assert not page.exception
    assert "look most alike in 2018" in texts(page)


def until_read(page: AppTest) -> str:
    """What the page says once the files are read."""
    end = time.monotonic() + WAIT_S
    while "files are understood" not in texts(page) and "must be mended" not in texts(page):
        assert time.monotonic() < end, texts(page)
        page.run()
    assert not page.exception
    return texts(page)


def test_files_that_are_sent_become_a_study_that_is_open(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column is mapped, a class left out, the study made, renamed, deleted; no file is left behind."""
    workspace = tmp_path / "workspace"
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(workspace))
    page.button_group(key="study-view").set_value("own").run()
    files = sample.sample_files()
    series = files[sample.SERIES].replace(b"date", b"when", 1)
    page.file_uploader[0].upload(sample.PARCELS, files[sample.PARCELS]).run()
    assert "Now add the series" in texts(page)
    page.file_uploader[0].upload("../series.csv", series).run()
    assert "must be mended" in until_read(page)
    assert str(workspace) not in texts(page)
    assert "**Columns, Date**" in texts(page)
    labelled(page.selectbox, "Date").set_value("when")
    labelled(page.multiselect, "No-data codes").set_value(["nothing"])
    button(page, "Read again").click().run()
    assert "is no number" in texts(page)
    labelled(page.multiselect, "No-data codes").set_value(["-9999"])
    button(page, "Read again").click().run()
    assert "The files are understood" in until_read(page)
    assert labelled(page.multiselect, "No-data codes").value == ["-9999"]
    page.text_input(key="study-name").set_value("Mine")
    button(page, "Make the study").click().run()
    assert not page.exception
    kept = shelf.find(workspace, "Mine")
    assert open_study(kept.folder).is_open("2022")
    assert "**Mine**" in texts(page)
    assert not list((workspace / "uploads").rglob("*.csv"))
    page.button_group(key="study-view").set_value("all").run()
    page.text_input(key=f"study-shelf-name-{kept.id}").set_value("Ours")
    button(page, "Rename").click().run()
    assert "**Ours**" in texts(page)
    exported = shelf.export(workspace, kept.id)
    button(page, "Delete it").click().run()
    assert not page.exception
    assert not shelf.studies(workspace)[0]
    assert "**Ours**" not in texts(page)
    page.button_group(key="study-view").set_value("own").run()
    page.file_uploader[0].upload("mine.zip", exported).run()
    assert not page.exception
    assert "**Ours**" in texts(page)


def labelled(widgets: Any, label: str) -> Any:
    return next(widget for widget in widgets if widget.label == label)


def test_classes_are_merged_and_left_out_by_their_rows() -> None:
    rows = [{"use": True, "class": name, "parcels": 1, "name": name} for name in ("a", "b", "c")]
    assert said_of_classes(rows, {}) == {}
    edits = {1: {"name": "a"}, 2: {"use": False}}
    assert said_of_classes(rows, edits) == {"merge": {"b": "a"}, "keep": ("a",)}
