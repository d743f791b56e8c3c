"""What was understood of foreign files: what a person looks at before a study is made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from engine.domain import Cube, Study
from engine.spreadsheets import csv_of
from engine.studies.ingest.assemble import Ingested
from engine.studies.ingest.bands import in_decibel
from engine.studies.ingest.faults import Fault
from engine.studies.summary import SeasonSummary, summary

TAILS = (5, 50, 95)  # percent of a band's values
QUARTILES = (25, 50, 75)  # percent of the parcels of a class
MOST_VALUES = 200_000  # of a band and season that its tails are taken from
MOST_SERIES = 2_000  # parcels of a class that its profile is taken from
DECIMALS = 3
UNLABELLED_NAME = "without label"


@dataclass(frozen=True)
class SeasonFound:
    """What was found of a season.

    Parameters
    ----------
    labelled
        How many of the parcels have a crop.
    pixels
        How many series; 0 where the season has none yet.
    first, last
        Days of the first and the last time step; None without series.
    missing
        Share of time steps without an observation, in 0..1; None without series.
    """

    season: str
    parcels: int
    labelled: int
    pixels: int
    first: dt.date | None
    last: dt.date | None
    missing: float | None


@dataclass(frozen=True)
class ClassFound:
    """A class, its colour, and how many parcels of it each season has."""

    name: str
    colour: str
    parcels: dict[str, int]


@dataclass(frozen=True)
class BandFound:
    """A band, its unit, and between which values nine tenths of its values lie in all seasons."""

    name: str
    unit: str
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Understood:
    """What was understood of foreign files.

    Parameters
    ----------
    step
        Days between time steps.
    notes
        What was repaired, merged, left out or chosen on the way.
    profiles
        One row a season, class and band: ``season``, ``crop``, ``band``, ``parcels``, and the lists ``days``
        (after the start of the window), ``median``, ``low`` and ``high`` (quartiles of the parcels' mean
        series), one value a time step. Parcels without label are the class `UNLABELLED_NAME`.
    """

    seasons: tuple[SeasonFound, ...]
    classes: tuple[ClassFound, ...]
    bands: tuple[BandFound, ...]
    step: int
    notes: tuple[str, ...]
    profiles: pd.DataFrame = field(compare=False, repr=False)


def understood(made: Ingested) -> Understood:
    """What a person should look at before the study is made.

    Parameters
    ----------
    made
        As the files were read.
    """
    study = made.study
    rows = summary(study)
    counts: dict[str, dict[str, int]] = {crop.name: {} for crop in study.legend}
    for row in rows:
        for each in row.classes:
            counts[each.name][row.season] = each.parcels
    cubes = [study.cubes[label] for label in study.cubes]
    days = cubes[0].days
    return Understood(
        tuple(_season(study, row, made.missing.get(row.season)) for row in rows),
        tuple(ClassFound(crop.name, crop.colour, counts[crop.name]) for crop in study.legend),
        tuple(_band(cubes, place, name) for place, name in enumerate(cubes[0].bands)),
        int(days[1] - days[0]) if len(days) > 1 else 1,
        made.notes,
        pd.concat([_profiles(study, cube) for cube in cubes], ignore_index=True),
    )


def facts_of(found: Understood) -> dict[str, Any]:
    """The same as JSON values, see docs/contracts.md.

    Parameters
    ----------
    found
        What was understood.
    """
    seasons = [{**asdict(each), "first": _iso(each.first), "last": _iso(each.last)} for each in found.seasons]
    profiles = [
        {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in row.items()}
        for row in found.profiles.to_dict("records")
    ]
    return {
        "seasons": seasons,
        "classes": [asdict(each) for each in found.classes],
        "bands": [asdict(each) for each in found.bands],
        "step": found.step,
        "notes": list(found.notes),
        "profiles": profiles,
    }


def faults_table(faults: Sequence[Fault]) -> bytes:
    """All faults with all names as CSV: ``what``, ``name``, ``cure``.

    Parameters
    ----------
    faults
        Of files that cannot become a study.
    """
    rows = [(fault.what, name, fault.cure) for fault in faults for name in fault.names or ("",)]
    return csv_of(pd.DataFrame(rows, columns=["what", "name", "cure"]))


def _season(study: Study, row: SeasonSummary, missing: float | None) -> SeasonFound:
    labelled = row.parcels - row.unlabelled
    if not row.pixels:
        return SeasonFound(row.season, row.parcels, labelled, 0, None, None, None)
    season, days = study.season(row.season), study.cubes[row.season].days
    first, last = (season.start + dt.timedelta(int(day)) for day in (days[0], days[-1]))
    return SeasonFound(row.season, row.parcels, labelled, row.pixels, first, last, missing)


def _band(cubes: list[Cube], place: int, name: str) -> BandFound:
    values = []
    for cube in cubes:
        every = cube.values[:, place]  # [pixel, time]
        values.append(every[:: max(1, every.size // MOST_VALUES)].ravel())
    tails = np.percentile(np.concatenate(values), TAILS)
    low, median, high = (round(float(each), DECIMALS) for each in tails)
    return BandFound(name, "dB" if in_decibel(name) else "", low, median, high)


def _profiles(study: Study, cube: Cube) -> pd.DataFrame:
    """Median series of each class in a season, over the mean series of its parcels."""
    order = np.argsort(cube.parcel, kind="stable")
    parcel, first = np.unique(cube.parcel[order], return_index=True)
    size = np.diff(np.append(first, len(order)))
    code = study.crop_codes[parcel]
    rows = []
    for each in np.unique(code):
        chosen = np.flatnonzero(code == each)
        some = chosen[:: max(1, len(chosen) // MOST_SERIES)]
        means = np.stack([cube.values[order[first[i] : first[i] + size[i]]].mean(axis=0) for i in some])
        low, median, high = np.percentile(means, QUARTILES, axis=0).round(DECIMALS)  # [band, time] each
        rows += [
            {
                "season": cube.season.label,
                "crop": study.legend.names[each] if each >= 0 else UNLABELLED_NAME,
                "band": band,
                "parcels": len(chosen),
                "days": cube.days.astype(int),
                "median": median[place],
                "low": low[place],
                "high": high[place],
            }
            for place, band in enumerate(cube.bands)
        ]
    return pd.DataFrame(rows)


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
