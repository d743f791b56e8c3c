"""Results of openEO's aggregate_spatial, as CSV and as JSON."""

import json

import numpy as np
import pytest

from tests.studies.ingest.dialects.reading import as_series, fault, reader_of

CSV = """date,feature_index,avg(VV),avg(VH),max(VH)
2021-03-01T00:00:00.000Z,0,-10.5,-17.0,-15.0
2021-03-01T00:00:00.000Z,1,-11.5,,
2021-03-13T00:00:00.000Z,0,-10.0,-16.0,-14.0
"""


def test_a_csv_names_features_by_number_and_bands_without_their_reducer(tmp_path):
    path = tmp_path / "timeseries.csv"
    path.write_text(CSV)
    table = as_series(path)
    assert reader_of(path, "series") == "openEO aggregate_spatial"
    assert list(table.columns) == ["date", "parcel_id", "VV", "VH", "VH_max"]
    assert list(table["parcel_id"]) == [0, 1, 0]
    assert list(table["VV"]) == [-10.5, -11.5, -10.0]


def test_the_caller_may_name_bands_and_parcels_by_their_old_names(tmp_path):
    path = tmp_path / "timeseries.csv"
    path.write_text(CSV.replace("avg(VV)", "avg(band_0)"))
    table = as_series(path, **{"avg(band_0)": "VV", "feature_index": "parcel_id"})
    assert {"parcel_id", "VV"} <= set(table.columns)


def test_json_lists_features_by_time_and_an_empty_one_is_a_gap(tmp_path):
    path = tmp_path / "timeseries.json"
    path.write_text(
        json.dumps(
            {"2021-03-01T00:00:00Z": [[0.1, 0.2], []], "2021-03-13T00:00:00Z": [[0.3, None], [0.5, 0.6]]}
        )
    )
    table = as_series(path, band_0="NDVI")
    assert list(table.columns) == ["date", "parcel_id", "NDVI", "band_1"]
    np.testing.assert_array_equal(table["NDVI"], [0.1, np.nan, 0.3, 0.5])
    np.testing.assert_array_equal(table["band_1"], [0.2, np.nan, np.nan, 0.6])
    assert list(table["parcel_id"]) == [0, 1, 0, 1]


@pytest.mark.parametrize(
    "text",
    [
        '{"2021-03-01": [[0.1',
        '{"2021-03-01": [[], []]}',
        '{"2021-03-01": 3}',
        '{"2021-03-01": [3]}',
        '{"2021-03-01": {"a": [1]}}',
    ],
)
def test_a_damaged_result_is_a_fault(tmp_path, text):
    (tmp_path / "timeseries.json").write_text(text)
    assert "cannot be read as a table" in fault(tmp_path / "timeseries.json", "table")
