"""How a CSV file is written: encoding, separator, decimal sign; found out, unless the user says it."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

import pandas as pd
from charset_normalizer import from_bytes

from engine.spreadsheets import read_back, unmarked

SEPARATORS = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SEPARATOR_SAID = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
SAMPLE_LINES = 50
CHUNK = 1 << 20  # bytes
ODD_BYTES = 1 << 16  # of text that is not UTF-8, by which its encoding is guessed
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The code pages of European spreadsheets; charset-normalizer chooses among them.
CODE_PAGES = ["cp1250", "cp1252", "cp1251", "cp1253", "cp1254", "cp1257", "cp852"]
COMMA_NUMBER = re.compile(r"\s*[-+]?\d+,\d+\s*")
POINT_NUMBER = re.compile(r"\s*[-+]?\d+\.\d+\s*")
NOTHING = [  # beside those pandas knows
    *(
        "-",
        "--",
        "---",
        "*",
        "?",
        ".",
        "masked",
        "Masked",
        "cloud",
        "clouds",
        "missing",
        "n.a.",
        "N.A.",
        "n.d.",
    ),
    *("null", "(null)", "no data", "No data", "nodata", "NoData", "NODATA", "NAN", "\\N"),
    *("#DIV/0!", "#VALUE!", "#WERT!", "#REF!", "#NUM!", "#ZAHL!", "#NV", "#BEZUG!"),
]


@dataclass(frozen=True)
class CsvStyle:
    """How a text table is written.

    Parameters
    ----------
    skip
        Lines before the header, such as ``sep=;`` or comments.
    header
        Names of the columns as the file has them, maybe twice; nameless ones are numbered from 1.
    """

    encoding: str
    separator: str
    decimal: str
    skip: int
    header: tuple[str, ...]

    @property
    def note(self) -> str | None:
        """What is unusual about it, in words; None where nothing is."""
        odd = []
        if self.separator != ",":
            odd.append(f"columns separated by {NAMES.get(self.separator, repr(self.separator))}")
        if self.decimal != ".":
            odd.append(f'numbers written with "{self.decimal}"')
        if self.encoding not in ("utf-8", "utf-8-sig"):
            odd.append(f"text in {self.encoding}")
        if self.skip:
            odd.append(f"{self.skip} line{'s' if self.skip > 1 else ''} before the header left out")
        return ", ".join(odd) or None


def csv_style(path: Path, encoding: str | None, separator: str | None, decimal: str | None) -> CsvStyle:
    """Find out how a file is written.

    Parameters
    ----------
    path
        Of the file.
    encoding, separator, decimal
        What the user says of it; None finds out.

    Raises
    ------
    ValueError
        Where it is no text, or not of the encoding that the user gives.
    """
    found = _encoding(path)
    encoding = encoding if encoding and found in CODE_PAGES else found  # UTF tells itself
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = [line.rstrip("\r\n") for line in islice(file, SAMPLE_LINES)]
    except LookupError:
        raise ValueError(f'there is no encoding "{encoding}"; try utf-8, cp1250 or utf-16') from None
    if any("\0" in line for line in lines):
        raise ValueError("it is not text")
    skip = _before_header(lines)
    if skip and (said := SEPARATOR_SAID.match(lines[0])) and separator is None:
        separator = said[1]
    body = [line for line in lines[skip:] if line.strip()]
    if not body:
        raise ValueError("the file is empty")
    separator = separator or max(SEPARATORS, key=lambda sign: _columns(body, sign))
    rows = list(csv.reader(body, delimiter=separator))
    header = tuple(unmarked(name.strip()).lstrip("#") or f"column {n}" for n, name in enumerate(rows[0], 1))
    return CsvStyle(encoding, separator, decimal or _decimal(rows[1:], separator), skip, header)


def read_csv(path: Path, style: CsvStyle, texts: Sequence[str]) -> pd.DataFrame:
    """The table; columns of one name stay columns of one name.

    Parameters
    ----------
    path
        Of the file.
    style
        How it is written.
    texts
        Columns that are read as text, since ids may begin with zeros.
    """
    numbers = list(range(len(style.header)))
    frame = pd.read_csv(
        path,
        compression=None,  # whatever its name ends in
        sep=style.separator,
        decimal=style.decimal,
        encoding=style.encoding,
        skiprows=style.skip,
        header=0,
        names=numbers,
        index_col=False,
        dtype={number: "str" for number in numbers if style.header[number] in texts},
        na_values=NOTHING,
        skipinitialspace=True,
        low_memory=False,  # else a column of mixed content warns
    )
    frame = read_back(frame)
    frame.columns = pd.Index(style.header, dtype="str")
    first = frame.iloc[:, 0].astype("str")
    rest = frame.iloc[:, 1:]
    left = first.str.startswith("#") & rest.isna().all(axis=1)  # remarks below the table
    left |= (first == style.header[0]) & (rest.iloc[:, -1:].astype("str") == style.header[-1]).any(axis=1)
    return frame[~left].infer_objects() if left.any() else frame


def _encoding(path: Path) -> str:
    """The encoding of a text file: by its mark, else UTF-8, else the likeliest code page."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
        if not head:
            raise ValueError("the file is empty")
        for mark, name in BOMS:
            if head.startswith(mark):
                return name
        if b"\0" in head:
            return _utf16(head)
        decoder, odd = codecs.getincrementaldecoder("utf-8")(), bytearray()
        chunk, is_utf8 = head, True
        while chunk and len(odd) < ODD_BYTES:
            if is_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
            if not chunk.isascii():
                odd += b"\n".join(line for line in chunk.splitlines() if not line.isascii())
            chunk = file.read(CHUNK)
    if is_utf8:
        return "utf-8"
    best = from_bytes(bytes(odd), cp_isolation=CODE_PAGES).best()
    return best.encoding if best else "cp1252"


