"""Damaged and contradictory files of labels end in one clear message, and change nothing."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import Point

from engine.domain import GroundplanError
from engine.studies.labels.importing import LabelRequest, take
from engine.studies.labels.reading import ReadOptions
from engine.studies.store import open_study
from tests.studies.labels.field import SEASON, content, ids, package, saved, table, took


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study with one import."""
    place = saved(tmp_path_factory.mktemp("refused") / "study")
    took(place, table(place.parent / "first.csv", {ids(place)[0]: "wheat"}))
    return place


def damaged(path, folder):
    whole = package(path, open_study(folder), {ids(folder)[0]: {"crop_found": "wheat"}})
    whole.write_bytes(whole.read_bytes()[:3000])
    return whole


def empty(path, _):
    path.write_bytes(b"")
    return path


def no_rows(path, _):
    return table(path, [], "parcel_id", "crop")


def workbook(path, _):
    path.write_bytes(b"PK\x03\x04" + b"0" * 100)
    return path


def no_table(path, _):
    path.write_text("We went out early, and the fog stayed until noon.\nThen we had lunch.\n")
    return path


def no_crop_column(path, folder):
    return table(path, [(ids(folder)[1], "tall")], "parcel_id", "height")


def nothing_filled_in(path, folder):
    return package(path, open_study(folder), {})


def other_study(path, folder):
    a = ids(folder)[1]
    filled = {a: {"crop_found": "wheat"}}
    return package(path, open_study(folder), filled, study="Banat", season=SEASON, trip="ab12")


def other_season(path, folder):
    return table(path, [(ids(folder)[1], "wheat", "2030")], "parcel_id", "crop", "season")


def two_seasons(path, folder):
    rows = [(ids(folder)[1], "wheat", SEASON), ("p2020-0001", "wheat", "2020")]
    return table(path, rows, "parcel_id", "crop", "season")


def strange_ids(path, _):
    return table(path, {"x1": "wheat", "x2": "maize"})


def wrong_reference_system(path, folder):
    lon, lat = open_study(folder).parcels_in(SEASON)[["lon", "lat"]].to_numpy()[0]
    frame = gpd.GeoDataFrame({"crop": ["wheat"]}, geometry=[Point(lat, lon)], crs=4326)
    frame.to_file(path, driver="GPKG")
    return path


def metres_called_degrees(path, _):
    gpd.GeoDataFrame({"crop": ["wheat"]}, geometry=[Point(4e5, 5e6)], crs=4326).to_file(path, driver="GPKG")
    return path


def no_reference_system(path, _):
    return table(path, [("wheat", 400_000, 5_000_000)], "crop", "x", "y")


def unknown_purpose(path, folder):
    return table(path, [(ids(folder)[1], "wheat", "fun")], "parcel_id", "crop", "purpose")


def unclear_days(path, folder):
    return table(path, [(ids(folder)[1], "wheat", "03/04/2021")], "parcel_id", "crop", "visited")


def crop_twice(path, folder):
    path.write_text(f"parcel_id,crop,crop\n{ids(folder)[1]},wheat,maize\n")
    return path


def new_crop(path, folder):
    return table(path, {ids(folder)[1]: "quinoa"})


def again(_, folder):
    return folder.parent / "first.csv"


@pytest.mark.parametrize(
    ("made", "suffix", "said"),
    [
        (damaged, ".gpkg", "cannot be read"),
        (empty, ".csv", "bad.csv is empty"),
        (no_rows, ".csv", "holds no parcels"),
        (workbook, ".xlsx", "save the sheet of a workbook as CSV"),
        (no_table, ".txt", "cannot be read"),
        (no_crop_column, ".csv", "without positions, outlines or crops; it has parcel_id, height"),
        (nothing_filled_in, ".gpkg", "Nothing is filled in .*12 rows"),
        (other_study, ".gpkg", "field file of the study Banat, not of Made up.*--any-study"),
        (other_season, ".csv", "has no season 2030; it has 2020, 2021"),
        (two_seasons, ".csv", "several seasons.*--season YEAR"),
        (strange_ids, ".csv", "No row of .* fits a parcel.*--rename OLD=parcel_id"),
        (wrong_reference_system, ".gpkg", "km from the nearest parcel.*--crs"),
        (metres_called_degrees, ".gpkg", "off the globe"),
        (no_reference_system, ".csv", "does not state its coordinate reference system"),
        (unknown_purpose, ".csv", "purpose fun; only training and accuracy"),
        (unclear_days, ".csv", "--dates day-first or --dates month-first"),
        (crop_twice, ".csv", "Columns that .* has twice"),
        (new_crop, ".csv", "lacks crops .*quinoa.*--new-class add"),
        (again, ".csv", "already import 1"),
    ],
)
def test_a_bad_file_changes_nothing_and_is_told_with_its_cure(folder, tmp_path, made, suffix, said):
    path = made(tmp_path / f"bad{suffix}", folder)
    before, fingerprint = content(folder), open_study(folder).fingerprint
    with pytest.raises(GroundplanError, match=f"(?s){said}"):
        take(folder, [path], LabelRequest())
    assert (content(folder), open_study(folder).fingerprint) == (before, fingerprint)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"season": "2020"}, "of season 2021, not 2020"),
        ({"purpose": "accuracy"}, "for training, not for accuracy"),
        ({"merge": {"rye": "wheat"}}, "No row names the crop rye"),
        ({"decisions": {"p9": "wheat"}}, "No label is of the parcel p9"),
        ({"read": "rename"}, "has no column nothing"),
    ],
)
def test_contradictory_words_change_nothing(folder, tmp_path, request_, said):
    a = ids(folder)[2]
    rows = [(a, "wheat", SEASON, "training")]
    path = table(tmp_path / "1.csv", rows, "parcel_id", "crop", "season", "purpose")
    if request_.get("read"):
        from engine.studies.ingest.foreign import FileOptions

        request_ = {"read": ReadOptions(FileOptions({"nothing": "note"}))}
    before = content(folder)
    with pytest.raises(GroundplanError, match=said):
        take(folder, [path], LabelRequest(**request_))
    with pytest.raises(GroundplanError, match="names no class"):
        take(folder, [path], LabelRequest(decisions={a: "rice"}))
    with pytest.raises(GroundplanError, match="given twice"):
        take(folder, [path, path], LabelRequest())
    assert content(folder) == before


def test_a_file_of_a_renamed_study_is_taken_when_that_is_said(folder, tmp_path):
    path = other_study(tmp_path / "1.gpkg", folder)
    study = took(saved(tmp_path / "study"), path, any_study=True)
    assert len(study.labelled_in(SEASON)) == 1
