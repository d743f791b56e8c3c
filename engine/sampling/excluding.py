"""Parcels that cannot be reached, left out of any design, and parcels that must be visited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.sampling.families import Family
from engine.sampling.protocol import PINNED, Design, DesignBase, DrawnParcels


@dataclass(frozen=True)
class Excluding(DesignBase):
    """A design that leaves out parcels which cannot be reached, and the fields they belong to.

    Parameters
    ----------
    design
        What chooses among the others; names and size are its own.
    unreachable
        Ids of the parcels to leave out.

    Examples
    --------
    >>> from engine.sampling.radius import Radius
    >>> Excluding(Radius(20), ("p7",)).label
    'Circle'
    """

    design: Design
    unreachable: tuple[str, ...]

    @property
    def name(self) -> str:
        """That of the design."""
        return self.design.name

    @property
    def label(self) -> str:
        """That of the design."""
        return self.design.label

    @property
    def description(self) -> str:
        """That of the design."""
        return self.design.description

    @property
    def auxiliary(self) -> str | None:
        """That of the design."""
        return self.design.auxiliary

    @property
    def spreads(self) -> bool:
        """That of the design."""
        return self.design.spreads

    @property
    def families(self) -> tuple[Family, ...]:
        """Those of the design."""
        return self.design.families

    @property
    def equivalent_radius_km(self) -> float:
        """That of the design."""
        return self.design.equivalent_radius_km

    def count(self, parcels: pd.DataFrame) -> int:
        """That of the design among the others."""
        return self.design.count(reachable(parcels, self.unreachable))

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """What the design draws among the others."""
        return self.design.drawn(reachable(parcels, self.unreachable), rng)


def with_fields(parcels: pd.DataFrame, ids: Iterable[str]) -> pd.Series:
    """Whether a parcel is one of these or shares a field group with one, ``[parcel]``.

    Parameters
    ----------
    parcels
        With ``parcel_id`` and ``field_group``.
    ids
        Of the parcels to look for; ids that are not there are passed over.
    """
    named = parcels.loc[parcels["parcel_id"].isin(list(ids)), "field_group"]
    return parcels["field_group"].isin(named)


def reachable(parcels: pd.DataFrame, unreachable: Iterable[str]) -> pd.DataFrame:
    """Parcels without some, and without the fields those belong to.

    Parameters
    ----------
    parcels
        With ``parcel_id`` and ``field_group``.
    unreachable
        Ids of the parcels to leave out.

    Returns
    -------
    The rows of ``parcels`` that are left.
    """
    return parcels[~with_fields(parcels, unreachable)]


def with_pins(parcels: pd.DataFrame, pinned: Iterable[str]) -> pd.DataFrame:
    """Parcels of which some must be visited, with the fields those belong to.

    Parameters
    ----------
    parcels
        With ``parcel_id`` and ``field_group``.
    pinned
        Ids of the parcels to visit; with none the parcels are as they were.

    Returns
    -------
    The same rows with ``pinned``.
    """
    ids = list(pinned)
    return parcels.assign(**{PINNED: with_fields(parcels, ids)}) if ids else parcels
