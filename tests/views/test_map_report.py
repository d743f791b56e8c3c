"""The report of a crop map: the same numbers everywhere, and no interval without a sample."""

import dataclasses
import datetime as dt
import io
import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pypdfium2
import pytest

from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.drawing import draw, strata_of
from engine.mapping.accuracy.nouns import AccuracyError
from engine.mapping.accuracy.sample_size import planned
from engine.mapping.accuracy.tables import map_table, of_drawn
from engine.mapping.assessed import Assessed, assessed
from engine.mapping.crop_map import NOT_RANDOM, CropMap, Validation
from engine.mapping.facts import validation_facts
from engine.mapping.truth import areas_beside_truth, beside_truth
from engine.views.report.map_content import MapReport, compose_map
from engine.views.report.map_files import map_files
from engine.views.report.map_tables import areas_frame
from tests import made_up
from tests.cli.test_contracts import faults

CARD = {
    "source_seasons": ["2020"], "fingerprints": {}, "threshold": 0.4, "reference_parcels": 9,
    "without_series": 0,
    "recipe": "quick", "learner": "cnn1d", "seed": 0, "member_weights": {}, "versions": {"engine": "0"},
    "training_parcels": 20, "folds": 2, "seconds": 1.0, "notes": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def study():
    made = made_up.study(parcels=80, times=3, pixels=1)
    return dataclasses.replace(made, name='Farm <script>alert("x")</script>')


@pytest.fixture(scope="module")
def crop_map(study):
    season, rng = study.parcels_in("2021").reset_index(drop=True), np.random.default_rng(1)
    names = study.legend.names
    wrong = rng.random(len(season)) < 0.15
    crop = np.where(wrong, names[0], season["crop"])
    table = season[["parcel_id", "area_ha", "lon", "lat", "geometry"]].assign(
        crop=crop, probability=0.8, second=names[1], second_probability=0.2, dissimilarity=0.1,
        applicable=rng.random(len(season)) < 0.8, labelled=False, surveyed=None,
    )  # fmt: skip
    calibrated = np.full((80, 3), 0.1, dtype=np.float32)
    calibrated[np.arange(80), study.legend.codes(pd.Series(crop))] = 0.8
    truth = np.arange(20) % 3
    decision = np.eye(3)[np.where(np.arange(20) == 4, 0, truth)]
    checked = Validation(
        season["parcel_id"].to_numpy(object)[:20], np.arange(20) % 2, truth, decision, decision
    )
    return CropMap(
        study.name, "2021", "0" * 16, names, "ensemble", gpd.GeoDataFrame(table, crs=4326), calibrated,
        calibrated, CARD, checked,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(study, crop_map):
    table = map_table(crop_map)
    sample = draw(table, planned(strata_of(table), 40), "2021", crop_map.key)
    truth = dict(study.parcels_in("2021")[["parcel_id", "crop"]].to_numpy(object).tolist())
    rows = pd.DataFrame(
        [(parcel, truth[parcel]) for parcel in sample.parcels], columns=["parcel_id", "reference"]
    )
    accuracy = assess(*of_drawn(sample, table, rows), assisted=True)
    found = Assessed(sample, 40, accuracy)
    accuracies = beside_truth(crop_map, truth, found)
    return dataclasses.replace(found, truth=(*accuracies, *areas_beside_truth(crop_map, truth, accuracy)))


def files_of(study, crop_map, found):
    return map_files(MapReport(study, crop_map, found, None, "STUDY", dt.date(2026, 1, 2)))


def text_of(files):
    with pypdfium2.PdfDocument(files["map-report.pdf"]) as document:
        assert 2 <= len(document) <= 4
        pages = [page.get_textpage().get_text_range() for page in document]
    return re.sub(r"\s+", " ", " ".join(pages))


def test_paper_screen_and_data_hold_the_same_numbers_and_hostile_names_are_escaped(study, crop_map, found):
    files = files_of(study, crop_map, found)
    record = json.loads(files["accuracy.json"])
    assert list(faults(record, "accuracy.json", "accuracy.json")) == []
    overall = record["accuracy"]["overall_accuracy"]
    paper, screen = text_of(files), files["map-report.html"].decode()
    areas = pd.read_csv(io.BytesIO(files["areas.csv"])).set_index("class")
    for text in (paper, screen):
        assert f"{overall['value']:.1%}" in text
        assert f"{overall['low']:.1%} to {overall['high']:.1%}" in text
        for each in record["accuracy"]["classes"]:
            area = each["area_ha"]
            assert f"{area['low']:,.0f} to {area['high']:,.0f}" in text
            assert areas.loc[each["name"], "estimated_ha"] == pytest.approx(area["value"])
    confusion = pd.read_csv(io.BytesIO(files["confusion.csv"]))
    assert confusion["share"].sum() == pytest.approx(1)
    right = confusion["mapped"] == confusion["reference"]
    assert confusion.loc[right, "share"].sum() == pytest.approx(overall["value"])
    assert "<script" not in screen
    assert "&lt;script&gt;" in screen
    assert {"crop-map.gpkg", "crop-map.parquet", "crop-map.csv"} < set(files)


def test_without_a_sample_it_says_so_and_shows_no_interval(study, crop_map):
    files = files_of(study, crop_map, None)
    paper, screen = text_of(files), files["map-report.html"].decode()
    for text in (paper, screen):
        assert NOT_RANDOM.capitalize() in text
        assert "95.0%" in text, "19 of 20 visited parcels."
        assert not re.search(r"\d%? to \d", text)
        assert "95% interval" not in text
    record = json.loads(files["accuracy.json"])
    assert record["accuracy"] is None
    assert record["validation"] == validation_facts(crop_map.validation)
    assert record["validation"]["overall_accuracy"] == 0.95
    assert list(areas_frame(MapReport(study, crop_map, None, None, "", dt.date.today()))) == [
        "class",
        "parcels",
        "mapped_ha",
    ]
    bare = dataclasses.replace(crop_map, validation=None)
    assert "nothing tells yet" in files_of(study, bare, None)["map-report.html"].decode()


def test_a_requirement_without_a_sample_says_what_to_do(study, crop_map, tmp_path):
    assert assessed(tmp_path, crop_map) is None
    with pytest.raises(AccuracyError, match="groundplan accuracy draw"):
        compose_map(study, crop_map, tmp_path, required=0.85)
