"""fiboa: field boundaries for agriculture, GeoParquet or GeoJSON, with crops by its extensions.

``id`` and ``determination:datetime`` (``determination_datetime`` before version 0.3) of the core;
``crop:code``, ``crop:name`` and ``crop:name_en`` of the crop extension; ``hcat:code`` and ``hcat:name``
of the HCAT extension (``ec:`` before).

References
----------
.. [1] https://github.com/fiboa/specification, https://github.com/fiboa/crop-extension and
   https://github.com/fiboa/hcat-extension
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from engine.studies.ingest.dialects.maps import each_layer, in_use
from engine.studies.ingest.dialects.naming import as_day, filled, found, named
from engine.studies.ingest.foreign import ForeignFile, Reader

TIMES = ("determination:datetime", "determination_datetime")
NAMES = ("hcat:name", "ec:hcat_name", "crop:name_en", "ec:translated_name", "crop:name")
HCAT_CODES = ("hcat:code", "ec:hcat_code")
OWN_CODE = "crop:code"
NEW_YEAR = "-01-01"


def recognises(file: ForeignFile) -> bool:
    """Whether a map has ``id`` and a property of fiboa.

    Parameters
    ----------
    file
        The file to look at.
    """
    names = in_use(file)
    return "id" in names and not names.isdisjoint({*TIMES, *NAMES, *HCAT_CODES, OWN_CODE})


def parcels(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    """The fields; the crop is its name in HCAT, else in English, else in its own language, else its code.

    Parameters
    ----------
    file
        A file of fiboa.
    """
    return each_layer(file, _converted)


def _converted(frame: gpd.GeoDataFrame, file: ForeignFile) -> gpd.GeoDataFrame:
    if "id" not in frame.columns:  # of GeoJSON it is no property
        frame["id"] = [feature.get("id") for feature in file.documents[0]["features"]]
    times = found(frame, TIMES)
    season = None if times is None else _season(times)
    return filled(frame, file, parcel_id=frame["id"], season=season, crop=_crop(frame))


def _crop(frame: gpd.GeoDataFrame) -> pd.Series | None:
    codes, own = found(frame, HCAT_CODES), found(frame, [*NAMES, OWN_CODE])
    if codes is not None and found(frame, NAMES) is None:
        return named(codes, "hcat")
    return own


def _season(times: pd.Series) -> pd.Series[str]:
    """The days; but the years where all days are New Year's, as registers write that only know the year."""
    days = as_day(times)
    return days.str[:4] if days.dropna().str.endswith(NEW_YEAR).all() else days


FIBOA = Reader("fiboa", recognises, parcels)
