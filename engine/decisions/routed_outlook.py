"""The outlook of an open season whose recommended trip is routed, and keeps the budget so."""

from __future__ import annotations

from engine.decisions.outlook import Choice, Outlook, choice_of, with_choices
from engine.decisions.routed import RoutedTrip, routed_trip
from engine.decisions.trip_gain import TripGain, trip_gain
from engine.domain import Study
from engine.experiments.archive import Archive


def routed_outlook(study: Study, found: Outlook, archive: Archive) -> tuple[Outlook, RoutedTrip | None]:
    """The outlook with its recommended trip, routed.

    Choices are compared by the bills of their routed trips where these are kept, else by estimates. The
    recommended trip is routed, and recommended only if it still is with that bill; else the next one is
    routed.

    Parameters
    ----------
    study
        With its seasons and parcels.
    found
        What `engine.decisions.outlook.outlook` gave.
    archive
        Where routed trips are kept.

    Returns
    -------
    The outlook, and its trip; None where the map without a trip is the better bet.
    """
    routed: dict[str, RoutedTrip] = {}
    while found.recommended is not None:
        best = found.recommended
        name = repr(best.trip.request)
        if name in routed:
            return found, routed[name]
        made = routed[name] = routed_trip(study, best.trip.request, archive)
        billed = choice_of(found.past, made, found.value_of_point)
        choices = [billed if choice is best else choice for choice in found.choices]
        found = with_choices(found, choices)
    return found, None


def routed_choice(
    study: Study, found: Outlook, choice: Choice, archive: Archive
) -> tuple[Outlook, Choice, RoutedTrip]:
    """A trip of an outlook, routed and billed so; it may exceed the budget, as its reader chose it.

    Parameters
    ----------
    study, archive
        The study; where routed trips are kept.
    found, choice
        The outlook, and the trip of it.

    Returns
    -------
    The outlook with that bill, the trip, and its tours.
    """
    made = routed_trip(study, choice.trip.request, archive)
    billed = choice_of(found.past, made, found.value_of_point)
    choices = [billed if each.name == choice.name else each for each in found.choices]
    return with_choices(found, choices), billed, made


def gain_of_routed(study: Study, found: Outlook, routed: RoutedTrip, archive: Archive) -> TripGain:
    """What the routed trip of an outlook gives, by its own aims.

    Parameters
    ----------
    study
        The study.
    found, routed
        The outlook and its trip, as `routed_outlook` or `routed_choice` gives them.
    archive
        Of the outcomes.
    """
    return trip_gain(
        study,
        archive.outcomes(study),
        routed.trip,
        routed.cost,
        found.value_of_point,
        found.metric,
        archive=archive,
    )
