"""The folder of BreizhCrops: index, one CSV a parcel, and outlines."""

import shutil

import numpy as np
import pandas as pd
import pytest

from engine.studies.ingest import IngestRequest, ingest
from tests.studies.ingest.dialects.reading import as_parcels, as_series, fault, reader_of, squares

DAYS = pd.date_range("2017-03-01", "2017-10-31", freq="12D").strftime("%Y-%m-%d")
CODES = ["ORH", "MIS", "ORH"]


@pytest.fixture
def folder(tmp_path):
    year = tmp_path / "breizhcrops_dataset" / "2017"
    fields = year / "L1C" / "frh01" / "csv"
    fields.mkdir(parents=True)
    squares(ID=["4", "5", "6"], CODE_CULTU=CODES, CODE_GROUP=["3", "2", "3"]).to_crs(2154).to_file(
        year / "frh01.shp"
    )
    index = pd.DataFrame(
        {
            "idx": [0, 1, 2],
            "id": [4, 5, 6],
            "CODE_CULTU": CODES,
            "path": [f"elsewhere/2017/L1C/frh01/csv/{name}.csv" for name in (4, 5, 6)],
            "meanQA60": [0.0] * 3,
            "sequencelength": [len(DAYS)] * 3,
        }
    )
    index.to_csv(year / "L1C" / "frh01.csv", index=False)
    for name in (4, 5, 6):
        values = {"B1": 1200.0 + name, "B8A": 3000.0, "QA10": 0.0, "QA60": 0.0}
        series = pd.DataFrame({**values, "doa": DAYS, "label": "ORH", "id": name})
        series.loc[2, "QA60"] = 512.0
        series.to_csv(fields / f"{name}.csv")
    return year


def test_the_folder_of_a_year_is_parcels_and_series_in_one(folder):
    assert reader_of(folder) == reader_of(folder, "series") == "BreizhCrops folder"
    study = ingest(IngestRequest((folder,), (folder,), "Brittany", step=12)).study
    assert list(study.parcels["parcel_id"]) == ["4", "5", "6"]
    assert set(study.parcels["season"]) == {"2017"}
    assert list(study.parcels["crop"]) == CODES
    assert study.parcels["lon"].iloc[0] == pytest.approx(19.0025, abs=1e-4)
    assert study.cubes["2017"].bands == ("B1", "B8A")
    assert study.cubes["2017"].values[1, 0, 0] == 1205


def test_an_observation_that_clouds_touch_is_a_gap(folder):
    table = as_series(folder)
    assert list(np.flatnonzero(table["B1"].isna())) == [2, len(DAYS) + 2, 2 * len(DAYS) + 2]
    assert table["date"][0] == "2017-03-01"


def test_no_file_outside_the_folder_is_opened(folder):
    secret = folder.parents[1] / "secret.csv"
    secret.write_text("doa,B1\n2017-03-01,42\n")
    index = pd.read_csv(folder / "L1C" / "frh01.csv")
    index["path"] = ["../../../../secret.csv", str(secret), "csv/frh01/6.csv"]
    index.to_csv(folder / "L1C" / "frh01.csv", index=False)
    (folder / "L1C" / "frh01" / "csv" / "secret.csv").symlink_to(secret)
    (folder / "frh04.csv").symlink_to(secret)
    (folder / "L2A").symlink_to(folder.parents[1], target_is_directory=True)
    assert set(as_series(folder)["parcel_id"]) == {"6"}


def test_a_parcel_without_outline_has_none(folder):
    index = pd.read_csv(folder / "L1C" / "frh01.csv")
    index["id"] = [4, 5, 77]
    index.to_csv(folder / "L1C" / "frh01.csv", index=False)
    assert list(as_parcels(folder).geometry.isna()) == [False, False, True]


def test_what_is_missing_or_damaged_is_a_fault(folder):
    (folder / "frh01.shp").unlink()
    assert "no Shapefile frh01.shp" in fault(folder)
    (folder / "L1C" / "frh01" / "csv" / "4.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert "cannot be read as a table" in fault(folder, "table")
    for name in (4, 5, 6):
        (folder / "L1C" / "frh01" / "csv" / f"{name}.csv").unlink()
    assert "none of the CSV files that its index names" in fault(folder, "table")


def test_two_levels_of_the_same_parcels_are_a_fault(folder):
    (folder / "L2A").mkdir()
    shutil.copy(folder / "L1C" / "frh01.csv", folder / "L2A" / "frh01.csv")
    assert "L1C and L2A" in fault(folder, "table")


def test_a_folder_of_no_kind_is_a_fault(tmp_path):
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    assert "its files are those of no format" in fault(tmp_path)
    assert "its files are those of no format" in fault(tmp_path, "table")
