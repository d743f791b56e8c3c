"""The spatial split of a plan: which parcels may be visited, and which only ever test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure, PlanError, Study
from engine.geodesy import bounds_of, dealt_ground, project_km, utm_crs
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
    """

    __test__ = False  # not a test class, whatever pytest thinks of its name

    kind: TestKind = "far-half"
    beyond_km: float = DEFAULT_OUTER_KM

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
    test_ground
        Whether a parcel of any season stands on ground that tests rather than trains, ``[parcel]``.
    """

    parcels: pd.DataFrame
    test_ground: Mask

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
    do not depend on labels either: labels that come home later leave them as they are.

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
    x_km, y_km = utm_km(study)
    test_ground = test_ground_of(study, target, area.kind)
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
    return SpatialSplit(parcels, test_ground)


def test_ground_of(study: Study, target: str, kind: TestKind) -> Mask:
    """Whether a parcel of any season stands on ground that tests rather than trains, ``[parcel]``.

    Parameters
    ----------
    study
        With the parcels of all its seasons.
    target
        Label of the season whose parcels are divided evenly.
    kind
        Of the test area.
    """
    if kind == "far-all":
        return np.ones(len(study.parcels), dtype=bool)
    season = study.parcels["season"].to_numpy(dtype=object)
    group = study.parcels["field_group"].to_numpy(dtype=object)
    return divide_ground(group, *utm_km(study), season == target)


def divide_ground(
    field_group: npt.ArrayLike, x_km: Floats, y_km: Floats, counted: Mask, size_km: float = BLOCK_KM
) -> Mask:
    """Divide the ground once into a test half and a pool half.

    Blocks are dealt out by `dealt_ground`, whatever the departure. A field group goes where the middle of its
    parcels lies.

    Parameters
    ----------
    field_group, x_km, y_km
        Field and projected place of every parcel, ``[parcel]``.
    counted
        The parcels whose number is to be balanced: those of the target season, ``[parcel]``.
    size_km
        Side of a block.

    Returns
    -------
    True for the parcels of the test half, ``[parcel]``.
    """
    return np.asarray(dealt_ground(field_group, x_km, y_km, counted, 2, size_km) == 1)


def utm_km(study: Study) -> tuple[Floats, Floats]:
    """Centroids in the UTM zone of the study's centre, km, ``[parcel]`` each.

    Parameters
    ----------
    study
        With the parcels of all its seasons.
    """
    lon, lat = study.parcels["lon"].to_numpy(np.float64), study.parcels["lat"].to_numpy(np.float64)
    return project_km(utm_crs(bounds_of(lon, lat)), lon, lat)
