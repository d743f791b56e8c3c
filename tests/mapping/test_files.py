"""Maps on disk and as files for others."""

import dataclasses
import sqlite3
import xml.etree.ElementTree as ET
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from engine.mapping.accuracy.tables import map_table, read_map
from engine.mapping.exports import FILES, write_map
from engine.mapping.qgis_styles import styles
from engine.mapping.store import CARD, MapError, keep_map, kept_map
from tests.mapping.conftest import SEASON


def test_a_kept_map_comes_back_as_it_was(crop_map, tmp_path):
    keep_map(crop_map, tmp_path)
    again = kept_map(tmp_path, crop_map.key)
    plain = ("study", "season", "key", "legend", "method", "card")
    assert all(getattr(again, name) == getattr(crop_map, name) for name in plain)
    pd.testing.assert_frame_equal(
        pd.DataFrame(again.parcels.drop(columns="geometry")).astype(object).fillna("none"),
        pd.DataFrame(crop_map.parcels.drop(columns="geometry")).astype(object).fillna("none"),
    )
    assert again.parcels.geometry.geom_equals(crop_map.parcels.geometry).all()
    assert np.array_equal(again.calibrated, crop_map.calibrated)
    assert np.array_equal(again.features, crop_map.features)
    assert np.array_equal(again.validation.confusion, crop_map.validation.confusion)
    keep_map(dataclasses.replace(crop_map, validation=None), tmp_path)
    assert kept_map(tmp_path, crop_map.key).validation is None


def test_a_map_that_was_not_kept_to_the_end_is_none_and_a_damaged_map_says_what_to_do(crop_map, tmp_path):
    assert kept_map(tmp_path, crop_map.key) is None
    folder = keep_map(crop_map, tmp_path)
    card = (folder / CARD).read_text()
    (folder / CARD).unlink()
    assert kept_map(tmp_path, crop_map.key) is None
    damages = {
        CARD: [
            card[:40],
            card.replace("details.parquet", "../details.parquet"),
            card.replace('"card"', '"c"'),
        ],
        "map.parquet": ["PAR1"],
    }
    for name, texts in damages.items():
        for text in texts:
            (folder / CARD).write_text(card)
            (folder / name).write_text(text)
            with pytest.raises(MapError, match="make the map again"):
                kept_map(tmp_path, crop_map.key)


@pytest.mark.parametrize("file", FILES)
def test_accuracy_reads_a_map_back_from_each_of_its_files(crop_map, study, tmp_path, file):
    write_map(crop_map, study, tmp_path)
    read, kept = read_map(tmp_path / file), map_table(crop_map)
    for name in ("parcel_id", "mapped", "surveyed", "labelled", "second"):
        assert read[name].astype(object).fillna("none").tolist() == kept[name].fillna("none").tolist()
    for name in ("area_ha", "lon", "lat", "probability", "second_probability"):
        assert read[name].to_numpy(float) == pytest.approx(kept[name].to_numpy(float))


def test_the_files_of_a_map_hold_every_parcel_under_the_names_of_fiboa(crop_map, study, tmp_path):
    paths = write_map(crop_map, study, tmp_path / "out")
    package, parquet, table = (
        gpd.read_file(paths[0], layer="crop_map"),
        gpd.read_parquet(paths[1]),
        pd.read_csv(paths[2]),
    )
    for read in (package, parquet, table):
        assert {"id", "crop:code", "crop:name", "area", "determination:datetime"} <= set(read.columns)
        assert read["id"].tolist() == crop_map.parcels["parcel_id"].tolist()
        assert read["crop:name"].tolist() == crop_map.parcels["crop"].tolist()
    assert package.crs.to_epsg() == parquet.crs.to_epsg() == 4326
    assert str(parquet["determination:datetime"].iloc[0].date()) == str(study.season(SEASON).end)
    with sqlite3.connect(paths[0]) as base:
        rows = base.execute(
            "select f_table_name, f_geometry_column, styleName, useAsDefault from layer_styles"
        ).fetchall()
        column = base.execute("select column_name from gpkg_geometry_columns").fetchone()[0]
    assert [row[2:] for row in rows] == [("by class", 1), ("by probability", 0)]
    assert {row[:2] for row in rows} == {("crop_map", column)}
    write_map(crop_map, study, tmp_path / "out")  # a second time replaces them
    assert len(gpd.read_file(paths[0], layer="crop_map")) == len(crop_map.parcels)


def test_qgis_colours_every_class_as_the_legend_does(study):
    by_class, by_probability = styles("m", "geom", study.legend, "crop:name", "probability")["styleQML"]
    root = ET.fromstring(by_class)
    colour = {
        symbol.get("name"): next(p.get("v") for p in symbol.iter("prop") if p.get("k") == "color")
        for symbol in root.iter("symbol")
    }
    assert root.find("renderer-v2").get("attr") == '"crop:name"'
    for crop, category in zip(study.legend, root.iter("category"), strict=True):
        red, green, blue, _ = map(int, colour[category.get("symbol")].split(","))
        assert category.get("value") == crop.name
        assert f"#{red:02X}{green:02X}{blue:02X}" == crop.colour
    ranges = [
        (float(r.get("lower")), float(r.get("upper"))) for r in ET.fromstring(by_probability).iter("range")
    ]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 1
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
