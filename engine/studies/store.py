"""Open and save a study folder: ``study.toml``, ``parcels.parquet``, ``series-<season>.parquet``."""

from __future__ import annotations

import logging
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Cube, Study, StudyError
from engine.leftovers import put_in_place, put_right, swap_name
from engine.studies import parcels_file
from engine.studies.cubes import (
    StoredCubes,
    season_digest,
    season_rows,
    simulate_series,
    unsimulated_seasons,
)
from engine.studies.fingerprint import fingerprint, parcels_digest, series_digest
from engine.studies.labels import journal
from engine.studies.labels.overlay import Overlaid, with_labels
from engine.studies.manifest import FILE, Manifest, SeasonEntry, read_manifest
from engine.studies.parcels_file import check_parcels, read_parcels, write_parcels
from engine.studies.profiles import FILE as PROFILES
from engine.studies.profiles import profiles
from engine.studies.series_file import series_path, write_series
from engine.studies.summary import summary

LOG = logging.getLogger("groundplan")
PARTS = (
    FILE,
    parcels_file.FILE,
    PROFILES,
    "series-*.parquet",
)  # of a study; all else in its folder is beside it

__all__ = [
    "StoredCubes", "new_folder", "open_study", "profiles_of", "save_study", "season_digest",
    "simulate_series", "stamp", "summary", "unsimulated_seasons",
]  # fmt: skip


def open_study(folder: Path | str) -> Study:
    """Open a study folder; its series are read season by season, when they are asked for.

    Loading reads TOML, Parquet and JSON and never runs code. Labels that came back, see
    `engine.studies.labels`, name the crops of parcels that nobody knew.

    Parameters
    ----------
    folder
        Of the study.

    Raises
    ------
    StudyError
        Whatever is wrong with the folder.
    """
    folder = Path(folder).absolute()
    put_right(folder.parent, PARTS)
    if not folder.is_dir():
        raise StudyError(f"There is no folder {folder}. Check the path, or make a study with ingest.")
    if not (folder / FILE).is_file():
        raise StudyError(
            f"{folder} is not a study: it has no {FILE}. Give the folder that ingest wrote, or ingest again."
        )
    manifest = read_manifest(folder / FILE)
    for complaint in journal.damaged(folder):
        LOG.warning("%s", complaint)
    overlaid = with_labels(
        folder,
        manifest.legend,
        read_parcels(folder, manifest),
        [entry.season.label for entry in manifest.seasons if entry.has_series],
    )
    for entry in manifest.seasons:
        path = series_path(folder, entry.season.label)
        if entry.has_series and not path.is_file() and manifest.landscape is None:
            raise StudyError(f"{path} is missing. Copy the whole study folder again, or ingest it again.")
    study = Study(
        name=manifest.name,
        legend=overlaid.legend,
        seasons=tuple(entry.season for entry in manifest.seasons),
        parcels=overlaid.parcels,
        cubes=StoredCubes(folder, manifest),
        departure=manifest.departure,
        provenance=manifest.provenance,
        fingerprint=_fingerprint(manifest, overlaid),
        source=manifest.source,
    )
    check_seasons(study)
    return study


def check_seasons(study: Study) -> None:
    """Refuse a study with labels in a season without series: nothing could be learnt from them.

    Parameters
    ----------
    study
        To open or to save.

    Raises
    ------
    StudyError
        Where a season has labels and no series, or no season has series.
    """
    idle = [s.label for s in study.seasons if not study.has_series(s.label) and not study.is_open(s.label)]
    if idle:
        raise StudyError(
            f"{study.name} has labels but no series in {', '.join(idle)}, so nothing can be learnt from "
            "these labels. Ingest the study again with the series, or without the season (--seasons)."
        )
    if not len(study.cubes):
        raise StudyError(f"No season of {study.name} has series. Ingest the study again with them.")


def save_study(
    study: Study,
    folder: Path | str,
    *,
    missing: Mapping[str, float] | None = None,
    overwrite: bool = False,
) -> Path:
    """Save a study as a folder, whole or not at all.

    Parameters
    ----------
    study
        The study to save.
    folder
        Where to save it.
    missing
        Share of slots, in 0..1, that were filled by interpolation, by season label.
    overwrite
        Replace a study that lies there. Whatever else lies in its folder, outcomes for example, stays.

    Returns
    -------
    The folder.

    Raises
    ------
    StudyError
        Where the folder is taken or cannot be written, or the seasons do not fit together.
    """
    check_parcels(study.parcels, study.legend, {season.label for season in study.seasons}, study.name)
    check_seasons(study)
    with new_folder(folder, overwrite) as partial:
        _write(study, partial, missing or {})
    return Path(folder).absolute()


