"""Reference data of WorldCereal: the day of the label, and classes by their code."""

import pandas as pd
import pytest

from tests.studies.ingest.dialects.reading import as_parcels, reader_of, squares


@pytest.fixture
def path(tmp_path):
    table = squares(
        sample_id=["2020_SRB_X_POLY_110_0", "2020_SRB_X_POLY_110_1", "2021_SRB_X_POLY_110_0"],
        ewoc_code=[1101010001, 1101060000, 1105010023],
        valid_time=pd.to_datetime(["2020-06-15", "2020-06-15", "2021-07-01"]),
        irrigation_status=[0, 0, 0],
        quality_score_lc=[98, 98, 97],
        quality_score_ct=[100, 100, 90],
        extract=[1, 0, 2],
    )
    table.to_parquet(tmp_path / "rdm.geoparquet")
    return tmp_path / "rdm.geoparquet"


def test_samples_keep_the_day_of_their_label_and_get_the_names_of_their_classes(path):
    frame = as_parcels(path)
    assert reader_of(path) == "WorldCereal reference data"
    assert list(frame["parcel_id"])[:2] == ["2020_SRB_X_POLY_110_0", "2020_SRB_X_POLY_110_1"]
    assert list(frame["season"]) == ["2020-06-15", "2020-06-15", "2021-07-01"]
    assert list(frame["crop"]) == ["winter_wheat", "maize", "peas"]  # 1105010023 is a variant of peas
    assert frame.crs == "EPSG:4326"


def test_columns_that_the_caller_names_are_his(path):
    frame = as_parcels(path, ewoc_code="crop", valid_time="season")
    assert list(frame["crop"]) == [1101010001, 1101060000, 1105010023]
    assert list(frame["season"].dt.year) == [2020, 2020, 2021]
    assert list(frame["parcel_id"])[2] == "2021_SRB_X_POLY_110_0"


def test_the_same_data_as_geojson_are_recognised(tmp_path):
    table = squares(sample_id=["a", "b", "c"], ewoc_code=[1101080000] * 3, valid_time=["2019-06-01"] * 3)
    table.to_file(tmp_path / "rdm.geojson")
    frame = as_parcels(tmp_path / "rdm.geojson")
    assert set(frame["crop"]) == {"rice"}
    assert set(frame["season"]) == {"2019-06-01"}


def test_a_code_that_the_legend_lacks_stays(tmp_path):
    table = squares(sample_id=["a", "b", "c"], ewoc_code=[9912345670] * 3, valid_time=["2019-06-01"] * 3)
    table.to_parquet(tmp_path / "rdm.parquet")
    assert set(as_parcels(tmp_path / "rdm.parquet")["crop"]) == {"9912345670"}
