"""A reader is one value and one entry: it reads its dialect, before the readers of the formats behind it."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import from_wkt

from engine.studies.ingest import IngestError, IngestRequest, ingest
from engine.studies.ingest.foreign import ForeignFile, Reader
from engine.studies.ingest.readers import DIALECTS, READERS
from tests.studies.ingest.foreign import CROPS, ingested, parcels, series


def of_the_register(file: ForeignFile) -> bool:
    """Registers begin with a line of their own and separate columns by tildes."""
    return file.head.startswith(b"#register")


def register_table(file: ForeignFile) -> pd.DataFrame:
    return pd.read_csv(file.path, sep="~", skiprows=1)


def register_parcels(file: ForeignFile) -> gpd.GeoDataFrame:
    table = register_table(file)
    return gpd.GeoDataFrame(table.drop(columns="outline"), geometry=from_wkt(table["outline"]), crs=4326)


REGISTER = Reader("register", of_the_register, register_parcels, register_table)


def written(path, table):
    path.write_text("#register\n" + table.to_csv(index=False, sep="~"))
    return path


@pytest.fixture
def files(tmp_path):
    """The sound files of the other tests in the new dialect."""
    outlines = parcels().assign(outline=parcels().geometry.to_wkt()).drop(columns="geometry")
    return written(tmp_path / "p.txt", outlines), written(tmp_path / "s.txt", series())


def test_files_of_the_dialect_become_the_same_study(tmp_path, files, monkeypatch):
    monkeypatch.setattr("engine.studies.ingest.readers.READERS", [REGISTER, *READERS])
    study = ingest(IngestRequest(files[:1], files[1:], "Try", step=12)).study
    assert set(study.legend.names) == set(CROPS)
    assert list(study.parcels["parcel_id"]) == list(
        ingested(tmp_path, parcels(), series()).study.parcels["parcel_id"]
    )


def test_without_it_the_error_lists_what_can_be_read(files):
    with pytest.raises(
        IngestError,
        match=r"Give GeoPackage, Shapefile, GeoJSON, GeoParquet, table with positions, Breizh.* EuroCrops or",
    ):
        ingest(IngestRequest(files[:1], files[1:], "Try"))


def test_a_reader_of_parcels_alone_is_never_asked_for_series(files, monkeypatch):
    half = Reader("register", of_the_register, register_parcels)
    monkeypatch.setattr("engine.studies.ingest.readers.READERS", [half, *READERS])
    with pytest.raises(IngestError, match="lacks the columns parcel_id, date; it has parcel_id~"):
        ingest(IngestRequest(files[:1], files[1:], "Try"))


def test_every_data_set_that_is_read_is_in_the_documentation():
    table = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
    assert [reader.name for reader in DIALECTS if f"| [{reader.name}](#" not in table] == []
