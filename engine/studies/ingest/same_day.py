"""What a pixel has on one day counts once: overlapping tiles, two orbits, files given twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.studies.ingest.bands import in_decibel
from engine.studies.ingest.faults import Findings

if TYPE_CHECKING:
    from engine.studies.ingest.observations import Observations


def averaged_days(observed: Observations, findings: Findings) -> Observations:
    """The observations with one a day of each series: the mean of what is not missing, decibels as power.

    Parameters
    ----------
    observed
        Observations of all seasons.
    findings
        Takes the note.
    """
    day = observed.time.astype("datetime64[D]").astype(np.int64)
    if not len(day):
        return observed
    day -= day.min()
    key = observed.of * (day.max() + 1) + day
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    more = len(key) - len(first)
    if not more:
        return observed
    group = np.empty(len(key), np.int64)
    group[order] = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(key))))
    values, both = {}, np.zeros(len(first), bool)
    for band, numbers in observed.values.items():
        seen = np.isfinite(numbers)
        count = np.bincount(group[seen], minlength=len(first))
        weights = 10 ** (numbers[seen].astype(float) / 10) if in_decibel(band) else numbers[seen]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.bincount(group[seen], weights, len(first)) / count
            values[band] = (10 * np.log10(mean) if in_decibel(band) else mean).astype(np.float32)
        both |= count > 1
    kept = order[first]
    as_power = ", decibels as power" if any(in_decibel(band) for band in values) else ""
    findings.note(
        f"{more:,} rows are of a day that their series already has; what a pixel has on one day counts once. "
        f"Empty ones are gaps, and {both.sum():,} days with several values were averaged{as_power}. If the "
        "rows are different pixels, give each its own pixel_id."
    )
    return replace(
        observed, of=observed.of[kept], time=observed.time[kept], values=values, file=observed.file[kept]
    )
