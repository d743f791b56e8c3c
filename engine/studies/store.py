"""Open and save a study folder: ``study.toml``, ``parcels.parquet``, ``series-<season>.parquet``."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from filelock import FileLock

from engine.domain import Cube, Legend, Study, StudyError
from engine.files import workspace
from engine.studies.fingerprint import fingerprint, parcels_digest, series_digest
from engine.studies.manifest import FILE, Manifest, SeasonEntry, read_manifest
from engine.studies.profiles import FILE as PROFILES
from engine.studies.profiles import profiles
from engine.studies.series_file import read_series, series_path, write_series
from engine.studies.simulated_season import Counted, write_season

if TYPE_CHECKING:
    import numpy.typing as npt

PARCELS = "parcels.parquet"
COLUMNS = ("parcel_id", "season", "crop", "field_group", "area_ha", "lon", "lat", "geometry")
SEASONS_IN_MEMORY = 6


def open_study(folder: Path | str) -> Study:
    """Open a study folder; its series are read season by season, when they are asked for.

    Loading reads TOML and Parquet and never runs code. Whatever is wrong with the folder is a
    `StudyError` that names the cure.
    """
    folder = Path(folder).absolute()
    if not folder.is_dir():
        raise StudyError(f"There is no folder {folder}. Check the path, or make a study with ingest.")
    if not (folder / FILE).is_file():
        raise StudyError(
            f"{folder} is not a study: it has no {FILE}. Give the folder that ingest wrote, or ingest again."
        )
    manifest = read_manifest(folder / FILE)
    parcels = _read_parcels(folder, manifest)
    for entry in manifest.seasons:
        path = series_path(folder, entry.season.label)
        if not path.is_file() and manifest.landscape is None:
            raise StudyError(f"{path} is missing. Copy the whole study folder again, or ingest it again.")
    return Study(
        name=manifest.name,
        legend=manifest.legend,
        seasons=tuple(entry.season for entry in manifest.seasons),
        parcels=parcels,
        cubes=StoredCubes(folder, manifest),
        departure=manifest.departure,
        provenance=manifest.provenance,
        fingerprint=_fingerprint(manifest),
        source=manifest.source,
    )


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
    missing
        Share of slots, in 0..1, that were filled by interpolation, by season label.
    overwrite
        Replace a study that lies there. Whatever else lies in its folder, outcomes for example, stays.

    Returns
    -------
    The folder.
    """
    _check_parcels(study.parcels, study.legend, {season.label for season in study.seasons}, study.name)
    with new_folder(folder, overwrite) as partial:
        _write(study, partial, missing or {})
    return Path(folder).absolute()


