"""A study without the crops of one season, to simulate a field trip whose truth is known."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from engine.domain import StudyError
from engine.files import make_folder
from engine.simulation.parameters import Landscape
from engine.simulation.parcels import missing_share, parcel_table
from engine.studies.cubes import simulated_path
from engine.studies.fingerprint import parcels_digest
from engine.studies.manifest import FILE, Manifest, SeasonEntry, read_manifest
from engine.studies.packed import BESIDE
from engine.studies.parcels_file import read_parcels, write_parcels
from engine.studies.profiles import FILE as PROFILES
from engine.studies.series_file import series_path
from engine.studies.simulated_season import write_season
from engine.studies.store import new_folder

ANSWERS = ("outcomes", "trips")  # folders of a study that ships with its answers


def truth_path(folder: Path, season: str) -> Path:
    """Where a study with hidden labels keeps the crops of that season, beside everything that is learnt from.

    Parameters
    ----------
    folder, season
        Of the study; label of the season.
    """
    return folder / f"truth-{season}.parquet"


def truth_of(folder: Path, season: str) -> Mapping[str, str] | None:
    """The true crop of each parcel of a season by its id; None where nobody knows it.

    Parameters
    ----------
    folder, season
        Of the study; label of the season.

    Raises
    ------
    StudyError
        Where the file is damaged.
    """
    path = truth_path(folder, season)
    if not path.is_file():
        return None
    try:
        table = pd.read_parquet(path, columns=["parcel_id", "crop"])
    except Exception as error:  # a library that reads what a stranger wrote may fail in any way
        raise StudyError(f"{path} cannot be read ({error}). Simulate the visit again.") from error
    return dict(zip(table["parcel_id"].astype(str), table["crop"].astype(str), strict=True))


def hide_labels(folder: Path | str, season: str, out: Path | str, *, overwrite: bool = False) -> Path:
    """Copy a study without the crops of one season; they lie beside it in a file of their own.

    A season of a simulated study that is still to come is simulated, series and crops, so that a trip can be
    driven in it. The study's answers about other seasons come along.

    Parameters
    ----------
    folder
        Of the study.
    season
        Label of the season whose crops are hidden.
    out
        Where the copy is written.
    overwrite
        Replace a study that lies there.

    Returns
    -------
    The folder of the copy.

    Raises
    ------
    StudyError
        Where there is no such season, nobody knows its crops, or the copy cannot be written.
    """
    folder = Path(folder).absolute()
    manifest = read_manifest(folder / FILE)
    parcels = read_parcels(folder, manifest)
    rows = parcels["season"] == season
    if not rows.any():
        known = ", ".join(entry.season.label for entry in manifest.seasons)
        raise StudyError(f"Study {manifest.name} has no season {season}; it has {known}.")
    truth, landscape = parcels.loc[rows, ["parcel_id", "crop"]].dropna(), manifest.landscape
    if truth.empty:
        landscape = _with_season(manifest, season)
        simulated = parcel_table(landscape)
        truth = simulated.loc[simulated["season"] == season, ["parcel_id", "crop"]]
    parcels = parcels.copy()
    parcels.loc[rows, "crop"] = None
    entries = tuple(
        entry
        if entry.season.label != season or entry.has_series or landscape is None
        else _simulated(entry, landscape, parcels)
        for entry in manifest.seasons
    )
    with new_folder(out, overwrite) as partial:
        _copy(folder, partial, season)
        write_parcels(parcels, partial)
        truth.astype(str).to_parquet(truth_path(partial, season), index=False)
        replace(
            manifest,
            name=f"{manifest.name}: visit of {season}",
            seasons=entries,
            landscape=landscape,
            parcels_sha256=parcels_digest(parcels),
        ).write(partial)
    return Path(out).absolute()


def _with_season(manifest: Manifest, season: str) -> Landscape:
    """The landscape in which that season is no longer to come."""
    landscape = manifest.landscape
    if landscape is None:
        raise StudyError(
            f"Nobody knows the crops of {season} in {manifest.name}, so no visit can be simulated. Choose a "
            "season whose parcels have crops: they are hidden first."
        )
    following = int(season) + 1
    return replace(landscape, open_from=following if following <= landscape.last else 0)


def _simulated(entry: SeasonEntry, landscape: Landscape, parcels: pd.DataFrame) -> SeasonEntry:
    """Simulate a season's series into the workspace, where a light study looks for them."""
    label = entry.season.label
    series = simulated_path(label, "").parent
    make_folder(series)
    partial = series / f".{uuid.uuid4().hex[:8]}.partial"
    try:
        digest, _ = write_season(partial, landscape, parcels, label)
        os.replace(partial, simulated_path(label, digest))
    except OSError as error:
        raise StudyError(f"{series} cannot be written ({error.strerror}). Free some space.") from error
    finally:
        partial.unlink(missing_ok=True)
    pixels = int((parcels["season"] == label).sum()) * landscape.pixels
    return SeasonEntry(entry.season, digest, pixels, missing_share(landscape, label))


def _copy(folder: Path, partial: Path, season: str) -> None:
    """Copy series, answers, and what the field brought and the profiles say of the other seasons."""
    for path in folder.glob("series-*.parquet"):
        shutil.copyfile(path, series_path(partial, path.stem.removeprefix("series-")))
    for name in ANSWERS:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, partial / name)
    for name in BESIDE:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, partial / name, ignore=shutil.ignore_patterns(f"{season}-*"))
    if (folder / PROFILES).is_file():
        profiles = pd.read_parquet(folder / PROFILES)
        profiles[profiles["season"] != season].to_parquet(partial / PROFILES, index=False)
