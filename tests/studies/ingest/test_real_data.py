"""The real files beside the project ingest with default options."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine.studies.ingest import IngestRequest, ingest
from engine.studies.store import open_study, save_study, summary

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"there is no real data in {DATA}"),
    pytest.mark.skipif("CI" in os.environ, reason="real data are never used in CI"),
]

KEPT = ("cotton", "wheat_double_crop", "orchard", "wheat", "rice", "maize")


def files(folder: str) -> IngestRequest:
    return IngestRequest((DATA / folder / "parcels.parquet",), (DATA / folder / "series.parquet",), folder)


def worldcereal() -> IngestRequest:
    paths = tuple(sorted((DATA / "worldcereal_raw").glob("*.geoparquet")))
    return IngestRequest(paths, paths, "worldcereal")


@pytest.mark.parametrize(
    ("folder", "bands", "parcels"),
    [
        ("fergana", ("NDVI",), {"2011": 213, "2015": 311, "2016": 1250, "2017": 340, "2018": 305}),
        ("flanders_s1", ("VV", "VH"), {"2018": 13, "2019": 34}),
        ("france_s1", ("VV", "VH", "NDVI"), {"2022": 493, "2023": 494}),
        ("worldcereal_raw", ("VV", "VH", "NDVI"), {"2022": 493, "2023": 494}),
    ],
)
def test_real_files_ingest_as_they_come(tmp_path, folder, bands, parcels):
    result = ingest(worldcereal() if folder == "worldcereal_raw" else files(folder))
    back = open_study(save_study(result.study, tmp_path / folder, missing=result.missing))
    assert {row.season: row.parcels for row in summary(back)} == parcels
    assert back.fingerprint == result.study.fingerprint
    for cube in back.cubes.values():
        assert cube.bands == bands


def test_fergana_merges_into_seven_classes_and_keeps_its_field_groups():
    asked = files("fergana")
    study = ingest(
        IngestRequest(asked.parcels, asked.series, "Fergana", keep=KEPT, rest="other", step=16)
    ).study
    assert study.legend.names == (*KEPT, "other")
    assert study.parcels["field_group"].nunique() == 1983


def test_the_raw_worldcereal_files_give_the_converted_series():
    raw, converted = ingest(worldcereal()).study, ingest(files("france_s1")).study
    rows = {name: row for row, name in converted.parcels["parcel_id"].items()}
    for label, cube in raw.cubes.items():
        other = converted.cubes[label]
        place = {row: pixel for pixel, row in enumerate(other.parcel)}
        order = [place[rows[name]] for name in raw.parcels["parcel_id"].iloc[cube.parcel]]
        np.testing.assert_allclose(cube.values, other.values[order], atol=1e-3)
