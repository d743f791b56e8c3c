"""Sampling designs: which parcels to visit."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.cluster.vq import kmeans2

from engine.domain import Departure, PlanError
from engine.sampling.distances import with_distances
from engine.sampling.pivotal import pivotal_order
from engine.sampling.protocol import DISAGREEMENT, EMBEDDING, PREDICTED_CLASS, Design, Rows, SizedDesign


@dataclass(frozen=True)
class Radius(SizedDesign):
    """Every parcel within ``km`` of the departure."""

    name: ClassVar[str] = "radius"
    description: ClassVar[str] = "near the departure"

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The nearest first."""
        return np.argsort(fields["distance_km"].to_numpy(), kind="stable")


@dataclass(frozen=True)
class Random(SizedDesign):
    """Spread at random over the whole area: the yardstick of the study, the same count without the
    convenience.
    """

    name: ClassVar[str] = "random"
    description: ClassVar[str] = "spread at random"

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Any order."""
        return rng.permutation(len(fields))


@dataclass(frozen=True)
class Balanced(SizedDesign):
    """Spread evenly over the whole area, by the local pivotal method."""

    name: ClassVar[str] = "balanced"
    description: ClassVar[str] = "spread evenly"

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Neighbours far from each other in the order."""
        return pivotal_order(fields[["east_km", "north_km"]].to_numpy(), rng)


@dataclass(frozen=True)
class Stratified(SizedDesign):
    """As many of each class that the source model sees, each class spread evenly over the area.

    Equal allocation: macro F1 counts every class the same, so rare ones are worth as many visits.
    """

    name: ClassVar[str] = "stratified"
    description: ClassVar[str] = "stratified by predicted class"
    auxiliary: ClassVar[str | None] = PREDICTED_CLASS

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The classes in turn, and within a class the order of the local pivotal method."""
        turn = np.empty(len(fields), dtype=np.int64)
        points = fields[["east_km", "north_km"]].to_numpy()
        for _, rows in sorted(fields.reset_index().groupby(PREDICTED_CLASS).indices.items()):
            turn[rows[pivotal_order(points[rows], rng)]] = np.arange(len(rows))
        return np.lexsort([rng.random(len(fields)), turn])


@dataclass(frozen=True)
class Transects(SizedDesign):
    """Straight transects from the departure, turned at random: out along one, back along another.

    Parameters
    ----------
    directions
        Number of transects, evenly spread over the compass.
    width_km
        Of a transect, both sides together.
    """

    directions: int = 5
    width_km: float = 3.0
    name: ClassVar[str] = "corridors"
    description: ClassVar[str] = "along corridors"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.directions < 1 or not self.width_km > 0:
            raise PlanError(
                f"{self.directions} transects of {self.width_km:g} km width hold no parcel. Give at least "
                "one direction and a width above 0."
            )

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Outwards along the transects; then whatever lies beside them, the nearest to one first."""
        turned = rng.random() * 2 * np.pi
        bearing = turned + 2 * np.pi * np.arange(self.directions) / self.directions  # [direction]
        east, north = fields["east_km"].to_numpy(), fields["north_km"].to_numpy()
        along = east[:, None] * np.sin(bearing) + north[:, None] * np.cos(bearing)  # [field, direction]
        across = np.abs(east[:, None] * np.cos(bearing) - north[:, None] * np.sin(bearing))
        beside = np.where(along >= 0, across, np.hypot(east, north)[:, None]).min(axis=1)  # [field]
        inside = beside <= self.width_km / 2
        return np.lexsort([np.where(inside, fields["distance_km"], beside), ~inside])


