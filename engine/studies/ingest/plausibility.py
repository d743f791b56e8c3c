"""Whether seasons and files measure the same thing: linear power among decibels, jumps, other scales.

References
----------
Sentinel-2 products carry an offset of 1,000 since processing baseline 04.00 of 25 January 2022 (ESA,
Sentinel-2 Products Specification Document, issue 14.9, 2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.studies.ingest.bands import DECIBEL_RANGE, in_decibel, optical, physical_range
from engine.studies.ingest.faults import Findings

if TYPE_CHECKING:
    from engine.studies.ingest.observations import Observations

Values = npt.NDArray[np.float32]

FEWEST = 10  # values below which nothing is said of a season
NEARLY_ALL = 0.98
MOST_POWER = 3.0  # median of linear power; that of fields is far below
JUMP_DB = 6.0  # between the medians of seasons; the weather moves them by 1 to 3 dB
OFFSET = (700.0, 1300.0)  # of reflectance times 10,000, around the 1,000 of Sentinel-2's baseline 04.00
SCALED_BY = 10_000.0
LOW = 0.02  # quantile at which an offset shows most clearly
OTHER_SCALE = 50.0  # times, between the medians of seasons


def check_levels(observed: Observations, findings: Findings) -> frozenset[str]:
    """Each season and file measures a band as the others do; what does not is a doubt with its option.

    Files are compared where seasons agree, since a file may hold part of each.

    Parameters
    ----------
    observed
        Observations of all seasons.
    findings
        Takes the faults, or notes where values are trusted.

    Returns
    -------
    Bands with a fault, whose range is of no interest before it is cured.
    """
    season = observed.season_of
    linear = _check_linear(observed, season, findings)
    parts = [{label: season == label for label in sorted(set(season))}]
    if len(observed.files) > 1:
        parts.append({name: observed.file == number for number, name in enumerate(observed.files)})
    jumps: dict[str, dict[str, float]] = {}
    offsets: dict[str, dict[str, bool]] = {}
    scales: dict[tuple[str, float], list[str]] = {}
    doubted = set(linear)
    for band, numbers in observed.values.items():
        for rows in parts:
            levels = {label: _finite(numbers[row]) for label, row in rows.items()}
            levels = {label: finite for label, finite in levels.items() if len(finite) >= FEWEST}
            if len(levels) < 2 or band in doubted:
                continue
            shifts = _jumps(levels) if in_decibel(band) else {}
            factors = {} if in_decibel(band) else _other_scale(levels)
            if shifts or factors:
                doubted.add(band)
            if shifts:
                jumps[band] = shifts
            for label, factor in factors.items():
                scales.setdefault((label, factor), []).append(band)
            for label, sure in _with_offset(levels).items() if optical(band) and not factors else ():
                offsets.setdefault(label, {})[band] = sure
    if jumps:
        _say_jumps(jumps, findings)
    for (label, factor), bands in scales.items():
        times = f"{1 / factor:,.0f} times" if factor < 1 else f"1/{factor:,.0f} of"
        changes = {f"{label}:{band}": factor for band in bands}
        findings.doubt(
            f"{' and '.join(bands)} of {label} are about {times} those of the others",
            f"Bring them to one scale: --scale {_pairs(changes)}.",
            changes={"scales": changes},
        )
    if offsets:
        _say_offsets(observed, offsets, findings)
    return frozenset() if findings.trust_values else frozenset(doubted)


def _check_linear(observed: Observations, season: npt.NDArray[np.object_], findings: Findings) -> set[str]:
    """Bands that are linear power, not dB, in some season or file; each part is named with its option."""
    cells = {}  # whether each band is power, by season and file
    for band, numbers in observed.values.items():
        for label in sorted(set(season)) if in_decibel(band) else ():
            for number, name in enumerate(observed.files):
                finite = _finite(numbers[(season == label) & (observed.file == number)])
                if len(finite):
                    cells[label, name, band] = _is_power(finite), float(np.median(finite))
    power = {cell: median for cell, (is_power, median) in cells.items() if is_power}
    if not power:
        return set()
    bands = list(dict.fromkeys(band for _, _, band in power))
    found, place = list(dict.fromkeys(label for label, _, _ in power)), 0
    if any(cell not in power for cell in cells if cell[0] in found and cell[2] in bands):
        found, place = list(dict.fromkeys(name for _, name, _ in power)), 1  # part of a season: say the files
    mixed = any(cell[place] in found and cell[2] not in bands for cell in cells)
    keys = tuple(f"{label}:{band}" for label in found for band in bands) if mixed else tuple(found)
    cure = f"Convert it (10 * log10(power)) with --linear {' '.join(keys)}."
    what = "it looks like linear power, not dB"
    if len(power) == sum(cell[2] in bands for cell in cells):
        findings.doubt(f"{' and '.join(bands)} has no negative value: {what}", cure, changes={"linear": keys})
        return set(bands)
    median = next(iter(power.values()))
    findings.doubt(
        f"{('Season', 'File')[place]} {', '.join(found)} has no negative {' and '.join(bands)} (median "
        f"{median:.3g}): {what}, as the others are",
        cure,
        changes={"linear": keys},
    )
    return set(bands)


def _is_power(finite: Values) -> bool:
    return bool((finite >= 0).mean() >= NEARLY_ALL and np.median(finite) < MOST_POWER)


def _jumps(levels: dict[str, Values]) -> dict[str, float]:
    """Of seasons or files whose backscatter lies far from that of the others: what would bring it there."""
    medians = {label: float(np.median(values)) for label, values in levels.items()}
    if not all(DECIBEL_RANGE[0] <= median <= DECIBEL_RANGE[1] for median in medians.values()):
        return {}  # no decibels, which is said by their range
    middle = float(np.median(list(medians.values())))
    if len(medians) == 2:  # then the brighter one, which power or another calibration makes
        middle = min(medians.values())
    return {label: middle - median for label, median in medians.items() if abs(median - middle) > JUMP_DB}


def _say_jumps(jumps: dict[str, dict[str, float]], findings: Findings) -> None:
    labels = sorted({label for shifts in jumps.values() for label in shifts})
    changes = {
        f"{label}:{band}": round(shift, 1)
        for band, shifts in jumps.items()
        for label, shift in shifts.items()
    }
    far = ", ".join(f"{key} by {-shift:+.1f} dB" for key, shift in changes.items())
    findings.doubt(
        f"{' and '.join(jumps)} jumps between seasons or files ({far}): other calibration, orbit or units",
        f"Process all alike, leave one out, or shift it with --offset {_pairs(changes)}.",
        labels,
        changes={"offsets": changes},
    )


def _other_scale(of_season: dict[str, Values]) -> dict[str, float]:
    """Factor for each season whose values are of another scale than those of the latest such majority."""
    size = {label: float(np.median(np.abs(values))) or np.nan for label, values in of_season.items()}
    middle = float(np.nanmedian(list(size.values())))
    if len(size) == 2:
        middle = min(size.values())
    return {
        label: float(10.0 ** round(np.log10(middle / median)))
        for label, median in size.items()
        if np.isfinite(median) and max(median / middle, middle / median) > OTHER_SCALE
    }


def _with_offset(of_season: dict[str, Values]) -> dict[str, bool]:
    """Seasons whose darkest reflectances lie about 1,000 above those of the season with the darkest; and
    whether the band alone shows it, since it is dark there and all of it is raised.
    """
    low = {label: float(np.quantile(values, LOW)) for label, values in of_season.items()}
    medians = {label: float(np.median(values)) for label, values in of_season.items()}
    span = physical_range("B04", float(np.median(list(medians.values()))))
    unit = 1.0 if span is not None and span[1] > SCALED_BY else SCALED_BY
    darkest = min(low, key=lambda label: low[label])
    found = {}
    for label, value in low.items():
        if OFFSET[0] <= (value - low[darkest]) * unit <= OFFSET[1]:
            raised = (medians[label] - medians[darkest]) * unit
            found[label] = low[darkest] * unit < OFFSET[0] and OFFSET[0] <= raised <= OFFSET[1]
    return found


def _say_offsets(observed: Observations, offsets: dict[str, dict[str, bool]], findings: Findings) -> None:
    bands = [band for band in observed.values if optical(band)]
    raised = {
        label: bands if len(of) > len(bands) / 2 else [band for band, sure in of.items() if sure]
        for label, of in offsets.items()
    }
    raised = {label: of for label, of in raised.items() if of}
    if not raised:
        return
    middle = float(np.median(_finite(observed.values[bands[0]])))
    span = physical_range(bands[0], middle)
    amount = -1000.0 if span is not None and span[1] > SCALED_BY else -0.1
    changes = {f"{label}:{band}": amount for label, of in raised.items() for band in of}
    partly = sorted({band for of in raised.values() for band in of} if bands not in raised.values() else ())
    whose = f"of {' and '.join(partly)} " if partly else ""
    findings.doubt(
        f"The darkest reflectances {whose}of {', '.join(raised)} are about {-amount:,g} above the others', "
        "as Sentinel-2's do since processing baseline 04.00 of January 2022, unless the offset is taken off",
        f"Subtract it with --offset {_pairs(changes)}.",
        changes={"offsets": changes},
    )


def _pairs(numbers: dict[str, float]) -> str:
    return " ".join(f"{key}={value:.10g}" for key, value in numbers.items())


def _finite(values: Values) -> Values:
    return values[np.isfinite(values)]
