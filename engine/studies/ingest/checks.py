"""What can be wrong with the series of a study."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from engine.domain import Season
from engine.studies.ingest.bands import physical_range, range_cure, range_factor
from engine.studies.ingest.columns import YEAR
from engine.studies.ingest.faults import MOST_DROPPED, Findings, listed
from engine.studies.ingest.observations import Observations
from engine.studies.ingest.time_axis import STEP_RANGE, Days, Window

Marks = npt.NDArray[np.bool_]

LEAST_COVERED = 0.5  # share of the window that a season is observed in
FIVE = 5  # days to which a proposed end of the window is rounded
YEAR_DAYS = 365
CALENDAR = 0.1  # share of a season's observations that lie in the window of the next
HELD = 0.02  # share of the window, beyond a time step at either end, from which held ends are noted
FEW = 0.05  # share of a season's series that may lack one band of several without being a fault


def window_days(observed: Observations, seasons: dict[str, Season]) -> Days:
    """Days from the start of its season's window to each observation, ``[observation]``.

    Parameters
    ----------
    observed
        Observations of all seasons.
    seasons
        Season by label.
    """
    starts = {label: np.datetime64(season.start, "D") for label, season in seasons.items()}
    start = np.array([starts[label] for label in observed.series["season"]], dtype="datetime64[D]")
    return np.asarray(observed.time.astype("datetime64[D]") - start[observed.of], np.int64)


def check_ranges(observed: Observations, doubted: frozenset[str], findings: Findings) -> Marks:
    """Series with values a band cannot take, ``[series]``.

    Parameters
    ----------
    observed
        Observations of all seasons.
    doubted
        Bands with another fault, of which this would be a symptom.
    findings
        Takes the faults.
    """
    faulty = np.zeros(len(observed.series), bool)
    season = observed.series["season"].to_numpy(object)
    for band, values in observed.values.items():
        finite = values[np.isfinite(values)]
        span = physical_range(band, float(np.median(finite))) if len(finite) else None
        if span is None or band in doubted:
            continue
        with np.errstate(invalid="ignore"):
            beyond = (values < span[0]) | (values > span[1])
        marked = np.zeros(len(observed.series), bool)
        marked[observed.of[beyond]] = True
        if marked.any():
            worst = values[beyond][np.argmax(np.abs(values[beyond]))]
            factor = range_factor(band, finite)
            most = max(marked[season == label].mean() for label in set(season))
            findings.reject(
                f"Series with {beyond.sum()} values of {band} outside {span[0]:g} to {span[1]:g} "
                f"(such as {worst:g})",
                range_cure(band, factor),
                observed.names(marked),
                len(marked) if most <= MOST_DROPPED else 0,
                {"scales": {band: factor}} if factor and most > MOST_DROPPED else None,
            )
        faulty |= marked
    return faulty


def check_gaps(observed: Observations, inside: Marks, findings: Findings) -> Marks:
    """Series that lack a band, in the whole file or in the window, ``[series]``.

    Parameters
    ----------
    observed
        Observations of all seasons.
    inside
        Whether each observation falls in the window, ``[observation]``.
    findings
        Takes the faults and notes.
    """
    count = len(observed.series)
    season = observed.series["season"].to_numpy(object)
    ever = {b: _any(observed.of, np.isfinite(v), count) for b, v in observed.values.items()}
    within = {b: _any(observed.of, np.isfinite(v) & inside, count) for b, v in observed.values.items()}
    for band, marks in ever.items():
        bare = [label for label in sorted(set(season)) if not marks[season == label].any()]
        if bare:
            findings.fault(
                f"Seasons without any value of {band}, so that the seasons cannot be joined",
                "Give it, or choose the bands all seasons have with --bands.",
                bare,
            )
            within[band] = marks | np.isin(season, bare)  # said once
            ever[band] = within[band]

    some: Marks = np.logical_or.reduce(list(ever.values()))
    findings.reject("NaN-only series (no value at all)", "Give their values.", observed.names(~some), count)
    outside = some & ~np.logical_or.reduce(list(within.values()))
    findings.reject(
        "Series with nothing in the window",
        "Widen it with --window, or give observations within it.",
        observed.names(outside),
        count,
    )
    left: Marks = some & ~outside
    for band, marks in within.items():
        lacking = left & ~marks
        shares = [lacking[season == label].mean() for label in set(season)]
        if lacking.any() and max(shares) <= FEW:
            findings.note(
                f"Left out: {listed(f'series that are NaN-only in {band}', observed.names(lacking))}."
            )
        else:
            findings.reject(
                f"Series that are NaN-only in {band}",
                "Give their values, or leave the band out with --bands.",
                observed.names(lacking),
                count,
            )
        left &= marks
    return ~left


def check_coverage(observed: Observations, day: Days, seasons: dict[str, Season], findings: Findings) -> None:
    """Seasons seen in less than half of the window cannot be joined with the others.

    Parameters
    ----------
    observed
        Observations of all seasons.
    day
        Days after the start of the window, ``[observation]``.
    seasons
        Season by label.
    findings
        Takes the faults.
    """
    label_of = observed.season_of
    for label, season in seasons.items():
        observed_days = np.unique(day[label_of == label])  # [day]
        length = (season.end - season.start).days + 1
        observed_days = observed_days[(observed_days >= 0) & (observed_days < length)]
        near = np.abs(np.arange(length)[:, None] - observed_days) <= STEP_RANGE[1] / 2
        covered = near.any(axis=1).mean()
        if len(observed_days) and covered < LEAST_COVERED:
            findings.fault(
                f"Season {label} is observed in {covered:.0%} of the window {season.start} to {season.end}, "
                "so that it cannot be joined with the others",
                "Choose a --window all seasons cover, or leave it out with --seasons.",
            )


def check_season_end(
    observed: Observations, day: Days, seasons: dict[str, Season], findings: Findings
) -> bool:
    """Whether the last season's series stop long before the window ends and the others do: it still goes on.

    Parameters
    ----------
    observed
        Observations of all seasons.
    day
        Days after the start of the window, ``[observation]``.
    seasons
        Season by label.
    findings
        Takes the fault.
    """
    label_of = observed.season_of
    last = {}  # day of the last observation in the window, by season
    for label, season in seasons.items():
        inside = (label_of == label) & (day >= 0) & (day <= (season.end - season.start).days)
        last[label] = int(day[inside].max()) if inside.any() else 0
    latest = max(seasons)
    goes_on = last[latest] > 0 and max(last.values()) - last[latest] > STEP_RANGE[1]
    if goes_on:
        season = seasons[latest]
        until = season.start + dt.timedelta(last[latest])
        findings.fault(
            f"Season {latest} is observed up to {until}, but the window ends on {season.end:%m-%d} and other "
            "seasons are observed longer, as if it still went on",
            "Models of whole seasons cannot map half of one. Cut every season alike with --window "
            f"{season.start:%m-%d} {_rounded_up(until):%m-%d}, or leave it out with --seasons.",
            changes={"window": (f"{season.start:%m-%d}", f"{_rounded_up(until):%m-%d}")},
        )
    return goes_on


def check_years(observed: Observations, window: Window, findings: Findings) -> bool:
    """Whether the season that a table states is the calendar year of its dates, not that of the harvest.

    Parameters
    ----------
    observed
        Observations of all seasons, also of those that have no parcels.
    window
        Of the year.
    findings
        Takes the fault.
    """
    label_of = observed.series["season"].to_numpy(object)
    seasons = {label: window.season(label) for label in sorted(set(label_of)) if YEAR.fullmatch(label)}
    if not observed.season_stated or not len(seasons):
        return False
    observed = observed.only(np.isin(label_of, list(seasons)))
    label_of, day = observed.season_of, window_days(observed, seasons)
    length = np.array([(seasons[label].end - seasons[label].start).days for label in label_of])
    beyond = (day > length) & (day >= YEAR_DAYS) & (day <= length + YEAR_DAYS)
    seen = np.logical_or.reduce([np.isfinite(values) for values in observed.values.values()])
    share = {label: float(beyond[seen & (label_of == label)].mean()) for label in seasons}
    wrong = [label for label, part in share.items() if part > CALENDAR]
    if wrong:
        season = seasons[wrong[0]]
        findings.fault(
            f"{share[wrong[0]]:.0%} of the observations that the table counts to season {wrong[0]} lie in "
            f"the window of the season after it (the window of {wrong[0]} is {season.start} to "
            f"{season.end}): its seasons look like calendar years, not years of harvest",
            "Take the seasons from the dates with --season-from date.",
            wrong,
            {"season_from": "date"},
        )
    return bool(wrong)


def note_ends(
    observed: Observations, day: Days, seasons: dict[str, Season], step: int, findings: Findings
) -> None:
    """What share of each season's window is held at its ends, since nothing was observed there.

    Parameters
    ----------
    observed
        Observations of all seasons.
    day
        Days after the start of the window, ``[observation]``.
    seasons
        Season by label.
    step
        Days between time steps; shorter ends are of no interest.
    findings
        Takes the note.
    """
    count = len(observed.series)
    seen = np.logical_or.reduce([np.isfinite(values) for values in observed.values.values()])
    length = np.array(
        [(seasons[label].end - seasons[label].start).days for label in observed.series["season"]]
    )
    inside = seen & (day >= 0) & (day <= length[observed.of])
    first, last = np.full(count, 10**6), np.full(count, -1)
    np.minimum.at(first, observed.of[inside], day[inside])
    np.maximum.at(last, observed.of[inside], day[inside])
    label_of = observed.series["season"].to_numpy(object)
    for label in seasons:
        rows = (label_of == label) & (last >= 0)
        if not rows.any():
            continue
        before, after = float(first[rows].mean()), float((length[rows] - last[rows]).mean())
        share = (max(before - step, 0) + max(after - step, 0)) / float(length[rows].mean())
        if share > HELD:
            findings.note(
                f"Season {label}: {share:.0%} of the window lies before the first or after the last "
                f"observation ({before:.0f} days at its start, {after:.0f} at its end); the nearest value is "
                "held there. A shorter --window avoids it."
            )


def _lengths(observed: Observations, seasons: dict[str, Season]) -> Days:
    """Days from the first to the last day of the window of each series, ``[series]``."""
    length = {label: (season.end - season.start).days for label, season in seasons.items()}
    return np.array([length[label] for label in observed.series["season"]], np.int64)


def _rounded_up(date: dt.date) -> dt.date:
    """The next day of the month that five divides, or the day itself where the month ends before."""
    later = [date + dt.timedelta(more) for more in range(FIVE)]
    return next((each for each in later if each.day % FIVE == 0), date)


def _any(group: Days, marked: Marks, count: int) -> Marks:
    """Whether any observation of each group is marked, ``[group]``."""
    result = np.zeros(count, bool)
    result[group[marked]] = True
    return result
