"""From a trip with a sample for accuracy to labels in a copy of the study, on the page Fieldwork."""

import io
import json
import time
import zipfile
from pathlib import Path

import pytest

from engine.experiments.archive import archive_for
from engine.learning.recipes import RECIPES
from engine.mapping.accuracy.sample_file import latest_path, read_sample
from engine.mapping.findings import CURVE
from engine.mapping.making import make_map, training_for
from engine.mapping.request import map_request
from engine.mapping.store import keep_map
from engine.studies import shelf
from engine.studies.labels.importing import LabelRequest, take
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


def test_one_more_day_is_weighed_after_the_latest_map_where_somebody_asks(tmp_path, monkeypatch):
    study = made_up.study(parcels=40, pixels=1, times=4)
    draft = save_study(made_up.without_labels(study, "2021"), tmp_path / "draft")
    folder = shelf.put(tmp_path / "ws", draft, "Mine").folder
    names = open_study(folder).parcels_in("2021")["parcel_id"].iloc[:14]
    (tmp_path / "labels.csv").write_text(
        "parcel_id,crop_found\n" + "".join(f"{name},wheat\n" for name in names)
    )
    take(folder, [tmp_path / "labels.csv"], LabelRequest("2021"))
    labelled, archive = open_study(folder), archive_for(folder, tmp_path / "ws")
    request, _ = map_request(labelled, "2021", recipe=made_up.TINY, learner="random-forest", folds=2)
    made = make_map(training_for(labelled, request, archive))
    keep_map(made, tmp_path / "ws")
    monkeypatch.setitem(RECIPES, made_up.TINY.name, made_up.TINY)
    where = {"fieldwork-view": "bring back"}
    page = open_page(folder, tmp_path / "ws", monkeypatch, "fieldwork", **where)
    assert not page.exception
    assert button(page, "What would one more day add?")
    curve = [{"parcels": [7.0, 14.0], "macro_f1": [0.8, 0.85], "slope": 20.0, "error": 2.0}]
    (tmp_path / "ws" / "maps" / made.key / CURVE).write_text(json.dumps({"rows": curve}))
    page.run()
    assert "Go on. One more day with 25 parcels" in texts(page)
    monkeypatch.undo()
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    save_study(study, tmp_path / "known")
    shown = settled(open_page(tmp_path / "known", tmp_path / "ws", monkeypatch, "fieldwork", **where))
    assert "simulates no visit" in texts(shown)
