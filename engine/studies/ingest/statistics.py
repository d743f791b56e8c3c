"""Columns of zonal statistics: which of them is the band, and which only tell of its spread."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.studies.ingest.bands import recognised

WORDS = re.compile(r"[_\-. ]+")
# Best first: what stands for a parcel where several are given.
CENTRES = ("mean", "average", "avg", "median", "p50", "q50", "mode")
SPREADS = re.compile(
    r"std|stdev|stddev|sd|std_dev|var|variance|min|minimum|max|maximum|range|iqr|sum|cv|skew|skewness|kurtosis|"
    r"count|n|samplecount|nodatacount|validcount|pixelcount|percentile\d+|p\d+|q\d+|mad|se|entropy"
)


def is_spread(column: str) -> bool:
    """Whether a column is a measure of spread or a count of a band, such as ``VV_stDev``.

    Parameters
    ----------
    column
        Its name.
    """
    base, statistic = _split(column)
    return bool(base) and statistic is not None and statistic not in CENTRES


def centres(columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns that stand for a band, and those of the same bands that do not.

    Of a band with a plain column or several centres, the plain column, else the best centre stands for it.

    Parameters
    ----------
    columns
        Names of columns of numbers.
    """
    of_band: dict[str, dict[str, str]] = {}
    for column in columns:
        base, statistic = _split(column)
        of_band.setdefault(base, {})[statistic or ""] = column
    chosen, left = [], []
    for statistics in of_band.values():
        best = next((statistics[each] for each in ("", *CENTRES) if each in statistics), None)
        chosen += [best] if best is not None else []
        left += [column for column in statistics.values() if column != best]
    return chosen, left


def _split(column: str) -> tuple[str, str | None]:
    """Band and statistic of a column's name; no statistic where it names none or there is no band."""
    words = [word for word in WORDS.split(column) if word]
    for place in range(len(words)):
        word = words[place].casefold()
        if word not in CENTRES and not SPREADS.fullmatch(word):
            continue
        base = "_".join(words[:place] + words[place + 1 :])
        if recognised(base):
            return base, word
    return column, None
