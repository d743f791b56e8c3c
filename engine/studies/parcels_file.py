"""``parcels.parquet``: the parcels of a study, one row a parcel and season."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import shapely
from pandas.api.types import is_float_dtype

from engine.domain import Legend, StudyError
from engine.studies.fingerprint import parcels_digest
from engine.studies.manifest import Manifest
from engine.unpacking import check_parquet

FILE = "parcels.parquet"
TEXTS = ("parcel_id", "season", "crop", "field_group")
COLUMNS = ("parcel_id", "season", "crop", "field_group", "area_ha", "lon", "lat", "geometry")


def write_parcels(parcels: gpd.GeoDataFrame, folder: Path) -> None:
    """Write a study's parcels into its folder.

    Parameters
    ----------
    parcels
        Parcel table of the study.
    folder
        Of the study.
    """
    parcels[list(COLUMNS)].to_parquet(folder / FILE, index=False, compression="zstd")


def read_parcels(folder: Path, manifest: Manifest) -> gpd.GeoDataFrame:
    """The parcels of a study's folder, checked against its manifest.

    Parameters
    ----------
    folder
        Of the study.
    manifest
        What ``study.toml`` says: legend, seasons and digest of the parcels.

    Raises
    ------
    StudyError
        Where the file is missing, damaged, or not the one that the manifest describes.
    """
    path = folder / FILE
    if not path.is_file():
        raise StudyError(f"{path} is missing. Copy the whole study folder again, or ingest it again.")
    try:
        with pq.ParquetFile(path) as file:
            check_parquet(path, file)
        parcels = gpd.read_parquet(path)
        _check_kinds(parcels)
    except Exception as error:  # a library that reads what a stranger wrote may fail in any way
        raise StudyError(
            f"{path} cannot be read as GeoParquet ({error}). Copy it again from where it came, or ingest the "
            "study again."
        ) from error
    check_parcels(parcels, manifest.legend, {entry.season.label for entry in manifest.seasons}, str(path))
    if parcels_digest(parcels) != manifest.parcels_sha256:
        raise StudyError(
            f"{path} is not the file that study.toml describes: its hash differs. Copy the whole study "
            "folder again, or ingest it again."
        )
    return parcels


def _check_kinds(parcels: gpd.GeoDataFrame) -> None:
    """Refuse columns of another kind than `write_parcels` writes."""
    for column in [name for name in COLUMNS[:-1] if name in parcels]:  # what is absent is said by its name
        cells = parcels[column]
        if column in TEXTS:
            known = cells.dropna() if column == "crop" else cells
            sound = known.map(lambda cell: isinstance(cell, str)).all()
        else:
            sound = is_float_dtype(cells) and np.isfinite(cells.to_numpy(float)).all()
        if not sound:
            raise ValueError(f"the column {column} is of another kind")
    shapes = parcels.geometry.to_numpy()
    if parcels.active_geometry_name != "geometry" or shapely.is_missing(shapes).any():
        raise ValueError("parcels without geometry")


def check_parcels(parcels: gpd.GeoDataFrame, legend: Legend, seasons: set[str], where: str) -> None:
    """Refuse parcels that do not fit legend and seasons; ``where`` names them in the error.

    Parameters
    ----------
    parcels
        Parcel table to check.
    legend
        Classes that the parcels may have; those without label have none.
    seasons
        Labels of the seasons that the parcels must cover.
    where
        Name of the table in the error, such as its path.

    Raises
    ------
    StudyError
        Where columns are missing, or crops or seasons do not fit.
    """
    absent = [column for column in COLUMNS if column not in parcels.columns]
    if absent:
        raise StudyError(f"{where} lacks the columns {', '.join(absent)}. Ingest the study again.")
    unknown = sorted(set(parcels["crop"].dropna().astype(str)) - set(legend.names))
    if unknown:
        raise StudyError(
            f"{where} holds crops that the legend does not have: {', '.join(unknown)}. Add them as [[crop]] "
            "to study.toml, or ingest the study again."
        )
    strange = sorted(set(parcels["season"].astype(str)) ^ seasons)
    if strange:
        raise StudyError(
            f"{where} and the list of seasons disagree about {', '.join(strange)}. Ingest the study again."
        )
