"""Engine calls about a season without labels whose results the pages keep; nothing looks at the session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from engine.decisions import class_mix as mixes
from engine.decisions import outlook as outlooks
from engine.decisions.class_mix import ClassMix
from engine.decisions.decision import Aims
from engine.decisions.outlook import Outlook
from engine.decisions.routed_files import FOLDER
from engine.domain import Departure, Study
from engine.experiments.archive import Archive
from engine.experiments.jobs import stamp_of
from engine.experiments.outcome import Outcome
from engine.fieldwork.costs import Tariff
from pages import _itineraries as itineraries
from pages._itineraries import outlook_facts
from pages._kept import cached


def kept_predictions(archive: Archive) -> object:
    """What changes whenever predictions are kept."""
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


@cached(
    lambda study, outcomes, question, aims, archive: (
        study.fingerprint, [outcome.plan.key for outcome in outcomes], question, aims,
        kept_predictions(archive), _kept_trips(archive),
    ),
    entries=16,
    spinner="Forecasting the trips",
)  # fmt: skip
def outlook(
    study: Study,
    outcomes: Sequence[Outcome],
    question: tuple[str, Departure, Tariff],
    aims: Aims,
    archive: Archive,
) -> Outlook | None:
    """What to do in a season without labels; None where no backtest of it is answered."""
    return outlooks.outlook(study, outcomes, *question, archive, aims)


@cached(
    lambda study, found, archive, day: (
        study.fingerprint, outlook_facts(found), kept_predictions(archive), day, archive.identity,
    ),
    entries=8,
    spinner="Making the report",
)  # fmt: skip
def report_files(study: Study, found: Outlook, archive: Archive, day: date) -> dict[str, bytes]:
    """The files of the report of a season without labels, by name; its trip is routed first."""
    from engine.decisions.routed_outlook import gain_of_routed
    from engine.views.report import files
    from engine.views.report.open_season import OpenReport

    settled, routed = itineraries.outlook(study, found, archive)
    mix = class_mix(study, found.target, archive)
    gain = gain_of_routed(study, settled, routed, archive) if routed else None
    return files.made(OpenReport(study, settled, routed, gain, mix, "STUDY", day))
