"""The spatial split of a plan: which parcels may be visited, and which only ever test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure, PlanError, Study
from engine.geodesy import DIVISION, bounds_of, ground_parts, project_km, utm_crs
from engine.sampling.distances import with_distances

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
TestKind = Literal["far-half", "far-all"]

DEFAULT_OUTER_KM = 30.0
BLOCK_KM = 5.0  # of the ground that is divided


@dataclass(frozen=True)
class TestArea:
    """Where the test parcels lie.

    Parameters
    ----------
    kind
        ``far-half``: of the parcels beyond ``beyond_km`` those of the test half; the rest may be
        visited by spread designs. ``far-all``: all of them, as in the study.
    beyond_km
        The outer radius, km from the departure.
    revision
        Of the way in which the ground is divided: it is part of a plan's key, and outcomes of another one are
        outdated.
    """

    __test__ = False  # not a test class, whatever pytest thinks of its name

    kind: TestKind = "far-half"
    beyond_km: float = DEFAULT_OUTER_KM
    revision: int = DIVISION

    def __post_init__(self) -> None:
        if self.kind not in ("far-half", "far-all"):
            raise PlanError(f"There is no test area {self.kind}; choose far-half or far-all.")
        object.__setattr__(self, "beyond_km", float(self.beyond_km))


@dataclass(frozen=True, eq=False)
class SpatialSplit:
    """The parcels of the target season, divided into candidates and test parcels.

    Parameters
    ----------
    parcels
        Index is the row in ``Study.parcels``; ``parcel_id``, ``crop``, ``field_group``, ``distance_km``,
        ``east_km`` and ``north_km`` of the departure, ``x_km``, ``y_km`` (UTM), ``test`` (lies in the test
        area) and ``counts`` (has a label, or is of a season without any), both bool.
    """

    parcels: pd.DataFrame

    @property
    def candidates(self) -> pd.DataFrame:
        """The parcels that a design may draw: outside the test area, labelled unless the season is open."""
        return self.parcels[~self.parcels["test"] & self.parcels["counts"]]

    @property
    def test(self) -> pd.DataFrame:
        """The parcels that only ever test, or would if the season is open."""
        return self.parcels[self.parcels["test"] & self.parcels["counts"]]

    @property
    def pool(self) -> pd.DataFrame:
        """All parcels outside the test area, labelled or not: what may be learnt from without a label."""
        return self.parcels[~self.parcels["test"]]


def split_parcels(study: Study, target: str, departure: Departure, area: TestArea) -> SpatialSplit:
    """Divide the parcels of the target season into candidates and test parcels.

    The halves belong to the ground, not to the departure, so pre-trained models serve every departure. They
    do not depend on labels or on other seasons either: what comes home later leaves them as they are.

    Parameters
    ----------
    study
        With the parcels of all its seasons.
    target
        Label of the season to divide.
    departure
        Where trips start; distances are measured from it.
    area
        Where the test parcels lie.

    Raises
    ------
    PlanError
        Where no parcel lies far enough away to test on.
    """
    x_km, y_km = utm_km(study, target)
    test_ground = test_ground_of(study, target, (), area.kind)
    columns = ["parcel_id", "crop", "field_group", "lon", "lat"]
    parcels = with_distances(pd.DataFrame(study.parcels_in(target)[columns]), departure)
    rows, distance = parcels.index.to_numpy(), parcels["distance_km"].to_numpy()
    parcels["x_km"], parcels["y_km"] = x_km[rows], y_km[rows]
    parcels["test"] = (distance > area.beyond_km) & test_ground[rows]
    known = parcels["crop"].notna()
    parcels["counts"] = known | (not known.any())
    if not parcels["test"].any():
        raise PlanError(
            f"No parcel of season {target} lies beyond {area.beyond_km:g} km of {departure.title} to test on "
            f"(the farthest is {distance.max():.1f} km away). Choose a smaller outer radius (--beyond) or "
            "another departure."
        )
    return SpatialSplit(parcels)


def test_ground_of(study: Study, target: str, sources: Sequence[str], kind: TestKind) -> Mask:
    """Whether a parcel of these seasons stands on ground that tests rather than trains, ``[parcel]``.

    A field of the target season stands where its parcels of that season do, whatever the source seasons; see
    `engine.geodesy.ground_parts`.

    Parameters
    ----------
    study
        With its parcels; those of seasons that are not named are left on the side that trains.
    target
        Label of the season whose parcels are divided.
    sources
        Labels of the seasons to learn from.
    kind
        Of the test area.
    """
    if kind == "far-all":
        return np.ones(len(study.parcels), dtype=bool)
    season = study.parcels["season"]
    rows = np.flatnonzero(season.isin([target, *sources]))
    used = study.parcels.iloc[rows]
    place = used["lon"].to_numpy(np.float64), used["lat"].to_numpy(np.float64)
    counted = (used["season"] == target).to_numpy(dtype=bool)
    ground = np.zeros(len(season), dtype=bool)
    ground[rows] = ground_parts(used["field_group"], *place, counted, 2, BLOCK_KM) == 1
    return ground


def utm_km(study: Study, target: str) -> tuple[Floats, Floats]:
    """Centroids in the UTM zone of the target season's centre, km, ``[parcel]`` each.

    Parameters
    ----------
    study
        With the parcels of all its seasons.
    target
        Label of the season; others do not move the zone.
    """
    lon, lat = study.parcels["lon"].to_numpy(np.float64), study.parcels["lat"].to_numpy(np.float64)
    of_target = (study.parcels["season"] == target).to_numpy(dtype=bool)
    return project_km(utm_crs(bounds_of(lon[of_target], lat[of_target])), lon, lat)
