"""The sentences about outcomes and decisions, and the one form in which they print numbers.

Short, active sentences: a finding, then its evidence. Everything that a person reads about an outcome, an
option or an advice is said here; what is expected of one trip in `engine.decisions.trip_wording`, the texts
of a report and of a diagnosis in `engine.decisions.report_wording`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from engine.decisions.advice import Advice, cheaper_alike, one_more_day
from engine.decisions.bill_wording import trip_bill
from engine.decisions.comparison import Question
from engine.decisions.member_weights import by_member, by_training_data
from engine.decisions.options import Option, price_of_a_point
from engine.decisions.run_wording import provisional_sentence
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

CANNOT_SHOW = "The data can't show a difference."


class Labelled(Protocol):
    """What people call by a label: a design, a method, a learner, or a class of them."""

    @property
    def label(self) -> str:
        """Its short name."""
        ...


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
        return f"No trip beats the map without a trip, which reaches {free}"
    gain = difference(best, baseline, metric)
    finding += f", {points(gain)} above the map without a trip, {free}"
    if gain.low <= 0:
        finding += f". {CANNOT_SHOW.rstrip('.')}"
    losing = sum(score_of(outcome, metric).value < free.value for outcome in trips)
    return f"{finding}. {_losing(losing, len(trips))}" if losing else finding


def _losing(losing: int, trips: int) -> str:
    return f"{losing} of {counted(trips, 'trip')} score below the map without a trip"


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
        better = trips_of(advice.pareto)
        rest = "No trip that was tried scores more."
        if better:
            rest = f"Trips that score more cost {money(better[0].money.likely, currency)} or more."
        return f"{mark}Map without a trip: {advice.metric.title} {best.f1}. {rest}"
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


def reasons(advice: Advice, currency: str = "") -> tuple[str, ...]:
    """Why this is the advice, a sentence or two each.

    Parameters
    ----------
    advice, currency
        For one season and departure; code of the tariff's currency.
    """
    return tuple(
        reason
        for reason in (
            _provisional(advice),
            _beside_the_baseline(advice, currency),
            _losing_trips(advice),
            _cheaper_alike(advice, currency),
            _one_more_day(advice, currency),
            _next_better(advice, currency),
        )
        if reason
    )


def _provisional(advice: Advice) -> str:
    sentence = provisional_sentence([option.outcome for option in advice.payable])
    return f"{sentence} The advice may change." if sentence else ""


def _beside_the_baseline(advice: Advice, currency: str) -> str:
    baseline = advice.baseline
    if baseline is None:
        return "The map without a trip is not answered yet, so trips are compared with each other."
    if advice.recommended is baseline:
        return _no_trip(advice, baseline, currency)
    assert advice.gain is not None
    sentences = [f"It gains {points(advice.gain)} over the map without a trip, {baseline.f1}."]
    if advice.gain.low <= 0:
        sentences.append(f"The interval includes no gain. {CANNOT_SHOW}")
    if advice.value_of_point is not None and advice.probability_worth_cost is not None:
        sentences.append(f"It is worth its cost with a probability of {advice.probability_worth_cost:.0%}.")
    return " ".join(sentences)


def _no_trip(advice: Advice, baseline: Option, currency: str) -> str:
    trips = trips_of(advice.payable)
    best = max(trips, key=lambda option: option.f1.value, default=None)
    sentences = [f"Without a trip: {advice.metric.title} {baseline.f1}, free."]
    if best:
        sentences.append(f"The best trip: {best.f1} for {money(best.money.likely, currency)}.")
    prices = {price_of_a_point(baseline, trip): trip for trip in trips if trip.f1.value > baseline.f1.value}
    if advice.value_of_point is not None and prices:
        least = min(prices)
        sentences.append(
            f"The cheapest points cost {money(least, currency)} each ({title_of(prices[least].outcome)}), "
            f"more than the {money(advice.value_of_point, currency)} they are worth."
        )
    return " ".join(sentences)


def _losing_trips(advice: Advice) -> str:
    baseline, trips = advice.baseline, trips_of(advice.payable)
    losing = sum(trip.f1.value < baseline.f1.value for trip in trips) if baseline else 0
    return f"{_losing(losing, len(trips))}." if losing else ""


def _cheaper_alike(advice: Advice, currency: str) -> str:
    option = cheaper_alike(advice)
    if option is None:
        return ""
    cost = money(option.money.likely, currency)
    return f"{title_of(option.outcome)} costs {cost} and gives {option.f1}. {CANNOT_SHOW}"


def _one_more_day(advice: Advice, currency: str) -> str:
    longer = one_more_day(advice)
    if longer is None:
        return ""
    option, change = longer
    best = advice.recommended
    extra = money(option.money.likely - best.money.likely, currency)
    doubt = "" if change.low > 0 or change.high < 0 else f" {CANNOT_SHOW}"
    return (
        f"One more day ({option.crew_days:.0f} instead of {best.crew_days:.0f}, {extra} more) changes "
        f"{advice.metric.title} by {points(change)}.{doubt}"
    )


def _next_better(advice: Advice, currency: str) -> str:
    best = advice.recommended
    dearer = [option for option in advice.pareto if option.money.likely > best.money.likely]
    if not dearer:
        return ""
    price = money(price_of_a_point(best, dearer[0]), currency)
    return f"The next better option costs {price} for each further point."
