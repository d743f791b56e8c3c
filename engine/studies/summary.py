"""What a study holds, season by season."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain import Study
from engine.studies.cubes import StoredCubes


@dataclass(frozen=True)
class ClassCount:
    """How much of a class was surveyed in a season; the area is in hectares."""

    name: str
    parcels: int
    hectares: float


@dataclass(frozen=True)
class SeasonSummary:
    """What a study holds of one season.

    Parameters
    ----------
    pixels
        With series; 0 in a season that has none yet.
    missing_share
        Share of slots that were filled, in 0..1; None where nobody knows.
    classes
        Of the labelled parcels; none where the season is open.
    unlabelled
        How many parcels have no label yet.
    """

    season: str
    parcels: int
    pixels: int
    missing_share: float | None
    classes: tuple[ClassCount, ...]
    unlabelled: int


def summary(study: Study) -> tuple[SeasonSummary, ...]:
    """What a study holds, season by season; the series of a stored study are not read.

    Parameters
    ----------
    study
        The study.
    """
    rows = []
    for season in study.seasons:
        surveyed = study.parcels_in(season.label)
        area = surveyed.groupby("crop")["area_ha"].agg(["size", "sum"])
        classes = tuple(
            ClassCount(name, int(area.loc[name, "size"]), float(area.loc[name, "sum"]))
            for name in study.legend.names
            if name in area.index
        )
        if not study.has_series(season.label):
            pixels, missing = 0, None
        elif isinstance(study.cubes, StoredCubes):
            entry = study.cubes.entries[season.label]
            pixels, missing = entry.pixels, entry.missing_share
        else:
            pixels, missing = len(study.cubes[season.label].parcel), None
        unlabelled = int(surveyed["crop"].isna().sum())
        rows.append(SeasonSummary(season.label, len(surveyed), pixels, missing, classes, unlabelled))
    return tuple(rows)
