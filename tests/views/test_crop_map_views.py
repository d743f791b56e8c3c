"""Charts and maps of a crop map say what they show, and counts are not called estimates."""

from __future__ import annotations

import json

import pytest

from engine.decisions.map_wording import (
    explained_sentences,
    map_headline,
    map_plan_sentence,
    statement_text,
    truth_rows,
)
from engine.domain import Estimate
from engine.experiments.archive import Archive
from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.tables import map_table, of_list
from engine.mapping.assessed import class_rows
from engine.mapping.explained import explain
from engine.mapping.making import make_map, training_for
from engine.mapping.request import map_request
from engine.mapping.truth import GAIN, BesideTruth
from engine.views import maps
from engine.views.areas import areas, areas_frame
from engine.views.map_confusion import assessed_confusion, validated_confusion
from engine.views.maps.crop_maps import publish_crop_map
from engine.views.parcel_classes import parcel_classes
from tests import made_up

SEASON = "2021"


@pytest.fixture(scope="module")
def truth():
    return made_up.study(parcels=60, pixels=2, times=6)


@pytest.fixture(scope="module")
def study(truth):
    return made_up.without_labels(truth, SEASON, truth.parcels_in(SEASON)["parcel_id"].iloc[::2].tolist())


@pytest.fixture(scope="module")
def crop_map(study, tmp_path_factory):
    request, _ = map_request(study, SEASON, "scratch", recipe=made_up.SMALL, learner="random-forest")
    return make_map(training_for(study, request, Archive(tmp_path_factory.mktemp("archive"))))


@pytest.fixture(scope="module")
def accuracy(truth, crop_map):
    table = map_table(crop_map)
    crops = truth.parcels_in(SEASON).set_index("parcel_id")["crop"]
    sample = table[~table["labelled"]][["parcel_id"]]
    return assess(*of_list(table, sample.assign(reference=sample["parcel_id"].map(crops))))


def test_areas_are_called_counted_until_a_sample_estimates_them(study, crop_map, accuracy):
    counted = areas(crop_map, study.legend, dark=False)
    assert "counted on the map" in counted.title
    assert set(areas_frame(crop_map)) == {"class", "counted"}
    estimated = areas(crop_map, study.legend, True, accuracy, crop_map.areas_ha)
    assert "counted" not in estimated.title
    assert [trace.name for trace in estimated.figure.data][1:] == [
        "estimated from the sample, 95% interval", "truth"
    ]  # fmt: skip
    frame = areas_frame(crop_map, accuracy)
    assert (frame["low"] <= frame["estimated"]).all()
    assert frame["counted"].sum() == pytest.approx(crop_map.parcels["area_ha"].sum())


def test_confusion_says_what_it_rests_on(crop_map, accuracy):
    validated = validated_confusion(crop_map.validation, crop_map.legend, dark=False)
    assert validated.title.startswith("Cross-validated: ")
    assert assessed_confusion(accuracy, dark=True).title.startswith("Design-based: ")
    rows = class_rows(accuracy).dropna()
    assert (rows["users_low"] <= rows["users"]).all()


def test_a_parcel_shows_its_classes_and_why(study, crop_map):
    found = explain(crop_map, crop_map.parcels["parcel_id"].iloc[0])
    chart = parcel_classes(found, study.legend, dark=False)
    assert chart.title.startswith(f"Parcel {found.parcel_id}: {found.probabilities[0][0]}")
    said = " ".join(explained_sentences(found))
    assert "The labelled parcels that resemble it most" in said
    assert f"{found.threshold:.2f}" in said


def test_a_map_is_published_once_and_only_its_colours_change(study, crop_map, tmp_path):
    published = publish_crop_map(crop_map, study.legend, tmp_path)
    assert sum(published.steps) == published.within + published.beyond == len(crop_map.parcels)
    file = json.loads(published.parcels.path.read_text())["features"][0]["properties"]
    assert {"id", "crop", "sure", "second", "where", "light", "sure_dark", "where_light"} <= set(file)
    drawn = {
        kind: maps.crop_map_map(published, kind, study.departure, dark=False)
        for kind in ("class", "probability", "applicability")
    }
    assert len({deck.to_json() for deck in drawn.values()}) == 3
    assert len(list(tmp_path.glob("parcels-*"))) == 1
    assert "unlike the training data" in drawn["applicability"].legend
    assert "at least 90% sure" in drawn["probability"].legend


def test_a_map_without_a_sample_never_claims_an_interval(study, crop_map):
    headline = map_headline(crop_map, None)
    assert "models that had not seen them" in headline
    assert "(" not in headline
    assert "no design-based interval" in statement_text(crop_map, None)
    request, _ = map_request(study, SEASON, "transfer", recipe=made_up.SMALL)
    assert "would learn from 30 labels of 2021 and " in map_plan_sentence(study, request)


def test_the_truth_stands_beside_forecast_and_estimate():
    forecast, accuracy = truth_rows(
        [BesideTruth(GAIN, 0.2, Estimate(0.05, 0.01, 0.09)), BesideTruth("macro F1", 0.9, None, 0.8)]
    )
    assert forecast["forecast"] == "+5.0 points (+1.0 to +9.0)"
    assert (forecast["truth"], forecast["inside"]) == ("+20.0 points", "outside the interval")
    assert (accuracy["estimate"], accuracy["inside"]) == ("80.0%, cross-validated", "–")
