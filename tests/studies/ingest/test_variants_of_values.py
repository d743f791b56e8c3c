"""Values in other units and places in other systems are one fault, whose changes lead to the right study."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPoint, Point

from engine.domain import Departure
from engine.studies.ingest import ingest
from tests.studies.ingest.foreign import parcels
from tests.studies.ingest.variants import cured, faults, optical, plain, same, values, written


def of(table, year):
    return (table["season"] == year).to_numpy()


def ndvi():
    return (
        plain().drop(columns="VH").rename(columns={"VV": "NDVI"}).assign(NDVI=lambda t: 0.5 + t["NDVI"] / 100)
    )


def where(table, rows, **bands):
    return table.assign(**{band: np.where(rows, change, table[band]) for band, change in bands.items()})


def raised(table, amount, *bands):
    return where(table, of(table, 2020), **{band: table[band] + amount for band in bands})


def power(table):
    return 10 ** (table / 10)


UNITS = {
    "one band in linear power": (plain, lambda t: t.assign(VV=power(t["VV"]))),
    "one band of a season in linear power": (plain, lambda t: where(t, of(t, 2020), VV=power(t["VV"]))),
    "dB times 100": (plain, lambda t: t.assign(VV=t["VV"] * 100, VH=t["VH"] * 100)),
    "dB without its sign": (plain, lambda t: t.assign(VV=-t["VV"], VH=-t["VH"])),
    "one of two seasons brighter": (plain, lambda t: raised(t, 8, "VV", "VH")),
    "an index times 10,000": (ndvi, lambda t: t.assign(NDVI=t["NDVI"] * 1e4)),
    "an index in percent": (ndvi, lambda t: t.assign(NDVI=t["NDVI"] * 100)),
    "an index times 10,000 in a season": (ndvi, lambda t: where(t, of(t, 2020), NDVI=t["NDVI"] * 1e4)),
    "an offset of all bands": (optical, lambda t: raised(t, 1000, "B02", "B04", "B08")),
    "an offset of one band": (optical, lambda t: raised(t, 1000, "B04")),
}


@pytest.mark.parametrize(("table", "change"), UNITS.values(), ids=UNITS)
def test_other_units_have_changes_that_give_the_right_study(tmp_path, table, change):
    right = ingest(written(tmp_path, table=table()))
    asked = written(tmp_path, table=change(table()))
    found = faults(asked)
    assert found
    assert len({name for fault in found for name in fault.changes}) == 1
    result, medians = values(ingest(cured(asked))), values(right)
    assert result.keys() == medians.keys()
    tolerance = 0.5 if "offsets" in found[0].changes and table is plain else 0.05  # of noisy medians
    assert all(np.allclose(result[key], medians[key], atol=tolerance, rtol=1e-3) for key in medians)


def test_a_season_that_is_all_out_of_range_is_not_offered_to_be_dropped(tmp_path):
    table = plain()
    table = where(table, of(table, 2020), VV=np.round(10 ** ((table["VV"] + 83) / 20)))
    (fault,) = faults(written(tmp_path, table=table))
    assert "drop" not in fault.cure
    assert not fault.changes


SPLIT = {
    "in linear power": (plain, lambda t: t.assign(VV=power(t["VV"]), VH=power(t["VH"]))),
    "with another scale": (
        optical,
        lambda t: t.assign(B02=t["B02"] / 1e4, B04=t["B04"] / 1e4, B08=t["B08"] / 1e4),
    ),
    "brighter": (plain, lambda t: t.assign(VV=t["VV"] + 8, VH=t["VH"] + 8)),
}


@pytest.mark.parametrize(("table", "change"), SPLIT.values(), ids=SPLIT)
def test_a_file_that_is_unlike_the_others_is_named_and_cured_alone(tmp_path, table, change):
    whole = table()
    part = whole["parcel_id"].str[-1] < "4"
    whole[~part].to_csv(tmp_path / "a.csv", index=False)
    change(whole[part]).to_csv(tmp_path / "b.csv", index=False)
    asked = replace(written(tmp_path), series=(tmp_path / "a.csv", tmp_path / "b.csv"))
    (fault,) = faults(asked)
    assert any(f"{name}.csv" in str(fault) for name in "ab")
    assert len(values(ingest(cured(asked)))) == 18


@pytest.mark.parametrize("bands", [("B02", "B04", "B08"), ("blue", "red", "nir")])
def test_a_few_zeros_are_no_reflectance_by_number_or_by_colour(tmp_path, bands):
    table = optical(bands)
    table.loc[::60, list(bands)] = 0
    (fault,) = faults(written(tmp_path, table=table))
    assert fault.changes == {"no_data": (0.0,)}


def test_two_zeros_in_decibels_are_gaps(tmp_path):
    table = plain()
    table.loc[[3, 50], "VV"] = 0.0
    (fault,) = faults(written(tmp_path, table=table))
    assert fault.changes == {"no_data": (0.0,)}


def test_calendar_years_of_ids_new_each_year_are_found_before_half_of_a_season_is_dropped(tmp_path):
    table = plain()
    table["date"] = table["date"] - np.timedelta64(151, "D")  # from the first of October
    right = ingest(written(tmp_path, table=table, window=("10-01", "05-31")))
    asked = written(
        tmp_path,
        table=table.assign(season=table["date"].dt.year),
        window=("10-01", "05-31"),
        drop_faulty=True,
    )
    (fault,) = faults(asked)
    assert fault.changes == {"season_from": "date"}
    assert same(ingest(replace(asked, season_from="date", drop_faulty=False)), right)


def test_rows_without_id_or_date_may_be_dropped(tmp_path):
    table = plain()
    table["date"] = table["date"].astype(str)
    table.loc[3, "date"], table.loc[40, "parcel_id"] = "", None
    asked = written(tmp_path, table=table)
    assert [fault.changes for fault in faults(asked)] == [{"drop_faulty": True}] * 2
    assert len(ingest(cured(asked)).study.parcels) == 18


def in_metres(frame):
    return frame.to_crs(32634)


PLACES = {
    "degrees said to be metres": lambda frame: frame.set_crs(32634, allow_override=True),
    "metres said to be degrees": lambda frame: in_metres(frame).set_crs(4326, allow_override=True),
    "no CRS, degrees": lambda frame: gpd.GeoDataFrame(
        frame.drop(columns="geometry"), geometry=list(frame.geometry)
    ),
    "the first one turned": lambda frame: frame.set_geometry(
        [shapely.transform(frame.geometry[0], lambda c: c[:, ::-1]), *frame.geometry[1:]], crs=4326
    ),
}


@pytest.mark.parametrize("kind", PLACES)
def test_parcels_in_another_system_have_changes_that_place_them(tmp_path, kind):
    right = ingest(written(tmp_path)).study.parcels
    PLACES[kind](parcels()).to_parquet(tmp_path / "p.parquet")
    departure = None if kind == "the first one turned" else Departure(19.04, 45.5)
    asked = written(tmp_path, parcels=(tmp_path / "p.parquet",), departure=departure)
    assert len(faults(asked)) == 1
    placed = ingest(cured(asked)).study.parcels
    assert np.allclose(placed[["lon", "lat"]], right[["lon", "lat"]], atol=1e-5)


def test_without_a_departure_no_zone_is_guessed(tmp_path):
    in_metres(parcels()).set_crs(4326, allow_override=True).to_parquet(tmp_path / "p.parquet")
    (fault,) = faults(written(tmp_path, parcels=(tmp_path / "p.parquet",)))
    assert not fault.changes


def test_shapes_of_other_kinds_are_the_polygons_and_points_in_them(tmp_path):
    frame = parcels()
    outline = frame.geometry[3]
    frame.loc[3, "geometry"] = GeometryCollection([outline, LineString([(19, 45), (19.01, 45)])])
    frame.loc[4, "geometry"] = MultiPoint([frame.geometry[4].centroid])
    study = ingest(written(tmp_path, frame)).study
    assert study.parcels.geometry.geom_type.value_counts().to_dict() == {"Polygon": 17, "Point": 1}


def test_a_point_at_zero_zero_is_no_place(tmp_path):
    frame = parcels()
    frame.loc[3, "geometry"] = Point(0, 0)
    (fault,) = faults(written(tmp_path, frame))
    assert fault.names == ("p2019-3",)


@pytest.mark.parametrize("form", ["wkt", "wkb", "hex"])
def test_outlines_may_be_any_column_of_a_plain_parquet_table(tmp_path, form):
    frame = parcels()
    cells = {"wkt": frame.to_wkt, "wkb": frame.to_wkb, "hex": lambda: frame.to_wkb(hex=True)}[form]()
    cells.to_parquet(tmp_path / "p.parquet")
    asked = written(tmp_path, parcels=(tmp_path / "p.parquet",))
    assert same(ingest(cured(asked)), ingest(written(tmp_path)))


def test_of_two_geometries_the_active_one_counts(tmp_path):
    frame = parcels()
    frame.assign(centre=frame.geometry.representative_point()).set_geometry("centre").to_parquet(
        tmp_path / "p.parquet"
    )
    assert len(ingest(written(tmp_path, parcels=(tmp_path / "p.parquet",))).study.parcels) == 18


@pytest.mark.parametrize(
    ("head", "word"), [(b"PK\x03\x04", "ZIP"), (b"\x1f\x8b", "gzip"), (b"\xd0\xcf\x11\xe0", "Excel")]
)
def test_a_file_of_another_kind_is_named_with_what_to_do(tmp_path, head, word):
    asked = written(tmp_path)
    asked.series[0].write_bytes(head + bytes(60))
    (fault,) = faults(asked)
    assert word in fault.what


def test_wrong_letters_in_a_file_of_one_encoding_are_merged_away(tmp_path):
    frame = parcels()
    frame["crop"] = frame["crop"].replace("maize", "Zuckerr\u00c3\u00bcben")
    assert "Zuckerr\u00fcben" in ingest(cured(written(tmp_path, frame))).study.legend.names
