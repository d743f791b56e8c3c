"""How many parcels of each class a trip or a circle holds, also where nobody knows the crops yet.

A season with labels is counted by them. In an open season the source models' predictions stand in, where they
are kept; else the classes of the last season with labels: at the same fields where all of these had a label,
and otherwise its shares in all. What was counted is always named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import kept_classes
from engine.learning.recipes import PAPER, RECIPES, Recipe
from engine.sampling.coverage import coverage_of
from engine.sampling.distances import distance_km

if TYPE_CHECKING:
    import geopandas as gpd

Basis = Literal["labels", "predicted", "same fields", "last season", "unknown"]


@dataclass(frozen=True, eq=False)
class ClassMix:
    """The classes of a season's parcels, as far as they are known or expected.

    Parameters
    ----------
    parcels
        Of the season, or those that a trip may visit; ``crop`` is the class that is known or expected,
        missing where there is none.
    basis
        ``labels``; or, of parcels without any, ``predicted`` by source models, the crops of the ``same
        fields`` in the last season with labels, the shares of the ``last season`` in all, or ``unknown``.
    season
        The last season with labels, where the basis is one of it.
    shares
        Of the classes in that season, by name; empty for any other basis than ``last season``.
    """

    parcels: gpd.GeoDataFrame
    basis: Basis
    season: str = ""
    shares: tuple[tuple[str, float], ...] = ()

    def counts(self, inside: npt.NDArray[np.bool_]) -> pd.DataFrame:
        """How many parcels of each class some of them are, see `engine.sampling.coverage.coverage_of`.

        Parameters
        ----------
        inside
            Whether each of the parcels is among them, ``[parcel]``.
        """
        if self.basis != "last season":
            return coverage_of(self.parcels, inside)
        share = np.array([part for _, part in self.shares])  # [class]
        hectares = float(self.parcels["area_ha"].to_numpy(np.float64)[inside].sum())
        table = pd.DataFrame(
            {
                "crop": [name for name, _ in self.shares],
                "within": shared_out(share, int(inside.sum())),
                "total": shared_out(share, len(inside)),
                "ha_within": share * hectares,
            }
        )
        return table[table["total"] > 0].reset_index(drop=True)


def class_mix(study: Study, label: str, archive: Archive | None = None, recipe: Recipe = PAPER) -> ClassMix:
    """The classes of a season's parcels: its labels, or what stands in for them in an open season.

    Parameters
    ----------
    study
        With its seasons and parcels.
    label
        Of the season.
    archive
        Where predictions of source models are kept; without one, none are looked up.
    recipe
        Of the source models that are asked first.
    """
    if not study.is_open(label):
        return ClassMix(study.parcels_in(label), "labels")
    return _expected_mix(study, label, archive, recipe)


def mix_to_visit(
    study: Study, label: str, archive: Archive | None = None, recipe: Recipe = PAPER
) -> ClassMix:
    """The classes of the parcels that a trip of a season may visit.

    In a season with some labels these are the parcels without one, so that what stands in for labels is
    counted, as in an open season.

    Parameters
    ----------
    study, label, archive, recipe
        As for `class_mix`.
    """
    if study.is_partly_labelled(label):
        return _expected_mix(study, label, archive, recipe)
    return class_mix(study, label, archive, recipe)


def _expected_mix(study: Study, label: str, archive: Archive | None, recipe: Recipe) -> ClassMix:
    """What stands in for the labels of the parcels of a season that have none."""
    parcels = study.to_visit(label)
    predicted = None if archive is None else _predicted(study, label, archive, recipe)
    if predicted is not None:
        return ClassMix(parcels.assign(crop=predicted.reindex(parcels.index)), "predicted")
    partly = (label,) if study.is_partly_labelled(label) else ()
    seasons = study.seasons_before(label) or study.other_seasons(label) or partly
    if not seasons:
        return ClassMix(parcels, "unknown")
    last = study.labelled_in(seasons[-1])
    at_field = last.drop_duplicates("field_group").set_index("field_group")["crop"]
    crop = parcels["field_group"].map(at_field)
    if crop.notna().all() and seasons != partly:
        return ClassMix(parcels.assign(crop=crop), "same fields", seasons[-1])
    shares = last["crop"].value_counts(normalize=True)
    named = tuple((name, float(shares[name])) for name in study.legend.names if name in shares.index)
    largest = sorted(named, key=lambda pair: -pair[1])
    return ClassMix(parcels, "last season", seasons[-1], tuple(largest))


def shared_out(share: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.int64]:
    """A number of parcels dealt out to classes by their shares, so that they add up to it.

    Parameters
    ----------
    share
        Of each class; they add up to 1, ``[class]``.
    count
        Parcels to deal out.
    """
    exact = share * count
    whole = np.floor(exact + 1e-9).astype(np.int64)
    rest = np.argsort(-(exact - whole), kind="stable")[: count - int(whole.sum())]
    whole[rest] += 1
    return whole


def _predicted(study: Study, label: str, archive: Archive, recipe: Recipe) -> pd.Series | None:
    """The class that kept predictions of a source model give each parcel; None where none are kept."""
    for each in dict.fromkeys([recipe, *RECIPES.values()]):
        try:
            classes = kept_classes(study, label, archive, each)
        except PlanError:  # no season to learn from
            return None
        if classes is not None:
            return classes
    return None


def circle(mix: ClassMix, departure: Departure, km: float) -> tuple[pd.DataFrame, int, float]:
    """What a circle around the departure holds of each class.

    Parameters
    ----------
    mix
        Classes of a season.
    departure
        Centre of the circle.
    km
        Its radius.

    Returns
    -------
    The counts, how many parcels lie in the circle, and their area in ha.
    """
    inside = distance_km(mix.parcels, departure) <= km
    hectares = float(mix.parcels["area_ha"].to_numpy(np.float64)[inside].sum())
    return mix.counts(inside), int(inside.sum()), hectares
