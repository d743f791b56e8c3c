"""Tables for spreadsheets: nothing in them is calculated, and our own readers read them back."""

import csv
import io

import pandas as pd
import pytest

from engine import spreadsheets
from engine.mapping.accuracy.tables import read_table
from engine.sampling.lists import read_ids
from engine.spreadsheets import as_written, csv_of, marked, read_back, unmarked
from engine.studies.ingest.csv_style import csv_style, read_csv

NAMES = [
    "=1+1", '=HYPERLINK("http://evil.test","x")', "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "'=x", "''@x",
    "'quoted'", "plain", "a=b", "-5", "+3,5", "007", "－x", "O'Neill",
]  # fmt: skip


def table():
    return pd.DataFrame(
        {"parcel_id": NAMES, "=crop": pd.Categorical(["@wheat"] * len(NAMES)), "km": [-1.5] * len(NAMES)}
    )


def test_no_cell_begins_like_a_formula_and_numbers_stay_numbers():
    rows = list(csv.reader(io.StringIO(csv_of(table()).decode())))
    for cell in [cell for row in rows for cell in row]:
        assert cell[0] not in "=@\t\r", cell
        assert cell[0] not in "+-" or spreadsheets.NUMBER.fullmatch(cell), cell
    assert {row[2] for row in rows[1:]} == {"-1.5"}
    assert [row[0] for row in rows[1:]][6] == "'''@x"


def test_raw_tables_are_as_the_data_are():
    with as_written():
        raw = csv_of(table())
    assert [row[0] for row in csv.reader(io.StringIO(raw.decode()))][1:] == NAMES
    assert csv_of(table()) != raw


@pytest.mark.parametrize("name", [*NAMES, "\tx", "\rx", "=", "'", ""])
def test_what_is_marked_is_read_back(name):
    assert unmarked(marked(name)) == name


def test_all_our_readers_read_a_marked_table_back(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(csv_of(table()))
    assert read_table(path)["parcel_id"].tolist() == NAMES
    assert list(read_ids(path)) == NAMES
    style = csv_style(path, None, None, None)
    read = read_csv(path, style, ["parcel_id"])
    assert read["parcel_id"].tolist() == NAMES
    assert set(read["=crop"]) == {"@wheat"}


def test_reading_back_keeps_types_and_gaps():
    frame = pd.DataFrame({"a": ["'=x", None], "b": [1, 2], "c": [None, None]})
    back = read_back(frame)
    assert back["a"].tolist()[0] == "=x"
    assert back["a"].isna().tolist() == [False, True]
    assert back.dtypes.tolist() == frame.dtypes.tolist()
