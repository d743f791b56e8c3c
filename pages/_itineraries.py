"""Routed trips: read where they are kept, else made in the background, while a page shows an estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.decisions.decision import Decision
from engine.decisions.outlook import Outlook
from engine.decisions.trip import TripRequest
from engine.domain import Study
from engine.experiments.archive import Archive
from pages._background import Work
from pages._kept import cached

if TYPE_CHECKING:
    from engine.decisions.routed import RoutedTrip

PATIENCE_S = 0.3  # that a page waits for the routing before it draws an estimate
Settled = tuple[Decision, "RoutedTrip | None"]
SettledOutlook = tuple[Outlook, "RoutedTrip | None"]


def outlook_facts(found: Outlook) -> tuple[object, ...]:
    """All that tells an outlook from another."""
    return (
        found.target, found.departure, found.tariff, found.value_of_point, found.budget, found.metric,
        found.past, [(choice.trip.request, choice.routed) for choice in found.choices],
    )  # fmt: skip


def routed(study: Study, request: TripRequest, archive: Archive) -> RoutedTrip:
    """A routed trip, waited for: the only one that reports and files take."""
    return _routing(study, request, archive).result()


def routed_now(study: Study, request: TripRequest, archive: Archive) -> RoutedTrip | None:
    """A routed trip if it is there; else None, while it is made."""
    work = _routing(study, request, archive)
    return work.result() if work.ended(PATIENCE_S) else None


def routing_ended(study: Study, request: TripRequest, archive: Archive) -> bool:
    """Whether the routing has ended, well or not."""
    return _routing(study, request, archive).ended()


def settled(study: Study, decided: Decision, budget: float | None, archive: Archive) -> Settled:
    """A decision with its routed trip, which keeps the budget, waited for."""
    return _settling(study, decided, budget, archive).result()


def settled_now(study: Study, decided: Decision, budget: float | None, archive: Archive) -> Settled | None:
    """A decision with its routed trip if that is there; else None, while it is made."""
    work = _settling(study, decided, budget, archive)
    return work.result() if work.ended(PATIENCE_S) else None


def settling_ended(study: Study, decided: Decision, budget: float | None, archive: Archive) -> bool:
    """Whether the routing of a decision has ended, well or not."""
    return _settling(study, decided, budget, archive).ended()


def outlook(study: Study, found: Outlook, archive: Archive) -> SettledOutlook:
    """An outlook with its routed trip, which keeps the budget, waited for."""
    return _outlook(study, found, archive).result()


def outlook_now(study: Study, found: Outlook, archive: Archive) -> SettledOutlook | None:
    """An outlook with its routed trip if that is there; else None, while it is made."""
    work = _outlook(study, found, archive)
    return work.result() if work.ended(PATIENCE_S) else None


def outlook_ended(study: Study, found: Outlook, archive: Archive) -> bool:
    """Whether the routing of an outlook has ended, well or not."""
    return _outlook(study, found, archive).ended()


@cached(
    lambda study, request, archive: (study.fingerprint, request, archive.identity),
    entries=128,
    valid=lambda work: not work.failure_seen,
)
def _routing(study: Study, request: TripRequest, archive: Archive) -> Work[RoutedTrip]:
    def work() -> RoutedTrip:
        from engine.decisions.routed import routed_trip

        return routed_trip(study, request, archive)

    return Work(work, "planning the day tours")


@cached(
    lambda study, decided, budget, archive: (
        study.fingerprint, decided.question, decided.tariff, decided.advice.value_of_point, decided.metric,
        [(option.plan.key, option.outcome.finished) for option in decided.options], budget, archive.identity,
    ),
    entries=128,
    valid=lambda work: not work.failure_seen,
)  # fmt: skip
def _settling(study: Study, decided: Decision, budget: float | None, archive: Archive) -> Work[Settled]:
    def work() -> Settled:
        from engine.decisions.routed_decision import routed_decision

        return routed_decision(study, decided, archive, budget)

    return Work(work, "routing the recommended trip")


@cached(
    lambda study, found, archive: (study.fingerprint, outlook_facts(found), archive.identity),
    entries=128,
    valid=lambda work: not work.failure_seen,
)
def _outlook(study: Study, found: Outlook, archive: Archive) -> Work[SettledOutlook]:
    def work() -> SettledOutlook:
        from engine.decisions.routed_outlook import routed_outlook

        return routed_outlook(study, found, archive)

    return Work(work, "routing the recommended trip")
