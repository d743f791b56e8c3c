"""A trip: the parcels that a design visits within a limit, and those that replace them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd

from engine.decisions.options import Option
from engine.domain import Departure, Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import parcels_for_field_plan
from engine.fieldwork.costs import Tariff
from engine.fieldwork.estimate import estimate
from engine.learning.recipes import PAPER, Recipe
from engine.sampling import design_by_name
from engine.sampling.distances import with_distances
from engine.sampling.draw import visits_and_replacements
from engine.sampling.excluding import reachable
from engine.sampling.limits import Limit, sized
from engine.sampling.listed import ListedParcels
from engine.sampling.protocol import Design
from engine.sampling.radius import Radius

SPARE = 0.2  # replacements, as a share of the parcels to visit
UNLIMITED = Limit("km", 1e5)  # a list is visited whole


@dataclass(frozen=True)
class TripRequest:
    """What names a trip.

    Parameters
    ----------
    target
        Label of the season.
    design
        Name of a sampling design.
    tariff
        By which days and money are counted.
    recipe
        Of the source models, for designs that need them.
    unreachable
        Ids of parcels that cannot be visited.
    listed
        Ids of the parcels to visit, instead of a design's.
    """

    target: str
    departure: Departure
    design: str
    limit: Limit
    tariff: Tariff
    seed: int = 0
    recipe: Recipe = PAPER
    unreachable: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Trip:
    """Parcels of the season, with their geometry.

    Parameters
    ----------
    design
        At the size that keeps the limit.
    wanted
        To visit.
    spare
        In the order in which they replace those that cannot be visited.
    """

    request: TripRequest
    design: Design
    wanted: gpd.GeoDataFrame
    spare: gpd.GeoDataFrame


def trip(study: Study, request: TripRequest, archive: Archive) -> Trip:
    """Choose the parcels of a trip among all that were surveyed in the season.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    request
        The season, the departure, the design and the limit of the trip.
    archive
        Where trained source models lie, for designs that ask them.

    Raises
    ------
    PlanError
        Where no parcel keeps the limit, or a design asks models that are not trained yet.
    """
    bare = design_by_name(request.design, 1.0)
    name = Radius.name if request.listed else request.design  # a list needs no model
    parcels = parcels_for_field_plan(study, request.target, request.departure, name, archive, request.recipe)
    ready = with_distances(reachable(parcels, request.unreachable), request.departure)
    design: Design = ListedParcels(request.listed)
    if not request.listed:
        draws = [(ready, request.seed)]
        design = sized(
            bare,
            request.limit,
            ready,
            lambda frame: estimate(frame, request.departure, request.tariff),
            draws,
        )
    wanted, spare = visits_and_replacements(ready, design, SPARE, request.seed)
    return Trip(request, design, wanted, spare)


def trip_of(option: Option, tariff: Tariff) -> TripRequest:
    """The typical trip of an answered option, as a request.

    Parameters
    ----------
    option
        The answered plan; its typical trip is the repeat closest to the mean bill.
    tariff
        By which days and money are counted.
    """
    plan = option.outcome.plan
    return TripRequest(
        plan.target, plan.departure, Radius.name, UNLIMITED, tariff, listed=tuple(sorted(option.visited))
    )
