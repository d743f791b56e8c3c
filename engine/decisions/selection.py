"""What a comparison shows: the season and departure that were asked for, one family of designs at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.decisions.comparison import Question
from engine.decisions.options import Option
from engine.domain import Departure, Study
from engine.experiments.outcome import Outcome, trips_of
from engine.sampling.families import FAMILIES, Family
from engine.sampling.radius import Radius

Answers = Mapping[Question, Sequence[Outcome]]


@dataclass(frozen=True)
class Selection:
    """The comparisons that answer a season and departure best.

    Parameters
    ----------
    questions
        Of one season and departure, the fullest first.
    instead
        Why they are not of the season and departure that were asked for; empty where they are.
    """

    questions: tuple[Question, ...]
    instead: str = ""


def select(study: Study, answers: Answers, season: str, departure: Departure) -> Selection:
    """The comparisons of that season and departure; where there is none, of those that come closest.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    answers
        Of `engine.decisions.comparison.comparisons`, at least one, the fullest first.
    season, departure
        What was asked for.
    """

    def distance(question: Question) -> tuple[int, bool]:
        elsewhere = question.departure != departure
        return elsewhere + (question.target != season), elsewhere

    closest = min(answers, key=distance)
    questions = tuple(
        question
        for question in answers
        if (question.target, question.departure) == (closest.target, closest.departure)
    )
    return Selection(questions, instead(study, season, departure, closest))


def instead(study: Study, season: str, departure: Departure, question: Question) -> str:
    """Why a comparison is not of the season and departure that were asked for; empty where it is.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    season, departure
        What was asked for.
    question
        What all outcomes that are shown have in common.
    """
    if (question.target, question.departure) == (season, departure):
        return ""
    where = f"{question.target} from {question.departure.title}"
    if study.is_open(season):
        return f"{season} has no labels, so nothing can be compared in it. Shown is {where}."
    return f"No plan for {season} from {departure.title} is answered. Shown is {where}."


def families_of(outcomes: Sequence[Outcome]) -> list[Family]:
    """The families that are the own of an answered trip.

    Parameters
    ----------
    outcomes
        Of one comparison.
    """
    answered = {own_family(trip) for trip in trips_of(outcomes)}
    return [family for family in FAMILIES.values() if family in answered]


def own_family(trip: Outcome) -> Family:
    """The family in which a trip is looked for first.

    Parameters
    ----------
    trip
        The answer of a plan with a trip.
    """
    return trip.plan.design.families[0]


def in_family(outcomes: Sequence[Outcome], family: Family) -> list[Outcome]:
    """The maps without a trip, and of every method that has a trip whose own family it is, all trips in the
    family and the circles.

    Parameters
    ----------
    outcomes
        Of one comparison; their order is kept.
    family
        Which designs to show.
    """
    methods = {trip.plan.method for trip in trips_of(outcomes) if own_family(trip) == family}
    return [
        outcome
        for outcome in outcomes
        if not outcome.visits
        or (
            outcome.plan.method in methods
            and (family in outcome.plan.design.families or outcome.plan.design.name == Radius.name)
        )
    ]


def trip_like(options: Sequence[Option], name: str) -> Option | None:
    """The trip of a past season that a trip of another season is like: its design and size, by the method
    that stands last; None where none is answered.

    Parameters
    ----------
    options
        Of one comparison, in its order.
    name
        Design and size, as `engine.decisions.outlook.Choice.name` gives them.
    """
    found = [
        option
        for option in trips_of(options)
        if f"{option.plan.design.name}-{option.plan.design.equivalent_radius_km:g}" == name
    ]
    return found[-1] if found else None
