"""Foreign tables become a study, or all their faults are listed at once and nothing is written."""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from engine.domain import Departure
from engine.studies.ingest.assemble import IngestError, IngestRequest, ingest
from engine.studies.ingest.legend import COLOURS, colour
from engine.studies.store import COLUMNS, open_study, save_study
from tests.studies.foreign import CROPS, DAYS, PARCELS, ingested, parcels, request, series

# Sound files ----------------------------------------------------------------------------------------


def test_a_long_table_becomes_a_study(tmp_path):
    table = series()
    study = ingested(tmp_path, parcels(), table).study
    cube = study.cubes["2020"]
    assert tuple(study.parcels.columns) == COLUMNS
    assert study.parcels.crs == "EPSG:4326"
    assert [season.label for season in study.seasons] == ["2019", "2020"]
    assert cube.values.shape == (PARCELS * 2, 2, 21)
    np.testing.assert_array_equal(cube.days, np.arange(21) * 12)
    assert cube.bands == ("VV", "VH")
    assert set(study.parcels["season"].iloc[cube.parcel]) == {"2020"}
    mine = table[(table["parcel_id"] == "p2020-3") & (table["pixel_id"] == 1)]
    row = int(np.flatnonzero(study.parcels["parcel_id"] == "p2020-3")[0])
    np.testing.assert_allclose(
        cube.values[cube.parcel == row][1, :, : len(DAYS)], mine[["VV", "VH"]].to_numpy().T, rtol=1e-5
    )


def test_areas_and_centroids_are_measured_on_the_ground(tmp_path):
    row = ingested(tmp_path, parcels(), series()).study.parcels.iloc[0]
    assert row["area_ha"] == pytest.approx(1.0, rel=0.02)
    assert (row["lon"], row["lat"]) == pytest.approx((19.000635, 45.00045), abs=1e-6)


def test_what_is_ingested_survives_saving(tmp_path):
    result = ingested(tmp_path, parcels(), series())
    back = open_study(save_study(result.study, tmp_path / "out", missing=result.missing))
    assert back.fingerprint == result.study.fingerprint
    for label, cube in result.study.cubes.items():
        np.testing.assert_array_equal(back.cubes[label].values, cube.values)


def test_the_same_files_give_the_same_fingerprint(tmp_path):
    first = ingested(tmp_path, parcels(), series()).study
    second = ingested(tmp_path, parcels(), series(), name="Else", departure=Departure(1, 2)).study
    assert first.fingerprint == second.fingerprint


def write_map(path, frame):
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path


@pytest.mark.filterwarnings("ignore:Column names longer", "ignore:Normalized/laundered")
@pytest.mark.parametrize("suffix", [".parquet", ".gpkg", ".shp", ".geojson"])
def test_parcels_come_in_four_formats(tmp_path, suffix):
    reference = ingested(tmp_path, parcels().assign(field_group="same"), series()).study
    path = write_map(tmp_path / f"map{suffix}", parcels().assign(field_group="same"))
    study = ingest(IngestRequest((path,), (tmp_path / "s.parquet",), "Try", step=12)).study
    assert set(study.parcels["field_group"]) == {"same"}
    tables = (pd.DataFrame(frame.drop(columns="geometry")) for frame in (study.parcels, reference.parcels))
    pd.testing.assert_frame_equal(*tables, rtol=1e-6)


def test_parcels_come_in_any_projection(tmp_path):
    plain = ingested(tmp_path, parcels(), series()).study
    projected = ingested(tmp_path, parcels().to_crs("EPSG:32634"), series()).study
    np.testing.assert_allclose(projected.parcels["lon"], plain.parcels["lon"], atol=1e-9)


def wide(table, name="{band}_{date:%Y-%m-%d}", bands=("VV", "VH")):
    """The same series as one row a pixel, one column a date."""
    rows = []
    for (parcel, pixel, season), group in table.groupby(["parcel_id", "pixel_id", "season"]):
        row = {"parcel_id": parcel, "pixel_id": pixel, "season": season}
        for band in bands:
            row |= {
                name.format(band=band, date=d): v for d, v in zip(group["date"], group[band], strict=True)
            }
        rows.append(row)
    return pd.DataFrame(rows)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("shape", ["long", "{band}_{date:%Y-%m-%d}", "{band}_{date:%Y%m%d}"])
def test_series_come_long_and_wide_as_csv_and_parquet(tmp_path, suffix, shape):
    reference = ingested(tmp_path, parcels(), series()).study
    table = series() if shape == "long" else wide(series(), shape)
    path = tmp_path / f"table{suffix}"
    table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path)
    study = ingest(IngestRequest((tmp_path / "p.parquet",), (path,), "Try", step=12)).study
    for label, cube in reference.cubes.items():
        np.testing.assert_allclose(study.cubes[label].values, cube.values, atol=1e-4)
        np.testing.assert_array_equal(study.cubes[label].parcel, cube.parcel)


