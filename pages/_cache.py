"""Every engine call whose result the pages keep.

Nothing here looks at the session: a call gets all it needs, so that it may run outside the page's own thread,
as a download does. What only some calls need (routing, exports, charts) is imported by them: the first view
of a new server waits for every import.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.decisions import decision, options
from engine.decisions import trip as trips
from engine.decisions import trip_gain as gains
from engine.decisions.compared import compared_table
from engine.decisions.decision import Decision
from engine.decisions.options import Option
from engine.decisions.trip import Trip, TripRequest
from engine.decisions.trip_gain import TripGain
from engine.domain import Departure, Study
from engine.experiments import provisional
from engine.experiments.archive import Archive
from engine.experiments.jobs import Job, stamp_of
from engine.experiments.outcome import Outcome
from engine.experiments.provisional import Finished
from engine.experiments.scores import MACRO_F1, Metric
from engine.experiments.speeds import FILE as MACHINE
from engine.experiments.speeds import Speeds, speeds_of
from engine.fieldwork import towns
from engine.fieldwork.costs import Cost, Tariff
from engine.files import ROOT
from engine.sampling import coverage
from engine.sampling.coverage import Reach
from engine.studies import store
from pages import _itineraries as itineraries
from pages._kept import cached
from pages._users import map_place

if TYPE_CHECKING:
    from engine.decisions.diagnosis import Diagnosis
    from engine.fieldwork.calendar import Calendar
    from engine.studies.profiles import Profiles
    from engine.views import maps
    from engine.views.chart import Chart

LOSSES_S = 5.0
GLOSSARY = ROOT / "docs" / "glossary.md"


def open_study(folder: Path) -> Study:
    """The study of a folder, read again once its manifest or its labels have changed."""
    return _open_study(folder, store.stamp(folder))


@cached(lambda folder, changed: (folder, changed), entries=4, spinner="Opening the study")
def _open_study(folder: Path, changed: tuple[int, int]) -> Study:
    return store.open_study(folder)


def outcomes(study: Study, archive: Archive) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """All outcomes of the study in the archive, and what is wrong with files that cannot be read."""
    folders = [place / "outcomes" for place in (archive.folder, *archive.shelves)]
    return _outcomes(study, archive, tuple(place.stat().st_mtime_ns for place in folders if place.exists()))


@cached(
    lambda study, archive, changed: (study.fingerprint, archive, changed),
    entries=4,
    spinner="Reading the archive",
)
def _outcomes(
    study: Study, archive: Archive, changed: tuple[int, ...]
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    return archive.contents(study)


def current_outcomes(study: Study, archive: Archive) -> tuple[Outcome, ...]:
    """All outcomes of the study, and provisional ones of plans whose repeats are not all finished."""
    answered, _ = outcomes(study, archive)
    return _current_outcomes(study, archive, answered, finished_repeats(archive))


@cached(
    lambda study, archive, answered, finished: (study.fingerprint, archive, len(answered), finished),
    entries=4,
)
def _current_outcomes(
    study: Study, archive: Archive, answered: Sequence[Outcome], finished: Finished
) -> tuple[Outcome, ...]:
    return provisional.current_outcomes(study, archive, answered)


def finished_repeats(archive: Archive) -> Finished:
    """Numbers of the finished repeats of unfinished plans, by the plans' keys."""
    return provisional.finished_repeats(archive)


def speeds(study: Study, archive: Archive) -> Speeds:
    """How fast this machine is, as far as it was measured."""
    answered, _ = outcomes(study, archive)
    changed = stamp_of(archive.folder / MACHINE), stamp_of(archive.folder / "outcomes")
    return _speeds(study, archive, answered, changed)


@cached(
    lambda study, archive, answered, changed: (study.fingerprint, archive, len(answered), changed), entries=4
)
def _speeds(study: Study, archive: Archive, answered: Sequence[Outcome], changed: object) -> Speeds:
    return speeds_of(archive, answered)


def losses(job: Job, dark: bool) -> Chart | None:
    """The losses of a job's trainings, drawn anew every few seconds; None before the first epoch."""
    return _losses(job, dark, int(time.time() / LOSSES_S))


@cached(lambda job, dark, moment: (job.folder, dark, moment), entries=8)
def _losses(job: Job, dark: bool, moment: int) -> Chart | None:
    from engine.experiments.progress import loss_curves
    from engine.views.training_loss import training_loss

    curves = loss_curves(job.folder)
    return training_loss(curves, dark) if curves else None


def keys(outcomes: Sequence[Outcome]) -> tuple[object, ...]:
    """What tells outcomes apart; a provisional one changes with every repeat, of its plan and of others."""
    return tuple(
        (outcome.plan.key, outcome.finished, outcome.macro_f1, outcome.macro_f1_parcel)
        if outcome.provisional
        else outcome.plan.key
        for outcome in outcomes
    )


@cached(
    lambda study, outcomes, *question: (study.fingerprint, keys(outcomes), question),
    entries=256,
    spinner="Comparing the trips",
)
def decide(
    study: Study,
    outcomes: Sequence[Outcome],
    season: str,
    departure: Departure,
    tariff: Tariff,
    value_of_point: float | None = None,
    budget: float | None = None,
    metric: Metric = MACRO_F1,
) -> Decision | None:
    """What to do in a season; None where no outcome of it is there."""
    return decision.decide(
        study, outcomes, season, departure, tariff,
        value_of_point=value_of_point, budget=budget, metric=metric,
    )  # fmt: skip


