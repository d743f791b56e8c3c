"""No file of a dialect ends in a traceback, however it is cut or altered."""

import json

import pytest

from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import FileOptions
from engine.studies.ingest.readers import read_columns, read_layers
from tests.studies.ingest.dialects.reading import squares

CODED = {"EC_hcat_n": ["rye"] * 3, "OBJECTID": [1, 2, 3]}
FIBOA = {"id": ["1", "2", "3"], "crop:name": ["rye"] * 3}
REFERENCE = {"sample_id": ["1", "2", "3"], "ewoc_code": [1101060000] * 3, "valid_time": ["2021-06-01"] * 3}
FILES = {
    "eurocrops.shp": lambda path: squares(**CODED).to_file(path),
    "eurocrops.gpkg": lambda path: squares(**CODED).to_file(path),
    "register.geojson": lambda path: squares(gewas=["a"] * 3, gewascode=[1] * 3, id=[1, 2, 3]).to_file(path),
    "fiboa.parquet": lambda path: squares(**FIBOA).to_parquet(path),
    "fiboa.geojson": lambda path: squares(**FIBOA).to_file(path),
    "reference.parquet": lambda path: squares(**REFERENCE).to_parquet(path),
    "sits.csv": lambda path: path.write_text(
        "id,longitude,latitude,start_date,end_date,label\n1,-55.6,-11.7,2013-09-14,2014-08-29,Soy\n"
    ),
    "openeo.csv": lambda path: path.write_text("date,feature_index,avg(VV)\n2021-03-01,0,-10\n"),
    "openeo.json": lambda path: path.write_text('{"2021-03-01": [[1, 2], []]}'),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_cut_is_read_or_a_fault(tmp_path, name):
    path = tmp_path / name
    FILES[name](path)
    whole = path.read_bytes()
    for share in (0.02, 0.3, 0.6, 0.95):
        path.write_bytes(whole[: int(share * len(whole))])
        for read in (read_layers, read_columns):
            findings = Findings()
            assert (read(path, FileOptions(), findings) is None) == bool(findings.faults)


ODD = [
    {"type": "FeatureCollection", "features": [{"id": 1}]},
    {"type": "FeatureCollection", "features": [{"id": 1, "properties": {"crop:code": 1}, "geometry": 3}]},
    {"type": "FeatureCollection", "features": [{"id": 1, "properties": ["crop:code"], "geometry": None}, 7]},
    {"type": "FeatureCollection", "features": [7]},
    {"type": "FeatureCollection", "features": {"a": 1}},
    {
        "type": "FeatureCollection",
        "features": [{"properties": {"gewas": 1, "gewascode": {"a": 1}}, "geometry": None}],
    },
    {"data": [{"interval": 3, "outputs": {}}]},
    {"data": [3]},
    {"data": [{"interval": {"from": "2021"}, "outputs": {"a": {"bands": {"b": None}}}}]},
    {"identifier": "a", "response": 3},
    {"2021-03-01": [{"a": 1}]},
    {"2021-03-01": [["a"], [None]]},
    [],
    {},
]


@pytest.mark.parametrize("content", ODD, ids=str)
def test_json_of_another_shape_is_read_or_a_fault(tmp_path, content):
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(content))
    for read in (read_layers, read_columns):
        findings = Findings()
        assert (read(path, FileOptions(), findings) is None) == bool(findings.faults)