@contextmanager
def new_folder(folder: Path | str, overwrite: bool) -> Iterator[Path]:
    """A folder to write a study into; it takes its place when all is written, or leaves no trace."""
    folder = Path(folder).absolute()
    _check_free(folder, overwrite)
    partial = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}.partial")
    try:
        partial.mkdir(parents=True)
        yield partial
        _put_in_place(partial, folder)
    except OSError as error:
        raise StudyError(
            f"The study cannot be saved to {folder} ({error}). Check the free space and your rights there."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_parcels(parcels: gpd.GeoDataFrame, folder: Path) -> None:
    """Write a study's parcels into its folder."""
    parcels[list(COLUMNS)].to_parquet(folder / PARCELS, index=False, compression="zstd")


class StoredCubes(Mapping[str, Cube]):
    """The cubes of a study folder by season label, read when asked for.

    It holds paths and hashes only, so that it pickles in no time; a process that asks for a season
    again gets the arrays it has already read. These are read-only.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.entries = {entry.season.label: entry for entry in manifest.seasons}

    def __getitem__(self, label: str) -> Cube:
        manifest = self.manifest
        self.simulate_series(label)
        return _load(
            self._path(label),
            self.folder,
            self.entries[label],
            manifest.bands,
            manifest.step,
            manifest.slots,
            manifest.parcels_sha256,
        )

    @property
    def unsimulated_seasons(self) -> tuple[str, ...]:
        """Seasons of a simulated study whose series must be grown before they can be read."""
        return tuple(label for label in self.entries if not self._path(label).is_file())

    def simulate_series(self, label: str, workers: int = 1, counted: Counted | None = None) -> None:
        """Have a season's series in the workspace, if they are not in the study's folder.

        Raises
        ------
        StudyError
            Where they come out otherwise than the study says.
        """
        path = self._path(label)
        landscape, entry = self.manifest.landscape, self.entries[label]
        if path.is_file() or landscape is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if path.is_file():
                return
            partial = path.with_suffix(f".{uuid.uuid4().hex[:8]}.partial")
            try:
                parcels = _read_parcels(self.folder, self.manifest)
                digest, _ = write_season(partial, landscape, parcels, label, workers, counted)
                if digest != entry.sha256:
                    raise StudyError(
                        f"Season {label} of {self.manifest.name} grows otherwise than {FILE} says: the study "
                        "was simulated by another version of Groundplan. Simulate it again with --overwrite."
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
        """The series file of a season: in the folder, or where a light study's series are grown."""
        own = series_path(self.folder, label)
        if self.manifest.landscape is None or own.is_file():
            return own
        return workspace() / "series" / f"{label}-{self.entries[label].sha256[:16]}.parquet"

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def unsimulated_seasons(study: Study) -> tuple[str, ...]:
    """Seasons of a simulated study whose series must be grown before they can be read."""
    return study.cubes.unsimulated_seasons if isinstance(study.cubes, StoredCubes) else ()


def simulate_series(study: Study, label: str, workers: int = 1) -> None:
    """Have a season's series in the workspace, if they are not in the study's folder."""
    if isinstance(study.cubes, StoredCubes):
        study.cubes.simulate_series(label, workers)


def profiles_of(study: Study) -> pd.DataFrame:
    """Profiles of a study's classes, see `engine.studies.profiles`.

    Those that ship with a light study are taken; else the series of every season are read.
    """
    if isinstance(study.cubes, StoredCubes):
        path = study.cubes.folder / PROFILES
        if path.is_file():
            try:
                return pd.read_parquet(path)
            except (OSError, ValueError) as error:
                raise StudyError(f"{path} cannot be read ({error}). Delete it, or copy it again.") from error
    return profiles(study)


@dataclass(frozen=True)
class ClassCount:
    """How much of a class was surveyed in a season; the area is in hectares."""

    name: str
    parcels: int
    hectares: float


@dataclass(frozen=True)
class SeasonSummary:
    """What a study holds of one season; ``missing_share`` is None where nobody knows."""

    season: str
    parcels: int
    pixels: int
    missing_share: float | None
    classes: tuple[ClassCount, ...]


def summary(study: Study | Path | str) -> tuple[SeasonSummary, ...]:
    """What a study holds, season by season; the series of a stored study are not read."""
    if not isinstance(study, Study):
        study = open_study(study)
    rows = []
    for season in study.seasons:
        surveyed = study.parcels_in(season.label)
        area = surveyed.groupby("crop")["area_ha"].agg(["size", "sum"])
        classes = tuple(
            ClassCount(name, int(area.loc[name, "size"]), float(area.loc[name, "sum"]))
            for name in study.legend.names
            if name in area.index
        )
        if isinstance(study.cubes, StoredCubes):
            entry = study.cubes.entries[season.label]
            pixels, missing = entry.pixels, entry.missing_share
        else:
            pixels, missing = len(study.cubes[season.label].parcel), None
        rows.append(SeasonSummary(season.label, len(surveyed), pixels, missing, classes))
    return tuple(rows)


def _fingerprint(manifest: Manifest) -> str:
    return fingerprint(
        manifest.legend,
        [entry.season for entry in manifest.seasons],
        manifest.provenance,
        manifest.parcels_sha256,
        {entry.season.label: entry.sha256 for entry in manifest.seasons},
    )


def _read_parcels(folder: Path, manifest: Manifest) -> gpd.GeoDataFrame:
    path = folder / PARCELS
    if not path.is_file():
        raise StudyError(f"{path} is missing. Copy the whole study folder again, or ingest it again.")
    try:
        parcels = gpd.read_parquet(path)
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise StudyError(
            f"{path} cannot be read as GeoParquet ({error}). Copy it again from where it came, or ingest the "
            "study again."
        ) from error
    _check_parcels(parcels, manifest.legend, {entry.season.label for entry in manifest.seasons}, str(path))
    if parcels_digest(parcels) != manifest.parcels_sha256:
        raise StudyError(
            f"{path} is not the file that study.toml describes: its hash differs. Copy the whole study "
            "folder again, or ingest it again."
        )
    return parcels


def _check_parcels(parcels: gpd.GeoDataFrame, legend: Legend, seasons: set[str], where: str) -> None:
    absent = [column for column in COLUMNS if column not in parcels.columns]
    if absent:
        raise StudyError(f"{where} lacks the columns {', '.join(absent)}. Ingest the study again.")
    unknown = sorted(set(parcels["crop"].astype(str)) - set(legend.names))
    if unknown:
        raise StudyError(
            f"{where} holds crops that the legend does not have: {', '.join(unknown)}. Add them as [[crop]] "
            "to study.toml, or ingest the study again."
        )
    strange = sorted(set(parcels["season"].astype(str)) ^ seasons)
    if strange:
        raise StudyError(
            f"{where} and the list of seasons disagree about {', '.join(strange)}. Ingest the study again."
        )


@lru_cache(maxsize=SEASONS_IN_MEMORY)
def _load(
    path: Path,
    folder: Path,
    entry: SeasonEntry,
    bands: tuple[str, ...],
    step: int,
    slots: int,
    parcels_sha256: str,
) -> Cube:
    """Read a season; the parcels' hash is part of the cache's key, since rows refer to them."""
    label = entry.season.label
    try:
        parcels = pd.read_parquet(folder / PARCELS, columns=["parcel_id", "season"])
    except (OSError, ValueError) as error:
        raise StudyError(f"{folder / PARCELS} cannot be read ({error}). Open the study again.") from error
    mine = parcels.loc[parcels["season"] == label, "parcel_id"]
    row_of = {str(name): int(row) for row, name in mine.items()}  # type: ignore[call-overload]
    cube = read_series(path, entry.season, bands, np.arange(slots, dtype=np.int64) * step, row_of)
    if series_digest(cube) != entry.sha256:
        raise StudyError(
            f"{path} is not the file that study.toml describes: its hash differs. Copy the whole study "
            "folder again, or ingest it again."
        )
    return cube


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
    known = study.cubes.entries if isinstance(study.cubes, StoredCubes) else {}
    names: npt.NDArray[np.object_] = study.parcels["parcel_id"].to_numpy(object)
    entries, axes = [], set()
    for season in study.seasons:
        cube = study.cubes[season.label]
        axes.add((cube.bands, tuple(cube.days.tolist())))
        share = missing.get(season.label)
        if share is None and season.label in known:
            share = known[season.label].missing_share
        part = names[cube.parcel], cube.values
        write_series(series_path(folder, season.label), cube.bands, len(cube.days), [part])
        entries.append(SeasonEntry(season, series_digest(cube), len(cube.parcel), share))
    if len(axes) > 1:
        raise StudyError(
            f"The seasons of {study.name} differ in bands or days, so that no model can learn from one for "
            "another. Ingest them together on one time axis."
        )
    bands, days = axes.pop()
    step = days[1] - days[0] if len(days) > 1 else 1
    if days != tuple(range(0, len(days) * step, step)):
        raise StudyError(
            f"The days of {study.name} are not a regular axis from the start of the window. Ingest again."
        )
    write_parcels(study.parcels, folder)
    Manifest(
        name=study.name,
        provenance=study.provenance,
        source=study.source,
        bands=bands,
        step=step,
        slots=len(days),
        departure=study.departure,
        legend=study.legend,
        seasons=tuple(entries),
        parcels_sha256=parcels_digest(study.parcels),
    ).write(folder)


def _put_in_place(partial: Path, folder: Path) -> None:
    """Swap the written folder in by renaming; what is not part of the old study moves along."""
    if not folder.is_dir():
        os.rename(partial, folder)
        return
    old = partial.with_suffix(".old")
    os.rename(folder, old)
    try:
        os.rename(partial, folder)
    except OSError:
        os.rename(old, folder)
        raise
    for entry in old.iterdir():
        if entry.name not in (FILE, PARCELS, PROFILES) and not entry.match("series-*.parquet"):
            os.rename(entry, folder / entry.name)
    shutil.rmtree(old)