@cached(
    lambda study, outcomes, tariff, metric: (study.fingerprint, keys(outcomes), tariff, metric),
    entries=32,
    spinner="Estimating costs",
)
def priced(study: Study, outcomes: Sequence[Outcome], tariff: Tariff, metric: Metric) -> list[Option]:
    """Outcomes with the estimated cost of their trips."""
    return options.priced(study, outcomes, tariff, metric)


@cached(
    lambda study, options: (
        study.fingerprint,
        keys([each.outcome for each in options]),
        options[0].metric,
    ),
    entries=32,
    spinner="Comparing the outcomes",
)
def compared(study: Study, options: Sequence[Option]) -> Any:
    """Outcomes with their gains over the map without a trip."""
    return compared_table(options)


@cached(
    lambda study, request, archive: (study.fingerprint, request), entries=64, spinner="Choosing the parcels"
)
def trip(study: Study, request: TripRequest, archive: Archive) -> Trip:
    """The parcels of a trip."""
    return trips.trip(study, request, archive)


@cached(
    lambda study, request, archive, calendar: (study.fingerprint, request, archive.identity, calendar),
    entries=8,
    spinner="Writing the files",
)
def field_files(
    study: Study, request: TripRequest, archive: Archive, calendar: Calendar | None
) -> dict[str, bytes]:
    """The files of the field plan by name, and all of them in one ZIP archive."""
    from engine.views import field_files

    return field_files.packed(study, itineraries.routed(study, request, archive), calendar)


@cached(
    lambda study, outcome: (study.fingerprint, outcome.plan.key),
    entries=64,
    spinner="Comparing trip and area",
)
def diagnosis(study: Study, outcome: Outcome) -> Diagnosis:
    """Why a trip scored as it did."""
    from engine.decisions.diagnosis import diagnosis_of

    return diagnosis_of(study, outcome)


@cached(
    lambda study, outcomes, trip, cost, value_of_point, metric, archive: (
        study.fingerprint, keys(outcomes), trip.request, len(trip.wanted), cost.money, value_of_point,
        metric, archive.identity, stamp_of(archive.folder / "models" / "predictions"),
    ),
    entries=128,
)  # fmt: skip
def trip_gain(
    study: Study,
    outcomes: Sequence[Outcome],
    trip: Trip,
    cost: Cost,
    value_of_point: float | None,
    metric: Metric,
    archive: Archive,
) -> TripGain:
    """What a trip may be expected to give, by answered trips and by backtests."""
    return gains.trip_gain(study, outcomes, trip, cost, value_of_point, metric, archive=archive)


@cached(lambda study: study.fingerprint, entries=8)
def towns_near(study: Study) -> tuple[Departure, ...]:
    """Towns to start from: the study's own departure, then the largest."""
    own = study.departure
    return (own, *(town for town in towns.towns(study.bounds) if town.name != own.name))


@cached(
    lambda study, season: (study.fingerprint, season, map_place()),
    entries=32,
    spinner="Drawing the parcels",
    valid=lambda published: published.exists,
)
def published_parcels(study: Study, season: str) -> maps.PublishedParcels:
    """The parcels of a season, published for the maps."""
    from engine.views import maps

    return maps.publish_parcels(study.parcels_in(season), study.legend, *map_place())


@cached(
    lambda study, trip: (study.fingerprint, trip.request, len(trip.wanted), map_place()),
    entries=64,
    valid=lambda published: published.exists,
)
def published_places(study: Study, trip: Trip) -> maps.PublishedPlaces:
    """The parcels of a trip, published for the maps."""
    from engine.views import maps

    return maps.publish_places(trip.wanted, *map_place())


@cached(
    lambda study, departure: (study.fingerprint, departure, map_place()),
    entries=64,
    valid=lambda published: published.exists,
)
def published_ground(study: Study, departure: Departure) -> maps.PublishedGround:
    """What lies beneath the parcels, published for the maps."""
    from engine.views import maps

    return maps.publish_ground(maps.ground_of(study.bounds, departure), *map_place())


@cached(lambda study, season, departure: (study.fingerprint, season, departure), entries=16)
def reach(study: Study, season: str, departure: Departure) -> Reach:
    """How far the parcels of a season lie from a departure."""
    return coverage.reach(study.parcels_in(season), departure)


@cached(lambda study, dark: (study.fingerprint, dark), entries=16)
def class_counts(study: Study, dark: bool) -> Chart:
    """Parcels of each class in each season."""
    from engine.views.class_counts import class_counts as class_counts_chart

    return class_counts_chart(study.parcels, study.legend, dark)


@cached(lambda study: study.fingerprint, entries=8, spinner="Reading the series")
def profiles(study: Study) -> Profiles:
    """Mean series of the classes."""
    return store.profiles_of(study)


@cached(lambda: GLOSSARY.stat().st_mtime_ns if GLOSSARY.is_file() else 0, entries=1)
def glossary() -> dict[str, str]:
    """The terms of the glossary with their meanings."""
    text = GLOSSARY.read_text(encoding="utf-8") if GLOSSARY.is_file() else ""
    sections = (section.partition("\n") for section in text.split("\n## ")[1:])
    return {term.strip(): " ".join(meaning.split()) for term, _, meaning in sections}