@contextmanager
def new_folder(folder: Path | str, overwrite: bool) -> Iterator[Path]:
    """A folder to write a study into; it takes its place when all is written, or leaves no trace.

    Parameters
    ----------
    folder
        Where the study is to lie.
    overwrite
        Replace a study that lies there.

    Raises
    ------
    StudyError
        Where the folder is taken or cannot be written.
    """
    folder = Path(folder).absolute()
    put_right(folder.parent, PARTS)
    _check_free(folder, overwrite)
    partial = swap_name(folder, uuid.uuid4().hex[:8])
    try:
        partial.mkdir(parents=True)
        yield partial
        if folder.is_dir():
            put_in_place(partial, folder, PARTS)
        else:
            os.rename(partial, folder)
    except OSError as error:
        raise StudyError(
            f"The study cannot be saved to {folder} ({error}). Check the free space and your rights there."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def profiles_of(study: Study) -> pd.DataFrame:
    """Profiles of a study's classes, see `engine.studies.profiles`.

    Those that ship with a light study are taken; else the series of every season are read.

    Parameters
    ----------
    study
        The study.

    Raises
    ------
    StudyError
        Where the profiles that ship with it cannot be read.
    """
    if isinstance(study.cubes, StoredCubes):
        path = study.cubes.folder / PROFILES
        if path.is_file():
            try:
                return pd.read_parquet(path)
            except Exception as error:  # a library that reads what a stranger wrote may fail in any way
                raise StudyError(f"{path} cannot be read ({error}). Delete it, or copy it again.") from error
    return profiles(study)


def stamp(folder: Path) -> tuple[int, int]:
    """Numbers that change when a study is made anew, renamed, or gets labels or loses them.

    Parameters
    ----------
    folder
        Of the study.
    """
    path = folder / FILE
    return path.stat().st_mtime_ns if path.is_file() else 0, journal.stamp(folder)


def _fingerprint(manifest: Manifest, overlaid: Overlaid) -> str:
    return fingerprint(
        overlaid.legend,
        [entry.season for entry in manifest.seasons],
        manifest.provenance,
        manifest.parcels_sha256 + overlaid.digest,
        {entry.season.label: entry.sha256 for entry in manifest.seasons if entry.has_series},
    )


def _check_free(folder: Path, overwrite: bool) -> None:
    if folder.is_file():
        raise StudyError(f"{folder} is a file. Give a folder to save the study to.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / FILE).is_file():
        raise StudyError(f"{folder} is not empty and not a study. Give a new folder.")
    if not overwrite:
        raise StudyError(f"{folder} already holds a study. Give a new folder, or say --overwrite.")


def _write(study: Study, folder: Path, missing: Mapping[str, float]) -> None:
    stored = study.cubes.entries if isinstance(study.cubes, StoredCubes) else {}
    ids: npt.NDArray[np.object_] = study.parcels["parcel_id"].to_numpy(object)
    entries, axes = [], set()
    for season in study.seasons:
        if not study.has_series(season.label):
            entries.append(SeasonEntry(season))
            continue
        cube = study.cubes[season.label]
        axes.add((cube.bands, tuple(cube.days.tolist())))
        share = missing.get(season.label)
        if share is None and season.label in stored:
            share = stored[season.label].missing_share
        part = ids[cube.parcel], cube.values
        write_series(series_path(folder, season.label), cube.bands, len(cube.days), [part])
        entries.append(_entry(study, cube, share))
    if len(axes) > 1:
        raise StudyError(
            f"The seasons of {study.name} differ in bands or days, so that no model can learn from one for "
            "another. Ingest them together on one time axis."
        )
    bands, days = axes.pop()
    write_parcels(study.parcels, folder)
    Manifest(
        name=study.name,
        provenance=study.provenance,
        source=study.source,
        bands=bands,
        step=_step(days, study.name),
        slots=len(days),
        departure=study.departure,
        legend=study.legend,
        seasons=tuple(entries),
        parcels_sha256=parcels_digest(study.parcels),
    ).write(folder)


def _entry(study: Study, cube: Cube, missing: float | None) -> SeasonEntry:
    """What the manifest says of a season; a copy of a stored season has the fingerprint of the original."""
    label, digest = cube.season.label, series_digest(cube)
    stored = study.cubes.entries.get(label) if isinstance(study.cubes, StoredCubes) else None
    if stored is not None and stored.sha256 == digest:
        series = stored.series
    else:
        series = series_digest(cube, season_rows(study, label))
    return SeasonEntry(cube.season, digest, len(cube.parcel), missing, series)


def _step(days: tuple[int, ...], name: str) -> int:
    """Days between the slots of a regular axis; any other axis is refused."""
    step = days[1] - days[0] if len(days) > 1 else 1
    if days != tuple(range(0, len(days) * step, step)):
        raise StudyError(
            f"The days of {name} are not a regular axis from the start of the window. Ingest it again."
        )
    return step
