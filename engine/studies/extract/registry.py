"""The sources that are known by name; a new one is one file and one line here."""

from __future__ import annotations

from engine.studies.extract.sentinel1 import SENTINEL_1_RTC
from engine.studies.extract.sentinel2 import SENTINEL_2_L2A
from engine.studies.extract.sources import Source

SOURCES: dict[str, Source] = {source.name: source for source in (SENTINEL_1_RTC, SENTINEL_2_L2A)}
