"""Extractions as the ESA WorldCereal project publishes them: parcels and series in one Parquet file.

One row is one sample at one time: ``sample_id``, ``timestamp``, scaled bands as uint16 with 65535 for
missing, ``lon`` and ``lat`` in degrees, ``year`` of the harvest and ``ewoc_code`` as class. Backscatter is
stored as amplitude: dB = 20 log10(DN) - 83.

References
----------
.. [1] WorldCereal, ``utils/timeseries.py``, https://github.com/WorldCereal/worldcereal-classification
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.studies.ingest.dialects.naming import named
from engine.studies.ingest.foreign import ForeignFile, Reader

NO_DATA = 65535
DECIBEL_OFFSET = 83.0
BACKSCATTER = {"VV": "S1-SIGMA0-VV", "VH": "S1-SIGMA0-VH"}
RED, NEAR_INFRARED = "S2-L2A-B04", "S2-L2A-B08"
PARCEL_COLUMNS = ("sample_id", "year", "ewoc_code", "lon", "lat")


def recognises(file: ForeignFile) -> bool:
    """Whether a table is a WorldCereal extraction, by its columns.

    Parameters
    ----------
    file
        The file to look at.
    """
    return {*PARCEL_COLUMNS, "timestamp"} <= set(file.columns)


def parcels(file: ForeignFile) -> gpd.GeoDataFrame:
    """The samples as points, classes named by the legend of WorldCereal.

    Parameters
    ----------
    file
        A WorldCereal extraction.
    """
    file.checked()
    frame = pd.read_parquet(file.path, columns=list(PARCEL_COLUMNS))
    samples = frame.drop_duplicates("sample_id")
    return gpd.GeoDataFrame(
        {
            "parcel_id": samples["sample_id"].to_numpy(),
            "season": samples["year"].to_numpy(),
            "crop": named(samples["ewoc_code"], "ewoc").to_numpy(),
        },
        geometry=gpd.points_from_xy(samples["lon"], samples["lat"]),
        crs="EPSG:4326",
    )


def series(file: ForeignFile) -> pd.DataFrame:
    """The series as a long table with backscatter in dB and, where the bands are there, NDVI.

    Parameters
    ----------
    file
        A WorldCereal extraction.
    """
    frame = file.table()
    table = {
        "parcel_id": frame["sample_id"],
        "season": frame["year"],
        "date": frame["timestamp"],
        **{band: _decibel(frame[column]) for band, column in BACKSCATTER.items() if column in frame},
    }
    if RED in frame and NEAR_INFRARED in frame:
        red, near = _number(frame[RED]), _number(frame[NEAR_INFRARED])
        with np.errstate(invalid="ignore", divide="ignore"):
            table["NDVI"] = (near - red) / (near + red)
    return pd.DataFrame(table)


def _number(column: pd.Series[int]) -> npt.NDArray[np.float32]:
    number = column.to_numpy(np.float32)
    return np.where(number == NO_DATA, np.float32(np.nan), number)


def _decibel(column: pd.Series[int]) -> npt.NDArray[np.float32]:
    number = _number(column)
    return np.asarray(20 * np.log10(np.where(number > 0, number, np.nan)) - DECIBEL_OFFSET, np.float32)


WORLDCEREAL = Reader("WorldCereal extraction", recognises, parcels, series)
