"""Which harvest year a season is of, as files write it: a year, two years, a day, or the name of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import StudyError
from engine.studies.ingest.columns import YEAR, as_names
from engine.studies.ingest.dates import AmbiguousDatesError, read_times
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.time_axis import Window

TWO_YEARS = re.compile(r"((?:19|20)?\d\d)\s*[/\-–_]\s*((?:19|20)?\d\d)")
YEAR_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
CENTURY = 100


@dataclass(frozen=True)
class SeasonLabels:
    """Seasons of the rows of a table.

    Parameters
    ----------
    names
        Harvest year of each row, ``[row]``; what is not understood stays as it is written.
    outside
        Whether a row states a day that no season's window holds, ``[row]``.
    how
        What was read from something else than a year, in words; None where nothing was.
    """

    names: pd.Categorical
    outside: npt.NDArray[np.bool_]
    how: str | None


def window_of(request: IngestRequest, findings: Findings) -> Window:
    """The window of a request; the usual one where it is none, which is a fault.

    Parameters
    ----------
    request
        Whose window is asked for.
    findings
        Takes the fault.
    """
    try:
        return Window(*request.window)
    except StudyError as error:
        findings.fault("The window is wrong", str(error))
        return Window()


def season_labels(column: pd.Series, window: Window, request: IngestRequest) -> SeasonLabels:
    """Harvest years from a column of years, pairs of years or days, shifted as the request says.

    Parameters
    ----------
    column
        As the file writes it.
    window
        Of the year, which gives days their season.
    request
        How many years to add, and the order of day and month.
    """
    names = as_names(column)
    texts = pd.Series(names.categories, dtype="str")
    labels, how = texts.copy(), []
    outside = np.zeros(len(texts) + 1, bool)
    strange = ~texts.str.fullmatch(YEAR).to_numpy(bool)
    pairs = texts[strange].str.extract(rf"(?<![\d/\-–_.:]){TWO_YEARS.pattern}(?![\d/\-–_.:])").dropna()
    for row, (first, second) in zip(pairs.index, pairs.to_numpy(), strict=True):
        if int(second) % CENTURY == (int(first) + 1) % CENTURY and texts[row].strip()[-1].isdigit():
            labels[row], strange[row] = str(int(first[-2:]) + 1 + int(first[:-2] or 20) * CENTURY), False
            how.append("the later of two years")
    if strange.any():
        how += _days(labels, np.flatnonzero(strange), outside, window, request)
    if request.shift_seasons:
        is_year = labels.str.fullmatch(YEAR).to_numpy(bool)
        labels[is_year] = (labels[is_year].astype(int) + request.shift_seasons).astype(str)
    merged, unique = pd.factorize(labels.to_numpy(object))
    codes = np.append(merged, -1)[names.codes]
    return SeasonLabels(
        pd.Categorical.from_codes(codes, categories=pd.Index(unique, dtype="str")),
        outside[names.codes],
        " and ".join(dict.fromkeys(how)) or None,
    )


def _days(
    labels: pd.Series[str],
    rows: npt.NDArray[np.int64],
    outside: npt.NDArray[np.bool_],
    window: Window,
    request: IngestRequest,
) -> list[str]:
    """Turn days, and texts that hold a year, into harvest years in place; what was read, in words."""
    how = []
    try:
        times, _ = read_times(labels.iloc[rows], request.dates)
    except AmbiguousDatesError:
        times = np.full(len(rows), np.datetime64("NaT"))
    read = ~np.isnat(times)
    years = times.astype("datetime64[Y]")
    if read.any() and (times[read] == years[read]).all():  # who knows the year only writes New Year's Day
        labels.iloc[rows[read]] = pd.Index(years[read].astype(str), dtype="str")
        how.append("the year of a New Year's Day")
    elif read.any():
        labels.iloc[rows[read]] = pd.Index(window.harvest_years(times[read]).astype(str), dtype="str")
        outside[rows[read][~window.holds(times[read])]] = True
        how.append("the harvest year whose window holds a day")
    for row in rows[~read]:
        year = year_in(labels[row])
        if year is not None and not re.search(r"\d", labels[row].replace(year, "")):
            labels[row] = year
            how.append("the year that stands in a text")
    return how


def year_in(name: str) -> str | None:
    """The only year in the name of a file or layer; None where it has none or several.

    Parameters
    ----------
    name
        Without folder and suffix.
    """
    years = set(YEAR_IN_NAME.findall(name))
    return years.pop() if len(years) == 1 else None
