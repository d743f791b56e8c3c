"""From plan to map and its accuracy on the command line, where a simulated visit knows the truth."""

import json

import pytest

from engine.__main__ import main
from engine.mapping.accuracy.sample_file import latest_path, read_sample
from engine.mapping.learning_curve import LearningCurve
from engine.sampling import DESIGNS
from engine.studies.labels.overlay import labels_of
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.cli.test_contracts import faults

PARCELS, SAMPLE = 30, 20


def run(*words):
    return main([str(word) for word in words])


def printed(capsys, heading, *words):
    capsys.readouterr()
    assert run(*words, "--json") == 0, capsys.readouterr().err
    facts = json.loads(capsys.readouterr().out)
    assert list(faults(facts, heading, "it")) == []
    return facts


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("visit")
    save_study(made_up.study(parcels=120, seasons=("2020", "2021")), folder / "study")
    return folder


@pytest.fixture(autouse=True)
def workspace(place, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(place / "workspace"))


def test_a_trip_with_a_sample_is_planned_visited_and_brought_in(place, capsys):
    trip = place / "trip"
    facts = printed(
        capsys, "itinerary --accuracy --json",
        "itinerary", place / "study", "--target", "2021", "--parcels", PARCELS, "--design", "random",
        "--accuracy", SAMPLE, "--out", trip,
    )  # fmt: skip
    assert (facts["training"], facts["accuracy"]) == (PARCELS, SAMPLE)
    assert facts["more_money"] > 0
    assert [row["training"] + row["accuracy"] for row in facts["trade"]] == [PARCELS] * len(facts["trade"])
    sample = read_sample(latest_path(place / "study", "2021"))
    assert len(sample.left_out) == PARCELS

    facts = printed(
        capsys, "visit --json",
        "visit", place / "study", "--trip", trip / "itinerary.gpkg", "--target", "2021", "--wrong", 0,
        "--refused", 0, "--out", place / "played",
    )  # fmt: skip
    assert (facts["visited"], facts["refused"], facts["wrong"]) == (PARCELS + SAMPLE, 0, 0)
    played = place / "played" / "study"
    assert read_sample(latest_path(played, "2021")) == sample
    assert open_study(played).is_open("2021")

    assert run("labels", played, place / "played" / "visited.gpkg") == 0
    study = open_study(played)
    assert len(study.labelled_in("2021")) == PARCELS, "labels for accuracy never train"
    accuracy = labels_of(played, "2021", "accuracy")
    assert {label.parcel_id for label in accuracy} == set(sample.parcels)
    truth = open_study(place / "study").parcels_in("2021").set_index("parcel_id")["crop"]
    assert all(truth[label.parcel_id] == label.crop for label in accuracy)


def test_estimates_of_the_studys_own_map_stand_beside_the_truth(place, capsys):
    played = place / "played" / "study"
    assert run("accuracy", "estimate", played, "--season", "2021") == 2
    assert "groundplan map" in capsys.readouterr().err
    assert run("map", played, "--folds", 0, "--recipe", "quick", "--learner", "random-forest") == 0
    facts = printed(capsys, "accuracy estimate --json", "accuracy", "estimate", played, "--season", "2021")
    assert facts["assisted"]
    assert facts["responded"] == SAMPLE
    true = {row["name"]: row for row in facts["truth"]}
    assert true["overall accuracy"]["truth"] > 0.9
    overall = true["overall accuracy"]
    assert overall["inside"] == (overall["low"] <= overall["truth"] <= overall["high"])


def test_one_more_day_is_weighed_by_the_labels_alone_where_no_backtest_is_answered(
    place, capsys, monkeypatch
):
    played = place / "played" / "study"
    curve = LearningCurve((12.0, 24.0), (0.7, 0.8), slope=14.0, error=4.0)
    monkeypatch.setattr("engine.cli.next_day.find_learning_curve", lambda *_: curve)
    facts = printed(capsys, "next-day --json", "next-day", played, "--target", "2021", "--parcels", 10)
    assert facts["labelled"] == PARCELS
    assert len(facts["parcels"]) == facts["more"] == 10
    assert facts["by_backtests"] is None
    assert facts["gain"] == facts["by_labels"]
    assert facts["design"] in DESIGNS
    assert facts["goes_on"]
    labelled = set(open_study(played).labelled_in("2021")["parcel_id"])
    assert not labelled & set(facts["parcels"])


def test_a_half_width_that_is_none_is_refused(place, capsys):
    words = ("itinerary", place / "study", "--target", "2021", "--parcels", 10, "--accuracy")
    assert run(*words, 1.5) == 2
    assert "whole number" in capsys.readouterr().err