@pytest.mark.parametrize("name", ["{date:%Y-%m-%d}", "{date:%Y%m%d}"])
def test_a_wide_table_of_dates_alone_takes_the_name_given(tmp_path, name):
    table = wide(series(), name, bands=("VV",)).drop(columns=["pixel_id", "season"])
    study = ingested(tmp_path, parcels(), table, band="VV").study
    assert study.cubes["2019"].bands == ("VV",)
    assert study.cubes["2019"].values.shape == (PARCELS * 2, 1, 21)
    assert "does not name its band" in " ".join(ingested(tmp_path, parcels(), table).notes)


def test_seasons_may_lie_in_files_of_their_own(tmp_path):
    reference = ingested(tmp_path, parcels(), series()).study
    for label in (2019, 2020):
        parcels()[parcels()["season"] == label].to_parquet(tmp_path / f"p{label}.parquet")
        series()[series()["season"] == label].to_csv(tmp_path / f"s{label}.csv", index=False)
    maps, tables = ([tmp_path / f"{kind}{label}" for label in (2019, 2020)] for kind in "ps")
    study = ingest(
        IngestRequest(
            tuple(path.with_suffix(".parquet") for path in maps),
            tuple(path.with_suffix(".csv") for path in tables),
            "Try",
            step=12,
        )
    ).study
    np.testing.assert_allclose(study.cubes["2020"].values, reference.cubes["2020"].values, atol=1e-4)


def test_season_and_pixel_id_may_be_left_out(tmp_path):
    table = series(pixels=1)
    reference = ingested(tmp_path, parcels(), table).study
    study = ingested(tmp_path, parcels(), table.drop(columns=["season", "pixel_id"])).study
    assert study.fingerprint == reference.fingerprint


def test_an_id_in_two_seasons_is_one_field(tmp_path):
    frame, table = parcels(), series()
    frame["parcel_id"], table["parcel_id"] = frame["parcel_id"].str[-1], table["parcel_id"].str[-1]
    study = ingested(tmp_path, frame, table.drop(columns="season")).study
    assert study.parcels["field_group"].nunique() == PARCELS
    assert len(study.parcels) == 2 * PARCELS


def test_ids_of_a_csv_keep_their_zeros(tmp_path):
    frame, table = parcels(), series()
    frame["parcel_id"], table["parcel_id"] = (
        "00" + f["parcel_id"].str[1:].str.replace("-", "") for f in (frame, table)
    )
    frame.to_parquet(tmp_path / "p.parquet")
    table.to_csv(tmp_path / "s.csv", index=False)
    study = ingest(IngestRequest((tmp_path / "p.parquet",), (tmp_path / "s.csv",), "Try")).study
    assert study.parcels["parcel_id"].iloc[0] == "0020190"


def test_columns_can_be_renamed(tmp_path):
    frame = parcels().rename(columns={"crop": "CULTURE"})
    study = ingested(
        tmp_path, frame, series().rename(columns={"VV": "x"}), rename={"CULTURE": "crop", "x": "VV"}
    ).study
    assert set(study.legend.names) == set(CROPS)
    assert study.cubes["2019"].bands == ("VV", "VH")


def test_other_numbers_are_not_bands_unless_named(tmp_path):
    table = series().assign(rain=1.0)
    result = ingested(tmp_path, parcels(), table)
    assert result.study.cubes["2019"].bands == ("VV", "VH")
    assert any("rain" in note for note in result.notes)
    named = ingested(tmp_path, parcels(), table, bands=("rain", "VV")).study
    assert named.cubes["2019"].bands == ("rain", "VV")


def test_the_step_follows_the_coarsest_season(tmp_path):
    table = series()
    coarse = table[(table["season"] == 2019) | (table["date"].dt.day_of_year % 24 == 13)]
    result = ingested(tmp_path, parcels(), coarse, step=None)
    assert result.study.cubes["2019"].days[1] == 24
    assert any("step is 24 days" in note for note in result.notes)


def test_the_share_of_empty_slots_is_reported(tmp_path):
    table = series()
    gone = (table["season"] == 2019) & table["date"].dt.month.isin([5])
    result = ingested(tmp_path, parcels(), table[~gone])
    assert result.missing["2019"] > result.missing["2020"] == pytest.approx(1 / 21)


def test_classes_are_kept_in_order_and_the_rest_is_merged(tmp_path):
    result = ingested(tmp_path, parcels(), series(), keep=("wheat",), rest="other")
    assert result.study.legend.names == ("wheat", "other")
    assert (result.study.parcels["crop"] == "other").sum() == 12
    assert any("Merged into other: 12 parcels" in note for note in result.notes)


def test_without_a_rest_other_classes_are_left_out(tmp_path):
    result = ingested(tmp_path, parcels(), series(), keep=("wheat", "maize"))
    assert result.study.legend.names == ("wheat", "maize")
    assert len(result.study.parcels) == 12
    assert any("Left out: 6 parcels of 1 classes (soybean 6)" in note for note in result.notes)


def test_colours_of_many_classes_stay_different():
    assert len({colour(code) for code in range(80)}) == 80
    assert [colour(code) for code in range(9)] == list(COLOURS)


