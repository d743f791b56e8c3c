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

from engine.studies.ingest.bands import in_decibel, optical, physical_range
from engine.studies.ingest.faults import Findings

if TYPE_CHECKING:
    from engine.studies.ingest.observations import Observations

Values = npt.NDArray[np.float32]

FEWEST = 10  # values below which nothing is said of a season
NEARLY_ALL = 0.98
MOST_POWER = 20.0  # linear power of fields is far below
JUMP_DB = 6.0  # between the medians of seasons; the weather moves them by 1 to 3 dB
OFFSET = (700.0, 1300.0)  # of reflectance times 10,000, around the 1,000 of Sentinel-2's baseline 04.00
SCALED_BY = 10_000.0
LOW = 0.02  # quantile at which an offset shows most clearly
OTHER_SCALE = 50.0  # times, between the medians of seasons


def check_levels(observed: Observations, findings: Findings) -> None:
    """Each season and file measures a band as the others do; what does not is a doubt with its option.

    Parameters
    ----------
    observed
        Observations of all seasons.
    findings
        Takes the faults, or notes where values are trusted.
    """
    linear = _check_linear(observed, findings)
    season = observed.series["season"].to_numpy(object)[observed.of]
    offsets: dict[str, list[str]] = {}
    scales: dict[tuple[str, float], list[str]] = {}
    for band, numbers in observed.values.items():
        of_season = {
            label: finite
            for label in sorted(set(season) - linear)
            if len(finite := _finite(numbers[season == label])) >= FEWEST
        }
        if len(of_season) < 2:
            continue
        if in_decibel(band):
            _check_jump(band, of_season, findings)
        else:
            for label, factor in _other_scale(of_season).items():
                scales.setdefault((label, factor), []).append(band)
            if optical(band):
                for label in _with_offset(of_season):
                    offsets.setdefault(label, []).append(band)
    for (label, factor), bands in scales.items():
        times = f"{1 / factor:,.0f} times" if factor < 1 else f"1/{factor:,.0f} of"
        changes = {f"{label}:{band}": factor for band in bands}
        findings.doubt(
            f"{' and '.join(bands)} of {label} are about {times} those of the other seasons",
            f"Bring them to one scale: --scale {_pairs(changes)}.",
            changes={"scales": changes},
        )
    if offsets:
        _say_offsets(observed, offsets, findings)


def _check_linear(observed: Observations, findings: Findings) -> set[str]:
    """Seasons and files in which backscatter is linear power, not dB; the seasons are returned."""
    season = observed.series["season"].to_numpy(object)[observed.of]
    found: dict[str, list[str]] = {}
    for band, numbers in observed.values.items():
        if not in_decibel(band):
            continue
        for label in sorted(set(season)):
            for number, name in enumerate(observed.files):
                finite = _finite(numbers[(season == label) & (observed.file == number)])
                if len(finite) and _is_power(finite):
                    found.setdefault(label, []).append(f"{band} ({np.median(finite):.3g} in {name})")
    everywhere = sorted(set(season))
    for label, bands in found.items() if set(found) != set(everywhere) else []:
        findings.doubt(
            f"Season {label} has no negative {' and '.join(dict.fromkeys(bands))}: it looks like linear "
            "power, not dB, as the other seasons are",
            f"Convert it with --linear {' '.join(found)}.",
            changes={"linear": tuple(found)},
        )
    if found and set(found) == set(everywhere):
        bands = [text.partition(" ")[0] for texts in found.values() for text in texts]
        findings.doubt(
            f"{' and '.join(dict.fromkeys(bands))} has no negative value: it looks like linear power, not dB",
            f"Convert it (10 * log10(power)) with --linear {' '.join(found)}.",
            changes={"linear": tuple(found)},
        )
    return set(found)


def _is_power(finite: Values) -> bool:
    return bool((finite >= 0).mean() >= NEARLY_ALL and np.median(finite) < MOST_POWER)


def _check_jump(band: str, of_season: dict[str, Values], findings: Findings) -> None:
    """A season whose backscatter lies far from that of the others."""
    medians = {label: float(np.median(values)) for label, values in of_season.items()}
    middle = float(np.median(list(medians.values())))
    far = [label for label, median in medians.items() if abs(median - middle) > JUMP_DB]
    if far:
        levels = ", ".join(f"{label} {median:.1f} dB" for label, median in medians.items())
        label, shift = far[0], middle - medians[far[0]]
        findings.doubt(
            f"{band} jumps between seasons ({levels}): other calibration, orbit or units",
            f"Process the seasons alike, leave one out with --seasons, or shift it with --offset "
            f"{label}:{band}={shift:.1f}.",
            far,
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


def _with_offset(of_season: dict[str, Values]) -> list[str]:
    """Seasons whose darkest reflectances lie about 1,000 above those of the season with the darkest."""
    low = {label: float(np.quantile(values, LOW)) for label, values in of_season.items()}
    middle = float(np.median([np.median(values) for values in of_season.values()]))
    span = physical_range("B04", middle)
    unit = 1.0 if span is not None and span[1] > SCALED_BY else SCALED_BY
    darkest = min(low.values())
    return [label for label, value in low.items() if OFFSET[0] <= (value - darkest) * unit <= OFFSET[1]]


def _say_offsets(observed: Observations, offsets: dict[str, list[str]], findings: Findings) -> None:
    bands = [band for band in observed.values if optical(band)]
    sure = {label: of for label, of in offsets.items() if len(of) > len(bands) / 2}
    if not sure:
        return
    middle = float(np.median(_finite(observed.values[bands[0]])))
    span = physical_range(bands[0], middle)
    amount = -1000.0 if span is not None and span[1] > SCALED_BY else -0.1
    changes = {f"{label}:{band}": amount for label in sure for band in bands}
    findings.doubt(
        f"The darkest reflectances of {', '.join(sure)} lie about {-amount:,g} above those of other seasons, "
        "as Sentinel-2's do since processing baseline 04.00 of January 2022, unless the offset is taken off",
        f"Subtract it with --offset {_pairs(changes)}.",
        changes={"offsets": changes},
    )


def _pairs(numbers: dict[str, float]) -> str:
    return " ".join(f"{key}={value:.10g}" for key, value in numbers.items())


def _finite(values: Values) -> Values:
    return values[np.isfinite(values)]
