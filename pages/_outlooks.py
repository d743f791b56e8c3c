"""Engine calls about a season without labels whose results the pages keep; nothing looks at the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.decisions import class_mix as mixes
from engine.decisions import outlook as outlooks
from engine.decisions.class_mix import ClassMix
from engine.decisions.decision import Aims
from engine.decisions.outlook import Outlook
from engine.decisions.routed import RoutedTrip, kept_or_estimated
from engine.decisions.routed_files import FOLDER
from engine.decisions.trip import Trip, TripRequest
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.jobs import stamp_of
from engine.experiments.outcome import Outcome
from engine.fieldwork.costs import Tariff
from pages import _once as once
from pages._kept import cached


def kept_predictions(archive: Archive) -> object:
    """What tells the kept predictions of an archive from those before they changed."""
    return stamp_of(archive.folder / "models" / "predictions")


def _kept_trips(archive: Archive) -> object:
    return stamp_of(archive.folder / FOLDER)


@cached(
    lambda study, season, archive: (study.fingerprint, season, archive, kept_predictions(archive)),
    entries=16,
)
def class_mix(study: Study, season: str, archive: Archive) -> ClassMix:
    """The classes of a season's parcels, known or expected."""
    return mixes.class_mix(study, season, archive)


@cached(
    lambda study, season, archive: (study.fingerprint, season, archive, kept_predictions(archive)),
    entries=16,
)
def mix_to_visit(study: Study, season: str, archive: Archive) -> ClassMix:
    """The classes of the parcels that a trip may visit, known or expected."""
    return mixes.mix_to_visit(study, season, archive)


@cached(
    lambda study, season, departure, km, archive: (
        study.fingerprint, season, departure, km, archive, kept_predictions(archive),
    ),
    entries=128,
)  # fmt: skip
def circle(
    study: Study, season: str, departure: Departure, km: float, archive: Archive
) -> tuple[Any, int, float]:
    """What a circle holds of each class, how many parcels that is, and their area in ha."""
    return mixes.circle(class_mix(study, season, archive), departure, km)


def outlook(
    study: Study,
    outcomes: Sequence[Outcome],
    question: tuple[str, Departure, Tariff],
    aims: Aims,
    archive: Archive,
) -> Outlook | None:
    """What to do in a season without labels; None where no backtest of it is answered."""
    found = _outlook(study, outcomes, question, aims._replace(budget=None), archive)
    return (
        found if found is None or aims.budget is None else once.of(outlooks.within_budget, found, aims.budget)
    )


@cached(
    lambda study, outcomes, question, aims, archive: (
        study.fingerprint, [outcome.plan.key for outcome in outcomes], question, aims,
        kept_predictions(archive), _kept_trips(archive),
    ),
    entries=64,
    spinner="Forecasting the trips",
)  # fmt: skip
def _outlook(
    study: Study,
    outcomes: Sequence[Outcome],
    question: tuple[str, Departure, Tariff],
    aims: Aims,
    archive: Archive,
) -> Outlook | None:
    return outlooks.outlook(study, outcomes, *question, archive, aims, _known)


@dataclass(frozen=True, eq=False)
class _Found:
    """What was known of a trip, and when: one that is routed stays, an estimate may since be routed."""

    trip: RoutedTrip | Trip | PlanError
    archive: Archive
    kept_trips: object

    @property
    def holds(self) -> bool:
        return isinstance(self.trip, RoutedTrip) or self.kept_trips == _kept_trips(self.archive)


def _known(study: Study, request: TripRequest, archive: Archive) -> RoutedTrip | Trip:
    trip = _found(study, request, archive).trip
    if isinstance(trip, PlanError):
        raise PlanError(str(trip))
    return trip


@cached(
    lambda study, request, archive: (
        study.fingerprint, request, archive.identity, kept_predictions(archive),
    ),
    entries=256,
    valid=lambda found: found.holds,
)  # fmt: skip
def _found(study: Study, request: TripRequest, archive: Archive) -> _Found:
    now = _kept_trips(archive)
    try:
        return _Found(kept_or_estimated(study, request, archive), archive, now)
    except PlanError as error:
        return _Found(error, archive, now)
