"""Sentinel-1, radiometrically terrain corrected: linear power, as Planetary Computer publishes it."""

from __future__ import annotations

from engine.studies.extract.sources import Source, Tokens

PLANETARY_COMPUTER = Tokens(
    "https://planetarycomputer.microsoft.com/api/sas/v1/token/{collection}", (".blob.core.windows.net",)
)
BORDER = 5  # pixels; noise beside the edge of a swath

SENTINEL_1_RTC = Source(
    name="sentinel-1-rtc",
    assets={"VV": ("vv", "VV"), "VH": ("vh", "VH")},
    unit="power",
    border=BORDER,
    tokens=PLANETARY_COMPUTER,
)
