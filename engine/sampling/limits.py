"""How much of a design: a radius, a number of parcels, days or money; each can be asked for the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from engine.domain import PlanError
from engine.sampling.protocol import SizedDesign

Kind = Literal["km", "parcels", "days", "money"]
Draw = tuple[pd.DataFrame, int | tuple[int, ...] | list[int]]
MOST_DECIMALS = 9


class Range(Protocol):
    """A likely value."""

    @property
    def likely(self) -> float:
        """The value to plan with."""
        ...


class Bill(Protocol):
    """What a limit of days or money needs to know of a trip."""

    @property
    def crew_days(self) -> int:
        """Days of a crew."""
        ...

    @property
    def money(self) -> Range:
        """Cost in ``currency``."""
        ...

    @property
    def currency(self) -> str:
        """Code of the currency."""
        ...


CostOf = Callable[[pd.DataFrame], Bill]


@dataclass(frozen=True)
class Limit:
    """What a trip may not exceed.

    Parameters
    ----------
    kind
        ``km`` of radius (other designs visit as many parcels as lie within it), ``parcels``, ``days`` of one
        crew, or ``money`` in the tariff's currency.
    """

    kind: Kind
    amount: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.amount) and self.amount > 0):
            raise PlanError(f"A limit of {self.amount} {self.kind} allows no trip. Give a number above 0.")


def sized(
    design: SizedDesign,
    limit: Limit,
    parcels: pd.DataFrame,
    cost_of: CostOf,
    draws: Sequence[Draw] | None = None,
    most_km: float = math.inf,
) -> SizedDesign:
    """The largest trip of a design within a limit.

    Parameters
    ----------
    parcels
        As `engine.sampling.designs.Design` wants them, with ``lon`` and ``lat``.
    cost_of
        The bill of a trip to parcels, for limits of money or days.
    draws
        The draws that must keep such a limit: for each the
        parcels, with what the design needs from a model, and the seed. By default one, of seed 0.
    most_km
        The largest radius allowed.

    Raises
    ------
    PlanError
        Where not even the smallest trip keeps the limit.
    """
    if limit.kind == "km":
        return replace(design, km=min(limit.amount, most_km))
    far = np.sort(parcels["distance_km"].to_numpy())
    edges = np.unique(far[far <= most_km])  # [size] radii at which the count changes
    if not len(edges):
        raise PlanError("There is no parcel to visit. Choose another departure, season or outer radius.")
    counts = np.searchsorted(far, edges, side="right")
    if limit.kind == "parcels":
        fits = np.flatnonzero(counts <= limit.amount)
        if not len(fits):
            raise PlanError(
                f"A limit of {limit.amount:g} parcels holds not even the nearest field, which has "
                f"{counts[0]}. Raise it."
            )
        return replace(design, km=min(_tidy(edges, int(fits[-1])), most_km))

    drawings = [design.drawing(frame, np.random.default_rng(seed)) for frame, seed in draws or [(parcels, 0)]]

    def worst(size: int) -> Bill:
        bills = [cost_of(drawing(int(counts[size]))) for drawing in drawings]
        return max(bills, key=lambda cost: cost.money.likely)

    def allowed(size: int) -> bool:
        cost = worst(size)
        return (cost.money.likely if limit.kind == "money" else cost.crew_days) <= limit.amount

    low, high = -1, len(edges)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if allowed(middle) else (low, middle)
    if low < 0:
        least = worst(0)
        needed = (
            f"{least.money.likely:,.0f} {least.currency}" if limit.kind == "money" else f"{least.crew_days}"
        )
        raise PlanError(
            f"A limit of {limit.amount:,.0f} {limit.kind} pays for no trip of the design {design.name}; its "
            f"smallest, {counts[0]} parcels, needs {needed}. Raise it, or choose a cheaper design."
        )
    return replace(design, km=min(_tidy(edges, low), most_km))


def _tidy(edges: np.ndarray[tuple[int], np.dtype[np.float64]], size: int) -> float:
    """The roundest radius that holds as much as this edge and less than the next."""
    edge, following = float(edges[size]), float(edges[size + 1]) if size + 1 < len(edges) else math.inf
    for decimals in range(MOST_DECIMALS):
        scale: int = 10**decimals
        km = math.ceil(edge * scale) / scale
        if edge <= km < following:
            return km
    return edge
