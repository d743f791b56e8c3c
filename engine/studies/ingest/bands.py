"""Which columns are bands, and which values a band can take."""

from __future__ import annotations

import re

DECIBEL = re.compile(r"(?:^|[_\-. ])(VV|VH|HH|HV)(?=$|[_\-. ])", re.IGNORECASE)
NORMALISED = ("NDVI", "NDWI", "NDMI", "NDRE", "NDTI", "NDSI", "NDBI", "GNDVI", "NBR", "NBR2", "MNDWI")
OTHER_INDICES = ("EVI", "EVI2", "SAVI", "MSAVI", "OSAVI", "RVI", "LAI", "FAPAR", "FCOVER")
OPTICAL = re.compile(r"(?:^|[_\-. ])(?:B(?:0?[1-9]|1[0-2]|8A))$", re.IGNORECASE)
DECIBEL_RANGE = (-50.0, 10.0)
NORMALISED_RANGE = (-1.0, 1.0)


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
    return in_decibel(column) or _index(column) in NORMALISED + OTHER_INDICES or bool(OPTICAL.search(column))


def physical_range(band: str) -> tuple[float, float] | None:
    """Smallest and largest value a band can take, dB or unitless; None where nothing is known.

    Parameters
    ----------
    band
        Name of the band.
    """
    if in_decibel(band):
        return DECIBEL_RANGE
    return NORMALISED_RANGE if _index(band) in NORMALISED else None


def range_cure(band: str) -> str:
    """What to do about values out of range.

    Parameters
    ----------
    band
        Name of the band whose values are out of range.
    """
    if in_decibel(band):
        return "Give backscatter in dB (10 log10 of power), and leave missing values empty."
    return "Divide scaled values (often by 10000), and leave missing values empty."


def _index(column: str) -> str:
    """Name of a possible index without suffix: ``ndvi_mean`` -> ``NDVI``."""
    return re.split(r"[_\-. ]", column)[0].upper()
