"""Why a trip gains or loses: what the area has that the trip lacks, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.decisions.class_mix import Basis, ClassMix, class_mix
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import parcels_with_auxiliary
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.sizing import draw_seed
from engine.learning.folds import matched_folds
from engine.sampling.split import SpatialSplit, split_parcels
from engine.studies.store import unsimulated_seasons

FOLDS = 10
KEPT = 0.95  # share of the variance of series that their components keep
DRAWS = 5  # trips at random to compare with
MOST = 2000  # parcels of the area whose series are compared

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Distance:
    """How far a set of parcels is from the area.

    Parameters
    ----------
    missing
        Share of the area's parcels whose class the set lacks; None where the classes are not known.
    mix
        Hellinger distance between the class mixes, 0 (the same) to 1 (nothing in common); None likewise.
    outside
        Share of the area's parcels outside the area of applicability; None where there are no series.
    features
        Energy distance between the series, 0 (the same) to 1; None likewise.
    """

    missing: float | None
    mix: float | None
    outside: float | None
    features: float | None


@dataclass(frozen=True)
class Diagnosis:
    """What stands between a trip and the area that it shall map.

    Parameters
    ----------
    parcels, area_parcels
        Their numbers.
    lacks
        Classes of the area that no visited parcel has.
    trip, random
        Distance of the trip from the area, and that of as many parcels drawn at random (mean of `DRAWS`).
    classes
        What the classes are: ``labels``, or in a season without them ``predicted``, ``same fields`` or
        ``unknown``, see `engine.decisions.class_mix`.
    season
        Whose crops stand in, where those of the same fields do.
    has_series
        Whether the season has series yet.
    """

    parcels: int
    area_parcels: int
    lacks: tuple[str, ...]
    trip: Distance
    random: Distance
    classes: Basis = "labels"
    season: str = ""
    has_series: bool = True


def diagnosis_of_plan(study: Study, plan: Plan, archive: Archive) -> Diagnosis:
    """What stands between a plan and its area before it is answered, by the parcels of its first repeat.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    plan
        A plan that makes a trip.
    archive
        Where trained source models lie, for designs that ask them.

    Raises
    ------
    PlanError
        Where it visits nobody, or its design asks models that are not trained yet.
    """
    split = split_parcels(study, plan.target, plan.departure, plan.test)
    candidates = parcels_with_auxiliary(study, plan, archive, everywhere=False)
    visited = plan.design.draw(candidates, np.random.default_rng(draw_seed(plan, 0)))
    return diagnose(study, plan.target, visited, split, class_mix(study, plan.target, archive, plan.recipe))


def diagnosis_of(study: Study, outcome: Outcome) -> Diagnosis:
    """Why an answered trip scored as it did: its first repeat beside the parcels that it was tested on.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    outcome
        The answer of a plan that makes a trip.

    Raises
    ------
    PlanError
        Where it makes no trip.
    """
    plan = outcome.plan
    if not outcome.visits:
        raise PlanError(
            f"{outcome.plan.method.name} makes no trip, so there is none to diagnose. Choose a method that "
            "visits."
        )
    split = split_parcels(study, plan.target, plan.departure, plan.test)
    return diagnose(study, plan.target, outcome.visited[0], split)


def diagnose(
    study: Study, target: str, visited: Sequence[str], split: SpatialSplit, mix: ClassMix | None = None
) -> Diagnosis:
    """Compare visited parcels with those of the area that test.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    target
        Label of the season.
    visited
        Ids of the parcels of the trip.
    split
        The spatial split of the season; random samples are drawn from its candidates.
    mix
        What stands in for the labels of an open season; by default nothing does.

    Raises
    ------
    PlanError
        Where nothing is visited.

    References
    ----------
    Area of applicability: H. Meyer, E. Pebesma (2021), Methods in Ecology and Evolution 12, 1620. Energy
    distance: G. Székely, M. Rizzo (2013), Journal of Statistical Planning and Inference 143, 1249.
    """
    parcels = split.parcels
    rows = parcels.index[parcels["parcel_id"].isin(visited)].to_numpy()
    if not len(rows):
        raise PlanError("The trip visits no parcel of this season, so there is nothing to diagnose.")
    area = split.test.index.to_numpy()
    has_series = study.has_series(target)
    seen = has_series and target not in unsimulated_seasons(study)
    series = _components(study, target, parcels.index.to_numpy()) if seen else None
    rng = np.random.default_rng(0)
    open_rows = split.candidates.index.to_numpy()
    count = min(len(rows), len(open_rows))
    draws = [rng.choice(open_rows, count, replace=False) for _ in range(DRAWS)]
    basis = mix.basis if mix else "unknown" if study.is_open(target) else "labels"
    if mix and basis not in ("labels", "last season"):
        parcels = parcels.assign(crop=mix.parcels["crop"].reindex(parcels.index))
    at_random = [_distance(parcels, drawn, area, series) for drawn in draws]
    crops = parcels["crop"]
    of_trip, of_area = set(crops[rows].dropna()), set(crops[area].dropna())
    lacks = [name for name in study.legend.names if name in of_area - of_trip]
    trip = _distance(parcels, rows, area, series)
    if trip.mix is None:  # shares of a season say nothing of single parcels
        basis = "unknown"
    season = mix.season if mix and basis == "same fields" else ""
    return Diagnosis(len(rows), len(area), tuple(lacks), trip, _mean(at_random), basis, season, has_series)


def hellinger(first: pd.Series, second: pd.Series) -> float:
    """Hellinger distance between the class mixes of two sets of parcels, 0 to 1.

    Parameters
    ----------
    first, second
        Class names, ``[parcel]`` each.
    """
    names = sorted(set(first) | set(second))
    shares = [crops.value_counts(normalize=True).reindex(names, fill_value=0) for crops in (first, second)]
    return float(np.sqrt(np.maximum(1 - np.sqrt(shares[0] * shares[1]).sum(), 0)))


def energy_distance(first: Floats, second: Floats) -> float:
    """Energy distance between two samples, ``[parcel, feature]`` each, scaled to 0 (the same) to 1.

    Parameters
    ----------
    first, second
        Features of the parcels, ``[parcel, feature]`` each.
    """
    from scipy.spatial.distance import cdist

    apart = cdist(first, second).mean()
    if apart == 0:
        return 0.0
    excess = 2 * apart - cdist(first, first).mean() - cdist(second, second).mean()
    return float(np.clip(excess / (2 * apart), 0, 1))


def outside_share(visited: Floats, place: Floats, area: Floats, area_place: Floats) -> float:
    """Share of the area outside the area of applicability of visited parcels.

    Dissimilarity is the distance to the nearest visited parcel over the mean distance among visited parcels;
    outside is what exceeds the upper whisker (third quartile and 1.5 interquartile ranges) of held-out
    visited parcels, whose folds match the distance between trip and area (Meyer & Pebesma 2021, section 2).

    Parameters
    ----------
    visited, area
        Features, ``[parcel, feature]``.
    place, area_place
        Km, ``[parcel, xy]``.
    """
    from scipy.spatial.distance import cdist

    among = cdist(visited, visited)
    if len(visited) < 3 or not among.any():
        return 1.0
    scale = among.sum() / (len(visited) * (len(visited) - 1))
    fold = matched_folds(place, area_place, FOLDS, np.random.default_rng(0))
    apart = np.where(fold[:, None] == fold[None], np.inf, among).min(axis=1) / scale  # [parcel]
    low, high = np.quantile(apart, [0.25, 0.75])
    edge = min(high + 1.5 * (high - low), apart.max())
    return float((cdist(area, visited).min(axis=1) / scale > edge).mean())


def _distance(
    parcels: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    area: npt.NDArray[np.int64],
    series: pd.DataFrame | None,
) -> Distance:
    of_trip, of_area = parcels["crop"][rows].dropna(), parcels["crop"][area].dropna()
    missing, mix = None, None
    if len(of_trip) and len(of_area):
        missing = float((~of_area.isin(set(of_trip))).mean())
        mix = hellinger(of_trip, of_area)
    if series is None:
        return Distance(missing, mix, None, None)
    rng = np.random.default_rng(0)
    some = area if len(area) <= MOST else rng.choice(area, MOST, replace=False)
    few = rows if len(rows) <= MOST else rng.choice(rows, MOST, replace=False)
    here, there = series.loc[few].to_numpy(), series.loc[some].to_numpy()
    place = parcels[["x_km", "y_km"]]
    outside = outside_share(here, place.loc[few].to_numpy(), there, place.loc[some].to_numpy())
    return Distance(missing, mix, outside, energy_distance(here, there))


def _components(study: Study, target: str, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Principal components of the mean series of parcels, bands standardised; the index is the row."""
    cube = study.cubes[target]
    order = np.argsort(cube.parcel, kind="stable")
    owner, first = np.unique(cube.parcel[order], return_index=True)  # [parcel]
    count = np.diff(np.append(first, len(order)))
    mean = np.add.reduceat(cube.values[order], first, axis=0) / count[:, None, None]  # [parcel, band, time]
    scaled = (mean - mean.mean(axis=(0, 2), keepdims=True)) / np.maximum(
        mean.std(axis=(0, 2), keepdims=True), 1e-6
    )
    chosen = np.isin(owner, rows)
    flat = scaled[chosen].reshape(chosen.sum(), -1).astype(np.float64)
    left, size, _ = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
    explained = np.cumsum(size**2) / max(np.sum(size**2), 1e-12)
    kept = int(np.searchsorted(explained, KEPT)) + 1
    return pd.DataFrame((left * size)[:, :kept], index=owner[chosen])


def _mean(distances: Sequence[Distance]) -> Distance:
    def mean(name: str) -> Any:
        values = [getattr(distance, name) for distance in distances]
        return None if None in values else float(np.mean(values))

    return Distance(*(mean(field.name) for field in fields(Distance)))
