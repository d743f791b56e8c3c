"""Columns of foreign tables as names and text."""

from __future__ import annotations

import re
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
import pandas as pd

YEAR = re.compile(r"(19|20)\d\d")
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
        [normalize("NFC", str(name)).strip() or None for name in raw], dtype=object
    )
    known = [text for text in texts if text is not None]
    if any(text.endswith(".0") for text in known) and all(WHOLE.fullmatch(text) for text in known):
        texts = np.array([text and text.partition(".")[0] for text in texts], dtype=object)
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
