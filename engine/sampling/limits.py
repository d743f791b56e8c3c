"""How much of a design: a radius, a number of parcels, days or money; each can be asked for the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import PlanError
from engine.sampling.protocol import SizedDesign, pinned_count

Kind = Literal["km", "parcels", "days", "money"]
Counts = npt.NDArray[np.int64]
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
    amount
        In the unit of ``kind``, above 0.

    Examples
    --------
    >>> Limit("money", 900)
    Limit(kind='money', amount=900)
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
    design
        Of any size.
    limit
        What the trip may not exceed.
    parcels
        As `engine.sampling.protocol.Design` wants them.
    cost_of
        The bill of a trip to parcels, for limits of money or days.
    draws
        The draws that must keep such a limit: for each the parcels with the design's auxiliary variable, and
        the seed. By default one, of seed 0.
    most_km
        The largest radius allowed, km.

    Raises
    ------
    PlanError
        Where not even the smallest trip keeps the limit, or more parcels are pinned than it allows.
    """
    _check_pins(limit, parcels)
    if limit.kind == "km":
        return replace(design, equivalent_radius_km=min(limit.amount, most_km))
    distance = np.sort(parcels["distance_km"].to_numpy())
    radii = sizes(parcels, most_km)  # [size] radii at which the count changes
    pinned = pinned_count(parcels)
    counts = np.maximum(np.searchsorted(distance, radii, side="right"), pinned)  # [size]
    if limit.kind == "parcels":
        size = _largest_count(counts, limit)
    else:
        seeded = draws or [(parcels, 0)]
        drawings = [design.drawing(frame, np.random.default_rng(seed)) for frame, seed in seeded]

        def bills(count: int) -> list[Bill]:
            return [cost_of(draw(count)) for draw in drawings]

        size = _largest_paid(counts, limit, bills, design.name, cure(pinned))
    return replace(design, equivalent_radius_km=min(_roundest(radii, size), most_km))


def sizes(parcels: pd.DataFrame, most_km: float = math.inf) -> npt.NDArray[np.float64]:
    """The radii at which a circle holds more parcels, ``[size]`` in km, the smallest first.

    Parameters
    ----------
    parcels
        With ``distance_km``.
    most_km
        The largest radius allowed, km.

    Raises
    ------
    PlanError
        Where there is no parcel.
    """
    distance = parcels["distance_km"].to_numpy()
    radii = np.unique(distance[distance <= most_km])
    if not len(radii):
        raise PlanError("There is no parcel to visit. Choose another departure, season or outer radius.")
    return radii


def of_size(design: SizedDesign, radii: npt.NDArray[np.float64], size: int) -> SizedDesign:
    """A design at one of these sizes.

    Parameters
    ----------
    design
        Of any size.
    radii, size
        What `sizes` gave, and the place of the size in it.
    """
    return replace(design, equivalent_radius_km=_roundest(radii, size))


def cure(pinned: int) -> str:
    """What to do where a limit of days or money pays for no trip.

    Parameters
    ----------
    pinned
        How many parcels must be visited.
    """
    return f"Raise it, {'pin fewer parcels, ' if pinned else ''}or choose a cheaper design."


def _check_pins(limit: Limit, parcels: pd.DataFrame) -> None:
    """`PlanError` where more parcels are pinned than a limit of parcels, or of a radius, allows."""
    pinned = pinned_count(parcels)
    allowed, why = limit.amount, f"a limit of {limit.amount:g} parcels allows no more than that"
    if limit.kind == "km":
        allowed = int((parcels["distance_km"] <= limit.amount).sum())
        why = f"a radius of {limit.amount:g} km allows {allowed}, as many as lie within it"
    if limit.kind in ("km", "parcels") and pinned > allowed:
        raise PlanError(
            f"{pinned} parcels are pinned, with all of their fields, and {why}. Raise the limit, or pin "
            "fewer parcels."
        )


def _largest_count(counts: Counts, limit: Limit) -> int:
    """The last size that holds no more parcels than the limit."""
    fits = np.flatnonzero(counts <= limit.amount)
    if not len(fits):
        raise PlanError(
            f"A limit of {limit.amount:g} parcels holds not even the nearest field, which has "
            f"{counts[0]}. Raise it."
        )
    return int(fits[-1])


def _largest_paid(
    counts: Counts, limit: Limit, bills: Callable[[int], list[Bill]], design: str, cured_by: str
) -> int:
    """The last size whose dearest draw keeps a limit of days or money, by bisection."""

    def dearest(size: int) -> Bill:
        return max(bills(int(counts[size])), key=lambda cost: cost.money.likely)

    def allowed(size: int) -> bool:
        cost = dearest(size)
        return (cost.money.likely if limit.kind == "money" else cost.crew_days) <= limit.amount

    low, high = -1, len(counts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if allowed(middle) else (low, middle)
    if low < 0:
        least = dearest(0)
        in_money = f"{least.money.likely:,.0f} {least.currency}"
        raise PlanError(
            f"A limit of {limit.amount:,.0f} {limit.kind} pays for no trip of the design {design}; its "
            f"smallest, {counts[0]} parcels, needs {in_money if limit.kind == 'money' else least.crew_days}. "
            f"{cured_by}"
        )
    return low


def _roundest(radii: npt.NDArray[np.float64], size: int) -> float:
    """The roundest radius that holds as much as this one and less than the next, km."""
    radius, following = float(radii[size]), float(radii[size + 1]) if size + 1 < len(radii) else math.inf
    for decimals in range(MOST_DECIMALS):
        scale: int = 10**decimals
        rounded = math.ceil(radius * scale) / scale
        if radius <= rounded < following:
            return rounded
    return radius
