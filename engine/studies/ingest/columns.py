"""Columns of foreign tables as names and text."""

from __future__ import annotations

import re
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
import pandas as pd

YEAR = re.compile(r"(19|20)\d\d")
# In seconds: nanoseconds hold no such years, and a comparison would not say so.
FIRST_DAY, LAST_DAY = np.datetime64("1000-01-01", "s"), np.datetime64("9999-12-31", "s")
NESTED = (list, dict, set, tuple, np.ndarray)
WHOLE = re.compile(r"-?\d+(\.0+)?")


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
    texts: npt.NDArray[np.object_] = np.array(
        [normalize("NFC", _said(name)).strip() or None for name in raw], dtype=object
    )
    known = [text for text in texts if text is not None]
    if any(text.endswith(".0") for text in known) and all(WHOLE.fullmatch(text) for text in known):
        texts = np.array([text and text.partition(".")[0] for text in texts], dtype=object)
    merged, names = pd.factorize(texts)  # "a" and "a " are one name
    return pd.Categorical.from_codes(np.append(merged, -1)[code], categories=pd.Index(names, dtype="str"))


def _said(name: object) -> str:
    """A value as text that every file can hold; none of a date that no calendar has."""
    try:
        return str(name).encode(errors="replace").decode()
    except (NotImplementedError, ValueError, OverflowError):
        return ""


def as_text(column: pd.Series) -> pd.Series[str]:
    """The same as a column of text.

    Parameters
    ----------
    column
        Text or numbers.
    """
    return pd.Series(as_names(column), index=column.index).astype("str")


def with_plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """The table, with nothing in cells that hold lists or tables instead of a value, or days of no calendar.

    Parameters
    ----------
    frame
        As it was read; columns may have one name.
    """
    for place, kind in enumerate(frame.dtypes):
        if pd.api.types.is_datetime64_any_dtype(kind):
            column = frame.iloc[:, place]
            times = (column.dt.tz_convert(None) if column.dt.tz else column).to_numpy("datetime64[s]")
            if ((times < FIRST_DAY) | (times > LAST_DAY)).any():
                frame = frame.copy()
                frame.isetitem(place, column.mask((times < FIRST_DAY) | (times > LAST_DAY)).array)
        if not pd.api.types.is_object_dtype(kind):
            continue
        nested = frame.iloc[:, place].map(lambda cell: isinstance(cell, NESTED)).to_numpy(bool)
        if nested.any():
            cells = frame.iloc[:, place].to_numpy(dtype=object, copy=True)
            cells[nested] = None
            frame = frame.copy()
            frame.isetitem(place, cells)
    return frame
