"""A trip: the parcels that a design visits within a limit, and those that replace them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np

from engine.amounts import check_seed
from engine.decisions.options import Option
from engine.decisions.texts import listed
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import parcels_for_field_plan
from engine.fieldwork.costs import Tariff
from engine.fieldwork.crews import MOST_CREWS, CrewLimits
from engine.fieldwork.estimate import estimate
from engine.learning.recipes import PAPER, Recipe
from engine.sampling import design_by_name
from engine.sampling.distances import with_distances
from engine.sampling.excluding import reachable, with_fields, with_pins
from engine.sampling.limits import Limit, sized
from engine.sampling.listed import ListedParcels
from engine.sampling.protocol import Design, SizedDesign
from engine.sampling.radius import Radius
from engine.sampling.replacements import REPLACES

UNLIMITED = Limit("km", 1e5)  # a list is visited whole
ONE_CREW = CrewLimits()


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
    pinned
        Ids of parcels that must be visited, with the rest of their field groups. They count towards the size,
        and the design chooses what is left of it.
    listed
        Ids of the parcels to visit, instead of a design's; ``design`` then only says what drew them, if one
        did.
    driving
        What the crews may do, and further limits that the trip keeps. A limit of days is of calendar days, on
        which all crews are out.
    answered
        Key of the answered plan whose parcels these are, or whose design and number of parcels.

    Raises
    ------
    PlanError
        Where days alone would size it and the number of crews is open, a parcel is pinned and cannot be
        visited, or a list comes with pinned parcels.
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
    driving: CrewLimits = ONE_CREW
    answered: str = ""
    pinned: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_seed(self.seed)
        by_days = self.limit.kind == "days" and not self.listed and self.driving.budget is None
        if by_days and self.driving.crews is None:
            raise PlanError(
                "A number of days alone sizes no trip where the number of crews is open: every crew more "
                "visits more parcels. Give the number of crews, or a size or budget with the days."
            )
        if self.listed and self.pinned:
            raise PlanError(
                f"A list is visited as it is, so {listed(self.pinned)} cannot be pinned beside it. Put it "
                "on the list, or let a design choose the parcels."
            )
        both = [name for name in self.pinned if name in self.unreachable]
        if both:
            raise PlanError(f"To be visited and left out at once: {listed(both)}. Unpin it, or put it back.")

    @property
    def most_days(self) -> int | None:
        """Calendar days at most, by the limit or for the crews."""
        by_limit = int(self.limit.amount) if self.limit.kind == "days" else None
        return min(filter(None, [by_limit, self.driving.most_days]), default=None)

    @property
    def budget(self) -> float | None:
        """Money at most, by the limit or for the crews."""
        amounts = [self.driving.budget, self.limit.amount if self.limit.kind == "money" else None]
        return min((amount for amount in amounts if amount is not None), default=None)

    @property
    def limits(self) -> tuple[Limit, ...]:
        """All that sizes its design; days are those of one crew."""
        days, money = self.most_days, self.budget
        bare = () if self.limit.kind in ("days", "money") else (self.limit,)
        return (
            *bare,
            *((Limit("days", days * (self.driving.crews or MOST_CREWS)),) if days else ()),
            *((Limit("money", money),) if money is not None else ()),
        )


@dataclass(frozen=True, eq=False)
class Trip:
    """Parcels of the season, with their geometry, as an estimate of the bill chooses them; routed, it is a
    `engine.decisions.routed.RoutedTrip`.

    Parameters
    ----------
    design
        At the size that keeps the limit.
    wanted
        To visit.
    spare
        To visit instead of those that cannot be visited, once it is routed; see
        `engine.sampling.replacements.replacement_rows`.
    """

    request: TripRequest
    design: Design
    wanted: gpd.GeoDataFrame
    spare: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)


def trip(study: Study, request: TripRequest, archive: Archive) -> Trip:
    """Choose the parcels of a trip among all of the season whose crop is not known, its bill estimated.

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
        Where no parcel keeps the limit, or a design asks models that are not trained yet, or the crop of
        every listed parcel is known already.
    """
    return estimated_trip(candidates(study, request, archive), request)


def estimated_trip(ready: gpd.GeoDataFrame, request: TripRequest) -> Trip:
    """The trip to some of these parcels, its bill estimated.

    Parameters
    ----------
    ready
        What `candidates` gave.
    request
        The design or the list, and the limits.

    Raises
    ------
    PlanError
        Where no parcel keeps the limits.
    """
    design = ListedParcels(request.listed) if request.listed else estimated_design(ready, request)
    return trip_to(ready, request, design)


def candidates(study: Study, request: TripRequest, archive: Archive) -> gpd.GeoDataFrame:
    """The parcels of the season among which a trip's design chooses, with what it needs to know of them.

    In a season with some labels these are the parcels without one, see `engine.domain.Study.to_visit`.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    request
        The season, the departure and the design of the trip.
    archive
        Where trained source models lie, for designs that ask them.

    Raises
    ------
    PlanError
        Where a design asks models that are not trained yet, the crop of every listed parcel is known already,
        or a pinned parcel cannot be visited.
    """
    name = Radius.name if request.listed else request.design  # a list needs no model
    parcels = parcels_for_field_plan(study, request.target, request.departure, name, archive, request.recipe)
    free = reachable(parcels, request.unreachable)
    ready = free[free.index.isin(study.to_visit(request.target).index)]
    wanted = set(request.listed)
    if wanted & set(free["parcel_id"]) and not wanted & set(ready["parcel_id"]):
        raise PlanError(
            f"The crops of all {len(wanted)} listed parcels are known in {request.target} already, so there "
            "is nothing to visit. List parcels without a crop, or let a design choose among them."
        )
    for known, why in (
        (parcels, f"no surveyed parcel of {request.target}. Unpin it, or pin one of the season"),
        (free, "left out with another parcel of its field. Unpin it, or put that parcel back"),
        (ready, f"known by its crop in {request.target} already, so nobody drives there. Unpin it"),
    ):
        lost = [name for name in request.pinned if name not in set(known["parcel_id"])]
        if lost:
            raise PlanError(f"The pinned parcel {listed(lost)} is {why}.")
    return with_pins(with_distances(ready, request.departure), request.pinned)


def estimated_design(ready: gpd.GeoDataFrame, request: TripRequest) -> SizedDesign:
    """The design at the largest size that keeps the limits of a trip, by an estimate of its bill.

    Parameters
    ----------
    ready
        What `candidates` gave.
    request
        The design and the limits.

    Raises
    ------
    PlanError
        Where not even the smallest trip keeps them.
    """
    bare = design_by_name(request.design, 1.0)
    draws = [(ready, request.seed)]
    fitting = [
        sized(bare, limit, ready, lambda frame: estimate(frame, request.departure, request.tariff), draws)
        for limit in request.limits
    ]
    return min(fitting, key=lambda design: design.equivalent_radius_km)


def trip_to(ready: gpd.GeoDataFrame, request: TripRequest, design: Design) -> Trip:
    """The trip of a design at that size.

    Parameters
    ----------
    ready
        What `candidates` gave.
    request, design
        What names the trip, and its design at its size.
    """
    visits = design.draw(ready, np.random.default_rng(request.seed))
    return Trip(request, design, ready[ready["parcel_id"].isin(visits)])


def replaced_by(trip: Trip) -> dict[str, str]:
    """Of each visited parcel the one that is visited instead, where it cannot be.

    Parameters
    ----------
    trip
        Routed.
    """
    if trip.spare.empty:
        return {}
    return dict(zip(map(str, trip.spare[REPLACES]), map(str, trip.spare["parcel_id"]), strict=True))


def next_trip_of(
    study: Study,
    option: Option,
    tariff: Tariff,
    unreachable: tuple[str, ...] = (),
    pinned: tuple[str, ...] = (),
) -> TripRequest:
    """The trip to take by an answered option, as a request.

    It is the typical trip of the option. In a season with some labels only labelled parcels were tried, and
    nobody drives to them again: the option's design then draws as many parcels among the others. It does so
    too where a parcel of that trip is left out, or one that is not of it is pinned.

    Parameters
    ----------
    study
        With its seasons and parcels.
    option, tariff
        As for `trip_of`.
    unreachable, pinned
        Ids of parcels to leave out and to visit, as in `TripRequest`.
    """
    tried, plan = replace(trip_of(option, tariff), unreachable=unreachable), option.plan
    parcels = study.parcels_in(plan.target)
    lost = parcels.loc[with_fields(parcels, unreachable), "parcel_id"]
    changed = not set(lost).isdisjoint(tried.listed) or not set(pinned) <= set(tried.listed)
    if not isinstance(plan.design, SizedDesign):
        return replace(tried, pinned=pinned if changed else ())
    if not changed and not study.is_partly_labelled(plan.target):
        return tried
    size = Limit("parcels", len(tried.listed))
    return replace(tried, limit=size, recipe=plan.recipe, listed=(), pinned=pinned)


def of_list(request: TripRequest, parcels: tuple[str, ...]) -> TripRequest:
    """The request with a list of parcels instead of a design's.

    Parameters
    ----------
    request
        The trip otherwise.
    parcels
        Ids of all that are to be visited.
    """
    return replace(request, design=ListedParcels.name, limit=UNLIMITED, listed=parcels, answered="")


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
        plan.target,
        plan.departure,
        plan.design.name,
        UNLIMITED,
        tariff,
        listed=tuple(sorted(option.visited)),
        answered=plan.key,
    )
