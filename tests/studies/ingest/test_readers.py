"""Every dialect is read, and no file makes another one open."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.studies.ingest import IngestError, IngestRequest, ingest
from tests.studies.ingest.foreign import DAYS, ingested, parcels, request, series


def worldcereal():
    """Amplitudes as numbers; the first sample's last time is not observed."""
    table = series(pixels=1)
    number = {band: np.round(10 ** ((table[band] + 83) / 20)).astype("uint16") for band in ("VV", "VH")}
    number["VV"].iloc[len(DAYS) - 1] = 65535
    place = parcels().set_index("parcel_id").geometry.centroid.loc[table["parcel_id"]]
    return pd.DataFrame(
        {
            "sample_id": table["parcel_id"],
            "timestamp": table["date"],
            "S1-SIGMA0-VV": number["VV"],
            "S1-SIGMA0-VH": number["VH"],
            "S2-L2A-B04": np.uint16(1000),
            "S2-L2A-B08": np.uint16(3000),
            "lon": place.x.to_numpy(),
            "lat": place.y.to_numpy(),
            "geometry": place.to_wkb().to_numpy(),
            "year": table["season"],
            "ewoc_code": table["parcel_id"].str[-1].astype(int) % 3 + 1101000000,
        }
    )


@pytest.mark.filterwarnings("ignore:Geometry is in a geographic CRS")
def test_a_worldcereal_file_is_parcels_and_series_in_one(tmp_path):
    path = tmp_path / "extraction.geoparquet"
    worldcereal().to_parquet(path)
    study = ingest(IngestRequest((path,), (path,), "Try", step=12)).study
    assert study.legend.names == ("cereals", "spring_cereals", "winter_cereals")
    cube = study.cubes["2019"]
    assert cube.bands == ("VV", "VH", "NDVI")
    np.testing.assert_allclose(cube.values[:, 2], 0.5, atol=1e-6)
    mine = series(pixels=1).query("parcel_id == 'p2019-0'")["VV"].to_numpy()
    np.testing.assert_allclose(cube.values[0, 0, : len(DAYS) - 1], mine[:-1], atol=0.01)
    assert cube.values[0, 0, len(DAYS) - 1] == cube.values[0, 0, len(DAYS) - 2]


def test_a_zipped_shapefile_is_read_like_the_shapefile(tmp_path):
    frame = parcels()
    (tmp_path / "map").mkdir()
    frame.to_file(tmp_path / "map" / "p.shp")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for path in (tmp_path / "map").iterdir():
            archive.write(path, path.name)
    made = ingested(tmp_path, frame, series())
    again = ingest(replace(request(tmp_path, frame, series()), parcels=(tmp_path / "p.zip",)))
    assert list(again.study.parcels["parcel_id"]) == list(made.study.parcels["parcel_id"])


POINTING_ELSEWHERE = {
    "vrt": '<OGRVRTDataSource><OGRVRTLayer name="p"><SrcDataSource>{other}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>",
    "wfs": "<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs</URL></OGRWFSDataSource>",
    "url": "http://127.0.0.1:9/parcels.geojson",
    "gdalg": '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read {other}"}}',
    "both": '{{"type": "FeatureCollection", "x": {{"type": "gdal_streamed_alg", "command_line": '
    '"gdal vector pipeline read {other}"}}, "features": []}}',
}


@pytest.mark.parametrize("kind", POINTING_ELSEWHERE)
@pytest.mark.parametrize("suffix", ["vrt", "geojson", "gpkg"])
def test_a_file_that_points_at_another_never_opens_it(tmp_path, kind, suffix):
    parcels().to_file(tmp_path / "secret.gpkg")
    path = tmp_path / f"pointing.{suffix}"
    path.write_text(POINTING_ELSEWHERE[kind].format(other=tmp_path / "secret.gpkg"))
    asked = replace(request(tmp_path, parcels(), series()), parcels=(path,))
    with pytest.raises(IngestError) as found:
        ingest(asked)
    assert "pointing" in str(found.value)
    assert "p2019-0" not in str(found.value)


def test_geojson_may_name_another_reference_system(tmp_path):
    frame = parcels()
    frame.to_crs(32634).to_file(tmp_path / "metres.geojson", RFC7946="NO")
    asked = replace(request(tmp_path, frame, series()), parcels=(tmp_path / "metres.geojson",))
    lon = ingest(asked).study.parcels["lon"].to_numpy()
    assert lon == pytest.approx(ingested(tmp_path, frame, series()).study.parcels["lon"].to_numpy())