@dataclass(frozen=True)
class Clusters(SizedDesign):
    """Groups of neighbouring parcels far apart from each other: few long ways, many short ones.

    Parameters
    ----------
    clusters
        Number of groups. Their centres are those of k-means over all fields, so each stands for as much of
        the area as the others.
    """

    clusters: int = 6
    name: ClassVar[str] = "clusters"
    description: ClassVar[str] = "in clusters far apart"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.clusters < 1:
            raise PlanError(f"{self.clusters} clusters hold no parcel. Give at least 1.")

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The clusters in turn, each from its centre outwards."""
        points = fields[["east_km", "north_km"]].to_numpy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fewer places than clusters leave some of them empty
            centres, mine = kmeans2(points, min(self.clusters, len(fields)), minit="++", rng=rng)
        away = np.hypot(*(points - centres[mine]).T)  # [field] km
        turn = pd.Series(away).groupby(mine).rank(method="first").to_numpy()
        return np.lexsort([away, turn])


@dataclass(frozen=True)
class Reaching(SizedDesign):
    """What designs share that choose within a reach; when it is used up, the nearest beyond it follow.

    Parameters
    ----------
    within_km
        The reach, km from the departure.
    """

    within_km: float = 40.0

    def preferred(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Rows of the field groups within reach, the ones to visit first, ``[field]``."""
        raise NotImplementedError

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Those within reach as preferred, then the nearest."""
        away = fields["distance_km"].to_numpy()
        near, beyond = np.flatnonzero(away <= self.within_km), np.flatnonzero(away > self.within_km)
        far = beyond[np.argsort(away[beyond], kind="stable")]
        return np.concatenate([near[self.preferred(fields.iloc[near], rng)], far])


@dataclass(frozen=True)
class Disagreement(Reaching):
    """Within reach, the parcels first on which models of different training disagree."""

    name: ClassVar[str] = "disagreement"
    description: ClassVar[str] = "where models disagree"
    auxiliary: ClassVar[str | None] = DISAGREEMENT

    def preferred(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The largest disagreement first."""
        return np.argsort(-fields[DISAGREEMENT].to_numpy(), kind="stable")


@dataclass(frozen=True)
class Embedding(Reaching):
    """Within reach, parcels that differ as the model sees them: balanced over its embedding."""

    name: ClassVar[str] = "embedding"
    description: ClassVar[str] = "balanced over the model's view"
    auxiliary: ClassVar[str | None] = EMBEDDING

    def preferred(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The local pivotal method in the space of the embedding."""
        return pivotal_order(fields.filter(regex=f"^{EMBEDDING}_").to_numpy(), rng)


DESIGNS: dict[str, type[SizedDesign]] = {
    design.name: design
    for design in (
        Radius, Random, Balanced, Stratified, Transects, Clusters, Disagreement, Embedding,
    )
}  # fmt: skip


def design_by_name(name: str, km: float) -> SizedDesign:
    """The design of that name at that size, or `PlanError`."""
    if name not in DESIGNS:
        raise PlanError(f"There is no design {name}; choose one of {', '.join(DESIGNS)}.")
    return DESIGNS[name](km)


def chosen(parcels: pd.DataFrame, departure: Departure, design: Design, seed: int = 0) -> pd.DataFrame:
    """The surveyed parcels of a season that a design visits from a departure.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``field_group``, ``lon`` and ``lat``, and what the design needs from a model.
    """
    return chosen_and_spare(with_distances(parcels, departure), design, 0.0, seed)[0]


def replacements(
    parcels: pd.DataFrame, departure: Departure, design: Design, share: float, seed: int = 0
) -> pd.DataFrame:
    """The parcels that stand in for those of `chosen` that cannot be visited, in their fixed order.

    Parameters
    ----------
    share
        Of the number of parcels to visit, rounded up.
    """
    return chosen_and_spare(with_distances(parcels, departure), design, share, seed)[1]


def chosen_and_spare(
    ready: pd.DataFrame, design: Design, share: float, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What `chosen` and `replacements` give of parcels that are placed, from one draw."""
    visit, spare = design.drawn(ready, np.random.default_rng(seed))
    wanted = spare[: int(np.ceil(share * len(visit)))]
    named = ready.set_index("parcel_id", drop=False)
    return ready[ready["parcel_id"].isin(visit)], named.loc[list(wanted)].reset_index(drop=True)
