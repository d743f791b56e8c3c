"""Local images of known numbers give series of known values."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from engine.studies.extract import ExtractError, ExtractRequest, extract, raster
from engine.studies.extract import extraction as module
from engine.studies.ingest import IngestRequest, ingest
from tests.studies.extract.images import (
    NORTH,
    SIZE,
    WEST,
    constant,
    extracted,
    field,
    write_image,
    write_parcels,
)

FIELD = field(10, 10, 20, 20)


@pytest.fixture
def parcels(tmp_path):
    return write_parcels(tmp_path / "parcels.gpkg", [FIELD, field(35, 35, 20, 20)])


def pattern(folder, name="S1_{date}_{band}.tif"):
    return str(folder / "images" / name)


def test_constant_power_gives_its_decibels_on_every_pixel_and_day(tmp_path, parcels):
    for day in ("20210405", "20210417T051200"):
        write_image(tmp_path / "images" / f"S1_{day}_VV.tif", constant(0.1))
        write_image(tmp_path / "images" / f"S1_{day}_VH.tif", constant(0.01))
    write_image(tmp_path / "images" / "S1_5-4-2021_VV.tif", constant(0.9))
    table, made = extracted(parcels, tmp_path / "series.parquet", images=pattern(tmp_path))
    assert len(table) == made.rows == 2 * 50 * 2  # parcels, pixels, days
    assert list(table.columns[:4]) == ["parcel_id", "pixel_id", "season", "date"]
    np.testing.assert_allclose(table["VV"], -10, atol=1e-5)
    np.testing.assert_allclose(table["VH"], -20, atol=1e-5)
    assert sorted(table["date"].dt.strftime("%Y-%m-%d").unique()) == ["2021-04-05", "2021-04-17"]
    assert made.notes == ("Files whose names do not fit the pattern: 1 (S1_5-4-2021_VV.tif): left out.",)
    (season,) = made.seasons
    assert (season.parcels, season.pixels, season.dates, season.images) == (2, 100, 2, 2)
    assert season.masked == 0


def test_power_of_a_day_is_averaged_before_it_becomes_decibels(tmp_path, parcels):
    write_image(tmp_path / "images" / "S1_20210405_a_VV.tif", constant(0.1))
    write_image(tmp_path / "images" / "S1_20210405_b_VV.tif", constant(0.3))
    images = pattern(tmp_path, "S1_{date}_*_{band}.tif")
    table, made = extracted(parcels, tmp_path / "series.parquet", images=images)
    np.testing.assert_allclose(table["VV"], 10 * np.log10(0.2), atol=1e-5)
    assert made.seasons[0].images == 2


def test_decibels_are_averaged_as_power_and_a_wrong_unit_is_an_error_with_its_cure(tmp_path, parcels):
    for name, power in (("a", 0.1), ("b", 0.3)):
        write_image(tmp_path / "images" / f"S1_20210405_{name}_VV.tif", constant(10 * np.log10(power)))
    ask = {"images": pattern(tmp_path, "S1_{date}_*_{band}.tif")}
    table, _ = extracted(parcels, tmp_path / "series.parquet", unit="decibel", **ask)
    np.testing.assert_allclose(table["VV"], 10 * np.log10(0.2), atol=1e-5)
    with pytest.raises(ExtractError, match="--unit decibel"):
        extracted(parcels, tmp_path / "series.parquet", **ask)
    write_image(tmp_path / "images" / "S1_20210417_a_VV.tif", constant(0.1))
    with pytest.raises(ExtractError, match="--unit power"):
        extracted(parcels, tmp_path / "series.parquet", unit="decibel", **ask)


def test_no_pixel_mixes_with_what_lies_beside_the_parcel(tmp_path):
    inside = field(10.3, 10.4, 20, 20)  # the pixels on its border are cut
    numbers = constant(0.9)
    numbers[11:30, 11:30] = 0.1  # those that lie in it as a whole
    write_image(tmp_path / "images" / "S1_20210405_VV.tif", numbers)
    parcels = write_parcels(tmp_path / "parcels.gpkg", [inside])
    table, _ = extracted(parcels, tmp_path / "series.parquet", images=pattern(tmp_path), pixels=1000)
    assert len(table) > 300
    np.testing.assert_allclose(table["VV"], -10, atol=1e-5)


def test_no_data_of_the_file_and_nan_leave_gaps_and_are_counted(tmp_path, parcels):
    numbers = constant(0.1)
    numbers[:, :20] = -9999
    numbers[:, 20:22] = np.nan
    write_image(tmp_path / "images" / "B_20210405_NDVI.tif", numbers, nodata=-9999)
    write_image(tmp_path / "images" / "B_20210505_NDVI.tif", constant(0.1), nodata=-9999)
    table, made = extracted(
        parcels, tmp_path / "series.parquet", images=pattern(tmp_path, "B_{date}_{band}.tif"), pixels=1000
    )
    days = table[table["parcel_id"] == "p0"].groupby("date").size()
    assert list(days) == [7 * 18, 18 * 18]  # of the inner columns 11 to 28, those from 22 on are left
    assert 0 < made.seasons[0].masked < 0.3
    assert table["NDVI"].notna().all()


def test_border_noise_beside_the_edge_of_a_swath_is_left_out(tmp_path):
    numbers = constant(0.1)
    numbers[:, :20] = 0  # beyond the swath
    numbers[:, 20:23] = 0.0001  # noise
    write_image(tmp_path / "images" / "S1_20210405_VV.tif", numbers)
    parcels = write_parcels(tmp_path / "parcels.gpkg", [field(10, 10, 40, 40)])
    ask = {"images": pattern(tmp_path), "pixels": 2000, "bands": ("VV",)}
    noisy, _ = extracted(parcels, tmp_path / "series.parquet", **ask)
    clean, _ = extracted(parcels, tmp_path / "series.parquet", source="sentinel-1-rtc", **ask)
    assert noisy["VV"].min() < -39
    np.testing.assert_allclose(clean["VV"], -10, atol=1e-5)
    assert len(clean) == 24 * 38  # columns 25 to 48 of the inner rows


def test_bands_of_one_file_go_by_their_names_or_by_those_that_are_given(tmp_path, parcels):
    both = np.stack([constant(0.1), constant(0.01)])
    write_image(tmp_path / "images" / "S1_20210405.tif", both, names=("VV", "VH"))
    ask = {"images": pattern(tmp_path, "S1_{date}.tif")}
    table, made = extracted(parcels, tmp_path / "series.parquet", **ask)
    assert set(made.bands) == {"VV", "VH"}
    write_image(tmp_path / "images" / "S1_20210405.tif", both)
    with pytest.raises(ExtractError, match="have no names"):
        extracted(parcels, tmp_path / "series.parquet", **ask)
    three = np.stack([*both, constant(0.5)])
    write_image(tmp_path / "images" / "S1_20210405.tif", three, names=("VV", "VH", "angle"))
    assert extracted(parcels, tmp_path / "series.parquet", bands=("VV",), **ask)[1].bands == ("VV",)
    write_image(tmp_path / "images" / "S1_20210405.tif", both)
    table, made = extracted(parcels, tmp_path / "series.parquet", bands=("VH", "VV"), **ask)
    assert made.bands == ("VH", "VV")
    np.testing.assert_allclose(table["VH"], -10, atol=1e-5)


def test_the_mask_may_be_a_band_of_the_same_file(tmp_path, parcels):
    classes = constant(4, dtype="uint16")
    classes[:, :20] = 8
    both = np.stack([constant(3000, dtype="uint16"), classes])
    write_image(tmp_path / "images" / "S2_20210405_N0510.tif", both, names=("B04", "SCL"))
    ask = {
        "images": pattern(tmp_path, "S2_{date}_N{baseline}.tif"),
        "source": "sentinel-2-l2a",
        "pixels": 1000,
    }
    table, made = extracted(parcels, tmp_path / "series.parquet", **ask)
    assert made.bands == ("B04",)
    np.testing.assert_allclose(table["B04"], 0.2, atol=1e-6)
    assert (table["parcel_id"] == "p0").sum() == 9 * 18  # from column 20 on


def test_scale_and_offset_are_those_of_the_file_unless_they_are_given(tmp_path, parcels):
    numbers = constant(3000, dtype="uint16")
    write_image(tmp_path / "images" / "B_20210405_B04.tif", numbers, scale=1e-4, offset=-0.1)
    ask = {"images": pattern(tmp_path, "B_{date}_{band}.tif")}
    table, _ = extracted(parcels, tmp_path / "series.parquet", **ask)
    np.testing.assert_allclose(table["B04"], 0.2, atol=1e-6)
    table, _ = extracted(parcels, tmp_path / "series.parquet", scale=1e-4, offset=0.0, **ask)
    np.testing.assert_allclose(table["B04"], 0.3, atol=1e-6)


def test_orbits_stay_apart_where_it_is_asked_for(tmp_path, parcels):
    for orbit, power in (("asc_175", 0.1), ("desc_80", 0.01)):
        write_image(tmp_path / "images" / f"S1_20210405_{orbit}.tif", constant(power), names=("VV",))
    ask = {"images": pattern(tmp_path, "S1_{date}_{orbit}.tif")}
    table, made = extracted(parcels, tmp_path / "series.parquet", per_orbit=True, **ask)
    assert made.bands == ("VV_asc_175", "VV_desc_80")
    np.testing.assert_allclose(table["VV_asc_175"], -10, atol=1e-5)
    np.testing.assert_allclose(table["VV_desc_80"], -20, atol=1e-5)
    with pytest.raises(ExtractError, match="does not say its relative orbit"):
        extracted(
            parcels, tmp_path / "series.parquet", per_orbit=True, images=pattern(tmp_path, "S1_{date}_*.tif")
        )


def test_a_tile_border_across_a_parcel_and_another_utm_zone_leave_no_seam(tmp_path):
    write_image(tmp_path / "images" / "S1_20210405_a_VV.tif", constant(0.1))
    east = WEST + 64 * SIZE
    write_image(tmp_path / "images" / "S1_20210405_b_VV.tif", constant(0.1), west=east)
    # The same ground once more on another day, in the neighbouring zone: 400 km west of its meridian.
    with rasterio.open(tmp_path / "images" / "S1_20210405_a_VV.tif") as image:
        west, south, _, _ = rasterio.warp.transform_bounds(image.crs, "EPSG:32633", *image.bounds)
    wide = constant(0.01, (300, 300))
    write_image(
        tmp_path / "images" / "S1_20210417_c_VV.tif",
        wide,
        west=west - 500,
        north=south + 2500,
        crs="EPSG:32633",
    )
    parcels = write_parcels(tmp_path / "parcels.gpkg", [field(54, 10, 20, 20)])
    images = pattern(tmp_path, "S1_{date}_*_{band}.tif")
    table, made = extracted(parcels, tmp_path / "series.parquet", images=images, pixels=1000)
    days = [group["VV"] for _, group in table.groupby("date")]
    assert [len(values) for values in days] == [18 * 18, 18 * 18]
    np.testing.assert_allclose(days[0], -10, atol=1e-5)
    np.testing.assert_allclose(days[1], -20, atol=1e-5)
    assert made.seasons[0].images == 3


def test_a_resumed_run_gives_what_an_uninterrupted_one_gives_and_reads_nothing_twice(
    tmp_path, parcels, monkeypatch
):
    numbers = np.random.default_rng(1).uniform(0.01, 0.2, (64, 64)).astype("float32")
    for day in ("20210405", "20210505", "20210605"):
        write_image(tmp_path / "images" / f"S1_{day}_VV.tif", numbers)
    ask = {"images": pattern(tmp_path), "parcels_at_once": 1}
    whole, _ = extracted(parcels, tmp_path / "whole.parquet", **ask)
    calls, real = [], module.observe

    def breaking(*given, **named):
        calls.append(given)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(module, "observe", breaking)
    with pytest.raises(KeyboardInterrupt):
        extracted(parcels, tmp_path / "resumed.parquet", **ask)
    assert not (tmp_path / "resumed.parquet").exists()
    resumed, made = extracted(parcels, tmp_path / "resumed.parquet", **ask)
    pd.testing.assert_frame_equal(resumed, whole)
    assert (made.parts, made.reused, len(calls)) == (6, 3, 4 + 3)
    steps = []  # a new image: only its month is made anew
    write_image(tmp_path / "images" / "S1_20210610_VV.tif", numbers)
    _, made = extracted(parcels, tmp_path / "resumed.parquet", lambda *step: steps.append(step[:2]), **ask)
    assert (made.parts, made.reused) == (6, 4)
    write_image(tmp_path / "images" / "S1_20210505_VV.tif", numbers / 2)  # so does a file that was replaced
    changed, made = extracted(parcels, tmp_path / "resumed.parquet", **ask)
    assert (made.parts, made.reused) == (6, 4)
    before, after = (table["VV"][table["date"] == "2021-05-05"] for table in (whole, changed))
    np.testing.assert_allclose(after + 10 * np.log10(2), before, atol=1e-4)
    assert steps[-1] == (16, 16)  # two parcels, March to October
    assert steps == sorted(steps)


def test_the_pixels_of_a_parcel_do_not_depend_on_its_neighbours_and_do_on_the_seed(tmp_path, parcels):
    numbers = np.arange(64 * 64, dtype="float32").reshape(64, 64) + 1
    write_image(tmp_path / "images" / "B_20210405_B04.tif", numbers)
    alone = write_parcels(tmp_path / "alone.gpkg", [FIELD])
    ask = {"images": pattern(tmp_path, "B_{date}_{band}.tif"), "bands": ("B04",)}
    both, _ = extracted(parcels, tmp_path / "a.parquet", **ask)
    single, _ = extracted(alone, tmp_path / "b.parquet", **ask)
    other, _ = extracted(alone, tmp_path / "c.parquet", seed=7, **ask)
    assert list(both["B04"][both["parcel_id"] == "p0"]) == list(single["B04"])
    assert list(other["B04"]) != list(single["B04"])
    assert single["B04"].nunique() == 50


def test_seasons_are_those_of_the_parcels_and_the_window_may_begin_in_the_year_before(tmp_path):
    for day in ("20201105", "20210405", "20211105", "20220405", "20220705"):
        write_image(tmp_path / "images" / f"S1_{day}_VV.tif", constant(0.1))
    parcels = write_parcels(tmp_path / "parcels.gpkg", [FIELD], seasons=("2021", "2022"))
    ask = {"images": pattern(tmp_path), "window": ("10-01", "06-30")}
    table, _ = extracted(parcels, tmp_path / "series.parquet", **ask)
    days = table.groupby("season")["date"].unique().map(lambda each: sorted(each.strftime("%Y-%m-%d")))
    assert days.to_dict() == {"2021": ["2020-11-05", "2021-04-05"], "2022": ["2021-11-05", "2022-04-05"]}
    _, made = extracted(parcels, tmp_path / "series.parquet", seasons=("2022",), **ask)
    assert [season.season for season in made.seasons] == ["2022"]


def test_ingest_reads_the_table_unchanged(tmp_path):
    for month in range(3, 11):
        write_image(tmp_path / "images" / f"S1_2021{month:02d}10_VV.tif", constant(0.1))
    shapes = [field(10, 10, 20, 20), field(35, 35, 20, 20)]
    parcels = write_parcels(tmp_path / "parcels.gpkg", shapes)
    _, made = extracted(parcels, tmp_path / "series.parquet", images=pattern(tmp_path))
    study = ingest(IngestRequest((parcels,), (made.path,), "from images")).study
    cube = study.cubes["2021"]
    assert cube.bands == ("VV",)
    assert cube.values.shape[0] == 100
    np.testing.assert_allclose(cube.values, -10, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"images": "S1.tif"}, "does not say where the date stands"),
        ({"images": "IMAGES/S2_{date}_{band}.tif"}, "the folder .* holds S1_20210405_VV.tif"),
        ({"images": "NOWHERE/x/S2_{date}.tif"}, "there is no folder"),
        ({"images": "IMAGES/S1_{when}_{date}.tif"}, "unknown {when}"),
        ({"bands": ("HH",)}, "none of the bands HH; the files name VV"),
        ({"window": ("06-01", "07-31")}, "none in 2021-06-01 to 2021-07-31"),
        ({"seasons": ("2019",)}, "No parcel is of season 2019"),
        ({"pixels": 0}, "too few"),
        ({"source": "sentinel-3"}, "There is no source sentinel-3"),
        ({"collection": "sentinel-1-rtc"}, "Give one of the two"),
        ({"source": "sentinel-2-l2a", "bands": ("VV",)}, "clouds would pass for crops"),
        ({"images": None}, "Nothing says where the images are"),
    ],
)
def test_a_fault_of_the_request_names_its_cure(tmp_path, parcels, change, words):
    write_image(tmp_path / "images" / "S1_20210405_VV.tif", constant(0.1))
    ask = {"images": pattern(tmp_path), **change}
    if ask["images"]:
        ask["images"] = (
            ask["images"].replace("IMAGES", str(tmp_path / "images")).replace("NOWHERE", str(tmp_path))
        )
    with pytest.raises(ExtractError, match=words):
        extracted(parcels, tmp_path / "series.parquet", **ask)


def test_a_folder_in_place_of_the_table_is_an_error(tmp_path, parcels):
    for out in (tmp_path, Path(".")):
        with pytest.raises(ExtractError, match="is a folder"):
            extracted(parcels, out, images=pattern(tmp_path))


def test_an_image_without_a_place_far_away_or_of_another_format_is_an_error(tmp_path, parcels):
    path = write_image(tmp_path / "images" / "S1_20210405_VV.tif", constant(0.1), north=NORTH - 200_000)
    ask = {"images": pattern(tmp_path)}
    with pytest.raises(ExtractError, match="lies over the parcels: the first covers longitude"):
        extracted(parcels, tmp_path / "series.parquet", **ask)
    write_image(path, constant(0.1), crs=None)
    with pytest.raises(ExtractError, match="gdal_edit"):
        extracted(parcels, tmp_path / "series.parquet", **ask)
    hidden = write_image(tmp_path / "hidden.tif", constant(0.1))
    path.write_text(
        f"<VRTDataset rasterXSize='64' rasterYSize='64'><VRTRasterBand dataType='Float32' band='1'>"
        f"<SimpleSource><SourceFilename>{hidden}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(ExtractError, match="cannot be read as GeoTIFF"):
        extracted(parcels, tmp_path / "series.parquet", **ask)


def test_memory_does_not_grow_with_the_area(tmp_path, monkeypatch):
    monkeypatch.setattr(raster, "TILE", 64)  # far less than the area, as in a true image

    def peak(side):
        folder = tmp_path / str(side)
        for day in range(1, 9):
            shape = (side * 64, side * 64)
            write_image(folder / "images" / f"S1_2021040{day}_VV.tif", constant(0.1, shape))
        shapes = [field(4 + 32 * i, 4 + 32 * j, 24, 24) for i in range(2 * side) for j in range(2 * side)]
        parcels = write_parcels(folder / "parcels.gpkg", shapes)
        ask = ExtractRequest((parcels,), folder / "s.parquet", images=pattern(folder), parcels_at_once=8)
        tracemalloc.start()
        rows = extract(replace(ask, pixels=200)).rows
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert rows == len(shapes) * 200 * 8
        return used

    peak(1)  # what is imported and cached once
    assert peak(4) < 2 * peak(2)
