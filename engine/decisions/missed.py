"""Which classes of a season a trip misses, and how much of the season they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.decisions.class_mix import ClassMix

NEEDED = 2  # parcels of a class: one to learn from while the other is held out


@dataclass(frozen=True)
class Missed:
    """A class that a trip visits too rarely.

    Parameters
    ----------
    visited
        Parcels of it on the trip, known or expected: fewer than `NEEDED`.
    share
        Of the season's parcels that it is, known or expected.
    """

    crop: str
    visited: int
    share: float


def missed_classes(mix: ClassMix, visited: Collection[str]) -> tuple[Missed, ...]:
    """Classes of the season of which a trip visits fewer parcels than are needed, the largest first.

    Parameters
    ----------
    mix
        Classes of the season's parcels, or what stands in for them.
    visited
        Ids of the parcels of the trip.
    """
    if mix.basis == "unknown":
        return ()
    inside = mix.parcels["parcel_id"].isin(list(visited)).to_numpy()
    counts = mix.counts(inside)
    whole = int(counts["total"].sum())
    rows = counts[["crop", "within", "total"]].to_numpy(object)
    thin = [Missed(str(crop), int(within), total / whole) for crop, within, total in rows if within < NEEDED]
    return tuple(sorted((each for each in thin if each.share > 0), key=lambda each: -each.share))
