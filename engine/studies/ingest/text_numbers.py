"""Columns of text that hold numbers: decimal commas, thousands apart, other minus signs, exact decimals."""

from __future__ import annotations

import re

import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from engine.studies.ingest.column_names import is_text
from engine.studies.ingest.faults import Findings, listed

MINUS = str.maketrans("\u2212\u2013", "--", "\u00a0\u202f '")  # and blanks between thousands
PLAIN = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?|[-+]?\d+\.")
COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")
GROUPS = {
    ",": re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"),
    ".": re.compile(r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+,\d+|[-+]?[1-9]\d{0,2}(?:\.\d{3}){2,}"),
}
OTHER_KINDS = (is_numeric_dtype, is_bool_dtype, is_datetime64_any_dtype)
FIRST = 20  # texts that are looked at before the whole column


def with_numbers(frame: pd.DataFrame, file: str, findings: Findings) -> pd.DataFrame:
    """The table with columns of text as numbers where every text is one; how they were written is noted.

    Parameters
    ----------
    frame
        A table; it may have a name twice.
    file
        Its name, for the note.
    findings
        Takes the note.
    """
    read: dict[int, pd.Series] = {}
    ways: dict[str, list[str]] = {}
    for place, name in enumerate(map(str, frame.columns)):
        column = frame.iloc[:, place]
        if (
            is_text(name)
            or is_numeric_dtype(column)
            or is_bool_dtype(column)
            or is_datetime64_any_dtype(column)
        ):
            continue
        found = _numbers(column)
        if found is not None:
            read[place], way = found
            if way:
                ways.setdefault(way, []).append(name)
    for way, names in ways.items():
        findings.note(f"{listed(f'Columns of {file} whose numbers are written {way}', names)}.")
    if not read:
        return frame
    columns = [read.get(place, frame.iloc[:, place]) for place in range(frame.shape[1])]
    whole = pd.concat(columns, axis=1)
    whole.columns = frame.columns
    return whole


def _numbers(column: pd.Series) -> tuple[pd.Series, str | None] | None:
    """The numbers of a column, and how they are written where that is unusual; None where it holds text."""
    code, raw = pd.factorize(column)
    texts = pd.Series([str(each).strip().translate(MINUS) for each in raw], dtype="str")
    if not len(texts) or not texts[:FIRST].str.contains(r"\d").any():
        return None
    way = None
    plain, comma = _match(texts, PLAIN), _match(texts, COMMA)
    grouped = {sign: _match(texts, pattern) for sign, pattern in GROUPS.items()}
    if (plain | grouped[","]).all() and grouped[","].any():
        texts, way = texts.str.replace(",", ""), "with commas between thousands"
    elif (plain | comma | grouped["."]).all() and (comma | grouped["."]).any():
        between = grouped["."].any()
        texts = texts.str.replace(".", "", regex=False).where(grouped["."], texts)
        texts = texts.str.replace(",", ".", regex=False)
        way = "with a decimal comma" + (" and points between thousands" if between else "")
    elif not plain.all():
        return None
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(float)
    if pd.isna(numbers).any():
        return None
    values = pd.Series(numbers).reindex(code).set_axis(column.index)  # -1 is no row of it, so missing
    return values, way


def _match(texts: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    return texts.str.fullmatch(pattern).astype(bool)
