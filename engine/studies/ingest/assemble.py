"""Make a study from foreign tables: parcels and series in, a study or all their faults out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Cube, Season, Study
from engine.studies.fingerprint import fingerprint, parcels_digest, series_digest
from engine.studies.ingest.bands import in_decibel
from engine.studies.ingest.checks import (
    check_coverage,
    check_gaps,
    check_ranges,
    check_season_end,
    check_years,
    note_ends,
    window_days,
)
from engine.studies.ingest.faults import Fault, Findings, IngestError, listed
from engine.studies.ingest.legend import make_legend, merge_classes
from engine.studies.ingest.matching import looks_like_sowing, matched, reconciled, without_any_series
from engine.studies.ingest.observations import Observations, read_observations
from engine.studies.ingest.parcels import complete, read_parcels
from engine.studies.ingest.plausibility import check_levels
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.season_names import window_of
from engine.studies.ingest.time_axis import STEP_RANGE, Days, regular, revisit, slot_days, slots_of
from engine.studies.ingest.usual_departure import usual_departure

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Fault", "IngestError", "IngestRequest", "Ingested", "ingest"]


@dataclass(frozen=True)
class Ingested:
    """A study made from foreign tables.

    Parameters
    ----------
    missing
        Share of slots, in 0..1, that were empty and filled by interpolation, by season label.
    notes
        What was repaired, merged, left out or chosen on the way.
    """

    study: Study
    missing: Mapping[str, float]
    notes: tuple[str, ...]


def ingest(request: IngestRequest, *, progress: Callable[[str], None] | None = None) -> Ingested:
    """Make a study; nothing is written.

    Parameters
    ----------
    request
        What to make the study from, and how.
    progress
        Called with what is done next.

    Raises
    ------
    IngestError
        With every fault of the files at once.
    """
    report = progress or (lambda step: None)
    findings = Findings(request.drop_faulty, request.trust_values)
    window = window_of(request, findings)
    report("Reading the series")
    observed = read_observations(request, window, findings)
    report("Reading the parcels")
    surveyed = read_parcels(request, window, findings, observed)
    if surveyed is None or observed is None:
        raise findings.error()

    report("Checking")
    observed = reconciled(surveyed, observed, findings)
    if looks_like_sowing(surveyed, observed, window, request, findings):
        raise findings.error()
    if check_years(observed, window, findings):
        raise findings.error()
    merged = merge_classes(surveyed["crop"], request, findings)
    classed = surveyed.assign(crop=merged)
    left_out = classed["crop"].isna() & surveyed["crop"].notna()
    parcels = classed[classed["sound"] & ~left_out].reset_index(drop=True)
    waiting, idle = without_any_series(surveyed, parcels, observed, findings)
    expected = parcels[~parcels["season"].isin([*waiting, *idle])]
    observed = matched(surveyed, expected, observed, request.seasons, findings)
    if not len(observed.series):
        if not findings.faults:
            findings.fault("No parcel with a series is left", "Check parcel_id and season in both tables.")
        raise findings.error()
    seasons = {label: window.season(label) for label in sorted(observed.series["season"].unique())}
    day = window_days(observed, seasons)
    goes_on = check_season_end(observed, day, seasons, findings)
    check_coverage(observed, day, _but_last(seasons) if goes_on else seasons, findings)
    doubted = check_levels(observed, findings)
    step = _step(request.step, observed, day, seasons, findings)
    slot = _slots(observed, day, seasons, step)
    note_ends(observed, day, seasons, step, findings)
    faulty = check_ranges(observed, doubted, findings) | check_gaps(observed, slot >= 0, findings)
    slot, observed = slot[~faulty[observed.of]], observed.only(~faulty)
    used, row = _used(parcels, parcels["season"].isin(waiting).to_numpy(), observed)
    _check_classes(used if request.drop_faulty else parcels, findings)
    emptied = sorted(set(seasons) - set(used["season"]))
    if request.drop_faulty and emptied:
        findings.fault("Seasons of which nothing is left", "Choose others with --seasons.", emptied)
    if findings.faults:
        raise findings.error()

    report("Laying the series on the time axis")
    cubes, missing = _cubes(observed, row, slot, seasons, step)
    report("Measuring the parcels")
    without_series = [window.season(label) for label in waiting]
    return _study(request, complete(used, findings), cubes, missing, without_series, findings)


def _but_last(seasons: Mapping[str, Season]) -> dict[str, Season]:
    return {label: season for label, season in seasons.items() if label != max(seasons)}


def _step(
    asked: int | None, observed: Observations, day: Days, seasons: Mapping[str, Season], findings: Findings
) -> int:
    """The step asked for, else the usual revisit interval of the coarsest season, in days."""
    shortest = min((season.end - season.start).days for season in seasons.values())
    if asked is not None and not 1 <= asked <= shortest:
        findings.fault(f"A step of {asked} days does not fit the window", f"Give 1 to {shortest} days.")
    if asked is not None:
        return min(max(asked, 1), shortest)
    observed_any = np.logical_or.reduce([np.isfinite(values) for values in observed.values.values()])
    intervals = {}
    for label, season in seasons.items():
        inside = (observed.series["season"] == label).to_numpy()[observed.of]
        inside &= observed_any & (day >= 0) & (day <= (season.end - season.start).days)
        intervals[label] = revisit(observed.of[inside], day[inside])
    coarsest = max(intervals, key=lambda label: np.nan_to_num(intervals[label]))
    low, high = STEP_RANGE
    step = round(min(max(float(np.nan_to_num(intervals[coarsest])), low), high))
    findings.note(
        f"The step is {step} days: season {coarsest} is observed every {intervals[coarsest]:.0f} days. "
        "Choose another with --step."
    )
    return step


def _keys(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["parcel_id", "season"]])


def _slots(observed: Observations, day: Days, seasons: Mapping[str, Season], step: int) -> Days:
    """Slot of each observation, -1 outside the window, ``[observation]``."""
    days = slot_days(seasons.values(), step)
    slot = np.full(len(day), -1, np.int64)
    for label, season in seasons.items():
        in_season = (observed.series["season"] == label).to_numpy()[observed.of]
        slot[in_season] = slots_of(day[in_season], days, season, step)
    return slot


def _used(
    parcels: gpd.GeoDataFrame, waiting: npt.NDArray[np.bool_], observed: Observations
) -> tuple[gpd.GeoDataFrame, Days]:
    """The parcels that have series or wait for them, and the row among them of each series, ``[series]``."""
    of_series = _keys(parcels).get_indexer(_keys(observed.series))
    used = np.union1d(of_series, np.flatnonzero(waiting))
    return parcels.iloc[used].reset_index(drop=True), np.searchsorted(used, of_series).astype(np.int64)


def _check_classes(parcels: gpd.GeoDataFrame, findings: Findings) -> None:
    """A labelled season has two classes at least; unlabelled parcels and classes new to a season are said."""
    earlier: set[str] = set()
    if len(parcels) and parcels["crop"].isna().all():
        findings.fault(
            f"No parcel has a crop ({len(parcels)} parcels)",
            "At least one season needs labels: check --rename and the column crop, or add a labelled season.",
        )
        return
    for label, surveyed in parcels.groupby("season"):
        classes, unlabelled = set(surveyed["crop"].dropna()), int(surveyed["crop"].isna().sum())
        if unlabelled:
            of = f"{unlabelled} of {len(surveyed)}" if classes else f"all {len(surveyed)}"
            findings.note(
                f"Season {label}: {of} parcels have no crop; they are kept as unlabelled, to be planned for "
                "and mapped but neither taught nor tested with."
            )
        if len(classes) == 1 and unlabelled:
            findings.note(f"The labelled parcels of {label} have one class only ({', '.join(classes)}).")
        elif len(classes) == 1:
            findings.fault(
                f"Season {label} has one class only ({classes.pop()})",
                "Leave the season out with --seasons, or keep more classes with --keep.",
            )
            continue
        if earlier and classes - earlier:
            findings.note(
                f"{listed(f'Classes of {label} that no season before it has', sorted(classes - earlier))}; "
                "they can be learnt from visited parcels only."
            )
        earlier |= classes


def _cubes(
    observed: Observations, row: Days, slot: Days, seasons: Mapping[str, Season], step: int
) -> tuple[dict[str, Cube], dict[str, float]]:
    """The cube of each season and its share of empty slots."""
    bands = tuple(observed.values)
    days = slot_days(seasons.values(), step)
    cubes, missing = {}, {}
    for label, season in seasons.items():
        in_season = (observed.series["season"] == label).to_numpy()
        order = np.flatnonzero(in_season)[np.argsort(row[in_season], kind="stable")]  # parcel after parcel
        place = np.full(len(in_season), -1, np.int64)
        place[order] = np.arange(len(order))
        values = np.empty((len(order), len(bands), len(days)), np.float32)
        shares = []
        for number, band in enumerate(bands):
            usable = in_season[observed.of] & (slot >= 0) & np.isfinite(observed.values[band])
            values[:, number], share = regular(
                place[observed.of[usable]],
                slot[usable],
                observed.values[band][usable],
                len(order),
                len(days),
                in_decibel(band),
            )
            shares.append(share)
        cubes[label] = Cube(season, bands, days, row[order], values)
        missing[label] = float(np.mean(shares))
    return cubes, missing


def _study(
    request: IngestRequest,
    parcels: gpd.GeoDataFrame,
    cubes: dict[str, Cube],
    missing: dict[str, float],
    without_series: Sequence[Season],
    findings: Findings,
) -> Ingested:
    legend = make_legend(parcels["crop"], request.keep, request.rest)
    seasons = tuple(sorted([*(cube.season for cube in cubes.values()), *without_series]))
    study = Study(
        name=request.name,
        legend=legend,
        seasons=seasons,
        parcels=parcels,
        cubes=cubes,
        departure=request.departure or usual_departure(parcels, findings),
        provenance=request.provenance,
        fingerprint=fingerprint(
            legend,
            seasons,
            request.provenance,
            parcels_digest(parcels),
            {label: series_digest(cube) for label, cube in cubes.items()},
        ),
        source=request.source,
    )
    return Ingested(study, missing, tuple(findings.notes))