def _utf16(head: bytes) -> str:
    """UTF-16 without a mark has its zeros at every second place."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.4 * len(head) / 2 and not even:
        return "utf-16-le"
    if even > 0.4 * len(head) / 2 and not odd:
        return "utf-16-be"
    raise ValueError("it is not text")


def _before_header(lines: Sequence[str]) -> int:
    """Lines that spreadsheets and loggers write before the header."""
    skip = 0
    widths = {
        sign: [len(next(csv.reader([line], delimiter=sign), ())) for line in lines] for sign in SEPARATORS
    }
    usual = {sign: median(width for width in of if width) if any(of) else 0 for sign, of in widths.items()}
    sign = max(SEPARATORS, key=lambda each: usual[each])
    while skip < len(lines):
        line, after = lines[skip], lines[skip + 1] if skip + 1 < len(lines) else ""
        is_header = any(line.count(each) == after.count(each) > 0 for each in SEPARATORS)
        is_title = bool(line.strip()) and widths[sign][skip] < usual[sign] / 2
        is_remark = line.startswith("#") or is_title or (skip > 0 and not line.strip())
        if not SEPARATOR_SAID.match(line) and (not is_remark or is_header):
            break
        skip += 1
    return skip


def _columns(lines: Sequence[str], separator: str) -> float:
    """How many columns the lines have with that separator, less where they differ from line to line."""
    counts = [len(row) for row in csv.reader(lines, delimiter=separator)]
    return counts[0] * sum(count == counts[0] for count in counts) / len(counts) if counts[0] > 1 else 0


def _decimal(rows: Sequence[Sequence[str]], separator: str) -> str:
    cells = [cell for row in rows for cell in row]
    with_comma = any(COMMA_NUMBER.fullmatch(cell) for cell in cells)
    with_point = any(POINT_NUMBER.fullmatch(cell) for cell in cells)
    return "," if separator != "," and with_comma and not with_point else "."
