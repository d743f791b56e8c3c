"""Sentences about labels name numbers, distances and what counts."""

from __future__ import annotations

from engine.decisions import label_wording as wording
from engine.studies.labels.new_classes import UnknownClass, check_merge, question, with_classes
from engine.studies.labels.nouns import Conflict, Import, Label, Status, TakenFile
from tests.made_up import study

NEAR = Label("a", Status.LABELLED, "maize", "Ana", "2021-06-20", matched="place", km=0.05, file="1.csv")
FAR = Label("b", Status.LABELLED, "wheat", "Ivo", matched="place", km=0.08, file="2.csv")
REFUSED = Label("c", Status.REFUSED)


def test_crops_are_counted_by_parcel_and_distances_are_in_metres():
    assert wording.crops_sentence([FAR, NEAR, NEAR, REFUSED]) == "Crops: maize 1, wheat 1."
    assert wording.place_sentence([NEAR, FAR]) == "Matched by place: 2 rows, at most 80 m from the parcel."
    assert wording.place_sentence([REFUSED]) == wording.crops_sentence([REFUSED]) == ""


def test_a_conflict_names_both_and_what_counts():
    said = "Parcel a: maize (Ana, 2021-06-20, 1.csv); wheat (Ivo, 2.csv). So "
    conflict = Conflict("a", (NEAR, FAR))
    assert wording.conflict_sentence(conflict) == f"{said}no label counts yet."
    decided = Conflict("a", (NEAR, FAR), "maize", "by hand")
    assert wording.conflict_sentence(decided) == f"{said}maize counts, by hand."


def test_an_import_names_its_files_and_when_it_was_undone():
    files = (TakenFile("1.csv", "", 3, 1),)
    each = Import(1, "2021", "2021-06-21T10:20:30+00:00", files, rule="latest", undone="2021-06-22T08:00:00")
    said = "season 2021, 2021-06-21 10:20, 1.csv, 1 row filled in, rule latest; undone 2021-06-22 08:00"
    assert wording.import_sentence(each) == said


def test_new_classes_are_asked_for_with_the_class_that_is_spelt_alike():
    legend = study(parcels=6, times=2, pixels=1).legend
    new = Label("a", Status.NEW_CLASS, "maise")
    (same,), (unknown,) = with_classes([new], legend, "ask")
    assert (same.status, unknown) == (Status.NEW_CLASS, UnknownClass("maise", 1, "maize"))
    assert wording.class_sentence(unknown) == "New class: maise (1 row), spelt like maize."
    assert '--merge "maise=maize"' in question([unknown])
    assert with_classes([new], legend, "add")[0][0].status == Status.LABELLED
    check_merge({}, [])
