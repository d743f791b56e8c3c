"""Labels come home on the page Fieldwork: shown, taken in, undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.studies import shelf
from engine.studies.labels import journal
from engine.studies.labels.reading import read_files
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.pages import driving
from tests.pages.driving import button, open_page

BACK = {"fieldwork-view": "bring back"}


def texts(page) -> str:
    return driving.texts(page).replace("\\", "")


def csv(**crops: str) -> bytes:
    return ("parcel_id,crop_found\n" + "\n".join(f"{name},{crop}" for name, crop in crops.items())).encode()


def test_labels_are_shown_then_taken_in_and_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    study = made_up.study(seasons=("2020", "2021"), parcels=24, pixels=1, times=4)
    draft = save_study(made_up.without_labels(study, "2021"), tmp_path / "draft")
    folder = shelf.put(tmp_path / "ws", draft, "Mine").folder
    a, b, c, *_ = open_study(folder).parcels_in("2021")["parcel_id"]
    reads = []
    monkeypatch.setattr(
        "pages._labels.read_files", lambda paths, options: reads.append(paths) or read_files(paths, options)
    )
    page = open_page(folder, tmp_path / "ws", monkeypatch, "fieldwork", **BACK)

    def sent(name: str, content: bytes):
        place = next(each for each in page.file_uploader if each.label == "Files of the crews")
        return place.upload(name, content).run()

    sent("crew1.csv", csv(**{a: "wheat", b: "corn", c: ""}))
    assert "2 rows" not in texts(page)
    assert "3 rows of crew1.csv: 2 labelled, 1 unvisited" in texts(page)
    assert "New in the legend: **corn**" in texts(page)
    assert journal.imports(folder) == ()  # nothing before somebody says so
    page.selectbox(key="fieldwork-labels-class-1-0").set_value("maize").run()
    assert "Crops: maize 1, wheat 1" in texts(page)
    assert len(reads) == 1  # what is chosen changes nothing of the file
    button(page, "Take 2 rows into Mine").click().run()
    assert not page.exception
    labelled = open_study(folder).labelled_in("2021")
    assert dict(zip(labelled["parcel_id"], labelled["crop"], strict=True)) == {a: "wheat", b: "maize"}
    assert "1. season 2021" in texts(page)

    sent("crew2.csv", csv(**{a: "maize"}))
    assert "Labels disagree on 1 parcel" in texts(page)
    page.selectbox(key="fieldwork-labels-rule-3").set_value("latest").run()
    assert "maize counts, rule latest" in texts(page)
    page.selectbox(key="fieldwork-labels-rule-3").set_value("undecided").run()
    button(page, "Take 1 row").click().run()
    assert set(open_study(folder).labelled_in("2021")["parcel_id"]) == {b}
    page.selectbox(key=f"fieldwork-labels-parcel-4-{a}").set_value("maize").run()
    assert "maize counts, by hand" in texts(page)
    button(page, "Keep the decisions").click().run()
    assert set(open_study(folder).labelled_in("2021")["crop"]) == {"maize"}

    sent("bad.csv", b"parcel_id,crop\nx1,wheat\n")
    assert "No row of bad.csv fits a parcel of the season" in texts(page)
    button(page, "Remove").click().run()
    assert "bad.csv" not in texts(page)

    page.button(key="fieldwork-labels-undo-3").click().run()
    page.button(key="fieldwork-labels-undo-2").click().run()
    page.button(key="fieldwork-labels-undo-1").click().run()
    assert not page.exception
    assert open_study(folder).is_open("2021")
    assert texts(page).count("undone") == 3


def test_the_demo_takes_no_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = open_page(None, tmp_path, monkeypatch, "fieldwork", **BACK)
    assert "The demo ships with Groundplan and stays as it is" in texts(page)
    assert "Files of the crews" not in [each.label for each in page.file_uploader]
