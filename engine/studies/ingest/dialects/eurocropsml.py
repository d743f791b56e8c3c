"""A folder of EuroCropsML, ``preprocess/S1`` or ``preprocess/S2``: one file a parcel, one row a date.

``NUTS3_PARCEL_HCAT.npz`` holds ``data`` (``[time, band]``: VV and VH in dB, or the 13 bands of
Sentinel-2; -999 where there is nothing), ``dates`` and ``center`` (longitude, latitude).

References
----------
.. [1] J. Reuss et al., ``eurocropsml/dataset/preprocess.py`` and ``acquisition/config.py``,
   https://github.com/dida-do/eurocropsml
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.studies.ingest.dialects.naming import named
from engine.studies.ingest.foreign import ForeignFile, Reader

NAME = re.compile(r"(?P<parcel>[A-Z]{2}[0-9A-Z]{0,3}_.+)_(?P<code>\d{10})")
BANDS = {
    2: ("VV", "VH"),
    13: ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12"),
}
NO_DATA = -999
Array = npt.NDArray[Any]


def recognises(file: ForeignFile) -> bool:
    """Whether a folder holds a file named by region, parcel and code of HCAT.

    Parameters
    ----------
    file
        The folder to look at.
    """
    return file.is_folder and any(NAME.fullmatch(path.stem) for path in file.files("*.npz"))


def parcels(file: ForeignFile) -> gpd.GeoDataFrame:
    """The centres of the parcels; the season is the year of the last date.

    Parameters
    ----------
    file
        A folder of EuroCropsML.
    """
    rows = [(name, str(dates.max())[:4], code, *center) for name, code, _, dates, center in _fields(file)]
    table = pd.DataFrame(rows, columns=["parcel_id", "season", "code", "lon", "lat"])
    return gpd.GeoDataFrame(
        {"parcel_id": table["parcel_id"], "season": table["season"], "crop": named(table["code"], "hcat")},
        geometry=gpd.points_from_xy(table["lon"], table["lat"]),
        crs="EPSG:4326",
    )


def series(file: ForeignFile) -> pd.DataFrame:
    """A long table of all parcels.

    Parameters
    ----------
    file
        A folder of EuroCropsML.
    """
    frames = []
    for name, _, data, dates, _ in _fields(file):
        if data.ndim != 2 or data.shape[1] not in BANDS or len(data) != len(dates):
            raise ValueError(f"the data of {name} are {data.shape}, not [time, 2] or [time, 13]")
        values = pd.DataFrame(np.where(data == NO_DATA, np.nan, data), columns=list(BANDS[data.shape[1]]))
        frames.append(values.assign(parcel_id=name, date=dates))
    return pd.concat(frames, ignore_index=True)


def _fields(file: ForeignFile) -> Iterator[tuple[str, str, Array, npt.NDArray[np.datetime64], Array]]:
    """Name, code, data, dates and centre of each parcel."""
    for path in file.files("*.npz"):
        if match := NAME.fullmatch(path.stem):
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    data, dates, center = arrays["data"], arrays["dates"], arrays["center"]
            except (zipfile.BadZipFile, OSError, ValueError, KeyError) as error:
                raise ValueError(f"{path.name}: {error}") from None
            yield match["parcel"], match["code"], data, dates.astype("datetime64[s]"), center


EUROCROPSML = Reader("EuroCropsML folder", recognises, parcels, series)
