"""The routed trip: one parcel set with its replacements, its day tours and its bill.

It is made once for a request, kept in the archive, and read by every page, file and command, so that all
show the same numbers. The search stops after a number of iterations, never by the clock: every machine makes
the same trip.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd

from engine.decisions import routed_files
from engine.decisions.trip import Trip, TripRequest, candidates, estimated_trip
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive
from engine.field_form import Origin
from engine.fieldwork.costs import Cost
from engine.fieldwork.roads import Roads
from engine.fieldwork.tour import Itinerary
from engine.files import WriteError, readonly
from engine.geodesy import geodesic_km
from engine.sampling.replacements import replacement_rows, replacements

TRIP_DIGITS = 8  # of a trip, by which its field files name it
FAR_KM = 1000.0  # beyond which a departure is wrong rather than far


@dataclass(frozen=True, eq=False)
class RoutedTrip:
    """A trip with the way it is driven and what that costs.

    Parameters
    ----------
    trip
        Its parcels, all of them visited, and their replacements; ``design`` is at the size that keeps the
        limits.
    itinerary
        Its day tours and its bill.
    key
        Names everything that it depends on; empty where distances come from a road server, which may answer
        otherwise tomorrow.
    """

    trip: Trip
    itinerary: Itinerary
    key: str = ""

    @property
    def request(self) -> TripRequest:
        """What was asked."""
        return self.trip.request

    @property
    def cost(self) -> Cost:
        """Its bill."""
        return self.itinerary.cost

    @property
    def parcels(self) -> tuple[str, ...]:
        """Ids of the parcels that it visits, sorted."""
        return tuple(sorted(self.itinerary.parcels))

    def origin(self, study: str, accuracy: Iterable[str] = ()) -> Origin:
        """What its field files say of themselves.

        Parameters
        ----------
        study
            Name of the study.
        accuracy
            Ids of the parcels that were drawn as a probability sample.
        """
        parcels = json.dumps([self.request.target, *self.parcels]).encode()
        name = self.key or hashlib.sha256(parcels).hexdigest()
        request = self.request
        return Origin(study, request.target, name[:TRIP_DIGITS], frozenset(accuracy), request.design)

    @property
    def crews(self) -> int:
        """Crews that go out, at least one."""
        return max((day.crew for day in self.itinerary.days), default=1)

    @property
    def days(self) -> int:
        """Calendar days, whole ones."""
        return self.itinerary.calendar_days


def routed_trip(
    study: Study, request: TripRequest, archive: Archive, *, roads: Roads | None = None
) -> RoutedTrip:
    """The routed trip of a request: read where it is kept, else made and kept.

    Limits of days and money are kept by the routed bill: the parcels are chosen by an estimate, routed, and
    their number is cut or raised until the limits are kept and used. A list of parcels is not cut: what does
    not fit is left out, the least valuable first.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    request
        The season, the departure, the design, the limits and the crews of the trip.
    archive
        Where trips are kept, and trained source models lie for designs that ask them.
    roads
        Source of distances; by default straight lines with the tariff's detour.

    Raises
    ------
    PlanError
        Where no parcel keeps the limits, or a design asks models that are not trained yet.
    """
    ready = candidates(study, request, archive)
    if roads is not None:
        return _made(ready, request, roads)
    key = routed_files.key_of(ready, request)
    kept = _kept(ready, request, archive, key)
    if kept is not None:
        return kept
    made = _made(ready, request, None, key)
    if not readonly():
        with contextlib.suppress(WriteError):  # it is but made again next time
            routed_files.keep(archive.folder, key, made.trip, made.itinerary)
    return made


def kept_trip(study: Study, request: TripRequest, archive: Archive) -> RoutedTrip | None:
    """The routed trip of a request where it is kept, at once; else None.

    Parameters
    ----------
    study, request, archive
        As for `routed_trip`.

    Raises
    ------
    PlanError
        Where a design asks models that are not trained yet.
    """
    ready = candidates(study, request, archive)
    return _kept(ready, request, archive, routed_files.key_of(ready, request))


def kept_or_estimated(study: Study, request: TripRequest, archive: Archive) -> RoutedTrip | Trip:
    """The routed trip of a request where it is kept, else its parcels by an estimate; at once.

    Parameters
    ----------
    study, request, archive
        As for `routed_trip`.

    Raises
    ------
    PlanError
        Where no parcel keeps the limits, or a design asks models that are not trained yet.
    """
    ready = candidates(study, request, archive)
    kept = _kept(ready, request, archive, routed_files.key_of(ready, request))
    return estimated_trip(ready, request) if kept is None else kept


def _kept(ready: gpd.GeoDataFrame, request: TripRequest, archive: Archive, key: str) -> RoutedTrip | None:
    for folder in (archive.folder, *archive.shelves):
        found = routed_files.read(folder, key, ready, request)
        if found is not None:
            return RoutedTrip(*found, key)
    return None


def visited(trip: Trip, itinerary: Itinerary) -> Trip:
    """A trip with only the parcels that its itinerary visits.

    Parameters
    ----------
    trip, itinerary
        The parcels that were wanted, and how they are driven.
    """
    rows = trip.wanted["parcel_id"].isin(itinerary.parcels)
    return replace(trip, wanted=trip.wanted[rows])


def _made(ready: gpd.GeoDataFrame, request: TripRequest, roads: Roads | None, key: str = "") -> RoutedTrip:
    from engine.decisions.routing import route_trip  # the solver: kept trips do without it

    trip, itinerary = route_trip(ready, request, roads)
    if len(trip.wanted) and not itinerary.parcels:
        raise _out_of_reach(trip.wanted, request)
    made = visited(trip, itinerary)
    pairs = replacements(ready, trip.wanted["parcel_id"])
    pairs = {name: spare for name, spare in pairs.items() if name in set(itinerary.parcels)}
    return RoutedTrip(replace(made, spare=replacement_rows(ready, pairs)), itinerary, key)


def _out_of_reach(wanted: gpd.GeoDataFrame, request: TripRequest) -> PlanError:
    """Why a trip visits none of its parcels, and what to do about it."""
    place, tariff = request.departure, request.tariff
    lon, lat = (wanted[name].to_numpy(float) for name in ("lon", "lat"))
    km, swapped = (geodesic_km(place.lon, place.lat, *axes).min() for axes in ((lon, lat), (lat, lon)))
    cure = "Choose another departure, nearer to the parcels, or longer days."
    if km > FAR_KM:
        cure = "Choose another departure: check that it is longitude, then latitude."
        if swapped < FAR_KM:
            cure += (
                f" With longitude and latitude of the parcels swapped it is {swapped:,.0f} km: if they are "
                "written latitude first, ingest again with --swap-axes."
            )
    return PlanError(
        f"None of {len(wanted):,} parcels can be visited: the nearest is {km:,.0f} km away, too "
        f"far to drive there, work and come back within {tariff.hours_per_day:g} hours and the limits. {cure}"
    )
