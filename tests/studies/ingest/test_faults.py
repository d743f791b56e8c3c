"""All faults of foreign tables are listed at once, and nothing is written."""

from __future__ import annotations

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from engine.studies.ingest import IngestError, IngestRequest, ingest
from tests.studies.ingest.foreign import PARCELS, ingested, parcels, request, series


def unstated_crs(frame):
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=list(frame.geometry))


def with_shape(frame, shape, row=0):
    frame.loc[row, "geometry"] = shape
    return frame


def with_value(frame, column, value, rows):
    if frame[column].dtype != type(value):
        frame[column] = frame[column].astype(object)
    frame.loc[rows, column] = value
    return frame


BOW_TIE = Polygon([(19, 45), (19.001, 45.001), (19.001, 45), (19, 45.001)])

PARCEL_FAULTS = {
    "a missing column": (lambda p: p.drop(columns="crop"), "lacks the columns crop; it has parcel_id"),
    "no crop at all": (lambda p: p.assign(crop="n/a"), r"No parcel has a crop \(18 parcels\).*--rename"),
    "no id": (lambda p: with_value(p, "parcel_id", None, 4), r"without parcel_id: 1 \(row 5\)"),
    "an id twice": (
        lambda p: with_value(p, "parcel_id", "p2019-0", 1),
        r"named twice in a season, at different places: 1 \(p2019-0\)",
    ),
    "a season that is no year": (lambda p: p.assign(season="spring"), r"not a year \(spring\): 18"),
    "no geometry": (lambda p: with_shape(p, None), r"without geometry: 1 \(p2019-0\)"),
    "an empty geometry": (lambda p: with_shape(p, Polygon()), r"without geometry: 1 \(p2019-0\)"),
    "an invalid geometry": (lambda p: with_shape(p, BOW_TIE), "cannot be repaired safely: 1"),
    "a line": (lambda p: with_shape(p, LineString([(19, 45), (20, 46)])), "neither polygons nor points: 1"),
    "no CRS": (unstated_crs, "does not state its coordinate reference system.*--crs EPSG:4326"),
    "a wrong CRS": (
        lambda p: p.to_crs(32634).set_crs(4326, allow_override=True),
        "off the globe when read as EPSG:4326: 18",
    ),
    "one class only": (
        lambda p: with_value(p, "crop", "maize", p["season"] == 2019),
        r"Season 2019 has one class only \(maize\)",
    ),
    "no rows": (lambda p: p[:0], "holds no parcels"),
    "a parcel too many": (
        lambda p: gpd.GeoDataFrame(pd.concat([p, p[:1].assign(parcel_id="new")]), crs=4326),
        r"Parcels without series: 1 \(new \(2019\)\)",
    ),
    "a parcel too few": (lambda p: p[1:], r"Series without parcels: 1 \(p2019-0 \(2019\)\)"),
}


@pytest.mark.parametrize("fault", PARCEL_FAULTS.values(), ids=PARCEL_FAULTS)
def test_a_fault_of_the_parcels_is_found(tmp_path, fault):
    change, complaint = fault
    with pytest.raises(IngestError, match=complaint):
        ingested(tmp_path, change(parcels()), series())


def first_parcel(table):
    return (table["parcel_id"] == "p2019-0") & (table["pixel_id"] == 0)


def first_season(table):
    return table["season"] == 2019


