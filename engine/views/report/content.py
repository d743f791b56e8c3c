"""What a report says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from engine.decisions.advice import Advice
from engine.decisions.claim_wording import reasons
from engine.decisions.class_mix import mix_to_visit
from engine.decisions.decision import Decision
from engine.decisions.outlook_wording import missed_sentence
from engine.decisions.report_wording import Passage, limits, methods, provenance
from engine.decisions.routed import RoutedTrip
from engine.decisions.trip import Trip
from engine.decisions.trip_gain import TripGain
from engine.decisions.trip_wording import forecast_text, known_sentence
from engine.decisions.wording import clean, headline
from engine.domain import Departure, Study
from engine.experiments.outcome import Outcome
from engine.fieldwork.tour import Itinerary
from engine.sampling.coverage import coverage_of_circle


class OnMap(Protocol):
    """What maps, day tables and packages need of a report, of any season."""

    @property
    def study(self) -> Study:
        """Whose parcels are drawn."""

    @property
    def target(self) -> str:
        """Label of the season."""

    @property
    def departure(self) -> Departure:
        """Where trips start."""

    @property
    def trip(self) -> Trip | None:
        """The trip, where there is one."""

    @property
    def itinerary(self) -> Itinerary | None:
        """Its day tours."""


@dataclass(frozen=True, eq=False)
class Report:
    """A decision with all that a reader needs to believe it.

    Parameters
    ----------
    routed, gain
        The trip to print, and what it may be expected to give; None without a trip.
    by_hand
        Whether the trip was chosen by hand and is not the recommended one.
    coverage
        `engine.sampling.coverage.coverage_of` of ``subject``: the trip, or the circle of the test without
        one.
    value_of_point, budget
        What the advice was asked with.
    folder
        Where the study lies, for the commands that make the report again.
    made_on
        The only thing in it that the clock decides.
    """

    study: Study
    decision: Decision
    routed: RoutedTrip | None
    gain: TripGain | None
    by_hand: bool
    coverage: pd.DataFrame
    subject: str
    value_of_point: float | None
    budget: float | None
    folder: str
    made_on: dt.date
    headline: str
    reasons: tuple[str, ...]
    methods: tuple[Passage, ...]
    provenance: tuple[str, ...]
    limits: tuple[str, ...]

    @property
    def trip(self) -> Trip | None:
        """The parcels of the trip."""
        return self.routed.trip if self.routed else None

    @property
    def itinerary(self) -> Itinerary | None:
        """The day tours of the trip."""
        return self.routed.itinerary if self.routed else None

    @property
    def advice(self) -> Advice:
        """What to do."""
        return self.decision.advice

    @property
    def departure(self) -> Departure:
        """Where trips start."""
        return self.decision.question.departure

    @property
    def target(self) -> str:
        """Label of the season."""
        return self.decision.question.target

    @property
    def currency(self) -> str:
        """Of all money."""
        return self.decision.tariff.currency

    @property
    def title(self) -> str:
        """Study, season and departure."""
        return f"{clean(self.study.name)}: {self.target} in hindsight, from {clean(self.departure.title, 48)}"

    @property
    def arms(self) -> tuple[tuple[str, Outcome], ...]:
        """Whose scores of each class are shown: without a trip, if answered, and recommended, if a trip."""
        best, baseline = self.advice.recommended, self.advice.baseline
        arms = [("without a trip", baseline.outcome)] if baseline else []
        if best.visits or not arms:
            arms.append(("recommended", best.outcome))
        return tuple(arms)

    @property
    def circle_km(self) -> float:
        """Radius of the circle to draw: of the recommended trip, or beyond which plans are tested."""
        return self.advice.recommended.plan.design.equivalent_radius_km or self.decision.question.beyond_km

    @property
    def places_title(self) -> str:
        """How many parcels are visited, or lie within the circle."""
        within, total = self.coverage["within"].sum(), self.coverage["total"].sum()
        counts = f"{within:,} of {total:,} parcels"
        return f"{counts} are visited" if self.trip else f"{counts} lie within the {self.subject}"

    @property
    def data(self) -> str:
        """Whether the data are simulated or measured, in two words."""
        return f"{self.study.provenance} data".capitalize()


def compose(
    study: Study,
    decision: Decision,
    routed: RoutedTrip | None = None,
    gain: TripGain | None = None,
    *,
    value_of_point: float | None = None,
    budget: float | None = None,
    folder: str = "STUDY",
    made_on: dt.date | None = None,
) -> Report:
    """Put a report together.

    Parameters
    ----------
    study
        Whose parcels, classes and provenance it states.
    decision
        What `engine.decisions.decision.decide` gave.
    routed, gain
        The recommended trip (`engine.decisions.routed_decision.routed_decision`) or another, and what it may
        be expected to give; neither where the recommendation is to map without a trip.
    value_of_point, budget
        What `engine.decisions.decision.decide` was asked with, in the currency of the tariff.
    folder
        The study's folder as a command would name it.
    made_on
        By default today.
    """
    question, best = decision.question, decision.advice.recommended
    mix = mix_to_visit(study, question.target)
    if routed is not None:
        table = mix.counts(mix.parcels["parcel_id"].isin(routed.parcels).to_numpy())
    else:
        season = study.parcels_in(question.target)
        table = coverage_of_circle(season, question.departure, question.beyond_km)
    chosen = {*routed.parcels, *routed.itinerary.left_out} if routed else set()
    by_hand = routed is not None and routed.request.answered != best.plan.key and chosen != set(best.visited)
    return Report(
        study,
        decision,
        routed,
        gain,
        by_hand,
        table,
        "trip" if routed is not None else f"circle of {question.beyond_km:g} km",
        value_of_point,
        budget,
        folder,
        made_on or dt.date.today(),
        headline(
            decision.advice,
            clean(question.departure.title, 48),
            decision.tariff.currency,
            None if by_hand else routed,
        ),
        tuple(
            clean(reason, 400)
            for reason in (
                *reasons(decision.advice, decision.tariff.currency),
                missed_sentence(mix, routed.parcels) if routed else "",
                known_sentence(study, question.target) if routed else "",
                forecast_text(gain, question.departure) if gain else "",
            )
            if reason
        ),
        methods(decision, value_of_point, budget),
        provenance(study, decision),
        limits(study, decision, routed.itinerary if routed else None),
    )
