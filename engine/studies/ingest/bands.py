"""Which columns are bands, and which values a band can take."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

DECIBEL = re.compile(r"(?:^|[_\-. ])(VV|VH|HH|HV)(?=$|[_\-. ])", re.IGNORECASE)
NORMALISED = ("NDVI", "NDWI", "NDMI", "NDRE", "NDTI", "NDSI", "NDBI", "GNDVI", "NBR", "NBR2", "MNDWI")
OTHER_INDICES = ("EVI", "EVI2", "SAVI", "MSAVI", "OSAVI", "RVI", "LAI", "FAPAR", "FCOVER")
OPTICAL = re.compile(
    r"(?:^|[_\-. ])(?:B(?:0?[1-9]|1[0-2]|8A)|blue|green|red|nir(?:08|_?[12])?"
    r"|swir_?(?:16|22|[12])?|red_?edge_?[1-3]?)$",
    re.IGNORECASE,
)
DECIBEL_RANGE = (-50.0, 10.0)
NORMALISED_RANGE = (-1.0, 1.0)
# Of other indices; wide, since clouds and shadows take them far.
INDEX_RANGES = {
    "LAI": (-1.0, 30.0),
    "FAPAR": (-0.5, 1.5),
    "FCOVER": (-0.5, 1.5),
    "RVI": (-1.0, 500.0),
}
INDEX_RANGE = (-50.0, 50.0)
REFLECTANCE_RANGE = (-0.5, 2.5)
SCALED_REFLECTANCE_RANGE = (-990.0, 25000.0)  # reflectance times 10,000; -1,000 is a 0 with the offset added
SCALED = 4.0  # reflectance with a median beyond it is scaled by 10,000
PERCENT, BYTE, SCALED_INDEX = 100.0, 255.0, 10_000.0  # largest value of an index that is written so
ZERO_IS_A_VALUE = ("LAI", "FAPAR", "FCOVER")


def in_decibel(band: str) -> bool:
    """Whether a band is backscatter in dB, such as ``VV`` or ``VH_asc`` (but no ratio ``VV_VH``).

    Parameters
    ----------
    band
        Name of the band.
    """
    return len(DECIBEL.findall(band)) == 1


def recognised(column: str) -> bool:
    """Whether a column's name is that of backscatter, an index or a Sentinel-2 band.

    Parameters
    ----------
    column
        Name of the column.
    """
    return in_decibel(column) or _index(column) in NORMALISED + OTHER_INDICES or optical(column)


def optical(band: str) -> bool:
    """Whether a band is a reflectance, by its number on Sentinel-2 or by its colour.

    Parameters
    ----------
    band
        Name of the band.
    """
    return bool(OPTICAL.search(_without_statistic(band)))


def zero_is_a_value(band: str) -> bool:
    """Whether many values of a band may be exactly 0; only what is recognised is known to have few.

    Parameters
    ----------
    band
        Name of the band.
    """
    return not recognised(band) or _index(band) in ZERO_IS_A_VALUE


def physical_range(band: str, median: float = 0.0) -> tuple[float, float] | None:
    """Smallest and largest value a band can take, dB or unitless; None where nothing is known.

    Parameters
    ----------
    band
        Name of the band.
    median
        Of its values, which tells a reflectance from one that is scaled by 10,000.
    """
    if in_decibel(band):
        return DECIBEL_RANGE
    if optical(band):
        return SCALED_REFLECTANCE_RANGE if median > SCALED else REFLECTANCE_RANGE
    index = _index(band)
    if index in NORMALISED:
        return NORMALISED_RANGE
    return INDEX_RANGES.get(index, INDEX_RANGE) if index in OTHER_INDICES else None


def range_factor(band: str, values: npt.NDArray[np.float32]) -> float | None:
    """Factor that brings scaled values of a band into its range; None where none of the usual ones does.

    Parameters
    ----------
    band
        Name of the band.
    values
        Its values, finite.
    """
    low, high = (float(each) for each in np.quantile(values, (0.005, 0.995)))
    if in_decibel(band):
        if low >= 0 and high <= -DECIBEL_RANGE[0]:
            return -1.0  # decibels without their sign
        return 0.01 if 100 * DECIBEL_RANGE[0] <= low and high <= 0 else None
    if low < -SCALED_INDEX or _index(band) not in (*NORMALISED, *OTHER_INDICES[:5]):
        return None
    if high <= PERCENT and _index(band) in NORMALISED:
        return 0.01
    return 0.0001 if BYTE < high <= SCALED_INDEX else None


def range_cure(band: str, factor: float | None = None) -> str:
    """What to do about values out of range.

    Parameters
    ----------
    band
        Name of the band whose values are out of range.
    factor
        That brings them into it, if one is known.
    """
    if factor is not None:
        what = "Backscatter in dB is negative: turn it" if factor < 0 else "The values look scaled: undo it"
        return f"{what} with --scale {band}={factor:g}, and leave missing values empty."
    if in_decibel(band):
        return (
            "Give backscatter in dB (10 log10 of power; for digital numbers 20 log10 less the calibration), "
            "and leave missing values empty."
        )
    return (
        f"Undo the scale of coded values (times 10,000: --scale {band}=0.0001; bytes: first --offset, then "
        "--scale), and leave missing values empty (--no-data names codes for them)."
    )


def _without_statistic(column: str) -> str:
    """``B04_mean`` -> ``B04``."""
    return re.sub(r"[_\-. ](?:mean|average|avg|median|p50|q50|mode)$", "", column, flags=re.IGNORECASE)


def _index(column: str) -> str:
    """Name of a possible index without suffix: ``ndvi_mean`` -> ``NDVI``."""
    return re.split(r"[_\-. ]", column)[0].upper()
