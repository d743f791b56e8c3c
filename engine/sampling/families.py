"""Families of designs: those that share an idea, and that one chart shows beside the circle."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """An idea that designs share. A design says which families it stands in, its own first.

    Parameters
    ----------
    name
        Its id in links.
    label
        Its name for people.

    Examples
    --------
    >>> SPREAD.label
    'Spread over the area'
    """

    name: str
    label: str


CONVENIENCE = Family("convenience", "Circle and random sample")
SPREAD = Family("spread", "Spread over the area")
BUNDLED = Family("bundled", "Along routes and in clusters")
BY_MODEL = Family("by-model", "Chosen by a model")
LISTS = Family("lists", "Lists of parcels")
FAMILIES = {family.name: family for family in (CONVENIENCE, SPREAD, BUNDLED, BY_MODEL, LISTS)}
