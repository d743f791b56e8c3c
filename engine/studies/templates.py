"""Tables with the right columns and a row each, to fill in."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd

from engine.files import write_files
from engine.studies.sample import PARCELS, SERIES, sample_files
from engine.vectors import read_layers

MAP, TABLE = "parcels.geojson", "series.csv"


def templates() -> dict[str, bytes]:
    """The first row of the sample's series and its parcel, by the name of the file.

    Raises
    ------
    StudyError
        Where the sample is not installed.
    """
    files = sample_files()
    series = pd.read_csv(io.BytesIO(files[SERIES]), dtype=str, nrows=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PARCELS
        path.write_bytes(files[PARCELS])
        (parcels,) = read_layers(path).values()
    keys = ["parcel_id", "season"]
    row = gpd.GeoDataFrame(parcels)[(parcels[keys].astype(str) == series[keys].iloc[0]).all(axis=1)].iloc[:1]
    return {
        MAP: row.to_json(drop_id=True, to_wgs84=True).encode(),
        TABLE: series.to_csv(index=False).encode(),
    }


def write_templates(folder: Path) -> tuple[Path, ...]:
    """Write the templates into a folder, each whole or not at all.

    Parameters
    ----------
    folder
        It is made where it is not there.

    Raises
    ------
    StudyError
        Where the sample is not installed.
    WriteError
        Where the folder cannot be written.
    """
    return write_files(folder, templates())
