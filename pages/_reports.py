"""The files of reports, kept for all sessions; nothing looks at the session."""

from __future__ import annotations

from datetime import date

from engine.decisions.decision import Decision
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.trip import TripRequest
from engine.domain import Study
from engine.experiments.archive import Archive
from pages import _cache as cache
from pages import _itineraries as itineraries
from pages import _outlooks as outlooks
from pages._cache import keys
from pages._itineraries import outlook_facts
from pages._kept import cached
from pages._outlooks import kept_predictions


@cached(
    lambda study, decided, request, value_of_point, budget, archive, day: (
        study.fingerprint, decided.question, decided.tariff, decided.metric, keys(decided.outcomes), request,
        value_of_point, budget, archive.identity, day,
    ),
    entries=8,
)  # fmt: skip
def files_in_hindsight(
    study: Study,
    decided: Decision,
    request: TripRequest | None,
    value_of_point: float | None,
    budget: float | None,
    archive: Archive,
    day: date,
) -> dict[str, bytes]:
    """The files of the report by name, with the trip of the request where there is one."""
    from engine.views.report import compose, files

    decided, chosen = itineraries.settled(study, decided, budget, archive)
    if request is not None:
        chosen = itineraries.routed(study, request, archive)
    answers, _ = cache.outcomes(study, archive)
    gain = (
        cache.trip_gain(
            study, answers, chosen.trip, chosen.cost, value_of_point, decided.metric, archive=archive
        )
        if chosen
        else None
    )
    composed = compose(
        study, decided, chosen, gain, value_of_point=value_of_point, budget=budget, made_on=day
    )
    return files.made(composed)


@cached(
    lambda study, found, chosen, archive, day: (
        study.fingerprint, outlook_facts(found), chosen and chosen.name, kept_predictions(archive), day,
        archive.identity,
    ),
    entries=8,
)  # fmt: skip
def files_of_forecast(
    study: Study, found: Outlook, chosen: Choice | None, archive: Archive, day: date
) -> dict[str, bytes]:
    """The files of the report of a season without labels, by name; the trip is routed first."""
    from engine.decisions.routed_outlook import gain_of_routed, routed_choice
    from engine.views.report import files
    from engine.views.report.open_season import OpenReport

    tours = None
    if chosen:
        found, chosen, tours = routed_choice(study, found, chosen, archive)
    settled, routed = itineraries.outlook(study, found, archive)
    routed, best = tours or routed, settled.recommended
    if best and chosen and best.name == chosen.name:
        chosen = None  # nothing else than what is recommended
    mix = outlooks.mix_to_visit(study, found.target, archive)
    gain = gain_of_routed(study, settled, routed, archive) if routed else None
    return files.made(OpenReport(study, settled, routed, gain, mix, "STUDY", day, chosen))
