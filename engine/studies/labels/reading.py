"""Files of labels as rows: our own field files, exports of KoboToolbox and ODK, plain tables and maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from engine.field_form import CONFIDENCES, CROP_FOUND, PURPOSES
from engine.studies.ingest.column_names import ALIASES, plain
from engine.studies.ingest.columns import YEAR, as_text
from engine.studies.ingest.dates import AmbiguousDatesError, read_times
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import FileOptions, ForeignFile
from engine.studies.ingest.places import in_degrees
from engine.studies.ingest.readers import UNREADABLE, Layer, read_layers
from engine.studies.ingest.request import DateOrder, IngestRequest
from engine.studies.labels.nouns import LabelError

# Names in small letters and without group, by what they mean; the first that is there counts.
NAMES: Mapping[str, tuple[str, ...]] = {
    "crop": (CROP_FOUND, "crop_observed", "observed_crop", *ALIASES["crop"]),
    "visited": ("visited", "was_visited", "visit"),
    "note": ("note", "notes", "remark", "remarks", "comment", "comments"),
    "observer": ("observer", "surveyor", "enumerator", "username", "submitted_by", "submittername", "crew"),
    "time": (
        "observed_at", "start", "today", "end", "submission_time", "submissiondate", "visited_at",
        "timestamp", "datetime", "date",
    ),
    "confidence": ("confidence", "certainty", "sure"),
    "stage": ("growth_stage", "stage", "bbch"),
    "photo": ("photo", "picture", "image"),
    "purpose": ("purpose",),
    "study": ("study",),
    "trip": ("trip",),
    "design": ("design",),
    "season": ALIASES["season"],
    "parcel_id": ALIASES["parcel_id"],
}  # fmt: skip
SUBMITTED = ("start", "end", "today", "submission_time", "submissiondate")  # a form that was sent, row by row
PLANNED = "arrival"  # column of day sheets, whose date and crew are planned
TEXTS = (
    "crop", "visited", "note", "observer", "purpose", "study", "trip", "design", "season", "stage", "photo",
)  # fmt: skip
WEAK = ("id", "uid", "fid", "objectid")  # names of columns that may number anything
SOME = 8  # columns that are named
MIDNIGHT, PERCENT = "T00:00:00", 100


@dataclass(frozen=True)
class ReadOptions:
    """How files of labels are to be read, where they do not say it.

    Parameters
    ----------
    file
        Layers, names of columns, encoding, separator and decimal sign.
    crs
        Coordinate reference system of files that state none.
    dates
        Whether ``03/04/2021`` begins with the day or the month; None finds out.
    """

    file: FileOptions = field(default_factory=FileOptions)
    crs: str | None = None
    dates: DateOrder | None = None


@dataclass(frozen=True, eq=False)
class LabelRows:
    """The rows of a layer.

    Parameters
    ----------
    rows
        ``parcel_id``, the columns `TEXTS`, ``time`` and ``confidence``, missing where a row says nothing, and
        ``geometry`` in degrees where the layer has places.
    is_id_weak
        Whether the column of ids may number something else than parcels, or is not there.
    is_form
        Whether each row is a form that somebody sent.
    """

    file: Path
    name: str
    rows: pd.DataFrame
    is_id_weak: bool
    is_form: bool


@dataclass(frozen=True, eq=False)
class ReadFiles:
    """The layers of files of labels, as they were read, before anything is made of them.

    Parameters
    ----------
    layers
        With the file of each.
    notes
        What a user should know of how they were read.
    """

    layers: tuple[tuple[Path, LabelRows], ...]
    notes: tuple[str, ...]


def read_files(files: Sequence[Path], options: ReadOptions) -> ReadFiles:
    """Read files of labels.

    Parameters
    ----------
    files
        As of `understand`.
    options
        How they are to be read, where they do not say it.

    Raises
    ------
    LabelError
        Where one cannot be read, or holds no labels.
    """
    findings = Findings()
    layers = tuple((path, rows) for path in files for rows in read_labels(path, options, findings))
    return ReadFiles(layers, tuple(findings.notes))


def read_labels(path: Path, options: ReadOptions, findings: Findings) -> tuple[LabelRows, ...]:
    """The layers of a file that hold labels.

    Parameters
    ----------
    path
        Of the file.
    options
        How it is to be read.
    findings
        Takes the notes.

    Raises
    ------
    LabelError
        Where it cannot be read, or no layer holds labels.
    """
    if path.is_file() and not path.stat().st_size:
        raise LabelError(f"{path} is empty. Copy it again from where it came.")
    own = Findings()
    layers = read_layers(path, _with_crop(path, options.file), own)
    _raise(own)
    assert layers is not None
    there = {str(column) for layer in layers for column in layer.frame.columns}
    absent = [old for old, new in options.file.rename.items() if new not in there]
    if absent:
        raise LabelError(
            f"{path} has no column {', '.join(absent)}. Correct --rename; it has {_some(there)}."
        )
    sources = [(layer, _sources(layer.frame)) for layer in layers]
    useful = [
        (layer, source)
        for layer, source in sources
        if "crop" in source and ("parcel_id" in source or layer.has_geometry) and len(layer.frame)
    ]
    if not useful:
        raise LabelError(
            f"{path} holds no labels: it needs a column of crops, and ids or places of parcels. It has "
            f"{_some(there)}. Name the right columns with --rename OLD=crop OLD=parcel_id."
        )
    found = tuple(_rows(layer, source, options, own) for layer, source in useful)
    _raise(own)
    findings.notes += [note for note in own.notes if note not in findings.notes]
    return found


def _raise(findings: Findings) -> None:
    if findings.faults:
        raise LabelError("\n".join(str(fault) for fault in findings.faults))


def _some(columns: Iterable[str]) -> str:
    names = sorted(columns)
    return ", ".join(names[:SOME]) + (", ..." if len(names) > SOME else "")


def _with_crop(path: Path, options: FileOptions) -> FileOptions:
    """The options with our name for the column of crops, by which readers know a table of parcels."""
    try:
        columns = ForeignFile(path, options).columns if path.is_file() else ()
    except UNREADABLE:  # which is said when the file is read
        return options
    found = [
        column
        for column in columns
        if plain(column) in NAMES["crop"] and plain(column) not in ALIASES["crop"]
    ]
    if not found or "crop" in options.rename.values():
        return options
    before = {"crop": "crop before"} if "crop" in columns else {}
    return replace(options, rename={**options.rename, **before, found[0]: "crop"})


def _sources(frame: pd.DataFrame) -> dict[str, str]:
    """The column of the table that holds each of `NAMES`."""
    columns = [str(column) for column in frame.columns if column != "geometry"]
    is_planned = PLANNED in columns
    found: dict[str, str] = {}
    for ours, names in NAMES.items():
        candidates = [
            (names.index(plain(column)), column)
            for column in columns
            if plain(column) in names and column not in found.values()
            if not (is_planned and ours == "time" and plain(column) == "date")
        ]
        if candidates:
            found[ours] = min(candidates)[1]
    return found


def _rows(layer: Layer, source: Mapping[str, str], options: ReadOptions, findings: Findings) -> LabelRows:
    frame, name = layer.frame, str(layer)
    rows = pd.DataFrame(index=frame.index)
    for ours in ("parcel_id", *TEXTS):
        rows[ours] = _texts(frame[source[ours]]) if ours in source else None
    if plain(source.get("observer", "")) == "crew":
        rows["observer"] = ("crew " + rows["observer"].astype("str")).where(rows["observer"].notna(), None)
    rows["time"] = _times(frame, source, name, options)
    rows["confidence"] = _confidences(frame, source, name, findings)
    _check_purposes(rows["purpose"], name)
    if not rows["season"].dropna().astype("str").str.fullmatch(YEAR).all():  # as "spring", of a survey
        rows["season"] = None
    if isinstance(frame, gpd.GeoDataFrame):
        named = frame[["geometry"]].assign(parcel_id=rows["parcel_id"])
        request = IngestRequest((), (), "", crs=options.crs)
        placed = in_degrees(gpd.GeoDataFrame(named, crs=frame.crs), name, request, findings)
        rows["geometry"] = placed.geometry
    return LabelRows(
        layer.path,
        name,
        rows.reset_index(drop=True),
        plain(source.get("parcel_id", "id")) in WEAK,
        any(plain(str(column)) in SUBMITTED for column in frame.columns),
    )


def _texts(column: pd.Series) -> pd.Series:
    """The column as text, missing where there is none."""
    texts = as_text(column).astype(object)
    return texts.where(texts.notna(), None)


def _times(frame: pd.DataFrame, source: Mapping[str, str], name: str, options: ReadOptions) -> list[str]:
    """When each row was observed, ISO; a day without time is a date; empty where nobody says it."""
    written = pd.Series("", index=frame.index)
    for ours in ("visited", "time"):  # the latter is the more exact
        if ours not in source:
            continue
        try:
            times, _ = read_times(frame[source[ours]], options.dates)
        except AmbiguousDatesError as error:
            raise LabelError(
                f"{name}: nothing says whether {error} in {source[ours]} begins with the day or the month. "
                "Say it with --dates day-first or --dates month-first."
            ) from None
        known = ~np.isnat(times)
        texts = pd.Series(np.datetime_as_string(times, unit="s"), index=frame.index)
        written = written.where(~known, texts.str.removesuffix(MIDNIGHT))
    return list(written)


def _confidences(
    frame: pd.DataFrame, source: Mapping[str, str], name: str, findings: Findings
) -> list[float | None]:
    """0 to 1, from words of our form, shares or percent; None where a row says nothing of the kind."""
    if "confidence" not in source:
        return [None] * len(frame)
    texts = _texts(frame[source["confidence"]])
    read = [_confidence(text) for text in texts]
    odd = sorted({str(text) for text, value in zip(texts, read, strict=True) if text and value is None})
    if odd:
        findings.note(f"{name}: confidence {', '.join(odd[:3])} is not understood, so it is left out.")
    return read


def _confidence(text: str | None) -> float | None:
    if not text:
        return None
    if text.casefold() in CONFIDENCES:
        return CONFIDENCES[text.casefold()]
    try:
        value = float(text.rstrip("% ").replace(",", "."))
    except ValueError:
        return None
    value = value / PERCENT if "%" in text or value > 1 else value
    return value if 0 <= value <= 1 else None


def _check_purposes(purposes: pd.Series, name: str) -> None:
    odd = sorted(set(purposes.dropna()) - set(PURPOSES))
    if odd:
        raise LabelError(
            f"{name} has rows of purpose {', '.join(odd)}; only {' and '.join(PURPOSES)} are known. Correct "
            "the column, or rename it with --rename purpose=other."
        )
