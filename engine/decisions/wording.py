"""The sentences about outcomes and decisions, and the one form in which they print numbers.

Short, active sentences: a finding, then its evidence. Everything that a person reads about an outcome, an
option or an advice is said here; what is expected of one trip in `engine.decisions.trip_wording`, the texts
of a report and of a diagnosis in `engine.decisions.report_wording`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from engine.decisions.advice import Advice
from engine.decisions.bill_wording import trip_bill
from engine.decisions.claims import own_baseline
from engine.decisions.comparison import Question
from engine.decisions.member_weights import by_member, by_training_data
from engine.decisions.texts import clean as clean
from engine.decisions.texts import counted as counted
from engine.decisions.texts import listed as listed
from engine.decisions.texts import money as money
from engine.decisions.texts import plain as plain
from engine.decisions.texts import points as points
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.experiments.plan import Plan
from engine.experiments.scores import Metric, difference, score_of

if TYPE_CHECKING:
    from engine.decisions.routed import RoutedTrip
    from engine.domain import Study

CANNOT_SHOW = "The data can't show a difference."
FORECAST, HINDSIGHT = "Forecast", "Hindsight"


class Labelled(Protocol):
    """What people call by a label: a design, a method, a learner, or a class of them."""

    @property
    def label(self) -> str:
        """Its short name."""
        ...


def forecast_or_hindsight(study: Study, season: str, forecast: bool = False) -> tuple[str, str]:
    """Whether what is said of a season's trips is forecast or hindsight, and what that means.

    Parameters
    ----------
    study
        With its labels.
    season
        Label of the season.
    forecast
        Whether its trips are forecast although some of its labels are home.
    """
    if forecast and not study.is_open(season):
        return FORECAST, f"Some crops of {season} are known. Its trips are forecast from earlier seasons."
    if study.is_open(season):
        return FORECAST, f"The crops of {season} are not known yet. Trips are forecast from earlier seasons."
    return HINDSIGHT, (
        f"The crops of {season} are known, and its trips were tested on them. "
        f"Nobody who planned for {season} had these numbers."
    )


def label_of(named: Labelled) -> str:
    """The short name of a design, method or learner as people read it.

    Parameters
    ----------
    named
        The design, method or learner, or a class of them.
    """
    return named.label


def lowered(label: str) -> str:
    """A label within a sentence.

    Parameters
    ----------
    label
        With a capital, as on a button.
    """
    return label[:1].lower() + label[1:]


def title_of(outcome: Outcome) -> str:
    """An outcome in a few words: ``Groundplan ensemble on 120 parcels (circle)``.

    Parameters
    ----------
    outcome
        The answer of a plan, with or without a trip.
    """
    plan = outcome.plan
    if not outcome.visits:
        return label_of(plan.method)
    return (
        f"{label_of(plan.method)} on {counted(outcome.parcels, 'parcel')} ({lowered(label_of(plan.design))})"
    )


def plan_title(plan: Plan) -> str:
    """A plan in a few words: ``Groundplan ensemble, circle, 20 km``.

    Parameters
    ----------
    plan
        With or without a trip; it need not be answered.
    """
    if not plan.method.visits:
        return label_of(plan.method)
    size = plan.design.equivalent_radius_km
    return f"{label_of(plan.method)}, {lowered(label_of(plan.design))}" + (f", {size:.3g} km" if size else "")


def question_title(question: Question) -> str:
    """What the outcomes of one comparison have in common.

    Parameters
    ----------
    question
        What a comparison asks.
    """
    sources = ", ".join(question.sources) or "no season"
    shared = f", {counted(question.source_models, 'source model')}" if question.source_models else ""
    return (
        f"{question.target} from {question.departure.title}, source seasons {sources}, learner "
        f"{question.learner}, recipe {question.recipe.name}, test {question.test} beyond "
        f"{question.beyond_km:g} km, {counted(question.repeats, 'repeat')} from seed {question.seed}"
        f"{shared}"
    )


def weights_sentence(member_weights: Mapping[str, float], learner: str) -> str:
    """What the members of an ensemble count, by training data and by model.

    Parameters
    ----------
    member_weights, learner
        What each member counts, by ``model, training data``; name of the learner.
    """
    parts = [
        ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        for shares in (by_training_data(member_weights), by_member(member_weights, learner))
    ]
    return f"Cross-validation on the visited parcels set the weights: {'; '.join(parts)}."


def verdict(outcomes: Sequence[Outcome], metric: Metric) -> str:
    """The best trip beside the map without a trip, as far as intervals let one say; without a full stop.

    Parameters
    ----------
    outcomes, metric
        Answers of one comparison, each of which gives the metric.
    """
    trips, baseline = trips_of(outcomes), baseline_of(outcomes)
    free = score_of(baseline, metric) if baseline else None
    if not trips:
        return f"Without a trip: {free}; no trip is answered yet" if free else "No trip is answered yet"
    best = max(trips, key=lambda outcome: score_of(outcome, metric).value)
    reached = score_of(best, metric)
    finding = f"{title_of(best)} reaches {reached}"
    if baseline is None or free is None:
        return finding
    if reached.value <= free.value:
        return f"No trip shown here beats the map without a trip, which reaches {free}"
    gain = difference(best, baseline, metric)
    finding += f", {points(gain)} above the map without a trip, {free}"
    if gain.low <= 0:
        finding += f". {CANNOT_SHOW.rstrip('.')}"
    return ". ".join([finding, *_losing(best, outcomes, metric)])


def _losing(best: Outcome, outcomes: Sequence[Outcome], metric: Metric) -> list[str]:
    """How many trips of the best one's method score below what that method does without a trip."""
    alike = [outcome for outcome in trips_of(outcomes) if outcome.plan.method == best.plan.method]
    free = own_baseline(best, outcomes)
    least = score_of(free, metric).value if free else 0.0
    losing = sum(score_of(trip, metric).value < least for trip in alike)
    if free is None or not losing:
        return []
    trips = f"{losing} of {counted(len(alike), 'trip')} by {label_of(best.plan.method)}"
    return [f"{trips} {'scores' if losing == 1 else 'score'} below {title_of(free)}"]


