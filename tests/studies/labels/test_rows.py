"""Rows are read whatever their file calls its columns, and each says one thing of its parcel."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import FileOptions
from engine.studies.labels.matching import matched, places_of
from engine.studies.labels.reading import ReadOptions, read_labels
from engine.studies.labels.statuses import key_of, like, spelling, vocabulary
from tests.studies.labels.field import table

WORDS = vocabulary(["maize", "Winter wheat", "other"], {"corn": "maize", "xx": "no crop"})
PLAIN = vocabulary(["maize"], {})


@pytest.mark.parametrize(
    ("crop", "visited", "note", "is_form", "status", "name"),
    [
        ("Maize", None, "", False, "labelled", "maize"),
        ("winter_wheat", None, "", False, "labelled", "Winter wheat"),
        ("Corn", None, "", False, "labelled", "maize"),
        ("xx", None, "", False, "no crop", None),
        ("other", "yes", "sorghum", False, "labelled", "other"),
        ("quinoa", None, "", False, "new class", "quinoa"),
        ("none", "yes", "", False, "no crop", None),
        ("cannot reach", None, "flood", False, "refused", None),
        ("not found", None, "", False, "not found", None),
        (None, None, "gate locked", False, "refused", None),
        (None, "no", "not found on the map", False, "not found", None),
        (None, "2021-06-20", "", False, "no crop", None),
        (None, "no", "", True, "unvisited", None),
        (None, None, "", True, "no crop", None),
        (None, None, "", False, "unvisited", None),
        ("?", None, "", False, "unvisited", None),
    ],
)
def test_a_row_says_one_thing(crop, visited, note, is_form, status, name):
    found = WORDS.said(crop, visited, note, is_form)
    assert (found.status, found.crop) == (status, name)


def test_another_crop_is_the_one_in_the_note():
    found = PLAIN.said("other (write it in the note)", "yes", "quinoa", False)
    assert (found.status, found.crop) == ("new class", "quinoa")
    assert PLAIN.said("other (write it in the note)", "yes", "Maize", False).crop == "maize"
    assert PLAIN.said("other", "yes", "", False).crop == "other"


def test_spellings_of_a_class_are_alike():
    assert key_of(" Winter-Wheat ") == key_of("winter_wheat")
    assert key_of("01") == key_of("1.0")
    assert spelling(["Rye", "rye", "rye"]) == {"rye": "rye"}
    assert (like("sunflowr", ["maize", "sunflower"]), like("rye", ["maize"])) == ("sunflower", None)


def test_columns_are_known_by_their_usual_names_and_others_are_renamed(tmp_path):
    rows = [("012", "maize", "20.6.2021", "Ana", "80 %", "wet"), ("7", "wheat", "21.6.2021", "Ivo", "?!", "")]
    path = table(tmp_path / "1.csv", rows, "Field ID", "found", "Visited", "Surveyor", "Certainty", "Remarks")
    findings = Findings()
    options = ReadOptions(FileOptions({"found": "crop"}))
    (read,) = read_labels(path, options, findings)
    first = read.rows.iloc[0]
    assert (first["parcel_id"], first["crop"], first["time"]) == ("012", "maize", "2021-06-20")
    assert (first["observer"], first["confidence"], first["note"]) == ("Ana", 0.8, "wet")
    assert any("confidence ?! is not understood" in note for note in findings.notes)
    assert not read.is_id_weak


def test_ids_are_matched_as_tools_spell_them_and_places_by_distance(tmp_path):
    shapes = [box(20 + 0.01 * n, 45, 20.001 + 0.01 * n, 45.001) for n in range(3)]
    parcels = gpd.GeoDataFrame({"parcel_id": ["007", "12", "13"]}, geometry=shapes, crs=4326)
    path = table(
        tmp_path / "1.csv", [("7", "maize"), ("12.0", "maize"), ("99", "maize")], "parcel_id", "crop"
    )
    findings = Findings()
    (read,) = read_labels(path, ReadOptions(), findings)
    found = matched(read, places_of(parcels), findings, 0.1, None)
    assert list(found["parcel"].where(found["parcel"].notna(), "none")) == ["007", "12", "none"]
    rows, km = places_of(parcels).nearest(
        gpd.GeoSeries([Point(20.0005, 45.0005), Point(20.0005, 45.01)], crs=4326)
    )
    assert list(rows) == [0, 0]
    assert km == pytest.approx([0, 1.0], abs=0.01)
