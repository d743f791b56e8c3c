"""Sentinel-2 Level-2A: reflectance, masked by the scene classification, with the offset of baseline 04.00."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.studies.extract.images import ExtractError
from engine.studies.extract.sentinel1 import PLANETARY_COMPUTER
from engine.studies.extract.sources import Source

SCALE, OFFSET = 1e-4, -0.1
BASELINE_WITH_OFFSET = 4.0
NOT_GROUND = (0, 1, 3, 8, 9, 10)  # no data, defective, cloud shadow, clouds (medium, high), cirrus
NAMES = {"B02": "blue", "B03": "green", "B04": "red", "B05": "rededge1", "B06": "rededge2", "B07": "rededge3",
         "B08": "nir", "B8A": "nir08", "B11": "swir16", "B12": "swir22"}  # fmt: skip


def reflectance(
    properties: Mapping[str, Any], scale: float | None, offset: float | None
) -> tuple[float, float]:
    """Scale and offset of Level-2A.

    Whether the offset was subtracted already counts most, since catalogues state the offset beside it; then
    what is stated of the layer; then the processing baseline: since 04.00 the numbers are 1,000 too high.

    Parameters
    ----------
    properties
        Of the item; of a local file the ``baseline`` in its name.
    scale, offset
        As stated of the layer.

    Raises
    ------
    ExtractError
        Where nothing says whether the offset is in the numbers.

    References
    ----------
    ESA, "Sentinel-2 products specification document", issue 14.9: BOA_ADD_OFFSET.
    """
    scale = SCALE if scale is None else scale
    applied = properties.get("earthsearch:boa_offset_applied", properties.get("sentinel:boa_offset_applied"))
    if applied is True:
        return scale, 0.0
    if applied is None and offset is not None:
        return scale, offset
    baseline = _baseline(properties)
    if baseline is not None:
        return scale, OFFSET if baseline >= BASELINE_WITH_OFFSET else 0.0
    if offset is not None:
        return scale, offset
    raise ExtractError(
        "Nothing says whether the reflectance has the offset of processing baseline 04.00, which makes every "
        "number 1,000 too high. Give --offset -0.1 for images that have it, --offset 0 for others, or name "
        "{baseline} in the pattern of files such as S2_{date}_N{baseline}_{band}.tif."
    )


def _baseline(properties: Mapping[str, Any]) -> float | None:
    """The processing baseline as a number: ``04.00``, ``0400`` -> 4.0."""
    for key in ("s2:processing_baseline", "sentinel:processing_baseline", "processing:version", "baseline"):
        digits = str(properties.get(key, "")).strip().replace(".", "")
        if digits.isdigit() and len(digits) == 4:
            return int(digits) / 100
    return None


SENTINEL_2_L2A = Source(
    name="sentinel-2-l2a",
    assets={band: (band, name) for band, name in NAMES.items()},
    unit="as-is",
    mask=("SCL", "scl"),
    excluded=NOT_GROUND,
    nodata=0,
    rescale=reflectance,
    tokens=PLANETARY_COMPUTER,
)
