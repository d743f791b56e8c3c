"""Which series are of which parcels: ids spelt otherwise, years of sowing, and what has no partner."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.studies.ingest.columns import YEAR
from engine.studies.ingest.faults import Findings, listed
from engine.studies.ingest.id_spellings import respelt
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.time_axis import Window

if TYPE_CHECKING:
    import geopandas as gpd

    from engine.studies.ingest.observations import Observations

SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+|[1-9]\d{16,}")  # numbers that a program rounded
MOST_SHIFTED = 0.95  # share of the parcels that have series in the season after


def reconciled(parcels: gpd.GeoDataFrame, observed: Observations, findings: Findings) -> Observations:
    """The observations with the ids of the parcels, where the series spell them otherwise.

    Ids are only taken for one another where neither has a partner that is spelt alike, and where that is
    clear on both sides.

    Parameters
    ----------
    parcels
        With ``parcel_id``.
    observed
        Observations of all seasons.
    findings
        Takes the note.
    """
    ours, theirs = set(parcels["parcel_id"].dropna()), set(observed.series["parcel_id"])
    names = respelt(ours, theirs, "series", findings)
    if not names and not ours & theirs:
        names = _by_order(parcels, theirs, findings)
    if not names:
        return observed
    series = observed.series.assign(parcel_id=observed.series["parcel_id"].replace(names))
    return replace(observed, series=series)


def _by_order(parcels: gpd.GeoDataFrame, theirs: set[str], findings: Findings) -> dict[str, str]:
    """Parcels by their place in the file, where services number them from 0 and know no ids."""
    ours = list(dict.fromkeys(parcels["parcel_id"].dropna()))
    if theirs != {str(number) for number in range(len(ours))}:
        return {}
    findings.note(
        f"The series number {len(ours):,} parcels from 0 and know no ids; they are taken in the order of the "
        f"parcels, 0 for {ours[0]}. If that is another order, give the ids with --rename OLD=parcel_id."
    )
    return {str(number): name for number, name in enumerate(ours)}


def matched(
    surveyed: gpd.GeoDataFrame,
    parcels: gpd.GeoDataFrame,
    observed: Observations,
    seasons: tuple[str, ...] | None,
    findings: Findings,
) -> Observations:
    """The observations of the parcels in use; parcels without series, and the reverse, are found.

    Parameters
    ----------
    surveyed
        All parcels of the files.
    parcels
        Those whose series are used.
    observed
        Observations of all seasons.
    seasons
        The only ones that count, if any were named.
    findings
        Takes the faults.
    """
    series = observed.series
    stray = ~_keys(series).isin(_keys(surveyed))
    timeless = ~surveyed["season"].fillna("").str.fullmatch(YEAR.pattern)  # which is already said
    stray &= ~series["parcel_id"].isin(surveyed["parcel_id"][timeless]).to_numpy()
    if seasons is not None:
        stray &= series["season"].isin(seasons).to_numpy()
    if not observed.season_stated:  # other years of a known parcel are of no interest
        stray &= ~series["parcel_id"].isin(surveyed["parcel_id"]).to_numpy()
    without_series = ~_keys(parcels).isin(_keys(series))
    names = _names(series[stray]), _names(parcels[without_series])
    if len(parcels) and without_series.all() and stray.any():
        findings.fault(
            f"No series belongs to a parcel: series are of {_some(names[0])}, parcels are {_some(names[1])}",
            _cure(series[stray]["parcel_id"]),
        )
        return observed.only(np.zeros(len(series), bool))
    findings.reject(
        "Series without parcels",
        "Add these to the parcels, with the same parcel_id and season.",
        names[0],
        len(_names(series)),
    )
    findings.reject(
        "Parcels without series",
        "Add their series, with the same parcel_id and season.",
        names[1],
        len(parcels),
    )
    return observed.only(_keys(series).isin(_keys(parcels)))


def looks_like_sowing(
    surveyed: gpd.GeoDataFrame,
    observed: Observations,
    window: Window,
    request: IngestRequest,
    findings: Findings,
) -> bool:
    """Whether labels look like years of sowing: parcels have series in the season after their own instead.

    Parameters
    ----------
    surveyed
        All parcels of the files.
    observed
        Observations of all seasons.
    window
        Of the year.
    request
        Whether seasons are already shifted.
    findings
        Takes the fault.
    """
    labelled = surveyed[surveyed["sound"] & surveyed["crop"].notna()]
    if request.shift_seasons or not len(labelled):
        return False
    keys = _keys(observed.series)
    after = labelled.assign(season=(labelled["season"].astype(int) + 1).astype(str))
    now, then = _keys(labelled).isin(keys).mean(), _keys(after).isin(keys).mean()
    if now >= then or then < MOST_SHIFTED or now >= MOST_SHIFTED:
        return False
    first, last = min(labelled["season"]), max(observed.series["season"])
    across = "window crosses the new year, and " if window.start > window.end else ""
    findings.fault(
        f"{1 - now:.0%} of the labelled parcels have no series in their season, but {then:.0%} have them "
        f"in the season after it ({across}parcels begin with {first}, series end with {last}): seasons look "
        "like years of sowing",
        "Seasons are years of harvest. Add a year to each with --shift-seasons 1; if they are right, leave "
        "out those without series with --seasons.",
        changes={"shift_seasons": 1},
    )
    return True


def without_any_series(
    surveyed: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, observed: Observations, findings: Findings
) -> tuple[list[str], list[str]]:
    """Seasons whose parcels are known before there are series and labels; and those at fault, with labels.

    Parameters
    ----------
    surveyed
        All parcels of the files.
    parcels
        Those in use.
    observed
        Observations of all seasons.
    findings
        Takes the faults and notes.
    """
    seen = set(observed.series["season"])
    bare = [label for label in sorted(set(parcels["season"])) if label not in seen] if seen else []
    labelled = set(surveyed["season"][surveyed["crop"].notna()])
    idle = [] if findings.drop_faulty else [label for label in bare if label in labelled]
    others = [label for label in sorted(set(parcels["season"])) if label not in idle]
    if idle and others:
        findings.fault(
            "Seasons with labels but without series, so that nothing can be learnt from these labels",
            f"Add their series, or leave the seasons out with --seasons {' '.join(others)}.",
            idle,
            {"seasons": tuple(others)},
        )
    idle = idle if others else []
    waiting = [label for label in bare if label not in labelled]
    for label in waiting:
        findings.note(
            f"{label}: {(parcels['season'] == label).sum():,} parcels without series. Trips can be planned "
            "and forecast; ingest again once there are series."
        )
    return waiting, idle


def _cure(ids: pd.Series[str]) -> str:
    if ids.str.fullmatch(SHORTENED).mean() > MOST_SHIFTED:
        return (
            "A spreadsheet shortened the ids of the series, and their last digits are lost: export the table "
            "again with the column of ids as text."
        )
    return (
        "Name the column that holds the parcels' ids with --rename OLD=parcel_id, in both tables, and check "
        "the seasons."
    )


def _keys(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["parcel_id", "season"]])


def _names(frame: pd.DataFrame) -> tuple[str, ...]:
    return tuple(dict.fromkeys(frame["parcel_id"] + " (" + frame["season"] + ")"))


def _some(names: tuple[str, ...]) -> str:
    return listed("", names).partition(": ")[2] or "none"
