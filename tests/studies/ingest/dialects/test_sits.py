"""Samples of sits: points whose season ends in the year of the harvest."""

import pandas as pd

from tests.studies.ingest.dialects.reading import as_parcels, reader_of

ROWS = """id,longitude,latitude,start_date,end_date,label
1,-55.65931,-11.76267,2013-09-14,2014-08-29,Soy_Corn
2,-55.64833,-11.76385,2014-09-14,2015-08-29,Soy_Corn
7,-55.66738,-11.78032,2013-09-14,2014-08-29,Pasture
"""


def test_the_season_is_the_year_of_the_harvest_and_not_of_sowing(tmp_path):
    path = tmp_path / "samples.csv"
    path.write_text(ROWS)
    frame = as_parcels(path)
    assert reader_of(path) == "sits samples"
    assert list(frame["parcel_id"]) == ["1", "2", "7"]
    assert list(frame["season"]) == ["2014", "2015", "2014"]
    assert list(frame["crop"]) == ["Soy_Corn", "Soy_Corn", "Pasture"]
    assert frame.crs == "EPSG:4326"
    assert (frame.geometry.x[0], frame.geometry.y[0]) == (-55.65931, -11.76267)


def test_parquet_is_read_alike_and_samples_without_id_are_numbered(tmp_path):
    (tmp_path / "samples.csv").write_text(ROWS)
    table = pd.read_csv(tmp_path / "samples.csv", parse_dates=["start_date", "end_date"]).drop(columns="id")
    table.to_parquet(tmp_path / "samples.parquet")
    frame = as_parcels(tmp_path / "samples.parquet")
    assert list(frame["parcel_id"]) == [1, 2, 3]
    assert list(frame["season"]) == ["2014", "2015", "2014"]
