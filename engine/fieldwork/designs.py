"""Sampling designs: which parcels to visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import pandas as pd

from engine.domain import Departure, PlanError
from engine.fieldwork.reach import distance_km


class Design(Protocol):
    """A way to choose parcels.

    ``draw`` is given the parcels that may be visited (never one of the test half): a frame with
    ``parcel_id``, ``field_group`` and ``distance_km`` (shared by the parcels of a field group). It
    returns whole field groups.
    """

    name: ClassVar[str]

    @property
    def reach_km(self) -> float:
        """The radius that stands for this design on an axis, km."""
        ...

    def draw(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Ids of the parcels to visit."""
        ...


@dataclass(frozen=True)
class Nowhere:
    """Stay at home."""

    name: ClassVar[str] = "none"
    reach_km: ClassVar[float] = 0.0

    def draw(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Nothing."""
        return ()


@dataclass(frozen=True)
class Circle:
    """What designs with a radius have in common: ``km``, above 0."""

    km: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.km) and self.km > 0):
            raise PlanError(f"A radius of {self.km} km is no circle. Give a number above 0.")
        object.__setattr__(self, "km", float(self.km))

    @property
    def reach_km(self) -> float:
        """The radius, km."""
        return self.km


@dataclass(frozen=True)
class Radius(Circle):
    """Every parcel within ``km`` of the departure."""

    name: ClassVar[str] = "radius"

    def draw(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """All parcels within the circle."""
        return tuple(_within(parcels, self.km)["parcel_id"])


@dataclass(frozen=True)
class Random(Circle):
    """As many parcels as lie within ``km`` of the departure, spread at random over the whole area.

    The yardstick of the study: the same count without the convenience. Field groups are taken whole;
    one that would overshoot the count is passed over, so the count is met wherever single parcels are
    left to meet it with.
    """

    name: ClassVar[str] = "random"

    def draw(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Whole field groups in random order until the count is reached."""
        count = len(_within(parcels, self.km))
        sizes = parcels.groupby("field_group", sort=True).size()
        taken: set[str] = set()
        total = 0
        for place in rng.permutation(len(sizes)):
            if total + sizes.iloc[place] <= count:
                taken.add(str(sizes.index[place]))
                total += int(sizes.iloc[place])
            if total == count:
                break
        return tuple(parcels.loc[parcels["field_group"].isin(taken), "parcel_id"])


DESIGNS: dict[str, type[Radius] | type[Random]] = {design.name: design for design in (Radius, Random)}


def design_by_name(name: str, km: float) -> Design:
    """The design of that name at that radius, or `PlanError`."""
    if name not in DESIGNS:
        raise PlanError(f"There is no design {name}; choose one of {', '.join(DESIGNS)}.")
    return DESIGNS[name](km)


def chosen(parcels: pd.DataFrame, departure: Departure, design: Design, seed: int = 0) -> pd.DataFrame:
    """The surveyed parcels of a season that a design visits from a departure.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``field_group``, ``lon`` and ``lat``.
    """
    placed = parcels.assign(distance_km=distance_km(parcels, departure))
    return placed[placed["parcel_id"].isin(design.draw(placed, np.random.default_rng(seed)))]


def _within(parcels: pd.DataFrame, km: float) -> pd.DataFrame:
    """The parcels within the circle; refuses an empty circle and says how far the nearest parcel is."""
    chosen = parcels[parcels["distance_km"] <= km]
    if chosen.empty:
        nearest = parcels["distance_km"].min() if len(parcels) else float("nan")
        raise PlanError(
            f"No surveyed parcel lies within {km:g} km of the departure; the nearest is {nearest:.1f} km "
            "away. Choose a larger radius or another departure."
        )
    return chosen