SERIES_FAULTS = {
    "no parcel_id": (lambda s: s.drop(columns="parcel_id"), "lacks the columns parcel_id; it has pixel_id"),
    "no date": (lambda s: s.drop(columns="date"), "lacks the columns date.*each date is a column"),
    "no numbers": (lambda s: s.drop(columns=["VV", "VH"]), "no column of numbers"),
    "text in a band": (lambda s: s.assign(VV="high"), r'not numbers, such as "high": 1 \(VV\)'),
    "dates nobody can read": (
        lambda s: s.assign(date=s["date"].dt.strftime("week %W")),
        "have a date that cannot be read, for example week 08",
    ),
    "a season that is no year": (lambda s: s.assign(season="x"), r"not a year: 1 \(x\)"),
    "NaN only": (
        lambda s: s.where(~first_parcel(s), s.assign(VV=np.nan, VH=np.nan)),
        r"NaN-only series \(no value at all\): 1 \(p2019-0 \(2019\) pixel 0\)",
    ),
    "NaN only in a band": (
        lambda s: s.where(~first_parcel(s), s.assign(VH=np.nan)),
        r"NaN-only in VH: 1 \(p2019-0 \(2019\) pixel 0\)",
    ),
    "nothing in the window": (
        lambda s: s.assign(date=s["date"] - pd.to_timedelta(first_parcel(s) * 250, "D")),
        r"nothing in the window: 1 \(p2019-0 \(2019\) pixel 0\)",
    ),
    "dB too high": (lambda s: with_value(s, "VV", 11.0, 0), r"1 values of VV outside -50 to 10 \(such as 11"),
    "dB too low": (
        lambda s: with_value(s, "VH", -9999.0, 0),
        "-9999 looks like a code for no data.*--no-data -9999",
    ),
    "linear power": (lambda s: s.assign(VV=0.1), "VV has no negative value"),
    "a scaled index": (lambda s: s.assign(NDVI=6000.0), r"values of NDVI outside -1 to 1.*0\.0001"),
    "a band missing in a season": (
        lambda s: s.assign(VH=s["VH"].where(~first_season(s))),
        r"without any value of VH, so that the seasons cannot be joined: 1 \(2019\)",
    ),
    "half a window": (
        lambda s: s[~first_season(s) | (s["date"].dt.month < 5)],
        "Season 2019 is observed in 3.% of the window.*cannot be joined",
    ),
    "no rows": (lambda s: s[:0], "holds no rows"),
}


@pytest.mark.parametrize("fault", SERIES_FAULTS.values(), ids=SERIES_FAULTS)
def test_a_fault_of_the_series_is_found(tmp_path, fault):
    change, complaint = fault
    with pytest.raises(IngestError, match=complaint):
        ingested(tmp_path, parcels(), change(series()))


REQUEST_FAULTS = {
    "an unknown class": ({"keep": ("wheat", "hemp")}, r"that no parcel has: 1 \(hemp\). There are maize"),
    "a rest of nothing": ({"rest": "other"}, "none is kept"),
    "an unknown season": ({"seasons": ("1999",)}, r"Seasons without parcels: 1 \(1999\). There are 2019"),
    "an unknown band": ({"bands": ("HH",)}, r"Bands that no table has: 1 \(HH\). There are VV, VH"),
    "an impossible window": ({"window": ("02-30", "10-31")}, "not a day of every year"),
    "a step of nothing": ({"step": 0}, "step of 0 days"),
    "a step beyond the window": ({"step": 400}, "step of 400 days"),
    "two columns of one name": ({"rename": {"VV": "VH"}}, r"has twice: 1 \(VH\)"),
}


@pytest.mark.parametrize("fault", REQUEST_FAULTS.values(), ids=REQUEST_FAULTS)
def test_a_fault_of_the_request_is_found(tmp_path, fault):
    changes, complaint = fault
    with pytest.raises(IngestError, match=complaint):
        ingested(tmp_path, parcels(), series(), **changes)


def test_an_unknown_crs_is_found(tmp_path):
    with pytest.raises(IngestError, match='reference system "EPSG:1" is unknown'):
        ingested(tmp_path, unstated_crs(parcels()), series(), crs="EPSG:1")


@pytest.mark.parametrize("name", ["p.parquet", "p.gpkg", "p.shp", "p.geojson"])
@pytest.mark.parametrize("content", [b"", b"not a map"])
def test_damaged_maps_are_found(tmp_path, name, content):
    asked = request(tmp_path, parcels(), series())
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IngestError, match="cannot be read as a map"):
        ingest(IngestRequest((tmp_path / name,), asked.series, "Try"))


