"""Names of classes as people write them: words for nothing, spellings, and text read in a wrong encoding."""

from __future__ import annotations

import re

import pandas as pd
from charset_normalizer import from_bytes

from engine.studies.ingest.csv_style import CODE_PAGES
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.request import IngestRequest

# What files write where no crop was chosen, in small letters; the braces are QGIS's word for NULL in a list.
NO_CROP = frozenset(
    {"null", "<null>", "n/a", "#n/a", "na", "n.a.", "<na>", "nan", "none", "nil", "-", "--", "---", ".", "?"}
    | {"unknown", "not known", "no data", "nodata", "unlabelled", "unlabeled", "not visited", "undefined"}
    | {"null value", "no value", "n.d.", "nd", "n.k.", "k.a.", "s/d", "tbd", "to be determined", "\\n"}
    | {"unspecified", "missing", "-9999", "{2839923c-8b7d-419e-b84b-ca2fe9b80ec7}"}
)
BLANKS = re.compile(r"\s+")
SIGNS = re.compile(r"[\s_-]+")  # between words
CODE = re.compile(r"0*(\d+)(?:\.0+)?")  # 1, 01 and 1.0 are one class
BRACES = "()<>[]"
IN_ANY_ENCODING = (".shp", ".zip", ".csv", ".txt", ".tsv")
CONTROL = re.compile("[\x80-\x9f�]")  # of ISO 8859-1, which no real name holds
TWICE = re.compile("[\xc2-\xf4][\x80-\xbf]+")  # UTF-8 that was read as ISO 8859-1 or Windows-1252


def without_placeholders(crop: pd.Series[str], findings: Findings) -> pd.Series[str]:
    """The classes with words for nothing left out, blanks made single and each name in one spelling.

    Spellings that differ only in case, blanks, hyphens and underscores are one class, and so are codes with
    and without leading zeros or ``.0``; the most frequent one names it.

    Parameters
    ----------
    crop
        Class of each parcel as the files name it, ``[parcel]``, missing where they name none.
    findings
        Takes the note.
    """
    crop = crop.str.replace(BLANKS, " ", regex=True).str.strip()
    key = crop.str.casefold()
    nothing = key.isin(NO_CROP) | (crop == "") | key.str.strip(BRACES).isin(NO_CROP)
    key = key.str.replace(SIGNS, " ", regex=True).str.replace(rf"^{CODE.pattern}$", r"\1", regex=True)
    crop, key = crop.mask(nothing), key.mask(nothing)
    sizes = crop.groupby(key).agg(lambda names: names.value_counts(sort=True).index[0])
    spelt = key.map(sizes)
    others = (spelt != crop) & crop.notna()
    if others.any():
        pairs = pd.DataFrame({"as": crop[others], "is": spelt[others]}).drop_duplicates().sort_values("as")
        text = ", ".join(f"{a} as {b}" for a, b in pairs.to_numpy())
        findings.note(f"Spellings that are one class: {text} ({others.sum()} parcels).")
    return spelt


def check_encoding(names: pd.Series[str], request: IngestRequest, findings: Findings) -> None:
    """Class names with control characters, or with UTF-8 read as another encoding, are a fault with its cure.

    Parameters
    ----------
    names
        Class of each parcel, ``[parcel]``.
    request
        Encoding that the user gave, names that are to be replaced, and the files.
    findings
        Takes the fault.
    """
    known = sorted(set(names.dropna()))
    odd = [
        name
        for name in known
        if CONTROL.search(name)
        or (TWICE.search(name) and _likely([name]) == "utf-8" and name not in request.merge)
    ]
    if not odd:
        return
    written = [repr(name)[1:-1] for name in odd]
    what = "Classes with characters that no name has: the file is read in a wrong encoding"
    encoding, given = _likely(odd), request.encoding
    if encoding == "utf-8" and not any(path.suffix.lower() in IN_ANY_ENCODING for path in request.parcels):
        names_by_odd = {name: name.encode("latin-1").decode() for name in odd}
        pairs = " ".join(f'"{name}={right}"' for name, right in names_by_odd.items())
        cure = f"The file holds them so. Correct them there, or with --merge {pairs}."
        findings.fault(what, cure, written, {"merge": {**request.merge, **names_by_odd}})
        return
    cure = "Give the encoding with which the file was written, for example --encoding cp1250."
    if encoding and encoding != given:
        reads = odd[0].encode("latin-1", "ignore").decode(encoding, "replace")
        cure = f'With --encoding {encoding} it reads "{reads}". Others are cp1252, cp852, cp1251 and utf-8.'
    findings.fault(what, cure, written, {"encoding": encoding} if encoding and encoding != given else None)


def _likely(names: list[str]) -> str | None:
    """The encoding of names that were read as ISO 8859-1."""
    try:
        content = "\n".join(names).encode("latin-1")
    except UnicodeEncodeError:
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(content, cp_isolation=CODE_PAGES).best()
        return best.encoding if best else "cp1250"
    return "utf-8"
