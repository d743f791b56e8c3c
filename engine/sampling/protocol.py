"""What every sampling design is, and those that need no ranking: staying at home, a list, an exception.

A design ranks the fields (parcels of one ``field_group`` are visited together); a limit says how many of
them are visited; those that follow are the replacements, in the order of the ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import PlanError

Rows = npt.NDArray[np.int64]

PREDICTED_CLASS, DISAGREEMENT, EMBEDDING = "predicted", "disagreement", "embedding"


class DrawnParcels(NamedTuple):
    """Ids of the parcels to visit, and of those that replace them, in order."""

    visit: tuple[str, ...]
    spare: tuple[str, ...]


class Design(Protocol):
    """A way to choose parcels.

    Its methods are given the parcels that may be visited (never one of the test half): a frame with
    ``parcel_id``, ``field_group``, ``distance_km`` (shared by the parcels of a field group), ``east_km`` and
    ``north_km`` of the departure, and what the design ``auxiliary`` from a model: ``predicted`` (name of the
    class), ``disagreement`` (a number), or columns ``embedding_0``, ``embedding_1`` and so on.
    """

    @property
    def name(self) -> str:
        """Its name in commands and tables."""
        ...

    @property
    def description(self) -> str:
        """Where its parcels lie, in words."""
        ...

    @property
    def auxiliary(self) -> str | None:
        """What it asks a model, if anything."""
        ...

    @property
    def equivalent_radius_km(self) -> float:
        """The radius of the circle that holds as many parcels, km; 0 where there is none."""
        ...

    def count(self, parcels: pd.DataFrame) -> int:
        """Number of parcels wanted; `PlanError` where there are none to visit."""
        ...

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """Whole field groups to visit, and the others in the order in which they replace them."""
        ...

    def draw(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Ids of the parcels to visit."""
        return self.drawn(parcels, rng).visit

    def spare(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Ids of the replacements of ``draw`` under the same state of ``rng``."""
        return self.drawn(parcels, rng).spare


@dataclass(frozen=True)
class NoVisit(Design):
    """Stay at home."""

    name: ClassVar[str] = "none"
    description: ClassVar[str] = "staying at home"
    auxiliary: ClassVar[str | None] = None
    equivalent_radius_km: ClassVar[float] = 0.0

    def count(self, parcels: pd.DataFrame) -> int:
        """None."""
        return 0

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """Nothing."""
        return DrawnParcels((), ())


@dataclass(frozen=True)
class SizedDesign(Design):
    """What designs share that visit as many parcels as lie within ``km`` of the departure.

    With one measure of size for all designs, those of equal ``km`` compare at equal count. Field groups are
    taken whole in the order of the ranking; one that would overshoot the count is passed over, so the count
    is met wherever single parcels are left to meet it with.
    """

    km: float
    name: ClassVar[str]
    description: ClassVar[str]
    auxiliary: ClassVar[str | None] = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.km) and self.km > 0):
            raise PlanError(f"A radius of {self.km} km is no circle. Give a number above 0.")
        object.__setattr__(self, "km", float(self.km))

    @property
    def equivalent_radius_km(self) -> float:
        """The radius, km."""
        return self.km

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Rows of the field groups, all of them, the ones to visit first, ``[field]``."""
        raise NotImplementedError

    def count(self, parcels: pd.DataFrame) -> int:
        """Parcels within the circle."""
        return len(_within(parcels, self.km))

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """The first of the ranking, as many as the circle holds; the rest replaces them."""
        fields = _fields(parcels, self)
        order = self.ranked(fields, rng)
        taken = _first(order, fields["size"].to_numpy(), self.count(parcels))
        place = np.empty(len(fields), dtype=np.int64)  # [field] in the ranking
        place[order] = np.arange(len(order))
        field = fields.index.get_indexer(pd.Index(parcels["field_group"]))  # [parcel]
        ids, visited = parcels["parcel_id"].to_numpy(object), np.isin(field, taken)
        rest = np.flatnonzero(~visited)
        return DrawnParcels(
            tuple(ids[visited]), tuple(ids[rest[np.argsort(place[field[rest]], kind="stable")]])
        )

    def drawing(self, parcels: pd.DataFrame, rng: np.random.Generator) -> Callable[[int], pd.DataFrame]:
        """The parcels to visit as a function of the count; ranks once."""
        fields = _fields(parcels, self)
        order = self.ranked(fields, rng)
        sizes = fields["size"].to_numpy()
        return lambda count: parcels[parcels["field_group"].isin(fields.index[_first(order, sizes, count)])]


@dataclass(frozen=True)
class ListedParcels(Design):
    """A list of parcels made elsewhere; of those in it that may be visited, all, with their field groups."""

    parcels: tuple[str, ...]
    name: ClassVar[str] = "given"
    description: ClassVar[str] = "of a given list"
    auxiliary: ClassVar[str | None] = None
    equivalent_radius_km: ClassVar[float] = 0.0

    def count(self, parcels: pd.DataFrame) -> int:
        """Parcels of the list and of their field groups."""
        mine = with_fields(parcels, self.parcels)
        if not mine.any():
            raise PlanError(
                f"None of the {len(self.parcels)} given parcels may be visited (the first is "
                f"{self.parcels[0] if self.parcels else 'missing'}). Give ids of surveyed parcels of the "
                "season outside the test half."
            )
        return int(mine.sum())

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """The list; it has no replacements."""
        self.count(parcels)
        mine = with_fields(parcels, self.parcels)
        return DrawnParcels(tuple(parcels.loc[mine, "parcel_id"]), ())


@dataclass(frozen=True)
class Excluding(Design):
    """A design that leaves out parcels which cannot be reached, and the fields they belong to."""

    design: Design
    unreachable: tuple[str, ...]

    @property
    def name(self) -> str:
        """That of the design."""
        return self.design.name

    @property
    def description(self) -> str:
        """That of the design."""
        return self.design.description

    @property
    def auxiliary(self) -> str | None:
        """What the design needs."""
        return self.design.auxiliary

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
    """Whether a parcel is one of these or shares a field group with one, ``[parcel]``."""
    named = parcels.loc[parcels["parcel_id"].isin(list(ids)), "field_group"]
    return parcels["field_group"].isin(named)


def reachable(parcels: pd.DataFrame, unreachable: Iterable[str]) -> pd.DataFrame:
    """Parcels without some, and without the fields those belong to."""
    return parcels[~with_fields(parcels, unreachable)]


def _fields(parcels: pd.DataFrame, design: SizedDesign) -> pd.DataFrame:
    """One row a field group, sorted by name: ``size``, where it lies, and what a model says of it."""
    numbers = [
        column
        for column in parcels.columns
        if column in ("east_km", "north_km", DISAGREEMENT) or str(column).startswith(f"{EMBEDDING}_")
    ]
    grouped = parcels.groupby("field_group", sort=True)
    fields = grouped[numbers].mean()
    fields["distance_km"] = grouped["distance_km"].first()  # shared by all of them
    fields["size"] = grouped.size()
    if PREDICTED_CLASS in parcels:
        votes = parcels.groupby(["field_group", PREDICTED_CLASS]).size().rename("votes").reset_index()
        votes = votes.sort_values(["votes", PREDICTED_CLASS], ascending=[False, True])
        fields[PREDICTED_CLASS] = votes.drop_duplicates("field_group").set_index("field_group")[
            PREDICTED_CLASS
        ]
    there = EMBEDDING if f"{EMBEDDING}_0" in fields else None
    if design.auxiliary and design.auxiliary not in (*fields.columns, there):
        raise PlanError(
            f"The design {design.name} asks a pre-trained model, and none was asked here. Use it with a "
            "season that has past seasons to learn from, or choose another design."
        )
    return fields


def _first(order: Rows, sizes: Rows, count: int) -> Rows:
    """The first fields of an order that hold ``count`` parcels; one that would overshoot is passed over."""
    taken, total = [], 0
    for row in order:
        if total + sizes[row] <= count:
            taken.append(row)
            total += sizes[row]
        if total == count:
            break
    return np.array(taken, dtype=np.int64)


def _within(parcels: pd.DataFrame, km: float) -> pd.DataFrame:
    """The parcels within the circle; refuses an empty circle and says how far the nearest parcel is."""
    inside = parcels[parcels["distance_km"] <= km]
    if inside.empty:
        nearest = parcels["distance_km"].min() if len(parcels) else float("nan")
        raise PlanError(
            f"No surveyed parcel lies within {km:g} km of the departure; the nearest is {nearest:.1f} km "
            "away. Choose a larger radius or another departure."
        )
    return inside
