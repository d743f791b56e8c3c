"""Labels that disagree are shown, and decided by a rule or by hand; the log keeps it."""

from __future__ import annotations

import pytest

from engine.domain import GroundplanError
from engine.field_form import ACCURACY
from engine.studies.labels import journal
from engine.studies.labels.asked import check_decisions
from engine.studies.labels.importing import LabelRequest, understand
from engine.studies.labels.nouns import Import, Label, Status
from engine.studies.labels.overlay import labels_of
from engine.studies.labels.settling import settle
from tests.made_up import study as made_up_study
from tests.studies.labels.field import SEASON, crops, ids, saved, table, took

COLUMNS = ("parcel_id", "crop", "visited", "confidence", "observer")


def said(crop, time="", confidence=None, observer="", status=Status.LABELLED, purpose="training"):
    return Label("p", status, crop, observer, time, confidence, purpose)


def settled(*imports, rule=None, **by_hand):
    """The label of the parcel p after imports, each a list of labels."""
    kept = [Import(n, "2021", "", labels=tuple(labels)) for n, labels in enumerate(imports, 1)]
    kept += [Import(len(kept) + 1, "2021", "", rule=rule, decisions=by_hand)]
    found = settle(kept, "2021")
    return found.labels[0], found.conflicts


@pytest.mark.parametrize(
    ("rule", "crop"), [("latest", "maize"), ("confidence", "wheat"), ("majority", "soy"), (None, None)]
)
def test_a_rule_decides_between_crops(rule, crop):
    labels = [
        said("soy", "2021-06-01", 0.5, "A"),
        said("soy", "2021-06-02", 0.5, "B"),
        said("wheat", "2021-06-03", 1.0, "C"),
        said("maize", "2021-06-04", 0.75, "D"),
    ]
    label, (conflict,) = settled(labels, rule=rule)
    assert label.crop == crop
    assert label.status == (Status.LABELLED if crop else Status.CONFLICT)
    assert (conflict.decided, conflict.how) == (crop or "", f"rule {rule}" if crop else "")
    assert len(conflict.labels) == 4


@pytest.mark.parametrize("rule", ["latest", "confidence", "majority"])
def test_a_rule_that_prefers_two_alike_decides_nothing(rule):
    labels = [said("soy", "2021-06-01", 1.0, "A"), said("maize", "2021-06-01", 1.0, "B")]
    assert settled(labels, rule=rule)[0].status == Status.CONFLICT


def test_the_later_import_is_the_latest_where_a_label_states_no_time():
    assert settled([said("soy", "2021-06-09")], [said("maize")], rule="latest")[0].crop == "maize"


def test_a_word_by_hand_goes_over_any_rule():
    label, (conflict,) = settled([said("soy"), said("maize")], rule="latest", p="no crop")
    assert (label.status, conflict.decided, conflict.how) == (Status.NO_CROP, "no crop", "by hand")


def test_a_crop_beats_a_locked_gate_without_a_conflict():
    label, conflicts = settled([said("soy")], [said(None, status=Status.REFUSED)])
    assert (label.crop, conflicts) == ("soy", ())


def test_the_same_crop_twice_is_no_conflict():
    assert settled([said("soy", "2021-06-01")], [said("soy", "2021-06-02")])[1] == ()


def test_a_label_for_accuracy_goes_over_those_for_training():
    label, conflicts = settled([said("soy")], [said("maize", purpose=ACCURACY)])
    assert (label.crop, label.purpose, conflicts) == ("maize", ACCURACY, ())


def test_two_crews_with_two_crops_conflict_until_somebody_decides(tmp_path):
    folder = saved(tmp_path / "study")
    a, b, *_ = ids(folder)
    one_crew = table(
        tmp_path / "1.csv", [(a, "wheat", "2021-06-01", "sure", "Ana"), (b, "maize", *"   ")], *COLUMNS
    )
    two_crew = table(tmp_path / "2.csv", [(a, "maize", "2021-06-02", "unsure", "Ivo")], *COLUMNS)
    undecided = took(folder, one_crew, two_crew)
    assert crops(undecided) == {b: "maize"}
    assert {label.status for label in labels_of(undecided, SEASON) if label.parcel_id == a} == {"conflict"}
    assert crops(took(folder, rule="confidence")) == {a: "wheat", b: "maize"}
    assert crops(took(folder, rule="latest")) == {a: "maize", b: "maize"}
    by_hand = took(folder, decisions={a: "soybean"})
    assert crops(by_hand) == {a: "soybean", b: "maize"}
    assert [each.decisions for each in journal.imports(folder)] == [{}, {}, {}, {a: "soybean"}]
    (conflict,) = understand(folder, [], LabelRequest(rule="latest")).conflicts
    assert [label.observer for label in conflict.labels] == ["Ana", "Ivo"]
    journal.undo(folder)
    assert crops(took(folder, rule="confidence")) == {a: "wheat", b: "maize"}


def test_a_decision_names_a_class_and_a_parcel_with_labels():
    legend = made_up_study(parcels=6, times=2, pixels=1).legend
    check_decisions({"p": "maize"}, legend, [said("wheat")])
    for wrong in ({"q": "maize"}, {"p": "rice"}):
        with pytest.raises(GroundplanError, match="--decide"):
            check_decisions(wrong, legend, [said("wheat")])
