"""Results of openEO's ``aggregate_spatial``: series of the features that were sent, by their number.

As CSV one row is one feature at one time: ``date``, ``feature_index`` and a column a band, mostly with
the reducer around it, ``avg(B04)``. As JSON each time has a list of features, each a list of bands
(empty where there is nothing): ``{"2021-03-01T00:00:00Z": [[0.1, 0.2], []]}``. Features are numbered
from 0 in the order in which they were sent, and bands of JSON have no names: they become ``band_0``,
``band_1``, ...

References
----------
.. [1] https://github.com/Open-EO/openeo-python-client, ``openeo/rest/conversions.py``
.. [2] https://github.com/Open-EO/openeo-geopyspark-driver/issues/161
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from engine.studies.ingest.foreign import ForeignFile, Reader

NUMBER = "feature_index"
REDUCED = re.compile(r"(?P<reducer>\w+)\((?P<band>.+)\)")
MEANS = ("avg", "mean")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def recognises(file: ForeignFile) -> bool:
    """Whether a table numbers its features, or JSON lists them by time.

    Parameters
    ----------
    file
        The file to look at.
    """
    if file.is_json:
        content = file.documents[0] if file.documents else None
        return isinstance(content, dict) and bool(content) and all(DAY.match(time) for time in content)
    return {"date", NUMBER} <= set(file.columns)


def series(file: ForeignFile) -> pd.DataFrame:
    """A long table in which features are named by their number.

    Parameters
    ----------
    file
        A result of ``aggregate_spatial``.
    """
    table = _of_json(file.documents[0]) if file.is_json else file.table()
    names = {name: _band(name) for name in map(str, table.columns) if name not in file.options.rename}
    if "parcel_id" not in file.options.rename.values():
        names[NUMBER] = "parcel_id"
    return table.rename(columns=names)


def _band(name: str) -> str:
    """``avg(B04)`` -> ``B04``; of other reducers ``B04_max``."""
    reduced = REDUCED.fullmatch(name)
    if reduced is None:
        return name
    reducer, band = reduced["reducer"], reduced["band"]
    return band if reducer in MEANS else f"{band}_{reducer}"


def _of_json(content: dict[str, list[list[Any]]]) -> pd.DataFrame:
    if not all(isinstance(features, list) for features in content.values()):
        raise ValueError("it does not list the features of each time")
    bands = max((len(values) for features in content.values() for values in features), default=0)
    if bands == 0:
        raise ValueError("no feature has a value")
    rows = [
        (time, number, *(values or [np.nan] * bands))
        for time, features in content.items()
        for number, values in enumerate(features)
    ]
    return pd.DataFrame(rows, columns=["date", NUMBER, *(f"band_{band}" for band in range(bands))])


OPENEO = Reader("openEO aggregate_spatial", recognises, series=series)
