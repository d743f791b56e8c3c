"""A trip: its parcels, what it will gain, its day tours, and the report of the decision."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast, get_args

from engine.decisions.backtest import TripForecast, forecast_trip
from engine.decisions.decision import Decision
from engine.decisions.history import history
from engine.decisions.routed import RoutedTrip, routed_trip
from engine.decisions.routed_decision import routed_decision
from engine.decisions.trip import TripRequest, of_list
from engine.decisions.trip_gain import trip_gain
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.scores import MACRO_F1, Metric
from engine.fieldwork.calendar import Calendar, dated
from engine.fieldwork.costs import read_tariff
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.tour import Itinerary
from engine.learning.methods import DEFAULT, method_by_name
from engine.sampling.limits import Kind, Limit
from engine.sampling.radius import Radius
from engine.views import field_files
from engine.views.report import compose, files

USUAL_KM = 20.0
ONE_CREW = CrewLimits()


def trip(
    study: Study,
    archive: Archive,
    target: str,
    design: str = Radius.name,
    *,
    listed: Iterable[str] = (),
    departure: Departure | None = None,
    tariff: str = "default",
    driving: CrewLimits = ONE_CREW,
    **size: float,
) -> RoutedTrip:
    """A trip: its parcels and those that replace them, its day tours and its bill.

    It is made once and kept in the archive; limits of days and money are kept by its routed bill.

    Parameters
    ----------
    study, archive
        As `open_study` and `open_archive` give them; designs that need a model take it from the archive.
    target
        Label of the season.
    design
        Name of a sampling design.
    listed
        Ids of the parcels to visit, instead of a design's; those of an answered option are its ``visited``.
    departure
        Where the trip starts; by default the study's.
    tariff
        A preset, or a TOML file of rates.
    driving
        Crews, where they sleep, and further limits.
    **size
        One of ``km`` (as many parcels as lie within that radius; the usual one is 20), ``parcels``,
        ``days``, or ``money``.

    Returns
    -------
    The trip: its ``parcels``, ``days``, ``cost`` and ``itinerary``; ``trip.wanted`` and ``trip.spare`` are
    the parcels with their geometry.

    Raises
    ------
    PlanError
        Where no parcel keeps the limit, or a design needs models that are not trained yet.

    Examples
    --------
    >>> import engine
    >>> study = engine.open_study()
    >>> planned = engine.trip(study, engine.open_archive(study), "2021", money=300)
    >>> planned.cost.money.likely <= 300
    True
    """
    if len(size) > 1 or not set(size) <= set(get_args(Kind)):
        raise PlanError(
            f"A trip is sized by one of {', '.join(get_args(Kind))}, not by {' and '.join(size)}. Give one."
        )
    kind, amount = next(iter(size.items()), ("km", USUAL_KM))
    ids = tuple(sorted(listed))
    request = TripRequest(
        target,
        departure or study.departure,
        design,
        Limit(cast(Kind, kind), amount),
        read_tariff(tariff),
        driving=driving,
    )
    return routed_trip(study, of_list(request, ids) if ids else request, archive)


def forecast(
    study: Study,
    archive: Archive,
    trip: RoutedTrip,
    *,
    method: str = DEFAULT,
    value_of_point: float | None = None,
    metric: Metric = MACRO_F1,
) -> TripForecast:
    """What a trip will gain in a season without labels, from what such trips gained in earlier seasons.

    Parameters
    ----------
    study, archive
        As `open_study` and `open_archive` give them.
    trip
        As `trip` gives it.
    method
        Name of the method that learns from the visited parcels.
    value_of_point
        Money that a point (0.01) of the score is worth.
    metric
        The score that gains, see `engine.experiments.scores.METRICS`.

    Returns
    -------
    Expected gain over the map without a trip, points of the score, with its 90 % interval, and the
    probability of a gain.

    Raises
    ------
    PlanError
        Where there is no backtest yet, or none gives the metric.

    Examples
    --------
    >>> import engine
    >>> study = engine.open_study()
    >>> archive = engine.open_archive(study)
    >>> expected = engine.forecast(study, archive, engine.trip(study, archive, "2022", km=25))
    >>> expected.gain.level, 0 < expected.probability_of_gain < 1
    (0.9, True)
    """
    place, target = trip.request.departure, trip.request.target
    outcomes = archive.outcomes(study)
    past = history(study, outcomes, target, place, method_by_name(method).name, metric, archive)
    return forecast_trip(past, trip.trip, value_of_point, trip.cost.money.likely)


def itinerary(
    study: Study, trip: RoutedTrip, *, folder: Path | str | None = None, calendar: Calendar | None = None
) -> Itinerary:
    """The day tours of a trip, and their files.

    Parameters
    ----------
    study
        The study.
    trip
        As `trip` gives it.
    folder
        Where day sheets (PDF and CSV), GPX, KML, GeoJSON, GeoPackage and a QGIS project are written; by
        default nowhere.
    calendar
        Start and working days, for the dates of the days.

    Returns
    -------
    The itinerary: ``days`` with their stops, and ``cost``.

    Raises
    ------
    WriteError
        Where the folder cannot be written.

    Examples
    --------
    >>> import engine
    >>> study = engine.open_study()
    >>> planned = engine.trip(study, engine.open_archive(study), "2021", parcels=10)
    >>> engine.itinerary(study, planned).cost.crew_days
    1
    """
    if folder is not None:
        field_files.write(study, trip, Path(folder), calendar)
    return dated(trip.itinerary, calendar)


def report(study: Study, archive: Archive, decision: Decision, folder: Path | str) -> tuple[Path, ...]:
    """Write a decision with its trip, routed, as files for others.

    Parameters
    ----------
    study, archive
        As `open_study` and `open_archive` give them.
    decision
        As `advise` gives it.
    folder
        Where ``report.pdf``, ``report.html``, tables, ``report.gpkg`` and ``decision.json`` are written.

    Returns
    -------
    The files.

    Raises
    ------
    WriteError
        Where the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import engine
    >>> study = engine.open_study()
    >>> archive = engine.open_archive(study)
    >>> written = engine.report(study, archive, engine.advise(study, archive, "2021"), tempfile.mkdtemp())
    >>> "report.pdf" in [path.name for path in written]
    True
    """
    value = decision.advice.value_of_point
    decision, planned = routed_decision(study, decision, archive)
    answers = archive.outcomes(study)
    gain = (
        trip_gain(study, answers, planned.trip, planned.cost, value, decision.metric, archive=archive)
        if planned
        else None
    )
    composed = compose(study, decision, planned, gain, value_of_point=value)
    return files.write(composed, Path(folder))
