"""Tidy tables: one row a band or a statistic, the number in a column of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from engine.studies.ingest.bands import recognised
from engine.studies.ingest.column_names import plain
from engine.studies.ingest.statistics import CENTRES, is_spread

KEYS = ("parcel_id", "pixel_id", "season", "date")
BAND_NAMES = ("band", "bands", "variable", "parameter", "index", "index_name", "indicator", "layer")
VALUE_NAMES = ("value", "mean", "average", "avg", "median", "val", "reading")
MOST_BANDS = 200


def widened(frame: pd.DataFrame) -> tuple[pd.DataFrame, str | None]:
    """The table with one column a band, and what was made of it in words; as it is where it is not tidy.

    Parameters
    ----------
    frame
        With ``parcel_id``, ``date`` and perhaps ``pixel_id`` and ``season``.
    """
    others = [str(column) for column in frame.columns if column not in KEYS]
    numbers = [c for c in others if is_numeric_dtype(frame[c]) and not is_bool_dtype(frame[c])]
    band = _band_column(frame, [c for c in others if c not in numbers])
    if band is None or any(recognised(column) for column in numbers):
        return frame, None
    frame, reducer = _centre_rows(frame, [c for c in others if c not in numbers and c != band])
    value = next((c for name in VALUE_NAMES for c in numbers if plain(c) == name), None)
    if value is None and len(numbers) != 1:
        return frame, None
    value = value or numbers[0]
    keys = [column for column in KEYS if column in frame]
    by = [frame[column].astype("str") if column != "date" else frame[column] for column in keys]
    turn = frame.groupby([*by, frame[band]], observed=True, dropna=False).cumcount()  # a day may stand twice
    table = frame[[*keys, band, value]].assign(_turn=turn)
    table[keys] = table[keys].astype({column: "str" for column in keys if column != "date"})
    wide = table.set_index([*keys, "_turn", band])[value].unstack(band)  # noqa: PD010 - no value is aggregated
    wide = wide.reset_index()
    wide.columns.name = None
    left = [column for column in others if column not in (band, value, reducer)]
    note = f'one row a band: band in "{band}", number in "{value}"'
    return wide.drop(columns="_turn"), note + (f"; not used: {', '.join(left)}" if left else "")


def _band_column(frame: pd.DataFrame, texts: Sequence[str]) -> str | None:
    """The column of text whose content names bands."""
    for column in texts:
        names = frame[column].dropna().astype("str").unique()
        if not 0 < len(names) <= MOST_BANDS:
            continue
        if any(recognised(name) or is_spread(name) for name in names) or plain(column) in BAND_NAMES:
            return column
    return None


def _centre_rows(frame: pd.DataFrame, texts: Sequence[str]) -> tuple[pd.DataFrame, str | None]:
    """Of a table with a row for each statistic of a band, the rows of the best centre."""
    for column in texts:
        names = frame[column].astype("str").str.casefold()
        best = next((centre for centre in CENTRES if (names == centre).any()), None)
        if best is not None:
            return frame[(names == best).to_numpy()], column
    return frame, None
