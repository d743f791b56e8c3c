"""Sound foreign tables become a study."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from engine.domain import CROP_COLOURS, Departure
from engine.studies.ingest import IngestRequest, ingest
from engine.studies.ingest.legend import colour
from engine.studies.parcels_file import COLUMNS
from engine.studies.store import open_study, save_study
from tests.studies.ingest.foreign import CROPS, DAYS, PARCELS, ingested, parcels, series


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


def test_an_id_in_two_seasons_is_one_field_where_it_lies_at_one_place(tmp_path):
    frame, table = parcels(), series()
    frame["parcel_id"], table["parcel_id"] = frame["parcel_id"].str[-1], table["parcel_id"].str[-1]
    here = list(frame.geometry[:PARCELS])
    moved = [shape if row else translate(shape, xoff=0.1) for row, shape in enumerate(here)]
    frame = frame.set_geometry([*here, *moved], crs=4326)
    made = ingested(tmp_path, frame, table.drop(columns="season"))
    assert made.study.parcels["field_group"].nunique() == PARCELS + 1
    assert len(made.study.parcels) == 2 * PARCELS
    assert any("1 ids stand for parcels that lie apart" in note for note in made.notes)


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
    assert [colour(code) for code in range(9)] == list(CROP_COLOURS)


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
