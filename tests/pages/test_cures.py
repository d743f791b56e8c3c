"""What the engine says of files is said in the words of the form, and the form has a field for all of it."""

import dataclasses
import re
from pathlib import Path

import pytest

from engine.studies.ingest import IngestRequest
from pages import _fields as fields
from pages._cures import WORDS, changes_in_words, in_words
from pages._mapping import unusual

INGEST = Path(__file__).parents[2] / "engine" / "studies" / "ingest"
BESIDE_THE_FIELDS = {
    "window",
    "season_of",
    "rename",
    "keep",
    "merge",
    "drop_faulty",
}  # in the form, otherwise drawn
ELSEWHERE = {
    "parcels",
    "series",
    "name",
    "departure",
    "provenance",
    "source",
}  # the files, and the study's own
BY_CLASSES = {"rest"}  # what renaming classes does as well


def test_the_form_has_a_field_for_every_way_of_reading():
    asked = {each.name for each in dataclasses.fields(IngestRequest)}
    assert asked == {*fields.BY_NAME, *BESIDE_THE_FIELDS, *ELSEWHERE, *BY_CLASSES}


def test_every_option_that_a_message_of_ingest_names_is_a_word_of_the_form():
    code = "".join(path.read_text() for path in INGEST.glob("*.py") if path.stem not in ("mapping", "faults"))
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", code))
    assert len(named) > 15
    assert named <= set(WORDS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Say it with --no-data -9999.", "Say it with **No-data codes**: -9999."),
        ("Name it with --rename OLD=crop: now.", r"Name it with **Columns, Crop**\: now."),
        ("say it with --season my_map.gpkg=2021.", r"say it with **Season of my\_map.gpkg**: 2021."),
        ("or with --season FILE=YEAR.", "or with **Season of a file**."),
        ("Widen it with --window, or wait.", "Widen it with **Window**, or wait."),
        ("Try --crs EPSG:4326.", r"Try **CRS**: EPSG\:4326."),
        ("--scale 2019:VV=10 helps", r"**Scales**: 2019\:VV=10 helps"),
        ("Nothing to translate.", "Nothing to translate."),
    ],
)
def test_options_become_labels_of_the_form(text, words):
    assert in_words(text) == words


def test_changes_are_said_as_the_form_shows_them():
    changes = {
        "no_data": (-9999.0,),
        "window": ("03-01", "07-15"),
        "swap_axes": True,
        "rename": {"A": "crop"},
    }
    said = "No-data codes: -9999, Window: 03-01 to 07-15, Swap axes, Crop: A"
    assert changes_in_words(changes) == said
    assert changes_in_words({"season_from": "date", "offsets": {"2022": -1000.0}}) == (
        "Season of series: by date, Offsets: 2022=-1000"
    )


def test_what_a_field_shows_is_read_as_it_was_meant():
    values = {
        "no_data": (-9999.0, 0.5),
        "offsets": {"2022:B04": -1000.0},
        "linear": ("2021",),
        "crs": "EPSG:4326",
    }
    for name, value in values.items():
        each = fields.BY_NAME[name]
        held = value if each.kind == "text" else fields.texts(each, value)
        assert fields.meant(each, held) == value
        assert fields.meant(each, "" if each.kind == "text" else []) is None
    for name, text in (("offsets", "=3"), ("offsets", "2022"), ("scales", "VV=much"), ("no_data", "none")):
        with pytest.raises(fields.FieldError, match="Write it as"):
            fields.meant(fields.BY_NAME[name], [text])


def test_what_is_as_usual_is_not_said():
    assert unusual({"window": ("03-01", "10-31"), "step": None, "rename": {}, "shift_seasons": 0}) == {}
    assert unusual({"shift_seasons": 1, "season_from": "date"}) == {"shift_seasons": 1, "season_from": "date"}
