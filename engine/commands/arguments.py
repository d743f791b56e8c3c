"""What commands read from their arguments in the same way."""

from __future__ import annotations

from engine.domain import Departure, PlanError


def departure_of(text: str, name: str = "") -> Departure:
    """A place from ``LON,LAT``."""
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise PlanError(
            f"The departure {text!r} is not LON,LAT. Give degrees, longitude first, as 19.845,45.255."
        ) from None
    return Departure(lon, lat, name)


def pair_of(text: str, option: str) -> tuple[str, str]:
    """Two names from ``OLD=NEW``."""
    name, _, value = text.partition("=")
    if not (name and value):
        form = "OLD=NEW" if option == "--rename" else "NAME=VALUE"
        raise PlanError(f"{option} {text} is not of the form {form}.")
    return name, value
