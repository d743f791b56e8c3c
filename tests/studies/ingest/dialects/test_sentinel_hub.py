"""Answers of Sentinel Hub's Statistical API, single and of a batch."""

import json

import numpy as np
import pytest

from tests.studies.ingest.dialects.reading import as_series, fault, reader_of


def stats(mean):
    return {"stats": {"min": 0.0, "max": 1.0, "mean": mean, "stDev": 0.1, "sampleCount": 9, "noDataCount": 0}}


def answer(*means, bands=("VV", "VH"), output="default"):
    return {
        "data": [
            {
                "interval": {
                    "from": f"2021-03-{day:02d}T00:00:00Z",
                    "to": f"2021-03-{day + 1:02d}T00:00:00Z",
                },
                "outputs": {
                    output: {"bands": {band: stats(mean) for band in bands}},
                    "dataMask": {"bands": {"B0": stats(1.0)}},
                },
            }
            for day, mean in zip((1, 13), means, strict=False)
        ],
        "status": "OK",
    }


def test_one_feature_is_named_by_its_file_and_nan_is_a_gap(tmp_path):
    path = tmp_path / "f17.json"
    path.write_text(json.dumps(answer(-10.5, "NaN")))
    table = as_series(path)
    assert reader_of(path, "series") == "Sentinel Hub statistics"
    assert list(table.columns) == ["parcel_id", "date", "VV", "VH"]
    assert set(table["parcel_id"]) == {"f17"}
    assert list(table["date"]) == ["2021-03-01T00:00:00Z", "2021-03-13T00:00:00Z"]
    np.testing.assert_array_equal(table["VV"], [-10.5, np.nan])


def test_a_band_without_a_name_is_called_as_its_output(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(answer(0.2, bands=("B0",), output="output_B04")))
    assert list(as_series(tmp_path / "a.json").columns) == ["parcel_id", "date", "output_B04"]
    (tmp_path / "b.json").write_text(json.dumps(answer(0.2, bands=("B0", "B1"), output="indices")))
    assert list(as_series(tmp_path / "b.json").columns)[2:] == ["indices_B0", "indices_B1"]
    (tmp_path / "c.json").write_text(json.dumps(answer(0.2, bands=("B04",))))
    assert list(as_series(tmp_path / "c.json").columns)[2:] == ["B04"]


@pytest.mark.parametrize("layout", ["lines", "list", "folder"])
def test_a_batch_names_features_by_their_identifier_and_failed_intervals_are_left_out(tmp_path, layout):
    first, second = answer(-10.0, -11.0), answer(-9.0, -8.0)
    second["data"][1] = {"interval": second["data"][1]["interval"], "error": {"type": "EXECUTION_ERROR"}}
    answers = [
        {"id": 1, "identifier": "SI21.FOI.1", "response": first},
        {"id": 2, "identifier": "SI21.FOI.2", "response": second},
        {"id": 3, "identifier": "SI21.FOI.3", "response": {"status": "FAILED"}},
    ]
    path = tmp_path / ("batch" if layout == "folder" else "batch.json")
    if layout == "folder":
        path.mkdir()
        for each in answers:
            (path / f"{each['id']}.json").write_text(json.dumps(each))
    elif layout == "list":
        path.write_text(json.dumps(answers))
    else:
        path.write_text("\n".join(json.dumps(each) for each in answers))
    table = as_series(path)
    assert list(table["parcel_id"]) == ["SI21.FOI.1", "SI21.FOI.1", "SI21.FOI.2"]
    assert list(table["VH"]) == [-10.0, -11.0, -9.0]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(answer(-10.5))[:-20],
        json.dumps(answer(-10.5)).replace('"mean"', '"median"'),
        json.dumps(answer(-10.5)) + "\n[1]",
        json.dumps(answer(-10.5)).replace('{"VV"', '[{"VV"').replace("}}}, ", "}}]}, ", 1),
    ],
)
def test_a_damaged_answer_is_a_fault(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    assert "cannot be read as a table" in fault(tmp_path / "a.json", "table")
