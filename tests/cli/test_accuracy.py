"""The command on accuracy, from a map to a verdict, and what it says where something is missing."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.__main__ import main
from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.nouns import AccuracyError
from engine.mapping.accuracy.sample_file import read_sample
from engine.mapping.accuracy.tables import of_drawn, read_map, read_references, with_probabilities
from tests.cli.test_contracts import faults
from tests.mapping.populations import population


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A map, its truth, a drawn sample and what was found."""
    folder = tmp_path_factory.mktemp("accuracy")
    table = population(np.random.default_rng(3), 900)
    table["labelled"] = np.arange(900) < 100
    table["surveyed"] = table["truth"].where(table["labelled"])
    table.rename(columns={"mapped": "crop"}).drop(columns=["truth", "stratum"]).to_parquet(
        folder / "map.parquet"
    )
    assert run("draw", "--map", folder / "map.parquet", "--size", 120, "--out", folder / "list.csv") == 0
    found = pd.read_csv(folder / "list.csv", dtype={"parcel_id": str}).drop(columns=["reference", "status"])
    found = found.merge(table[["parcel_id", "truth"]]).rename(columns={"truth": "reference"})
    found.loc[::12, "reference"] = None
    found.assign(status=np.where(found["reference"].isna(), "refused", "")).to_csv(
        folder / "found.csv", index=False
    )
    return folder


def run(*words):
    return main(["accuracy", *(str(word) for word in words)])


