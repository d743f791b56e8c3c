"""From a trip with a sample for accuracy to labels in a copy of the study, on the page Fieldwork."""

import io
import json
import time
import zipfile
from pathlib import Path

import pytest

from engine.decisions.kept_next_day import KeptNextDay, keep_next_day
from engine.decisions.next_day import next_day
from engine.mapping.accuracy.sample_file import latest_path, read_sample
from engine.mapping.learning_curve import LearningCurve
from engine.studies import shelf
from engine.studies.labels.overlay import labels_of
from engine.studies.store import open_study, save_study
from pages._sampled import DRAWING
from tests import made_up
from tests.pages import driving
from tests.pages.driving import WAIT_S, button, open_page, until_final

SAMPLE = 12


def texts(page) -> str:
    return driving.texts(page).replace("\\", "")


def settled(page, said: str = DRAWING):
    end = time.monotonic() + WAIT_S
    until_final(page)
    while said in texts(page) and time.monotonic() < end:
        page.run()
    assert not page.exception
    return until_final(page)


def test_a_trip_with_a_sample_is_shown_kept_visited_and_comes_back_to_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = save_study(made_up.study(parcels=60, pixels=1, times=4), tmp_path / "study")
    page = settled(open_page(folder, tmp_path / "ws", monkeypatch, "fieldwork"))
    assert "for accuracy" not in texts(page)
    page.number_input(key="fieldwork-accuracy").set_value(SAMPLE).run()
    settled(page)
    assert f"+ {SAMPLE} for accuracy" in texts(page)
    page.toggle(key="fieldwork-trade").set_value(True).run()
    assert "visits," in texts(page) or "too few parcels" in texts(page)
    button(page, "Keep this sample").click().run()
    assert "kept with the study" in texts(page)
    sample = read_sample(latest_path(folder, "2021"))
    assert len(sample.parcels) == SAMPLE

    page.segmented_control(key="fieldwork-view").set_value("bring back").run()
    settled(page)
    page.number_input(key="fieldwork-visit-wrong").set_value(0)
    page.number_input(key="fieldwork-visit-refused").set_value(0).run()
    button(page, "Simulate the visit").click().run()
    settled(page, "...**")
    page.run()
    assert "The crews are back from 2021" in texts(page)
    (copy,), _ = shelf.studies(tmp_path / "ws")
    assert not set(open_study(copy.folder).labelled_in("2021")["parcel_id"]) & set(sample.parcels)
    assert {label.parcel_id for label in labels_of(copy.folder, "2021", "accuracy")} == set(sample.parcels)
    assert read_sample(latest_path(copy.folder, "2021")) == sample
    assert "1. season 2021" in texts(page), "the copy is open, with its import"


def test_the_sample_lies_among_the_files_and_only_its_parcels_are_for_accuracy(tmp_path, monkeypatch):
    from engine.decisions.accuracy_trip import draw_sample, with_accuracy
    from engine.decisions.routed import routed_trip
    from engine.decisions.trip import TripRequest
    from engine.experiments.archive import Archive
    from engine.fieldwork.costs import Tariff
    from engine.sampling.limits import Limit
    from engine.views.field_files import packed

    study, archive = made_up.study(parcels=60, pixels=1, times=4), Archive(tmp_path)
    request = TripRequest("2021", study.departure, "random", Limit("parcels", 10), Tariff())
    made = routed_trip(study, request, archive)
    found = with_accuracy(study, made, draw_sample(study, made, tmp_path, parcels=6), archive)
    files = packed(study, found.both, sample=found.sample)
    names = zipfile.ZipFile(io.BytesIO(files["field-plan.zip"])).namelist()
    assert "accuracy-sample.json" in names
    assert set(json.loads(files["accuracy-sample.json"])["parcels"]) == set(found.sample.parcels)


def test_one_more_day_is_said_where_it_is_kept_and_else_how_to_find_out(tmp_path, monkeypatch):
    study = made_up.study(parcels=40, pixels=1, times=4)
    draft = save_study(made_up.without_labels(study, "2021"), tmp_path / "draft")
    folder = shelf.put(tmp_path / "ws", draft, "Mine").folder
    monkeypatch.setattr("pages._next_day._map_key", lambda *_: "0" * 16)
    monkeypatch.setattr("engine.domain.Study.is_partly_labelled", lambda *_: True)
    where = {"fieldwork-view": "bring back"}
    page = open_page(folder, tmp_path / "ws", monkeypatch, "fieldwork", **where)
    assert "python -m engine next-day" in page.code[0].value
    curve = LearningCurve((50.0, 100.0), (0.8, 0.85), 20.0, 2.0)
    found = next_day(100, 30, 900.0, curve, None, "radius")
    keep_next_day(tmp_path / "ws", "0" * 16, KeptNextDay(found, "EUR", ("a",)))
    page.run()
    assert "Go on. One more day with 30 parcels" in texts(page)
    assert not page.code
    monkeypatch.undo()
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    save_study(study, tmp_path / "known")
    shown = settled(open_page(tmp_path / "known", tmp_path / "ws", monkeypatch, "fieldwork", **where))
    assert "simulates no visit" in texts(shown)
