"""Labels come into a study by id or by place, change nothing else, and can be taken back."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from engine.files import demo_folder
from engine.studies import shelf
from engine.studies.cubes import season_fingerprint
from engine.studies.labels import journal
from engine.studies.labels.importing import LabelRequest, take, understand
from engine.studies.labels.nouns import LabelError, Status
from engine.studies.labels.overlay import labels_of
from engine.studies.packed import bring_back
from engine.studies.store import open_study, save_study, stamp
from tests import made_up
from tests.studies.labels import field
from tests.studies.labels.field import SEASON, content, crops, ids, saved, table, took

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"


@pytest.fixture
def folder(tmp_path):
    return saved(tmp_path / "study")


def test_a_field_file_labels_what_was_visited_and_nothing_else_of_the_study(folder, tmp_path):
    before, files = open_study(folder), content(folder)
    a, b, c, d, e, f, g, *rest = ids(folder)
    filled = {
        a: {"crop_found": "wheat", "visited": "yes", "confidence": "sure", "crew": "2"},
        b: {"crop_found": "Maize ", "visited": "2021-06-20"},
        c: {"note": "gate locked"},
        d: {"crop_found": "cannot reach"},
        e: {"crop_found": "no crop", "visited": "yes"},
        f: {"note": "parcel not found"},
        g: {"crop_found": "soybean", "visited": "yes", "observed_at": "2021-06-21T08:30:00"},
    }
    path = field.package(tmp_path / "back.gpkg", before, filled)
    understood = understand(folder, [path], LabelRequest())
    assert content(folder) == files
    assert understood.counts == {
        "labelled": 3, "refused": 2, "no crop": 1, "not found": 1, "unvisited": len(rest), "unmatched": 0,
    }  # fmt: skip
    after = took(folder, path)
    assert crops(after) == {a: "wheat", b: "maize", g: "soybean"}
    assert {name: after for name, after in content(folder).items() if not name.startswith("labels/")} == files
    assert season_fingerprint(after, "2020") == season_fingerprint(before, "2020")
    assert after.fingerprint != before.fingerprint
    labels = {label.parcel_id: label for label in labels_of(after, SEASON)}
    assert (labels[a].confidence, labels[a].observer) == (1.0, "crew 2")
    assert (labels[b].time, labels[g].time) == ("2021-06-20", "2021-06-21T08:30:00")
    assert [labels[name].status for name in (c, d, e, f)] == ["refused", "refused", "no crop", "not found"]


def test_a_second_file_adds_to_the_first_and_each_import_is_undone_exactly(folder, tmp_path):
    a, b, c, *_ = ids(folder)
    first = took(folder, table(tmp_path / "1.csv", {a: "wheat", b: ""}))
    stamped = stamp(folder)
    second = took(folder, table(tmp_path / "2.csv", {b: "maize", c: "sunflower"}), new_class="add")
    assert crops(second) == {a: "wheat", b: "maize", c: "sunflower"}
    assert second.legend.names == (*first.legend.names, "sunflower")
    assert stamp(folder) != stamped
    undone = journal.undo(folder)
    assert (undone.number, [bool(each.undone) for each in journal.imports(folder)]) == (2, [False, True])
    again = open_study(folder)
    assert (again.fingerprint, again.legend) == (first.fingerprint, first.legend)
    journal.undo(folder, 1)
    assert crops(open_study(folder)) == {}
    with pytest.raises(LabelError, match="nothing to undo"):
        journal.undo(folder)
    assert took(folder, tmp_path / "1.csv").fingerprint == first.fingerprint


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_an_import_that_is_killed_loses_nothing(folder, tmp_path, monkeypatch, fails):
    a, b, *_ = ids(folder)
    kept = took(folder, table(tmp_path / "1.csv", {a: "wheat"}))
    before = content(folder)
    later = table(tmp_path / "2.csv", {a: "maize", b: "maize"})
    with monkeypatch.context() as patch:
        patch.setattr(os, fails, _killed)
        with pytest.raises(KeyboardInterrupt):
            take(folder, [later], LabelRequest())
        with pytest.raises(KeyboardInterrupt):
            journal.undo(folder)
    left = {
        name for name in set(content(folder)) - set(before) if not Path(name).name.startswith(".writing-")
    }
    assert left == set()
    assert {name: content(folder)[name] for name in before} == before
    assert open_study(folder).fingerprint == kept.fingerprint
    assert crops(took(folder, later, rule="latest")) == {a: "maize", b: "maize"}


def _killed(*_):
    raise KeyboardInterrupt


def test_labels_for_accuracy_train_nothing(folder, tmp_path):
    a, b, *_ = ids(folder)
    rows = [(a, "wheat", "accuracy"), (b, "maize", "training")]
    study = took(folder, table(tmp_path / "1.csv", rows, "parcel_id", "crop", "purpose"))
    assert crops(study) == {b: "maize"}
    assert [label.parcel_id for label in labels_of(study, SEASON, "accuracy")] == [a]
    study = took(folder, table(tmp_path / "2.csv", {a: "wheat"}))
    assert crops(study) == {b: "maize"}  # though another file calls it training
    assert [label.parcel_id for label in labels_of(folder, SEASON, "training")] == [b]


def test_rows_without_an_id_that_fits_are_matched_by_place_with_their_distance(folder, tmp_path):
    parcels = open_study(folder).parcels_in(SEASON)
    inside, beside, away = (parcels.iloc[n] for n in range(3))
    rows = [
        ("7000001", "wheat", inside["lon"], inside["lat"]),
        ("7000002", "maize", beside["lon"], beside["geometry"].bounds[3] + 0.05 / 111.2),
        ("7000003", "maize", away["lon"], away["geometry"].bounds[3] + 0.4 / 111.2),
        ("7000004", "", away["lon"], away["lat"]),
    ]
    form = pd.DataFrame(rows, columns=["_id", "plot/crop", "plot/_p_longitude", "plot/_p_latitude"])
    path = tmp_path / "kobo.csv"
    form.assign(start="2021-06-20T09:35:58.279Z").to_csv(path, sep=";", index=False, encoding="utf-8-sig")
    understood = understand(folder, [path], LabelRequest())
    found = {label.parcel_id: label for label in understood.new.labels}
    assert (found[inside["parcel_id"]].matched, found[inside["parcel_id"]].km) == ("place", 0.0)
    assert found[beside["parcel_id"]].km == pytest.approx(0.05, abs=0.002)
    assert found[away["parcel_id"]].status == Status.NO_CROP  # a form that was sent without a crop
    assert len(understood.new.unmatched) == 1
    assert "0.4 km from the nearest parcel" in understood.new.unmatched[0]
    assert len(understand(folder, [path], LabelRequest(within_km=0.5)).new.unmatched) == 0


def test_ids_that_number_something_else_give_way_to_the_place(folder, tmp_path):
    study = open_study(folder)
    parcels = study.parcels.assign(parcel_id=study.parcels["parcel_id"].str[-2:].str.lstrip("0") + "0")
    numbered = save_study(_renamed(study, parcels), tmp_path / "numbered")
    here = open_study(numbered).parcels_in(SEASON)
    rows = list(zip(here["parcel_id"][::-1], ["wheat"] * 12, here["lon"], here["lat"], strict=True))
    path = table(tmp_path / "odk.csv", rows, "_id", "crop", "longitude", "latitude")
    understood = understand(numbered, [path], LabelRequest())
    assert {label.matched for label in understood.new.labels} == {"place"}
    assert any("number something else" in note for note in understood.notes)
    strong = table(tmp_path / "ids.csv", rows, "parcel_id", "crop", "longitude", "latitude")
    with pytest.raises(LabelError, match="--match id"):
        understand(numbered, [strong], LabelRequest())
    by_id = understand(numbered, [strong], LabelRequest(match="id")).new.labels
    assert [label.parcel_id for label in by_id] == list(here["parcel_id"][::-1])


def _renamed(study, parcels):
    from dataclasses import replace

    return replace(study, parcels=parcels, cubes={label: study.cubes[label] for label in study.cubes})


def test_new_classes_are_asked_for_then_added_merged_or_refused(folder, tmp_path):
    a, b, c, *_ = ids(folder)
    path = table(tmp_path / "1.csv", {a: "sunflowr", b: "Sunflowr", c: "soybeen"})
    with pytest.raises(LabelError, match=r'--new-class add.*"soybeen=soybean" "[sS]unflowr=CLASS"'):
        take(folder, [path], LabelRequest())
    assert journal.imports(folder) == ()
    refused = took(folder, path, new_class="refuse", merge={"soybeen": "soybean"})
    assert crops(refused) == {c: "soybean"}
    journal.undo(folder)
    added = took(folder, path, new_class="add", merge={"sunflowr": "sunflower", "soybeen": "soybean"})
    assert crops(added) == {a: "sunflower", b: "sunflower", c: "soybean"}
    assert added.legend.names[-1] == "sunflower"


def test_the_demo_and_a_readonly_installation_take_no_labels(folder, tmp_path, monkeypatch):
    path = table(tmp_path / "1.csv", {"1": "maize"})
    with pytest.raises(LabelError, match="The demo ships with Groundplan"):
        take(demo_folder(), [path], LabelRequest())
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    with pytest.raises(LabelError, match="takes no labels"):
        take(folder, [path], LabelRequest())


def test_an_exported_study_takes_its_labels_along(folder, tmp_path):
    place = tmp_path / "ws"
    put = shelf.put(place, folder, "Away")
    a, *_ = ids(put.folder)
    study = took(put.folder, table(tmp_path / "1.csv", {a: "wheat"}))
    (tmp_path / "away.zip").write_bytes(shelf.export(place, put.id))
    with (tmp_path / "away.zip").open("rb") as stream:
        back = bring_back(tmp_path / "other", stream)
    assert open_study(back.folder).fingerprint == study.fingerprint


def test_a_damaged_record_of_an_import_is_named_and_hides_no_other(folder, tmp_path, caplog):
    a, b, c, *_ = ids(folder)
    took(folder, table(tmp_path / "1.csv", {a: "wheat"}))
    took(folder, table(tmp_path / "2.csv", {b: "maize"}))
    (folder / "labels" / f"{SEASON}-2.json").write_text("[" * 5000)
    assert crops(open_study(folder)) == {a: "wheat"}
    assert "2021-2.json cannot be read as JSON" in caplog.text
    assert "2021-2.json" in " ".join(journal.damaged(folder))
    assert crops(took(folder, table(tmp_path / "3.csv", {c: "maize"}))) == {a: "wheat", c: "maize"}
    assert [each.number for each in journal.imports(folder)] == [1, 3]


@pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not at {CASES}")
def test_labels_of_the_case_from_the_field_come_back_as_its_description_says(tmp_path):
    from engine.studies.ingest import IngestRequest, ingest

    case = CASES / "labels-come-home"
    made = ingest(IngestRequest((case / "parcels.geojson",), (case / "s1.csv",), "Case"))
    place = save_study(made.study, tmp_path / "case")
    before = open_study(place)
    study = took(place, case / "home.gpkg", new_class="add")
    assert len(crops(study)) == 11
    assert sorted(set(crops(study).values())) == ["maize", "soya", "sunflower", "wheat"]
    assert len(study.parcels_in(SEASON)) == 40
    statuses = [label.status for label in labels_of(study, SEASON)]
    assert (statuses.count(Status.REFUSED), statuses.count(Status.NO_CROP)) == (1, 1)
    for season in ("2019", "2020"):
        assert season_fingerprint(study, season) == season_fingerprint(before, season)


@pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not at {CASES}")
def test_exports_of_survey_forms_are_matched_by_id_or_by_position(tmp_path):
    from engine.studies.ingest import IngestRequest, ingest

    case = CASES / "odk-survey-csv"
    made = ingest(
        IngestRequest(
            (case / "survey.csv", case / "past.geojson"),
            (case / "s1.csv",),
            "Survey",
            rename={"_id": "parcel_id", "current/crop": "crop"},
            season_of={"survey.csv": SEASON},
        )
    )
    truth = crops(made.study)
    place = save_study(made_up.without_labels(made.study, SEASON), tmp_path / "survey")
    for match in ("id", "place"):
        study = took(place, case / "kobo.csv", season=SEASON, match=match)
        assert crops(study) == truth
        labels = labels_of(study, SEASON)
        assert {label.matched for label in labels} == {match}
        assert [label.status for label in labels].count(Status.NO_CROP) == 1
        journal.undo(place)
