"""What an image is, and who finds the images of a place and a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.domain import GroundplanError, Season
from engine.geodesy import Bounds


class ExtractError(GroundplanError):
    """Images or parcels that give no series."""


@dataclass(frozen=True)
class Layer:
    """One band of one file.

    Parameters
    ----------
    href
        Path or http(s) address of a GeoTIFF.
    number
        The band in the file, from 1.
    scale, offset, nodata
        What a catalogue states about it; None where it states nothing.
    """

    href: str
    number: int = 1
    scale: float | None = None
    offset: float | None = None
    nodata: float | None = None


@dataclass(frozen=True)
class Image:
    """What a satellite saw at once: its bands, its mask, and where it lies.

    Parameters
    ----------
    name
        For messages.
    day
        In UTC.
    bounds
        West, south, east and north, degrees.
    layers
        By band.
    mask
        A layer of classes, for example of clouds.
    orbit
        Direction and relative orbit, as ``asc_175``.
    properties
        Other metadata that say how numbers become values.
    version
        Changes when the content of the image may have changed.
    """

    name: str
    day: dt.date
    bounds: Bounds
    layers: Mapping[str, Layer]
    mask: Layer | None = None
    orbit: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""


class Catalogue(Protocol):
    """Finds images."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out."""

    def images(self, bounds: Bounds, season: Season) -> list[Image]:
        """Images over a box in degrees in the window of a season, in the order of their names."""

    def address(self, href: str) -> str:
        """Where a layer is read from: its href, with a token where the server asks for one."""

    def nothing_found(self, bounds: Bounds, seasons: list[Season]) -> ExtractError:
        """What to say where no image lies over any parcel."""


def overlap(a: Bounds, b: Bounds) -> bool:
    """Whether two boxes share a point.

    Parameters
    ----------
    a, b
        West, south, east and north.
    """
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def box_text(bounds: Bounds) -> str:
    """A box for people, such as ``19.500 to 20.100 E, 45.100 to 45.300 N``.

    Parameters
    ----------
    bounds
        West, south, east and north, degrees.
    """
    west, south, east, north = bounds
    return f"longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f}"
