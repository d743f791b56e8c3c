"""Tables as CSV that a spreadsheet opens without calculating what stands in them.

A cell that begins with a sign of a formula gets an apostrophe before it [1]_, which our own readers take
away again. Numbers stay numbers.

References
----------
.. [1] OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MARK = "'"
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
MARKED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_raw: ContextVar[bool] = ContextVar("raw", default=False)


@contextmanager
def as_written(raw: bool = True) -> Iterator[None]:
    """Have tables written as they are, for programs that are no spreadsheets.

    Parameters
    ----------
    raw
        Whether they are.
    """
    token = _raw.set(raw)
    try:
        yield
    finally:
        _raw.reset(token)


def csv_of(frame: pd.DataFrame) -> bytes:
    """A table as CSV in UTF-8, safe for spreadsheets.

    Parameters
    ----------
    frame
        The table; its index is left out.
    """
    if not _raw.get():
        texts = [number for number, kind in enumerate(frame.dtypes) if kind.kind not in "biufcmM"]
        safe = {number: frame.iloc[:, number].astype(object).map(marked) for number in texts}
        columns = [safe.get(number, frame.iloc[:, number]) for number in range(frame.shape[1])]
        names = [marked(name) for name in frame.columns]
        frame = type(frame)(dict(enumerate(columns)), index=frame.index)
        return frame.to_csv(index=False, header=names, lineterminator="\n").encode()
    return frame.to_csv(index=False, lineterminator="\n").encode()


def marked(cell: Any) -> Any:
    """A cell with an apostrophe where a spreadsheet would take it for a formula.

    Parameters
    ----------
    cell
        Anything; what is no text stays as it is, as does a number in text.
    """
    if not isinstance(cell, str) or not FORMULA.match(cell) or NUMBER.fullmatch(cell):
        return cell
    return MARK + cell


def unmarked(cell: Any) -> Any:
    """A cell as it was before `marked`.

    Parameters
    ----------
    cell
        Anything; what is no text stays as it is.
    """
    return cell[1:] if isinstance(cell, str) and MARKED.match(cell) else cell


def read_back(frame: pd.DataFrame) -> pd.DataFrame:
    """A table that was read from CSV, with its texts as they were before `csv_of`.

    Parameters
    ----------
    frame
        As read; it is not changed.
    """
    texts = [number for number, kind in enumerate(frame.dtypes) if kind.kind not in "biufcmM"]
    columns: dict[int, Any] = {number: frame.iloc[:, number] for number in range(frame.shape[1])}
    for number in texts:
        column = columns[number]
        if column.astype("str").str.startswith(MARK).any():
            columns[number] = column.map(unmarked, na_action="ignore").astype(column.dtype)
    back = type(frame)(columns, index=frame.index)
    back.columns = frame.columns.map(unmarked)
    return back
