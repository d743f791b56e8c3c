"""Columns of foreign tables as names, text and times."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

YEAR = re.compile(r"(19|20)\d\d")


def as_names(column: pd.Series) -> pd.Categorical:
    """Names as stripped text, missing where there is none; whole numbers lose their ``.0``.

    Parameters
    ----------
    column
        Text or numbers.
    """
    code, raw = pd.factorize(column)
    if pd.api.types.is_float_dtype(raw) and (np.asarray(raw) % 1 == 0).all():
        raw = raw.astype(np.int64)
    texts = np.array([str(name).strip() or None for name in raw], dtype=object)
    merged, names = pd.factorize(texts)  # "a" and "a " are one name
    return pd.Categorical.from_codes(np.append(merged, -1)[code], categories=pd.Index(names, dtype="str"))


def as_text(column: pd.Series) -> pd.Series[str]:
    """The same as a column of text.

    Parameters
    ----------
    column
        Text or numbers.
    """
    return pd.Series(as_names(column), index=column.index).astype("str")


def as_time(column: pd.Series) -> npt.NDArray[np.datetime64]:
    """Times in UTC; what is no ISO date becomes NaT.

    Parameters
    ----------
    column
        Times or text; times without a zone are UTC.
    """
    if not pd.api.types.is_datetime64_any_dtype(column):
        names = as_names(column)
        parsed = pd.to_datetime(
            pd.Series(names.categories, dtype="str"), format="ISO8601", errors="coerce", utc=True
        )
        times = np.append(parsed.dt.tz_localize(None).to_numpy("datetime64[s]"), np.datetime64("NaT"))
        return np.asarray(times[names.codes])
    if getattr(column.dt, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return column.to_numpy("datetime64[s]")
