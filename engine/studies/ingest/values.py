"""Numbers that stand for no data, and values in other units: found, and converted as the request says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.studies.ingest.bands import in_decibel, optical, physical_range, zero_is_a_value
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.request import IngestRequest

if TYPE_CHECKING:
    from engine.studies.ingest.observations import Observations

Values = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]

CODES = (-9999.0, -99999.0, -999.0, -9998.0, -32768.0, -32767.0, -3000.0, 65535.0, 32767.0, 1e20, -1e20)
FAR = 50  # times the distance between the quartiles, beyond which a repeated number is no measurement
LEAST_CODE = 100.0  # smaller numbers out of range may be errors of one series
REPEATED = 2  # times that a number must stand to be a code
ZEROS = 0.005  # share of values that are exactly 0 beyond which they stand for no data
NEAR_ZERO = 0.2  # of the distance between the quartiles: fewer values so near than zeros are no accident
OPTICAL_ZERO = -1000.0  # a reflectance of 0 after the offset of Sentinel-2 was added


def converted(observed: Observations, request: IngestRequest, findings: Findings) -> Observations:
    """The observations without no-data codes, in dB, with offsets and scales, as the request says.

    Parameters
    ----------
    observed
        Observations of all seasons.
    request
        Codes, seasons in linear power, offsets and scales.
    findings
        Takes the faults and notes.
    """
    values = dict(observed.values)
    for code in request.no_data:
        values = {b: np.where(v == np.float32(code), np.float32(np.nan), v) for b, v in values.items()}
    label_of = observed.series["season"].to_numpy(object)
    labels = {*label_of, *observed.files}
    known = {*labels, *values, *(f"{label}:{band}" for label in labels for band in values)}
    asked = {"--linear": request.linear, "--offset": request.offsets, "--scale": request.scales}
    for option, keys in asked.items():
        strange = [key for key in keys if key not in known]
        if strange:
            bands, seasons = ", ".join(values), ", ".join(sorted(set(label_of)))
            findings.fault(
                f"{option} names what is neither a season, nor a file, nor a band",
                f"There are the seasons {seasons} and the bands {bands}.",
                strange,
            )
    for band in values:
        if request.linear and in_decibel(band):
            values[band] = _in_decibel(band, values[band], observed, request.linear)
        if not (request.offsets or request.scales):
            continue
        offset = _numbers(request.offsets, band, observed, 0.0)
        scale = _numbers(request.scales, band, observed, 1.0)
        if (offset != 0).any() or (scale != 1).any():
            values[band] = ((values[band] + offset) * scale).astype(np.float32)
    return replace(observed, values=values)


def without_codes(observed: Observations, request: IngestRequest, findings: Findings) -> Observations:
    """The observations without numbers that stand for no data; each such number is a fault with its option.

    Parameters
    ----------
    observed
        Observations of all seasons.
    request
        Codes that are already known.
    findings
        Takes the faults.
    """
    values = dict(observed.values)
    found: dict[float, list[str]] = {}
    for band, numbers in observed.values.items():
        codes = _codes(band, numbers)
        for code in codes:
            marked = values[band] == np.float32(code)
            found.setdefault(code, []).append(f"{band}: {marked.sum():,} of {len(numbers):,} values")
            if not request.trust_values:
                values[band] = np.where(marked, np.float32(np.nan), values[band])
    if found:
        codes = (*request.no_data, *found)
        option = " ".join(f"{code:.10g}" for code in codes)
        listed = " and ".join(f"{code:.10g}" for code in found)
        findings.doubt(
            f"{listed} looks like a code for no data, not like a measurement "
            f"({'; '.join(text for texts in found.values() for text in texts)})",
            f"Read it as a gap with --no-data {option}.",
            changes={"no_data": codes},
        )
    return replace(observed, values=values)


def _in_decibel(band: str, values: Values, observed: Observations, linear: tuple[str, ...]) -> Values:
    """Linear power of some seasons, files or bands as dB; what is not positive is missing."""
    labels, files = (
        (*linear, *(key.rpartition(":")[0] for key in linear if key.endswith(f":{band}"))),
        observed.files,
    )
    marked = observed.series["season"].isin(labels).to_numpy()[observed.of] | (band in linear)
    marked |= np.isin(observed.file, [number for number, name in enumerate(files) if name in labels])
    power = np.where(marked & (values > 0), values, np.float32(np.nan))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(marked, 10 * np.log10(power), values).astype(np.float32)


def _numbers(
    of: Mapping[str, float], band: str, observed: Observations, usual: float
) -> npt.NDArray[np.float64]:
    """The number of each observation: of its season or file and band, else season, file, or band."""
    numbers = np.full(len(observed.of), of.get(band, usual))
    labels = observed.series["season"].to_numpy(object)
    for part in ("", f":{band}"):
        for number, name in enumerate(observed.files):
            if name + part in of:
                numbers[observed.file == number] = of[name + part]
        for label in set(labels):
            if label + part in of:
                numbers[(labels == label)[observed.of]] = of[label + part]
    return numbers


def _codes(band: str, values: Values) -> tuple[float, ...]:
    """Numbers of a band that are no measurements: known codes, far repeated numbers, and too many zeros."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return ()
    low, middle, high = (float(each) for each in np.quantile(finite, (0.25, 0.5, 0.75)))
    span = physical_range(band, middle)
    possible = span or (-np.inf, np.inf)
    extremes = float(finite.min()), float(finite.max())
    codes = [
        code
        for code in CODES
        if extremes[0] <= code <= extremes[1]
        and (span is None or not possible[0] <= code <= possible[1])
        and (finite == np.float32(code)).any()
    ]
    far = np.abs(finite - middle) > FAR * max(high - low, 1e-6)
    far &= np.abs(finite) >= LEAST_CODE
    beyond = finite[far if span is None else far & ((finite < span[0]) | (finite > span[1]))]
    numbers, counts = np.unique(beyond, return_counts=True)
    if len(numbers) and counts.max() >= max(REPEATED, len(beyond) / 2):
        codes.append(float(numbers[counts.argmax()]))
    for zero in (0.0, OPTICAL_ZERO) if optical(band) else (0.0,):
        near = ((finite != zero) & (np.abs(finite - zero) < NEAR_ZERO * max(high - low, 1e-6))).sum()
        count = (finite == zero).sum()
        if not zero_is_a_value(band) and (count > max(1, ZEROS * len(finite)) or count > max(1, near)):
            codes.append(zero)
    return tuple(dict.fromkeys(codes))
