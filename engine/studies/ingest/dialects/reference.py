"""Reference data of WorldCereal's Reference Data Module: labelled points or outlines without series.

One row is one sample: ``sample_id``, ``ewoc_code``, ``valid_time`` (the day on which the label holds)
and geometry, mostly beside ``irrigation_status``, ``quality_score_lc``, ``quality_score_ct`` and
``extract``.

References
----------
.. [1] WorldCereal, ``rdm_api/rdm_interaction.py``, https://github.com/WorldCereal/worldcereal-classification
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from engine.studies.ingest.dialects.maps import each_layer, in_use
from engine.studies.ingest.dialects.naming import as_day, filled, named
from engine.studies.ingest.foreign import ForeignFile, Reader

COLUMNS = {"sample_id", "ewoc_code", "valid_time"}


def recognises(file: ForeignFile) -> bool:
    """Whether a map has the columns of reference data, and none of an extraction with series.

    Parameters
    ----------
    file
        The file to look at.
    """
    names = in_use(file)
    return names >= COLUMNS and "timestamp" not in names


def parcels(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    """The samples; the day of the label stands for the season.

    Parameters
    ----------
    file
        Reference data.
    """
    return each_layer(file, _converted)


def _converted(frame: gpd.GeoDataFrame, file: ForeignFile) -> gpd.GeoDataFrame:
    return filled(
        frame,
        file,
        parcel_id=frame["sample_id"],
        season=as_day(frame["valid_time"]),
        crop=named(frame["ewoc_code"], "ewoc"),
    )


WORLDCEREAL_REFERENCE = Reader("WorldCereal reference data", recognises, parcels)
