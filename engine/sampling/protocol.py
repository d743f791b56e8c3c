"""What every sampling design is.

A design ranks the fields (parcels of one ``field_group`` are visited together); a limit says how many of
them are visited; those that follow would be next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import PlanError
from engine.sampling.families import SPREAD, Family

Rows = npt.NDArray[np.int64]

# Auxiliary variables: what a design may ask of a source model.
PREDICTED_CLASS, DISAGREEMENT, EMBEDDING = "predicted_class", "disagreement", "embedding"
PINNED = "pinned"  # whether a parcel must be visited; a frame without the column has no such parcel


class DrawnParcels(NamedTuple):
    """Ids of the parcels to visit, and of those that follow, in order."""

    visit: tuple[str, ...]
    spare: tuple[str, ...]


class Design(Protocol):
    """A way to choose parcels.

    Its methods take the parcels that may be visited (never one of the test half): a frame with
    ``parcel_id``, ``field_group``, ``distance_km`` (shared by the parcels of a field group), ``east_km`` and
    ``north_km`` of the departure, and the design's auxiliary variable: ``predicted_class`` (a name),
    ``disagreement`` (a number), or columns ``embedding_0``, ``embedding_1`` and so on. Those that are true
    in a column ``pinned`` must be visited.
    """

    @property
    def name(self) -> str:
        """Its id in commands, tables and links."""
        ...

    @property
    def label(self) -> str:
        """Its name for people."""
        ...

    @property
    def description(self) -> str:
        """Where its parcels lie, a part of a sentence."""
        ...

    @property
    def auxiliary(self) -> str | None:
        """The auxiliary variable that it needs, if any."""
        ...

    @property
    def spreads(self) -> bool:
        """Whether it chooses among parcels beyond its equivalent radius too."""
        ...

    @property
    def families(self) -> tuple[Family, ...]:
        """The families in whose charts it stands, its own first."""
        ...

    @property
    def equivalent_radius_km(self) -> float:
        """Radius of the circle around the departure that holds as many parcels, km; 0 where there is none."""
        ...

    def count(self, parcels: pd.DataFrame) -> int:
        """Number of parcels wanted; `PlanError` where there are none to visit."""
        ...

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """Whole field groups to visit, and the others in the order in which they would be next."""
        ...

    def draw(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Ids of the parcels to visit."""
        ...

    def spare(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Ids of those that follow ``draw`` under the same state of ``rng``, in order."""
        ...


class DesignBase:
    """The two halves of a draw, for all designs, and that a design does not spread unless it says so."""

    @property
    def spreads(self) -> bool:
        """Whether it chooses among parcels beyond its equivalent radius too."""
        return False

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """Whole field groups to visit, and the others in the order in which they would be next."""
        raise NotImplementedError

    def draw(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Ids of the parcels to visit."""
        return self.drawn(parcels, rng).visit

    def spare(self, parcels: pd.DataFrame, rng: np.random.Generator) -> tuple[str, ...]:
        """Ids of those that follow ``draw`` under the same state of ``rng``, in order."""
        return self.drawn(parcels, rng).spare


@dataclass(frozen=True)
class SizedDesign(DesignBase):
    """A design that visits as many parcels as lie within a radius of the departure.

    With one measure of size for all designs, those of equal radius compare at equal count. Field groups are
    taken whole in the order of the ranking; one that would overshoot the count is passed over, so the count
    is met wherever single parcels are left to meet it with. Pinned fields come first and count.

    A new design gives `ranked`, its names, and an entry in `engine.sampling.DESIGNS`.

    Parameters
    ----------
    equivalent_radius_km
        Radius of the circle around the departure that holds as many parcels, km.
    """

    equivalent_radius_km: float
    name: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    auxiliary: ClassVar[str | None] = None
    families: ClassVar[tuple[Family, ...]] = (SPREAD,)

    def __post_init__(self) -> None:
        radius = float(self.equivalent_radius_km)
        if not (np.isfinite(radius) and radius > 0):
            raise PlanError(f"A radius of {radius:g} km is no circle. Give a number above 0.")
        object.__setattr__(self, "equivalent_radius_km", radius)

    @property
    def spreads(self) -> bool:
        """Whether it chooses among parcels beyond its equivalent radius too."""
        return True

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Rows of the field groups, all of them, the ones to visit first, ``[field]``."""
        raise NotImplementedError

    def count(self, parcels: pd.DataFrame) -> int:
        """Parcels within the circle; `PlanError` where it is empty."""
        inside = int((parcels["distance_km"] <= self.equivalent_radius_km).sum())
        if not inside:
            nearest = parcels["distance_km"].min() if len(parcels) else float("nan")
            raise PlanError(
                f"No surveyed parcel lies within {self.equivalent_radius_km:g} km of the departure; the "
                f"nearest is {nearest:.1f} km away. Choose a larger radius or another departure."
            )
        return inside

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """The first of the ranking, as many as the circle holds; the rest follows."""
        fields = _fields(parcels, self)
        order = _pinned_first(fields, self.ranked(fields, rng))
        taken = _first(order, fields["size"].to_numpy(), max(self.count(parcels), pinned_count(parcels)))
        rank = np.empty(len(fields), dtype=np.int64)  # [field]
        rank[order] = np.arange(len(order))
        field = fields.index.get_indexer(pd.Index(parcels["field_group"]))  # [parcel]
        ids, visited = parcels["parcel_id"].to_numpy(object), np.isin(field, taken)
        rest = np.flatnonzero(~visited)
        spare = rest[np.argsort(rank[field[rest]], kind="stable")]
        return DrawnParcels(tuple(ids[visited]), tuple(ids[spare]))

    def drawing(self, parcels: pd.DataFrame, rng: np.random.Generator) -> Callable[[int], pd.DataFrame]:
        """The parcels to visit as a function of the count; ranks once."""
        fields = _fields(parcels, self)
        order = _pinned_first(fields, self.ranked(fields, rng))
        sizes, least = fields["size"].to_numpy(), pinned_count(parcels)

        def draw(count: int) -> pd.DataFrame:
            taken = fields.index[_first(order, sizes, max(count, least))]
            return parcels[parcels["field_group"].isin(taken)]

        return draw


def pinned_count(parcels: pd.DataFrame) -> int:
    """How many parcels must be visited.

    Parameters
    ----------
    parcels
        As `Design` wants them.
    """
    return int(parcels[PINNED].sum()) if PINNED in parcels else 0


def _fields(parcels: pd.DataFrame, design: SizedDesign) -> pd.DataFrame:
    """One row a field group, sorted by name: ``size``, where it lies, and its auxiliary variables."""
    numbers = [
        column
        for column in parcels.columns
        if column in ("east_km", "north_km", DISAGREEMENT) or str(column).startswith(f"{EMBEDDING}_")
    ]
    grouped = parcels.groupby("field_group", sort=True)
    fields = grouped[numbers].mean()
    fields["distance_km"] = grouped["distance_km"].first()  # shared by all of them
    fields["size"] = grouped.size()
    if PINNED in parcels:
        fields[PINNED] = grouped[PINNED].any()
    if PREDICTED_CLASS in parcels:
        counts = parcels.groupby(["field_group", PREDICTED_CLASS]).size().rename("parcels").reset_index()
        counts = counts.sort_values(["parcels", PREDICTED_CLASS], ascending=[False, True])
        most_frequent = counts.drop_duplicates("field_group").set_index("field_group")
        fields[PREDICTED_CLASS] = most_frequent[PREDICTED_CLASS]
    embedding = EMBEDDING if f"{EMBEDDING}_0" in fields else None
    if design.auxiliary and design.auxiliary not in (*fields.columns, embedding):
        raise PlanError(
            f"The design {design.name} needs a pre-trained model, and there is none here. Use it with a "
            "season that has earlier seasons to learn from, or choose another design."
        )
    return fields


def _pinned_first(fields: pd.DataFrame, order: Rows) -> Rows:
    """The same order, but for the fields that must be visited, which come first."""
    if PINNED not in fields:
        return order
    return order[np.argsort(~fields[PINNED].to_numpy(np.bool_)[order], kind="stable")]


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