def headline(advice: Advice, departure: str, currency: str, routed: RoutedTrip | None = None) -> str:
    """The recommendation in a sentence or two.

    Parameters
    ----------
    advice, departure, currency
        For one season; name of the departure; code of the tariff's currency.
    routed
        The recommended trip once routed; without it the bill is called an estimate.
    """
    best, baseline = advice.recommended, advice.baseline
    mark = "So far: " if advice.provisional else ""
    if not best.visits:
        return f"{mark}Map without a trip: {advice.metric.title} {best.f1}. {_of_trips(advice, currency)}"
    design = best.plan.design
    where = f"within {design.equivalent_radius_km:.3g} km of {departure}"
    if design.name != "radius":
        where = f"from {departure} ({lowered(label_of(design))})"
    free = f"Without a trip: {baseline.f1}." if baseline else "The map without a trip is not answered yet."
    parcels = len(routed.parcels) if routed else best.outcome.parcels
    bill = (
        trip_bill(routed)
        if routed
        else f"{counted(math.ceil(best.crew_days), 'crew-day')} and {money(best.money.likely, currency)} by "
        "estimate, not routed yet"
    )
    return (
        f"{mark}Visit {counted(parcels, 'parcel')} {where}. "
        f"{label_of(best.plan.method)}: {advice.metric.title} {best.f1}, {bill}. {free}"
    )


def _of_trips(advice: Advice, currency: str) -> str:
    """What trips cost that score more than the map without one, as far as any were tried."""
    fitting, beyond = trips_of(advice.payable), trips_of(advice.beyond)
    if not fitting and not beyond:
        return "No trip with this score is answered yet."
    better = advice.cheapest_better
    budget = "" if advice.budget is None else money(advice.budget, currency)
    if better is None:
        return "No tried trip scores more."
    cost = money(better.money.likely, currency)
    if not fitting:
        return f"No tried trip fits {budget}; the cheapest that scores more costs an estimated {cost}."
    if better in beyond:
        return f"No tried trip within {budget} scores more; the cheapest that does costs an estimated {cost}."
    return f"Tried trips that score more cost an estimated {cost} or more."


def within_budget(advice: Advice) -> str:
    """`` within the budget``, where there is one.

    Parameters
    ----------
    advice
        For one season and departure.
    """
    return "" if advice.budget is None else " within the budget"
