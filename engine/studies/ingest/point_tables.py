"""Tables with positions: points of a survey, exports of KoboToolbox and ODK, outlines as text.

Tables without positions are read too: they tell the crops of parcels that another file draws.

References
----------
ODK Central and KoboToolbox write a question of type geopoint as columns that end in ``Latitude`` and
``Longitude`` (``plot-position-Latitude``, ``plot/_position_latitude``).
"""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from engine.geodesy import DEGREES
from engine.studies.ingest.column_names import ALIASES, plain
from engine.studies.ingest.foreign import ForeignFile, Reader
from engine.studies.ingest.outlines import OUTLINES, as_shape

LONGITUDE = re.compile(r"(?:.*_)?(?:longitude|lon|long|lng|x|easting|east)(?:_coord)?", re.IGNORECASE)
LATITUDE = re.compile(r"(?:.*_)?(?:latitude|lat|y|northing|north)(?:_coord)?", re.IGNORECASE)
LONGITUDE_WORD = re.compile(r"[^_]+(?:_coord)?$")
DEGREE_NAMES = re.compile(r"(?:.*_)?(?:longitude|lon|long|lng)", re.IGNORECASE)


def recognises(file: ForeignFile) -> bool:
    """Whether a table is one of parcels: it has positions or outlines, or ids and crops.

    Parameters
    ----------
    file
        The file to look at.
    """
    names = [plain(file.options.rename.get(name, name)) for name in file.columns]
    labels = any(name in ALIASES["crop"] for name in names)
    return bool(_positions(file.columns) or _outlines(file.columns) or labels)


def parcels(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    """The rows with their positions or outlines, in degrees where the columns say so.

    Parameters
    ----------
    file
        A CSV or Parquet table.
    """
    frame = file.table()
    if column := _outlines(file.columns):
        shapes = [as_shape(text) for text in frame[column]]
        in_degrees = plain(column) in ("geo", "geojson")
        return gpd.GeoDataFrame(
            frame.drop(columns=column), geometry=shapes, crs=DEGREES if in_degrees else None
        )
    places = _positions(file.columns)
    if not places:
        return {"": frame}
    x, y = (pd.to_numeric(frame[column], errors="coerce").to_numpy(float) for column in places)
    points = np.where(np.isfinite(x) & np.isfinite(y), shapely.points(x, y), None)
    crs = DEGREES if DEGREE_NAMES.fullmatch(plain(places[0])) else None
    return gpd.GeoDataFrame(frame.drop(columns=list(places)), geometry=points, crs=crs)


def _positions(columns: tuple[str, ...]) -> tuple[str, str] | None:
    """The columns of longitude and latitude, or x and y, of the first place that a row has."""
    for column in columns:
        name = plain(column)
        if LONGITUDE.fullmatch(name):
            stem = LONGITUDE_WORD.sub("", name)
            for other in columns:
                same_group = other.rpartition("/")[0] == column.rpartition("/")[0]
                if same_group and plain(other).startswith(stem) and LATITUDE.fullmatch(plain(other)):
                    return column, other
    return None


def _outlines(columns: tuple[str, ...]) -> str | None:
    return next((column for column in columns if plain(column) in OUTLINES), None)


POINT_TABLE = Reader("table with positions", recognises, parcels=parcels)
