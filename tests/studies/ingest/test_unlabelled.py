"""Parcels without crop are kept as unlabelled, and a season that still goes on is seen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from engine.__main__ import main
from engine.studies.ingest import IngestError, ingest
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.studies.ingest.foreign import ingested, parcels, request, series

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
with_cases = pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not at {CASES}")
QGIS = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"


def changed(column, value, rows):
    frame = parcels()
    frame[column] = frame[column].astype(object)
    frame.loc[rows, column] = value
    return frame


@pytest.mark.parametrize("word", [None, "", " ", "NULL", "n/a", "NaN", "None", "-", "Unknown", QGIS])
def test_what_means_no_crop_leaves_a_parcel_without_label(tmp_path, word):
    made = ingested(tmp_path, changed("crop", word, 0), series())
    assert made.study.parcels["crop"].isna().tolist() == [True] + [False] * 17
    assert made.study.legend.names == ("soybean", "wheat", "maize")
    assert any("Season 2019: 1 of 9 parcels have no crop" in note for note in made.notes)


def test_a_season_without_labels_is_open_and_survives_the_folder(tmp_path):
    frame = changed("crop", "n/a", parcels()["season"] == 2020)
    frame.loc[0, "crop"] = "hemp"
    made = ingested(tmp_path, frame, series())
    assert any("Season 2020: all 9 parcels have no crop" in note for note in made.notes)
    study = open_study(save_study(made.study, tmp_path / "study"))
    assert (study.is_open("2019"), study.is_open("2020")) == (False, True)
    assert study.fingerprint == made.study.fingerprint
    assert set(study.legend.names) == {"maize", "wheat", "soybean", "hemp"}
    assert study.seasons_before("2020") == ("2019",)
    assert study.other_seasons("2019") == ()
    assert (study.crop_codes[~study.labelled] == -1).all()
    assert len(study.labelled_in("2020")) == 0


def test_none_and_nan_are_the_same_missing_label(tmp_path):
    study = made_up.without_labels(made_up.study(parcels=20, times=4), "2021")
    saved = save_study(study, tmp_path / "study")
    assert open_study(saved).is_open("2021")


def test_merging_classes_leaves_parcels_without_label_alone(tmp_path):
    made = ingested(tmp_path, changed("crop", "-", 0), series(), keep=("maize", "wheat"), rest="other")
    assert made.study.parcels["crop"].isna().sum() == 1
    assert (made.study.parcels["crop"] == "other").sum() == 6
    left = ingested(tmp_path, changed("crop", "-", 0), series(), keep=("maize", "wheat"))
    assert len(left.study.parcels) == 12
    assert left.study.parcels["crop"].isna().sum() == 1


def test_of_several_files_one_may_lack_the_column_crop(tmp_path):
    frame, files = parcels(), []
    for year, columns in ((2019, list(frame)), (2020, ["parcel_id", "season", "geometry"])):
        files.append(tmp_path / f"{year}.parquet")
        frame.loc[frame["season"] == year, columns].to_parquet(files[-1])
    asked = request(tmp_path, frame, series())
    made = ingest(replace(asked, parcels=tuple(files)))
    assert made.study.is_open("2020")
    assert any("2020.parquet has no column crop, so its 9 parcels" in note for note in made.notes)
    with pytest.raises(IngestError, match=r"lacks the columns crop.*--rename OLD=crop"):
        ingest(replace(asked, parcels=(files[1], files[1])))


def test_chosen_seasons_leave_the_faults_of_the_others_alone(tmp_path):
    frame = changed("parcel_id", None, 0)
    assert frame["season"][0] == 2019
    with pytest.raises(IngestError, match="without parcel_id"):
        ingested(tmp_path, frame, series())
    made = ingested(tmp_path, frame, series(), seasons=("2020",))
    assert [season.label for season in made.study.seasons] == ["2020"]
    assert not any("2019" in note for note in made.notes)


def test_a_season_that_still_goes_on_is_refused_and_the_cure_works(tmp_path):
    table = series()
    table = table[(table["season"] == 2019) | (table["date"] <= "2020-07-11")]
    with pytest.raises(IngestError, match="Season 2020 is observed up to 2020-07-11") as error:
        ingested(tmp_path, parcels(), table)
    cure = str(error.value).partition("--window ")[2].split(",")[0].split()
    assert cure == ["03-01", "07-15"]
    made = ingested(tmp_path, parcels(), table, window=tuple(cure))
    assert {f"{season.end:%m-%d}" for season in made.study.seasons} == {"07-15"}
    assert max(made.missing.values()) < 0.05


def test_an_earlier_season_that_ends_early_does_not_go_on(tmp_path):
    table = series()
    table = table[(table["season"] == 2020) | (table["date"] <= "2019-08-20")]
    assert ingested(tmp_path, parcels(), table).study.seasons


def case_words(name, out, *more):
    files = CASES / name
    words = ["ingest", "--parcels", files / "parcels.geojson", "--series", files / "s1.csv", "--name", "Case"]
    return [str(word) for word in (*words, "--out", out, "--departure", "19.84,45.25", *more)]


@with_cases
def test_a_target_without_labels_becomes_an_open_season(tmp_path, capsys):
    assert main(case_words("target-without-labels", tmp_path / "out", "--json")) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [(row["season"], row["unlabelled"]) for row in facts["seasons"]] == [
        ("2019", 0),
        ("2020", 0),
        ("2021", 40),
    ]
    assert main(["info", str(tmp_path / "out")]) == 0
    assert "2021       40       40       0%  not known yet" in capsys.readouterr().out
    words = case_words("target-without-labels", tmp_path / "two", "--seasons", "2019", "2020", "--json")
    assert main(words) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [row["season"] for row in facts["seasons"]] == ["2019", "2020"]
    assert not any("no crop" in note for note in facts["notes"])


@with_cases
def test_labels_that_come_home_make_the_season_a_labelled_one(tmp_path):
    files = CASES / "target-without-labels"
    frame = gpd.read_file(files / "parcels.geojson")
    truth = pd.read_csv(files / "truth.csv").set_index("parcel_id")["crop"]
    before = ingested(tmp_path, frame, pd.read_csv(files / "s1.csv"), step=None).study
    frame["crop"] = frame["crop"].fillna(frame["parcel_id"].map(truth))
    after = ingested(tmp_path, frame, pd.read_csv(files / "s1.csv"), step=None).study
    assert before.is_open("2021")
    assert len(after.labelled_in("2021")) == len(truth) == 40
    assert after.legend.names == before.legend.names


@with_cases
def test_the_season_in_progress_is_refused_with_a_window_that_works(tmp_path, capsys):
    assert main(case_words("season-in-progress", tmp_path / "out")) == 2
    said = capsys.readouterr().err
    assert "Season 2021 is observed up to 2021-07-11" in said
    assert "--window 03-01 07-15" in said
    assert not (tmp_path / "out").exists()
    assert main(case_words("season-in-progress", tmp_path / "out", "--window", "03-01", "07-15")) == 0
    assert "missing" in capsys.readouterr().out
