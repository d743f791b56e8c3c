"""The cubes of a study folder, read season by season when they are asked for."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd
from filelock import FileLock

from engine.domain import Cube, Season, Study, StudyError
from engine.files import workspace
from engine.fingerprints import SeasonFingerprint
from engine.studies import parcels_file
from engine.studies.fingerprint import fields_digest, labels_digest, series_digest
from engine.studies.manifest import FILE, Manifest, SeasonEntry
from engine.studies.series_file import read_series, series_path

if TYPE_CHECKING:
    from engine.studies.simulated_season import Counted

SEASONS_IN_MEMORY = 6
DIGITS = 16  # of a fingerprint


class StoredCubes(Mapping[str, Cube]):
    """The cubes of a study folder by season label, read when asked for.

    It holds paths and hashes only, so that it pickles in no time; a process that asks for a season
    again gets the arrays it has already read. These are read-only.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.entries = {entry.season.label: entry for entry in manifest.seasons if entry.has_series}

    def __getitem__(self, label: str) -> Cube:
        manifest = self.manifest
        self._refuse_without_series(label)
        self.simulate_series(label)
        return read_cube(
            self._path(label),
            self.folder,
            self.entries[label],
            manifest.bands,
            manifest.step,
            manifest.slots,
            manifest.parcels_sha256,
        )

    def stored(self, label: str) -> tuple[Path, Season, tuple[str, ...], npt.NDArray[np.int64], str]:
        """Where a season's series lie, to read them part by part: file, season, bands, days and digest.

        Parameters
        ----------
        label
            Of the season.
        """
        self._refuse_without_series(label)
        self.simulate_series(label)
        manifest, entry = self.manifest, self.entries[label]
        days = np.arange(manifest.slots, dtype=np.int64) * manifest.step
        return self._path(label), entry.season, manifest.bands, days, entry.sha256

    def _refuse_without_series(self, label: str) -> None:
        if label not in self.entries:
            raise StudyError(
                f"Season {label} of {self.manifest.name} has no series yet. Ingest the study again with "
                "them, or choose another season."
            )

    @property
    def unsimulated_seasons(self) -> tuple[str, ...]:
        """Seasons of a simulated study whose series must be simulated before they can be read."""
        return tuple(label for label in self.entries if not self._path(label).is_file())

    def simulate_series(self, label: str, workers: int = 1, counted: Counted | None = None) -> None:
        """Have a season's series in the workspace, if they are not in the study's folder.

        Parameters
        ----------
        label
            Of the season.
        workers
            Processes that simulate.
        counted
            Called after every part with the number of parcels done, and of all.

        Raises
        ------
        StudyError
            Where they come out otherwise than the study says.
        """
        from engine.studies.simulated_season import write_season

        landscape = self.manifest.landscape
        if landscape is None or label not in self.entries or self._path(label).is_file():
            return
        path, entry = self._path(label), self.entries[label]
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if path.is_file():
                return
            partial = path.with_suffix(f".{uuid.uuid4().hex[:8]}.partial")
            try:
                parcels = parcels_file.read_parcels(self.folder, self.manifest)
                digest, _ = write_season(partial, landscape, parcels, label, workers, counted)
                if digest != entry.sha256:
                    raise StudyError(
                        f"Season {label} of {self.manifest.name} comes out otherwise than {FILE} says: the "
                        "study was simulated by another version of Groundplan. Simulate it again with "
                        "--overwrite."
                    )
                os.replace(partial, path)
            except OSError as error:
                raise StudyError(
                    f"{path} cannot be written ({error}). Free some space, or name another workspace in "
                    "GROUNDPLAN_WORKSPACE."
                ) from error
            finally:
                partial.unlink(missing_ok=True)

    def _path(self, label: str) -> Path:
        """The series file of a season: in the folder, or in the workspace where they are simulated."""
        own = series_path(self.folder, label)
        if self.manifest.landscape is None or own.is_file():
            return own
        return simulated_path(label, self.entries[label].sha256)

    def __contains__(self, label: object) -> bool:
        return label in self.entries  # without reading them

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def simulated_path(label: str, digest: str) -> Path:
    """Where the series of a simulated season are kept, if not in the study's folder.

    Parameters
    ----------
    label
        Of the season.
    digest
        Of its series.
    """
    return workspace() / "series" / f"{label}-{digest[:16]}.parquet"


