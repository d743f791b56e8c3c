"""Route the trips that the demo opens with, and keep them beside its outcomes.

    python benchmarks/ship_trips.py

Of the season in hindsight: the Pareto front by the default tariff, and what is recommended by every other
tariff. Of the open season: every trip that is forecast by the default tariff, what is recommended by every
other tariff, and the trip that the page Plan opens with. A first view then shows routed numbers at once. Run
it again whenever the shipped outcomes or the advice change; trips of before are taken away.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.decisions.decision import decide
from engine.decisions.outlook import outlook
from engine.decisions.routed import routed_trip
from engine.decisions.routed_files import FOLDER
from engine.decisions.trip import TripRequest, trip_of
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import trips_of
from engine.fieldwork.costs import PRESETS, Tariff
from engine.sampling.limits import Limit
from engine.sampling.radius import Radius
from engine.studies.store import open_study

DEMO = Path(__file__).resolve().parents[1] / "data" / "vojvodina-demo"
OPENS_WITH = Limit("km", 25)  # the page Plan


def requests(study: Study, archive: Archive) -> Iterator[TripRequest]:
    """The trips of the demo's first views.

    Parameters
    ----------
    study, archive
        The demo, and what ships with it.
    """
    outcomes = archive.outcomes(study)
    target = max(outcome.plan.target for outcome in outcomes)
    coming = max(study.seasons).label
    for tariff in PRESETS.values():
        decided = decide(study, outcomes, target, study.departure, tariff)
        found = outlook(study, outcomes, coming, study.departure, tariff, archive)
        assert decided is not None
        assert found is not None
        front = decided.advice.pareto if tariff == Tariff() else (decided.advice.recommended,)
        choices = found.choices if tariff == Tariff() else tuple(filter(None, [found.recommended]))
        for option in trips_of(front):
            yield trip_of(option, tariff)
        for choice in choices:
            yield choice.trip.request
    yield TripRequest(coming, study.departure, Radius.name, OPENS_WITH, Tariff())


def main() -> None:
    """Route, keep and print."""
    study, archive = open_study(DEMO), Archive(DEMO)
    shutil.rmtree(DEMO / FOLDER, ignore_errors=True)
    for request in requests(study, archive):
        made = routed_trip(study, request, archive)
        print(
            f"{made.key} {request.design}, tariff {request.tariff.name}: {len(made.parcels)} parcels, "
            f"{made.days} days, {made.cost.money} {made.cost.currency}"
        )
    files = list((DEMO / FOLDER).glob("*.json"))
    print(f"{len(files)} trips, {sum(path.stat().st_size for path in files) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
