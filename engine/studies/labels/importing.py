"""Files of labels into a study: understood first, then kept, whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import geopandas as gpd
import pandas as pd

from engine.domain import Legend, StudyError
from engine.field_form import ACCURACY, TRAINING, Purpose
from engine.studies.ingest.faults import Findings, listed
from engine.studies.labels import journal
from engine.studies.labels.asked import check_decisions, check_purposes, of_season, season_of
from engine.studies.labels.matching import WITHIN_KM, MatchBy, matched, places_of
from engine.studies.labels.new_classes import (
    NewClass,
    UnknownClass,
    check_merge,
    question,
    with_classes,
)
from engine.studies.labels.nouns import Conflict, Import, Label, LabelError, Rule, Status, TakenFile
from engine.studies.labels.overlay import wider_legend
from engine.studies.labels.reading import LabelRows, ReadFiles, ReadOptions, read_files
from engine.studies.labels.settling import settle
from engine.studies.labels.statuses import Vocabulary, vocabulary
from engine.studies.manifest import FILE, Manifest, read_manifest
from engine.studies.parcels_file import read_parcels


@dataclass(frozen=True)
class LabelRequest:
    """What to make of files of labels.

    Parameters
    ----------
    season
        That they are of; None takes what the files say, else the last season with unknown crops, else the
        last.
    purpose
        Of all rows; None takes what the files say, else training.
    new_class
        Whether crops that the legend lacks are added, refused, or an error that asks.
    merge
        Class by the name that somebody wrote.
    rule, decisions
        What decides conflicts, see `engine.studies.labels.nouns.Import`.
    within_km
        How far from its parcel a row may lie that is matched by place.
    match
        ``id`` or ``place`` alone; None tries the id first.
    any_study
        Whether files that name another study are taken.
    names
        What people call the files, where their paths say otherwise.
    """

    season: str | None = None
    purpose: Purpose | None = None
    new_class: NewClass = "ask"
    merge: Mapping[str, str] = field(default_factory=dict)
    rule: Rule | None = None
    decisions: Mapping[str, str] = field(default_factory=dict)
    within_km: float = WITHIN_KM
    match: MatchBy | None = None
    any_study: bool = False
    names: Mapping[Path, str] = field(default_factory=dict)
    read: ReadOptions = field(default_factory=ReadOptions)


@dataclass(frozen=True, eq=False)
class Understood:
    """What files of labels say, before anything is kept.

    Parameters
    ----------
    new
        The import that would be kept; its number is 0.
    counts
        Filled-in rows by status, and ``unvisited``, ``unmatched``.
    settled
        The labels of the season, with those of earlier imports.
    conflicts
        Of the season, decided or not.
    unknown_classes
        Crops that the legend lacks, whatever is to become of them.
    notes
        What a user should know.
    """

    study: str
    new: Import
    counts: Mapping[str, int]
    settled: tuple[Label, ...]
    conflicts: tuple[Conflict, ...]
    unknown_classes: tuple[UnknownClass, ...]
    notes: tuple[str, ...]

    @property
    def season(self) -> str:
        """That the labels are of."""
        return self.new.season


def understand(
    folder: Path, files: Sequence[Path], request: LabelRequest, already: ReadFiles | None = None
) -> Understood:
    """Read files of labels and match them to the parcels of a study; nothing is written.

    Parameters
    ----------
    folder
        Of the study.
    files
        Field files that came back, exports of survey forms, tables or maps.
    request
        What to make of them.
    already
        The files, where they were read before; by default they are read now.

    Raises
    ------
    StudyError
        Where the study or a file cannot be read, or they do not fit together.
    """
    manifest, parcels, legend, earlier = _opened(folder)
    found_files = read_files(files, request.read) if already is None else already
    read, findings = found_files.layers, Findings(notes=list(found_files.notes))
    _check_twice(files)
    season = season_of(manifest, parcels, [rows for _, rows in read], request.season)
    for _, rows in read:
        check_purposes(rows, request.purpose)
    sought = parcels[(parcels["season"] == season).to_numpy()]
    words = vocabulary(legend.names, request.merge)
    check_merge(request.merge, [rows for _, rows in read])
    labels, unmatched, unvisited = list[Label](), list[str](), 0
    taken = {path: _taken(path, request) for path in files}
    places = places_of(sought) if files else None
    for path, rows in read:
        assert places is not None
        kept = of_season(rows, season, manifest.name, request.any_study, findings)
        found = _labels(
            kept, matched(kept, places, findings, request.within_km, request.match), words, request
        )
        labels += found.labels
        unmatched += found.unmatched
        unvisited += found.unvisited
        filled = len(found.labels) + len(found.unmatched)
        taken[path] = _with_rows(taken[path], kept.rows, filled)
    _check_any(files, labels, unmatched, unvisited)
    labels, unknown = with_classes(labels, legend, request.new_class)
    check_decisions(request.decisions, legend, [*labels, *settle(earlier, season).labels])
    new = Import(
        0,
        season,
        journal.now(),
        tuple(taken.values()),
        tuple(labels),
        unvisited,
        tuple(unmatched),
        request.rule,
        dict(request.decisions),
    )
    journal.check_new(new.files, earlier)
    settled = settle([*earlier, _last(new, earlier)], season)
    _say(sought, new, settled.labels, findings)
    counts = Counter(label.status.value for label in labels)
    more = {"unvisited": unvisited, "unmatched": len(unmatched)}
    return Understood(
        manifest.name,
        new,
        {**{status.value: counts[status.value] for status in Status if counts[status.value]}, **more},
        settled.labels,
        settled.conflicts,
        unknown,
        tuple(findings.notes),
    )


def take(folder: Path, files: Sequence[Path], request: LabelRequest) -> tuple[Import, Understood]:
    """Take files of labels into a study: their import is kept, and can be undone.

    Parameters
    ----------
    folder, files, request
        As for `understand`.

    Raises
    ------
    StudyError
        As for `understand`; where crops are new and nothing says what is to become of them; or where the
        study cannot be written. Nothing is changed then.
    """
    journal.check_writable(folder)
    understood = understand(folder, files, request)
    if understood.unknown_classes and request.new_class == "ask":
        raise LabelError(question(understood.unknown_classes))
    return journal.keep(folder, understood.new), understood


@dataclass(frozen=True)
class _Found:
    labels: list[Label]
    unmatched: list[str]
    unvisited: int


def _opened(folder: Path) -> tuple[Manifest, gpd.GeoDataFrame, Legend, tuple[Import, ...]]:
    """The study as it was made, its legend with classes that labels added, and its imports."""
    if not (folder / FILE).is_file():
        raise StudyError(f"{folder} is not a study: it has no {FILE}. Give the folder that ingest wrote.")
    manifest = read_manifest(folder / FILE)
    earlier = journal.imports(folder)
    legend = wider_legend(manifest.legend, [each for each in earlier if not each.undone])
    return manifest, read_parcels(folder, manifest), legend, earlier


def _taken(path: Path, request: LabelRequest) -> TakenFile:
    return TakenFile(request.names.get(path, path.name), journal.digest_of(path), 0, 0)


def _with_rows(file: TakenFile, rows: pd.DataFrame, filled: int) -> TakenFile:
    """The file with the rows of one more layer, which may name the trip."""
    own = rows[rows["trip"].notna()]
    trip, design = (own[name].dropna().mode() for name in ("trip", "design"))
    return replace(
        file,
        rows=file.rows + len(rows),
        filled=file.filled + filled,
        trip=file.trip or "".join(trip[:1]),
        design=file.design or "".join(design[:1]),
    )


def _last(new: Import, earlier: Sequence[Import]) -> Import:
    return replace(new, number=max((each.number for each in earlier), default=0) + 1)


def _labels(read: LabelRows, rows: gpd.GeoDataFrame, words: Vocabulary, request: LabelRequest) -> _Found:
    """The labels of a layer, rows that fit no parcel in words, and how many rows are not filled in."""
    found = _Found([], [], 0)
    unvisited = 0
    said_only = rows.drop(columns="geometry", errors="ignore").astype(object)
    records = said_only.where(said_only.notna(), None).to_dict("records")
    for number, row in enumerate(records, 1):
        note = row["note"] or ""
        said = words.said(row["crop"], row["visited"], note, read.is_form)
        if said.status == Status.UNVISITED:
            unvisited += 1
        elif row["parcel"] is None:
            far = f", {row['nearest_km']:.1f} km from the nearest parcel" if row["nearest_km"] < 1e4 else ""
            what = said.crop or said.status
            found.unmatched.append(
                f"{read.file.name} row {number} ({row['parcel_id'] or 'no id'}: {what}{far})"
            )
        else:
            found.labels.append(
                Label(
                    str(row["parcel"]),
                    said.status,
                    said.crop,
                    row["observer"] or "",
                    row["time"] or "",
                    row["confidence"],
                    cast(Purpose, row["purpose"] or request.purpose or TRAINING),
                    note,
                    row["matched"],
                    round(float(row["km"]), 3),
                    request.names.get(read.file, read.file.name),
                    row["stage"] or "",
                    row["photo"] or "",
                )
            )
    return _Found(found.labels, found.unmatched, unvisited)


def _check_twice(files: Sequence[Path]) -> None:
    names = Counter(journal.digest_of(path) for path in files)
    if names and max(names.values()) > 1:
        raise LabelError("The same file is given twice, so nothing was changed. Give each file once.")


def _check_any(
    files: Sequence[Path], labels: Sequence[Label], unmatched: Sequence[str], unvisited: int
) -> None:
    if not files or labels:
        return
    names = ", ".join(path.name for path in files)
    if not unmatched:
        raise LabelError(
            f"Nothing is filled in in {names} ({unvisited} rows), so nothing was changed. Give the files "
            "that the crew filled in."
        )
    raise LabelError(
        f"{listed(f'No row of {names} fits a parcel of the season', unmatched)}. Check that it is a file of "
        "this study and season; name its columns with --rename OLD=parcel_id, its reference system with "
        "--crs, or allow a greater distance with --within KM."
    )


def _say(sought: gpd.GeoDataFrame, new: Import, settled: Sequence[Label], findings: Findings) -> None:
    """Notes on labels of parcels whose crop is known, and of those that are for accuracy elsewhere."""
    known = dict(sought[["parcel_id", "crop"]].dropna().to_numpy(object))
    again = {label.parcel_id for label in new.labels if label.parcel_id in known}
    if again:
        other = sorted(
            {
                label.parcel_id
                for label in new.labels
                if label.crop and known.get(label.parcel_id, label.crop) != label.crop
            }
        )
        differ = f" {listed('They differ', other)}." if other else ""
        findings.note(
            f"The crop of {len(again)} of these parcels is known in the study already; it stays "
            f"as it is.{differ}"
        )
    apart = {label.parcel_id for label in settled if label.purpose == ACCURACY}
    both = sorted({label.parcel_id for label in new.labels if label.purpose == TRAINING} & apart)
    if both:
        findings.note(f"{listed('Parcels with labels for accuracy, which do not train', both)}.")
    if new.unmatched:
        findings.note(f"{listed('Rows that fit no parcel, which are left out', new.unmatched)}.")
