"""A map as files: a GeoPackage styled for QGIS, GeoParquet and CSV, with the names of fiboa.

fiboa names ``id``, ``geometry``, ``area`` (ha) and ``determination:datetime`` in its core, and ``crop:code``
and ``crop:name`` in its crop extension; all other columns are Groundplan's. The extension also wants the
address of a published code list, which a study's own legend does not have.

References
----------
https://github.com/fiboa/specification, https://github.com/fiboa/crop-extension
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from engine.domain import Study
from engine.files import write_atomic, write_whole
from engine.mapping.crop_map import CropMap
from engine.mapping.qgis_styles import styles
from engine.spreadsheets import csv_of

if TYPE_CHECKING:
    import geopandas as gpd

LAYER, GEOMETRY = "crop_map", "geom"
NAME, PROBABILITY = "crop:name", "probability"
FILES = ("crop-map.gpkg", "crop-map.parquet", "crop-map.csv")


def map_table(crop_map: CropMap, study: Study) -> gpd.GeoDataFrame:
    """The map with the names of fiboa, one row a parcel.

    Parameters
    ----------
    crop_map
        The map.
    study
        Of the map: its legend has the codes, and its season ends on the day that the map speaks of.
    """
    parcels = crop_map.parcels
    end = pd.Timestamp(study.season(crop_map.season).end, tz="UTC")
    table = parcels.assign(
        **{"crop:code": study.legend.codes(parcels["crop"]).astype(str), "determination:datetime": end}
    ).rename(columns={"parcel_id": "id", "crop": NAME, "area_ha": "area"})
    columns = [
        "id", "crop:code", NAME, PROBABILITY, "second", "second_probability", "dissimilarity", "applicable",
        "labelled", "surveyed", "area", "determination:datetime", "lon", "lat", "geometry",
    ]  # fmt: skip
    return table[columns]


def write_map(crop_map: CropMap, study: Study, folder: Path) -> tuple[Path, ...]:
    """Write the map into a folder: GeoPackage, GeoParquet and CSV, each whole or not at all.

    Parameters
    ----------
    crop_map, study
        As of `map_table`.
    folder
        Made where it is missing; files of the same names are replaced.

    Raises
    ------
    WriteError
        Where the folder cannot be written.
    """
    table = map_table(crop_map, study)
    package, parquet, text = (folder / name for name in FILES)
    with write_whole(package) as path:
        table.to_file(path, layer=LAYER, driver="GPKG", geometry_name=GEOMETRY)
        _write_styles(path, crop_map, study)
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    write_atomic(parquet, buffer.getvalue())
    write_atomic(text, csv_of(pd.DataFrame(table.drop(columns="geometry"))))
    return package, parquet, text


def _write_styles(path: Path, crop_map: CropMap, study: Study) -> None:
    from pyogrio import write_dataframe

    table = styles(LAYER, GEOMETRY, study.legend, NAME, PROBABILITY)
    write_dataframe(table, path, layer="layer_styles", driver="GPKG", append=True)


def map_files(crop_map: CropMap, study: Study) -> dict[str, bytes]:
    """The files of `write_map` by name.

    Parameters
    ----------
    crop_map, study
        As of `map_table`.
    """
    with TemporaryDirectory() as folder:
        return {path.name: path.read_bytes() for path in write_map(crop_map, study, Path(folder))}