def estimated(place, capsys, *words):
    capsys.readouterr()
    assert run("estimate", "--map", place / "map.parquet", *words, "--require", 0.6, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(faults(printed, "accuracy estimate --json", "it")) == []
    return printed


def test_a_drawn_sample_leads_to_a_verdict(place, capsys):
    sample = read_sample(place / "list.json")
    assert len(sample.parcels) == 120
    assert len(sample.left_out) == 100
    drawn = estimated(place, capsys, "--sample", place / "list.json", "--references", place / "found.csv")
    assert (drawn["drawn"], drawn["responded"], drawn["missing"]) == (120, 110, {"refused": 10})
    assert drawn["requirement"]["verdict"] == "met"
    assert sum(map(sum, drawn["confusion_counts"])) == 110
    listed = estimated(place, capsys, "--sample", place / "found.csv")
    # By the file of the sample, or by its list and the map.
    for end, value in drawn["overall_accuracy"].items():
        assert listed["overall_accuracy"][end] == pytest.approx(value)
    assert listed["confusion_counts"] == drawn["confusion_counts"]
    helped = estimated(place, capsys, "--sample", place / "found.csv", "--assisted", "--by-parcels")
    assert helped["assisted"]
    assert helped["weight"] == "parcels"
    assert run("estimate", "--map", place / "map.parquet", "--sample", place / "found.csv") == 0
    text = capsys.readouterr().out
    assert "overall accuracy" in text
    assert "Response. 110 of 120 sampled parcels have a reference (92%)" in text


def test_strata_that_are_found_on_a_first_sample_lead_to_a_verdict(place, tmp_path, capsys):
    first, second, found = (tmp_path / name for name in ("first.csv", "second.csv", "found.csv"))
    crop_map = ["--map", place / "map.parquet"]
    assert run("draw", *crop_map, "--size", 400, "--unstratified", "--out", first) == 0
    seen = pd.read_csv(first, dtype={"parcel_id": str})
    assert set(seen["stratum"]) == {"all parcels"}
    # Someone looks at 400 images and tells tall crops from others.
    truth = population(np.random.default_rng(3), 900).set_index("parcel_id")["truth"]
    crops = seen["parcel_id"].map(truth)
    tall = np.where(crops.isin(["maize", "sunflower"]), "tall", "low")
    seen.assign(stratum=tall).to_csv(first, index=False)
    capsys.readouterr()
    asked = ["draw", *crop_map, "--first-phase", first, "--size", 90, "--out", second, "--json"]
    assert run(*asked) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(faults(printed, "accuracy draw --json", "it")) == []
    assert printed["first_phase"] == sum(each["parcels"] for each in printed["strata"]) == 400
    assert {each["name"] for each in printed["strata"]} == {"low", "tall"}
    drawn = pd.read_csv(second, dtype={"parcel_id": str})
    drawn.assign(reference=drawn["parcel_id"].map(truth)).to_csv(found, index=False)
    sample = second.with_suffix(".json")
    estimate = estimated(place, capsys, "--sample", sample, "--references", found)
    assert "known for a first sample of 400 of 800 parcels" in estimate["notes"][-1]
    assert "90 of 400 parcels of a first sample in 2 strata" in estimate["statement"]["Design"]
    listed = estimated(place, capsys, "--sample", found, "--first-phase", first)
    assert listed["overall_accuracy"]["value"] == pytest.approx(estimate["overall_accuracy"]["value"])
    assert listed["macro_f1"]["low"] == pytest.approx(estimate["macro_f1"]["low"])
    # Who takes the strata for known ones gets areas that are too certain.
    frame, rows = of_drawn(read_sample(sample), read_map(place / "map.parquet"), read_references(found))
    known = assess(replace(frame, first_phase=None), rows)
    errors = [each["area_ha"]["standard_error"] for each in estimate["classes"]]
    assert all(error > each.area.standard_error for error, each in zip(errors, known.by_class, strict=True))
    # What cannot be says why, and writes nothing.
    out = ["--size", 90, "--out", tmp_path / "o.csv"]
    seen.assign(stratum=None).to_csv(found, index=False)
    (tmp_path / "twice.csv").write_text("parcel_id,stratum\np1,a\np1,a\n")
    (tmp_path / "foreign.csv").write_text("parcel_id,stratum\nq1,a\nq2,a\n")
    for file, message in (
        (found, "have no stratum"),
        (tmp_path / "twice.csv", "names parcel p1 twice"),
        (tmp_path / "foreign.csv", "lacks 2 parcels of the first sample, such as q1"),
        (place / "map.parquet", "no column stratum"),
    ):
        assert run("draw", *crop_map, "--first-phase", file, *out) == 2
        assert message in capsys.readouterr().err
    assert run("estimate", *crop_map, "--sample", place / "found.csv", "--first-phase", first) == 2
    assert "not in the first sample" in capsys.readouterr().err
    both = ["--references", place / "found.csv", "--first-phase", first]
    assert run("estimate", *crop_map, "--sample", sample, *both) == 2
    assert "Leave --first-phase out" in capsys.readouterr().err
    assert not list(tmp_path.glob("o.*"))
    record = json.loads(sample.read_text())
    record["first_phase"][drawn["parcel_id"].iloc[0]] = "other"
    sample.write_text(json.dumps(record))
    with pytest.raises(AccuracyError, match="not in its first sample"):
        read_sample(sample)


def test_two_probabilities_of_a_map_are_made_a_probability_of_every_class(place):
    crop_map = read_map(place / "map.parquet").drop(columns=["maize", "wheat", "soybean", "sunflower"])
    second = np.where(crop_map["mapped"] == "maize", "wheat", "maize")
    crop_map = crop_map.assign(probability=0.7, second=second, second_probability=0.2)
    chances = with_probabilities(crop_map, ["maize", "wheat", "soybean", "sunflower"])
    assert chances[["maize", "wheat", "soybean", "sunflower"]].sum(axis=1).to_numpy() == pytest.approx(1)
    assert (chances["maize"] == np.where(crop_map["mapped"] == "maize", 0.7, 0.2)).all()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["draw", "--size", 9], "Name a study"),
        (["draw", "--map", "MAP", "--size", 9], "Give --out FILE"),
        (["draw", "STUDY", "--size", 9], "Which season?"),
        (["draw", "--map", "MAP", "--size", 3, "--out", "OUT"], "two of each stratum"),
        (["draw", "--map", "MAP", "--half-width", 3, "--out", "OUT"], "half-width of 3"),
        (["draw", "--map", "FOUND", "--size", 9, "--out", "OUT"], "has none of the columns crop"),
        (["draw", "--map", "NOWHERE", "--size", 9, "--out", "OUT"], "cannot be read"),
        (["estimate", "--sample", "FOUND"], "Which map?"),
        (["estimate", "--map", "MAP"], "Which sample?"),
        (["estimate", "--map", "MAP", "--sample", "SAMPLE"], "What was found?"),
        (["estimate", "--map", "MAP", "--sample", "HALF"], "inclusion probabilities"),
        (["estimate", "--map", "MAP", "--sample", "FOUND", "--require", 85], "For 85 % give 0.85"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(place, tmp_path, capsys, words, message):
    half = pd.read_csv(place / "found.csv").iloc[::2]
    half.rename(columns={"stratum": "class"}).to_csv(tmp_path / "half.csv", index=False)
    places = {"MAP": place / "map.parquet", "FOUND": place / "found.csv", "SAMPLE": place / "list.json"}
    if message.startswith("has none"):
        half[["parcel_id", "lon", "lat"]].assign(area_ha=1.0).to_csv(tmp_path / "half.csv", index=False)
        places["FOUND"] = tmp_path / "half.csv"
    places |= {"NOWHERE": place / "no.csv", "HALF": tmp_path / "half.csv", "OUT": tmp_path / "o.csv"}
    assert run(*(places.get(word, word) for word in words)) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("o.*"))


def test_a_list_for_qgis_has_a_point_a_parcel(place, tmp_path):
    out = tmp_path / "list.gpkg"
    assert run("draw", "--map", place / "map.parquet", "--half-width", 0.08, "--out", out, "--seed", 2) == 0
    assert read_references(out)["reference"].isna().all()
    assert len(read_references(out)) == len(read_sample(out.with_suffix(".json")).parcels)
