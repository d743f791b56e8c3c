"""Samples of the R package sits: points with a label and the interval in which it holds.

One row is one sample: ``longitude``, ``latitude``, ``start_date``, ``end_date`` and ``label``, mostly
``id``. Where a season spans two years, ``start_date`` is in the year of sowing and ``end_date`` in the
year of the harvest.

References
----------
.. [1] e-sensing, ``inst/extdata/samples/samples_sinop_crop.csv``, https://github.com/e-sensing/sits
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from engine.studies.ingest.dialects.naming import as_day, filled
from engine.studies.ingest.foreign import ForeignFile, Reader

COLUMNS = {"longitude", "latitude", "start_date", "end_date", "label"}


def recognises(file: ForeignFile) -> bool:
    """Whether a table has the columns of samples.

    Parameters
    ----------
    file
        The file to look at.
    """
    return set(file.columns) >= COLUMNS


def parcels(file: ForeignFile) -> gpd.GeoDataFrame:
    """The samples as points; the season is the year in which the interval ends.

    Parameters
    ----------
    file
        A table of samples.
    """
    table = file.table()
    points = gpd.points_from_xy(table["longitude"], table["latitude"], crs="EPSG:4326")
    number = pd.Series(range(1, len(table) + 1), index=table.index)
    return filled(
        gpd.GeoDataFrame(table, geometry=points),
        file,
        parcel_id=table.get("id", number),
        season=as_day(table["end_date"]).str[:4],
        crop=table["label"],
    )


SITS = Reader("sits samples", recognises, parcels)