def unsimulated_seasons(study: Study) -> tuple[str, ...]:
    """Seasons of a simulated study whose series must be simulated before they can be read.

    Parameters
    ----------
    study
        Any study; only a stored light study has such seasons.
    """
    return study.cubes.unsimulated_seasons if isinstance(study.cubes, StoredCubes) else ()


def simulate_series(study: Study, label: str, workers: int = 1) -> None:
    """Have a season's series in the workspace, if they are not in the study's folder.

    Parameters
    ----------
    study
        The study; nothing happens unless it is a stored study.
    label
        Of the season.
    workers
        Processes that simulate.

    Raises
    ------
    StudyError
        Where they come out otherwise than the study says, or cannot be written.
    """
    if isinstance(study.cubes, StoredCubes):
        study.cubes.simulate_series(label, workers)


def season_digest(study: Study, label: str) -> str:
    """SHA-256 of a season's series; a stored study knows it without reading them.

    Parameters
    ----------
    study
        The study.
    label
        Of the season.
    """
    if isinstance(study.cubes, StoredCubes):
        return study.cubes.entries[label].sha256
    return series_digest(study.cubes[label])


def season_rows(study: Study, label: str) -> npt.NDArray[np.int64]:
    """Rows of a season's parcels in ``Study.parcels``, ascending.

    Parameters
    ----------
    study
        The study.
    label
        Of the season.
    """
    return np.flatnonzero(study.parcels["season"].to_numpy(dtype=object) == label)


def season_fingerprint(study: Study, label: str) -> SeasonFingerprint:
    """What a score depends on in one season, computed once for a study.

    No other season changes it. A season without series has no fingerprint of them yet. A stored study knows
    the digest of its series without reading them; one that was simulated, or saved by an earlier version,
    knows that of the series with rows of the whole study.

    Parameters
    ----------
    study
        The study.
    label
        Of the season.

    Raises
    ------
    PlanError
        Where the study has no such season.
    """
    known = _fingerprints.setdefault(study, {})
    if label not in known:
        parcels = study.parcels.iloc[season_rows(study, label)]
        known[label] = SeasonFingerprint(
            fields_digest(parcels)[:DIGITS],
            _series_fingerprint(study, label) if study.has_series(label) else "",
            labels_digest(parcels)[:DIGITS],
        )
    return known[label]


def _series_fingerprint(study: Study, label: str) -> str:
    season = study.season(label)
    if isinstance(study.cubes, StoredCubes):
        entry = study.cubes.entries[label]
        digest = entry.series or entry.sha256
    else:
        digest = series_digest(study.cubes[label], season_rows(study, label))
    text = f"{study.provenance} {season.start} {season.end} {digest}"
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


_fingerprints: WeakKeyDictionary[Study, dict[str, SeasonFingerprint]] = WeakKeyDictionary()


@lru_cache(maxsize=SEASONS_IN_MEMORY)
def read_cube(
    path: Path,
    folder: Path,
    entry: SeasonEntry,
    bands: tuple[str, ...],
    step: int,
    slots: int,
    parcels_sha256: str,
) -> Cube:
    """Read a season; the parcels' hash is part of the cache's key, since rows refer to them.

    Parameters
    ----------
    path
        Series file of the season.
    folder
        Folder of the study, with its parcels.
    entry
        What the manifest says of the season.
    bands
        Names of the bands, in order.
    step
        Days between time steps.
    slots
        Number of time steps.
    parcels_sha256
        Digest of the parcel table.

    Raises
    ------
    StudyError
        Where a file is missing or damaged, or is not the one that the manifest describes.
    """
    label = entry.season.label
    try:
        parcels = pd.read_parquet(folder / parcels_file.FILE, columns=["parcel_id", "season"])
    except Exception as error:  # a library that reads what a stranger wrote may fail in any way
        raise StudyError(
            f"{folder / parcels_file.FILE} cannot be read ({error}). Open the study again."
        ) from error
    in_season = parcels.loc[parcels["season"] == label, "parcel_id"]
    row_of = {str(name): int(row) for row, name in in_season.items()}  # type: ignore[call-overload]
    cube = read_series(path, entry.season, bands, np.arange(slots, dtype=np.int64) * step, row_of)
    if series_digest(cube) != entry.sha256:
        raise StudyError(
            f"{path} is not the file that study.toml describes: its hash differs. Copy the whole study "
            "folder again, or ingest it again."
        )
    return cube