def test_a_class_new_to_a_season_is_said_but_accepted(tmp_path):
    frame = parcels()
    frame.loc[(frame["season"] == 2020) & (frame["crop"] == "soybean"), "crop"] = "hemp"
    assert any("hemp" in note for note in ingested(tmp_path, frame, series()).notes)


def test_seasons_can_be_chosen(tmp_path):
    study = ingested(tmp_path, parcels(), series(), seasons=("2020",)).study
    assert [season.label for season in study.seasons] == ["2020"]


def test_parcels_on_the_same_ground_form_a_group(tmp_path):
    frame = parcels()
    shapes = list(frame.geometry)
    shapes[PARCELS] = shapes[0]  # the same outline in the season after
    west, south, east, north = shapes[1].bounds
    width = east - west
    shapes[PARCELS + 1] = box(west + 0.6 * width, south, east + 0.6 * width, north)  # 40 % in common
    west, south, east, north = shapes[2].bounds
    shapes[PARCELS + 2] = box(west + 0.8 * width, south, east + 0.8 * width, north)  # 20 % in common
    group = ingested(tmp_path, frame.set_geometry(shapes, crs=4326), series()).study.parcels["field_group"]
    same = [group[i] == group[PARCELS + i] for i in range(3)]
    assert same == [True, True, False]


def test_points_are_parcels_too(tmp_path):
    frame = parcels()
    frame["geometry"] = frame.geometry.representative_point()
    result = ingested(tmp_path, frame, series())
    assert (result.study.parcels["area_ha"] == 0).all()
    assert any("points" in note for note in result.notes)


def test_a_geometry_is_repaired_where_its_area_stays(tmp_path):
    frame = parcels()
    west, south, east, north = frame.geometry[0].bounds
    spiked = Polygon(  # goes out on a line and back
        [(west, south), (east, south), (east + 1e-3, south), (east, south), (east, north), (west, north)]
    )
    assert not spiked.is_valid
    frame.loc[0, "geometry"] = spiked
    result = ingested(tmp_path, frame, series())
    assert any("Repaired the geometry of 1 parcels (p2019-0)" in note for note in result.notes)
    assert result.study.parcels.geometry.is_valid.all()
    assert result.study.parcels.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()


def test_a_file_without_crs_takes_the_one_given(tmp_path):
    frame = gpd.GeoDataFrame(parcels().drop(columns="geometry"), geometry=list(parcels().geometry))
    assert ingested(tmp_path, frame, series(), crs="EPSG:4326").study.parcels.crs == "EPSG:4326"


def test_a_window_may_cross_the_new_year(tmp_path):
    table = series()
    table["date"] -= pd.Timedelta(150, "D")
    study = ingested(tmp_path, parcels(), table, window=("10-01", "05-31")).study
    assert f"{study.seasons[0].start}" == "2018-10-01"
    without = ingested(tmp_path, parcels(), table.drop(columns="season"), window=("10-01", "05-31")).study
    assert without.cubes["2020"].values.shape == study.cubes["2020"].values.shape


def test_a_few_series_that_lack_one_band_are_left_out_and_said(tmp_path):
    table = series(pixels=10)
    lacking = (table["parcel_id"] == "p2019-0") & (table["pixel_id"] == 3)
    table.loc[lacking, "VH"] = np.nan
    result = ingested(tmp_path, parcels(), table)
    assert len(result.study.cubes["2019"].parcel) == PARCELS * 10 - 1
    assert any("NaN-only in VH: 1 (p2019-0 (2019) pixel 3)" in note for note in result.notes)


# Faults, one by one ---------------------------------------------------------------------------------


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
    "no crop": (lambda p: with_value(p, "crop", None, 0), r"without crop: 1 \(p2019-0\)"),
    "no id": (lambda p: with_value(p, "parcel_id", None, 4), r"without parcel_id: 1 \(row 5\)"),
    "an id twice": (
        lambda p: with_value(p, "parcel_id", "p2019-0", 1),
        r"named twice in a season: 1 \(p2019-0\)",
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
    "text in a band": (lambda s: s.assign(VV="high"), r"not numbers: 1 \(VV\)"),
    "dates nobody can read": (
        lambda s: s.assign(date=s["date"].dt.strftime("%d/%m/%Y")),
        "have a date that cannot be read, for example 01/03/2019",
    ),
    "a season that is no year": (lambda s: s.assign(season="x"), r"not a year: 1 \(x\)"),
    "an observation twice": (lambda s: pd.concat([s, s[:1]]), "1 observations of a time they already have"),
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
    "dB too low": (lambda s: with_value(s, "VH", -9999.0, 0), "1 values of VH outside -50 to 10"),
    "linear power": (lambda s: s.assign(VV=0.1), "VV has no negative value"),
    "a scaled index": (lambda s: s.assign(NDVI=6000.0), "values of NDVI outside -1 to 1.*10000"),
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


# The WorldCereal format -----------------------------------------------------------------------------


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
    assert study.legend.names == ("1101000000", "1101000001", "1101000002")
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
