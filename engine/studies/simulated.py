"""Simulate a landscape into a study folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from engine.simulation.parameters import SLOTS, STEP, Landscape
from engine.simulation.parcels import BANDS, legend, missing_share, parcel_table
from engine.simulation.province import DEPARTURE
from engine.simulation.series import DAY
from engine.studies.fingerprint import parcels_digest
from engine.studies.manifest import Manifest, SeasonEntry
from engine.studies.parcels_file import write_parcels
from engine.studies.profiles import write_profiles
from engine.studies.series_file import series_path
from engine.studies.simulated_season import write_season
from engine.studies.store import new_folder


def simulate(
    landscape: Landscape,
    folder: Path | str,
    *,
    name: str = "Vojvodina, simulated",
    series: bool = True,
    overwrite: bool = False,
    workers: int = 1,
    observe: Callable[[str, int, int], None] | None = None,
) -> Path:
    """Simulate a landscape season by season into a study folder, whole or not at all.

    A season is written part by part, so memory does not grow with the number of pixels. An open season has
    parcels only. The profiles of the classes lie beside the series.

    Parameters
    ----------
    landscape
        What is simulated.
    folder
        Where the study is written.
    name
        Of the study.
    series
        Keep the series in the folder. Without them the folder is light: they are simulated again when
        they are asked for, and checked against their hash.
    overwrite
        Replace a study that lies there.
    workers
        Processes; their number does not change the study.
    observe
        Called with the season, how many of its parcels are done, and of how many.

    Returns
    -------
    The folder, as an absolute path.

    Raises
    ------
    StudyError
        Where the folder is taken or cannot be written.
    """
    parcels = parcel_table(landscape)
    with new_folder(folder, overwrite) as partial, tempfile.TemporaryDirectory(dir=partial) as aside:
        entries, frames = [], []
        for year in landscape.years:
            season = landscape.season(year)
            if year not in landscape.years_with_series:
                entries.append(SeasonEntry(season))
                continue
            path = series_path(partial if series else Path(aside), season.label)

            def counted(done: int, total: int, label: str = season.label) -> None:
                if observe:
                    observe(label, done, total)

            digest, sums = write_season(path, landscape, parcels, season.label, workers, counted)
            frames.append(sums.frame(season.label, legend().names, BANDS, DAY))
            if not series:
                path.unlink()
            pixels = int((parcels["season"] == season.label).sum()) * landscape.pixels
            entries.append(SeasonEntry(season, digest, pixels, missing_share(landscape, season.label)))
        write_parcels(parcels, partial)
        write_profiles(pd.concat(frames, ignore_index=True), partial)
        Manifest(
            name=name,
            provenance="simulated",
            source=f"simulated from seed {landscape.seed}, see docs/landscape.md",
            bands=BANDS,
            step=STEP,
            slots=SLOTS,
            departure=DEPARTURE,
            legend=legend(),
            seasons=tuple(entries),
            parcels_sha256=parcels_digest(parcels),
            landscape=landscape,
        ).write(partial)
    return Path(folder).absolute()
