"""The command labels, from the files of a trip to the study and back."""

from __future__ import annotations

import geopandas as gpd
import pytest

from engine.__main__ import main
from engine.studies.store import open_study, save_study
from tests import made_up


@pytest.fixture
def run(capsys):
    def called(*words):
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return status, said.out + said.err

    return called


def test_the_files_of_a_trip_find_their_study_again(tmp_path, monkeypatch, run):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "ws"))
    whole = made_up.study(seasons=("2020", "2021"), parcels=30, pixels=1, times=4)
    study = save_study(made_up.without_labels(whole, "2021"), tmp_path / "study")
    trip = ("--target", "2021", "--design", "random", "--parcels", 4, "--out", tmp_path / "trip")
    assert run("itinerary", study, *trip)[0] == 0
    package = tmp_path / "trip" / "itinerary.gpkg"
    rows = gpd.read_file(package, layer="parcels")
    truth = dict(whole.parcels_in("2021")[["parcel_id", "crop"]].to_numpy())
    rows["crop_found"] = rows["parcel_id"].map(truth)
    rows.loc[0, "crop_found"] = "cannot reach"
    rows.to_file(package, layer="parcels", driver="GPKG")

    status, said = run("labels", study, package, "--check")
    assert (status, open_study(study).is_open("2021")) == (0, True)
    assert "3 labelled, 1 refused" in said
    assert run("labels", study, package)[0] == 0
    labelled = open_study(study).labelled_in("2021")
    assert {truth[name] == crop for name, crop in labelled[["parcel_id", "crop"]].to_numpy()} == {True}
    assert len(labelled) == 3

    name = str(rows["parcel_id"][0])
    assert run("labels", study, "--decide", f"{name}={truth[name]}")[0] == 0
    assert len(open_study(study).labelled_in("2021")) == 4
    assert "1 decided by hand" in run("labels", study, "--list")[1]
    assert run("labels", study, "--undo", 1)[0] == 0
    assert open_study(study).is_open("2021")

    other = save_study(whole, tmp_path / "other")
    text = (other / "study.toml").read_text().replace('"Made up"', '"Another"')
    (other / "study.toml").write_text(text)
    status, said = run("labels", other, package)
    assert status == 2
    assert "field file of the study Made up, not of Another" in said


def test_without_files_and_with_too_many_words_it_says_what_to_give(tmp_path, run):
    study = save_study(made_up.study(seasons=("2020", "2021"), parcels=6, pixels=1, times=2), tmp_path / "s")
    assert "Give the files that came back" in run("labels", study)[1]
    assert "Leave the files out" in run("labels", study, "a.csv", "--list")[1]
    assert "There is no file" in run("labels", study, tmp_path / "a.csv")[1]
    assert "No labels came back to Made up yet" in run("labels", study, "--list")[1]
