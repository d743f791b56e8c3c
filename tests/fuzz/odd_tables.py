"""Tables as text that are well-formed, but say something odd."""

from __future__ import annotations

import numpy as np
import pandas as pd

CELLS = (
    *(
        "",
        " ",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "1e400",
        "-1",
        "2147483648",
        "18446744073709551616",
        "[1, 2]",
        "[]",
        "{}",
    ),
    *(
        "null",
        "None",
        "é",
        "é",
        "\x00",
        "\ud800",
        "2021-02-30",
        "0000-00-00",
        "9999-12-31",
        "1",
        "=1+1",
        "x" * 2000,
    ),
    *("a;b", 'a"b', "a\nb", "True", "1,5", "1e-320", "-0", "١٢"),
)
NAMES = ("", " ", "0", "date", "season", "a\nb", "é")


def with_odd_column(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A copy of which one or two columns are gone, doubled, renamed, empty, shuffled or hold odd cells."""
    table = table.astype(object).copy()
    for _ in range(int(rng.integers(1, 3))):
        if not len(table.columns):
            break
        place = int(rng.integers(len(table.columns)))
        name = table.columns[place]
        cell = CELLS[int(rng.integers(len(CELLS)))]
        match int(rng.integers(9)):
            case 0:
                table = table.drop(columns=name)
            case 1:
                table = pd.concat([table, table.iloc[:, [place]]], axis=1)
            case 2:
                table = table.rename(
                    columns={name: ("", " ", "0", "date", "season", "a\nb", "é")[int(rng.integers(7))]}
                )
            case 3:
                table = table.iloc[: int(rng.integers(0, 3))]
            case 4:
                table = (
                    table.isetitem_copy(place, cell)
                    if hasattr(table, "isetitem_copy")
                    else _set(table, place, cell)
                )
            case 5:
                order = rng.permutation(len(table))
                table = _set(table, place, table.iloc[order, place].to_numpy())
            case 6:
                table = pd.concat([table, table.iloc[: max(1, len(table) // 2)]], ignore_index=True)
            case _:
                values = table.iloc[:, place].to_numpy(dtype=object, copy=True)
                rows = rng.random(len(values)) < (0.02 if rng.random() < 0.5 else 0.5)
                values[rows] = cell
                table = _set(table, place, values)
    return table


def _set(table: pd.DataFrame, place: int, values: object) -> pd.DataFrame:
    changed = table.copy()
    changed.isetitem(place, values)
    return changed