@pytest.mark.parametrize("name", ["s.parquet", "s.csv"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01"])
def test_damaged_tables_are_found(tmp_path, name, content):
    asked = request(tmp_path, parcels(), series())
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IngestError, match=f"{name}"):
        ingest(IngestRequest(asked.parcels, (tmp_path / name,), "Try"))


def test_missing_files_are_found_together(tmp_path):
    with pytest.raises(IngestError) as caught:
        ingest(IngestRequest((tmp_path / "p.shp",), (tmp_path / "s.csv",), "Try"))
    assert [fault.what.split()[0:4] for fault in caught.value.faults] == [["There", "is", "no", "file"]] * 2


def broken_files():
    """Parcels and series with eight faults between them."""
    frame = with_shape(with_shape(parcels(), BOW_TIE, row=0), None, row=1)
    frame = with_value(frame, "parcel_id", "p2019-2", 3)
    frame = with_value(frame, "crop", "maize", frame["season"] == 2020)
    table = series()
    table = table[table["parcel_id"] != "p2019-5"]
    table = with_value(table, "VV", 99.0, table["parcel_id"] == "p2019-6")
    table.loc[table["parcel_id"] == "p2019-7", ["VV", "VH"]] = np.nan
    return frame, table


def test_all_faults_are_listed_at_once(tmp_path):
    with pytest.raises(IngestError) as caught:
        ingested(tmp_path, *broken_files())
    text = str(caught.value)
    for what in (
        "invalid geometry",
        "without geometry",
        "named twice",
        "one class only",
        "Parcels without series",
        "Series without parcels",
        "outside -50 to 10",
        "NaN-only",
    ):
        assert what in text
    assert text.startswith(f"{len(caught.value.faults)} faults were found; nothing was written.")
    assert all(fault.cure.endswith(".") and fault.count >= 1 for fault in caught.value.faults)


def test_a_fault_names_the_first_three_and_counts_all(tmp_path):
    with pytest.raises(IngestError) as caught:
        ingested(tmp_path, parcels(), series().query("parcel_id > 'p2019-5'"))
    (fault,) = caught.value.faults
    assert (fault.count, len(fault.examples)) == (6, 3)
    assert "6 (p2019-0 (2019), p2019-1 (2019), p2019-2 (2019), ...)" in str(fault)


def test_an_ingest_error_travels_between_processes(tmp_path):
    with pytest.raises(IngestError) as caught:
        ingested(tmp_path, *broken_files())
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_bad_files_change_nothing_on_disk(tmp_path):
    asked = request(tmp_path, *broken_files())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(IngestError):
        ingest(asked)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_faulty_parcels_are_dropped_on_demand_and_named(tmp_path):
    frame, table = broken_files()
    frame = frame.drop(index=3)  # a name given twice has no owner to drop
    frame["crop"] = parcels()["crop"]
    result = ingested(tmp_path, frame, table, drop_faulty=True)
    left = set(result.study.parcels["parcel_id"])
    assert {f"p2019-{i}" for i in range(PARCELS)} & left == {"p2019-2", "p2019-4", "p2019-8"}
    text = " ".join(result.notes)
    for name in ("p2019-0", "p2019-1", "p2019-3", "p2019-5", "p2019-6", "p2019-7"):
        assert name in text
    assert list(result.study.parcels.index) == list(range(len(left)))


def test_a_season_emptied_by_dropping_is_a_fault(tmp_path):
    table = series()
    table.loc[table["season"] == 2019, "VV"] = 99.0
    with pytest.raises(IngestError, match=r"nothing is left: 1 \(2019\)"):
        ingested(tmp_path, parcels(), table, drop_faulty=True)


def test_points_and_multipolygons_pass_side_by_side(tmp_path):
    frame = with_shape(parcels(), Point(19, 45))
    frame = with_shape(frame, MultiPolygon([frame.geometry[1], box(19.5, 45.0, 19.501, 45.001)]), row=1)
    assert len(ingested(tmp_path, frame, series()).study.parcels) == 2 * PARCELS
