"""fiboa: fields with crops by name, in HCAT before English before their own language."""

import json

import pandas as pd

from tests.studies.ingest.dialects.reading import as_parcels, reader_of, squares


def test_a_geoparquet_of_fiboa_gives_names_of_hcat_and_the_day(tmp_path):
    table = squares(
        **{
            "id": ["1", "2", "3"],
            "determination:datetime": pd.to_datetime(["2023-05-15T00:00:00Z"] * 3),
            "crop:code": ["2014"] * 3,
            "crop:name": ["Aardappelen"] * 3,
            "hcat:name": ["potatoes"] * 3,
            "collection": ["nl_crop"] * 3,
        }
    )
    table.to_parquet(tmp_path / "nl.parquet")
    frame = as_parcels(tmp_path / "nl.parquet")
    assert reader_of(tmp_path / "nl.parquet") == "fiboa"
    assert list(frame["parcel_id"]) == ["1", "2", "3"]
    assert set(frame["crop"]) == {"potatoes"}
    assert set(frame["season"]) == {"2023-05-15"}


def test_in_geojson_the_id_is_of_the_feature_and_new_year_stands_for_the_year(tmp_path):
    crops = {"crop:name_en": ["rye"] * 3, "crop:code": ["7"] * 3}
    features = json.loads(squares(determination_datetime=["2021-01-01T00:00:00Z"] * 3, **crops).to_json())
    for number, feature in enumerate(features["features"]):
        feature["id"] = f"DE{number}"
    (tmp_path / "de.json").write_text(json.dumps(features))
    frame = as_parcels(tmp_path / "de.json")
    assert list(frame["parcel_id"]) == ["DE0", "DE1", "DE2"]
    assert set(frame["season"]) == {"2021"}
    assert set(frame["crop"]) == {"rye"}


def test_without_names_the_code_of_hcat_is_named_and_another_stays(tmp_path):
    table = squares(**{"id": [1, 2, 3], "hcat:code": [3301060500] * 3, "crop:code": ["SFL"] * 3})
    table.to_parquet(tmp_path / "a.parquet")
    assert set(as_parcels(tmp_path / "a.parquet")["crop"]) == {"sunflower"}
    table.drop(columns="hcat:code").to_parquet(tmp_path / "b.parquet")
    frame = as_parcels(tmp_path / "b.parquet")
    assert set(frame["crop"]) == {"SFL"}
    assert "season" not in frame


def test_an_ordinary_geojson_with_ids_of_features_is_not_fiboa(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(squares(parcel_id=[1, 2, 3], crop=["a"] * 3).to_json())
    assert reader_of(path) == "GeoJSON"
