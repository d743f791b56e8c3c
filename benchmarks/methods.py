"""Every method on every data set: the tables of docs/results.md, and their rows.

    python benchmarks/methods.py --fergana FOLDER_WITH_PARCELS_AND_SERIES [--workers 2]
    python benchmarks/methods.py --only tables      # from the stored rows, without computing

The rows are in benchmarks/results/methods.json. A plan that they, the archive or the shipped outcomes hold
is not computed again, so the command may be stopped and repeated at any time, in a fresh clone too. All of it
takes about a day on one core, most of it the study's pre-training.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.claims import RADII
from benchmarks.fergana import DEPARTURE, fergana_study
from benchmarks.rows import (
    CHANGED_SOURCES,
    FERGANA,
    FERGANA_EARLIER,
    LANDSCAPE,
    ROOT,
    Place,
    Row,
    read_rows,
    row_of,
    write_rows,
)
from benchmarks.tables import tables, write_tables
from engine.decisions.options import priced
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive, archive_for
from engine.experiments.plan import EARLIER, OTHERS, GridRequest, Plan, grid
from engine.experiments.run import run_plans
from engine.fieldwork.costs import PRESETS
from engine.learning.learners import LEARNERS
from engine.learning.methods import ASKED_BY_DEFAULT, BASELINE, DEFAULT, METHODS
from engine.learning.recipes import PAPER, QUICK
from engine.simulation.parameters import Landscape
from engine.studies.simulated import simulate
from engine.studies.store import open_study

PARTS = ("methods", "seasons", "learners")
DESIGNS = ("radius", "random")
TARGET = "2021"  # of the simulated landscapes
# Seed 0 was developed on (its seasons before 2021); the others were not opened before they were answered.
LANDSCAPES = {
    LANDSCAPE: [Landscape(seed=seed, parcels=2000) for seed in (0, 1, 2)],
    CHANGED_SOURCES: [Landscape(seed=3, parcels=2000, broken_past=2021)],
}
REPEATS = {0: 5}  # of a landscape, by its seed; of the others 3, since each is pre-trained for many minutes
FERGANA_SOURCES = {FERGANA: OTHERS, FERGANA_EARLIER: EARLIER}
FERGANA_TARGETS = ("2015", "2016", "2017", "2018")


@dataclass(frozen=True)
class Case:
    """The plans of one place."""

    place: Place
    study: Study
    plans: tuple[Plan, ...]


def landscape_cases(folder: Path, workers: int) -> Iterator[Case]:
    """The simulated cases; a study that is not in the folder is simulated."""
    for data, landscapes in LANDSCAPES.items():
        for landscape in landscapes:
            path = folder / f"{data.replace(' ', '-')}-{landscape.seed}"
            if not path.exists():
                simulate(landscape, path, name=f"{data} {landscape.seed}", workers=workers)
            yield from _cases_of_landscape(data, landscape.seed, open_study(path))


def _cases_of_landscape(data: str, seed: int, study: Study) -> Iterator[Case]:
    every_method = GridRequest(
        TARGET, study.departure, RADII, DESIGNS, tuple(METHODS), "cnn1d", PAPER, repeats=REPEATS.get(seed, 3)
    )
    yield Case(Place("methods", data, seed, TARGET), study, grid(study, every_method))
    if data != LANDSCAPE:
        return
    for season in study.seasons:
        gains = GridRequest(
            season.label, study.departure, RADII, ["radius"], [BASELINE, DEFAULT], "cnn1d", QUICK,
            source=OTHERS, repeats=1,
        )  # fmt: skip
        yield Case(Place("seasons", data, seed, season.label), study, grid(study, gains))
    if seed == 0:
        request = GridRequest(
            TARGET, study.departure, [30], ["radius"], ASKED_BY_DEFAULT, "cnn1d", QUICK, repeats=2
        )
        yield from _learner_cases(data, seed, study, request)


def fergana_cases(data: Path, folder: Path) -> Iterator[Case]:
    """The measured cases; those of ``methods`` serve as ``seasons`` too.

    Parameters
    ----------
    data
        Folder with ``parcels.parquet`` and ``series.parquet``.
    folder
        Where the study is written.
    """
    study = fergana_study(data, folder)
    for name, source in FERGANA_SOURCES.items():
        for target in FERGANA_TARGETS:
            request = GridRequest(
                target, DEPARTURE, RADII, ["radius"], tuple(METHODS), "cnn1d", PAPER,
                source=source, test="far-all",
            )  # fmt: skip
            yield Case(Place("methods", name, None, target), study, grid(study, request))
    request = GridRequest(
        "2016", DEPARTURE, [30], ["radius"], ASKED_BY_DEFAULT, "cnn1d", QUICK,
        source=OTHERS, test="far-all", repeats=2,
    )  # fmt: skip
    yield from _learner_cases(FERGANA, None, study, request)


def _learner_cases(data: str, seed: int | None, study: Study, request: GridRequest) -> Iterator[Case]:
    """The same plans by every learner."""
    for learner in LEARNERS:
        place = Place("learners", f"{data}, {learner}", seed, request.target)
        yield Case(place, study, grid(study, dataclasses.replace(request, learner=learner)))


def rows_of(case: Case, archive: Archive, stored: Mapping[str, Row]) -> list[Row]:
    """A row for each plan that is answered, in the stored rows (by the plan's key) or in the archive."""
    outcomes = [
        outcome for plan in case.plans if plan.key not in stored and (outcome := archive.outcome(plan))
    ]
    options = priced(case.study, outcomes, PRESETS["default"])
    answered = {
        option.plan.key: row_of(option.outcome, option.money.likely, case.place) for option in options
    }
    # A plan may belong to two places: for a study's last season, earlier and other seasons are the same.
    rows = [
        dataclasses.replace(row, **case.place._asdict())
        for plan in case.plans
        if (row := stored.get(plan.key) or answered.get(plan.key))
    ]
    no_trip = {row.method: row.macro_f1.value for row in rows if row.equivalent_radius_km is None}
    zero_shot, baseline = no_trip.get("zero-shot"), no_trip.get(BASELINE)
    return [dataclasses.replace(row, zero_shot=zero_shot, baseline=baseline) for row in rows]


def answer(case: Case, plans: Sequence[Plan], archive: Archive, workers: int) -> None:
    """Compute what is missing; a study that cannot answer says why."""
    try:
        run_plans(case.study, plans, archive, workers=workers)
    except PlanError as error:
        print(f"{case.place.study} {case.place.target}: {error}", flush=True)
    print(f"done: {case.place.part}, {case.place.study}, {case.place.target}", flush=True)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fergana", type=Path, help="folder with parcels.parquet and series.parquet")
    parser.add_argument("--only", choices=["landscape", "fergana", "tables"])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--designs", nargs="+", choices=DESIGNS, default=list(DESIGNS))
    parser.add_argument("--archive", type=Path, default=ROOT / "build" / "methods")
    parser.add_argument("--landscapes", type=Path, default=ROOT / "build" / "landscapes")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Compute what is missing, then write rows and tables."""
    options = arguments()
    archive = archive_for(ROOT / "data" / "vojvodina-demo", options.archive)
    stored = read_rows()
    by_key = {row.key: row for row in stored}
    by_place: dict[Place, list[Row]] = {}
    for row in stored:
        by_place.setdefault(row.place, []).append(row)
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(options, Path(folder)):
            if case.place.part in options.parts:
                missing = [
                    plan
                    for plan in case.plans
                    if plan.key not in by_key
                    and plan.method.name in options.methods
                    and (not plan.method.visits or plan.design.name in options.designs)
                ]
                answer(case, missing, archive, options.workers)
            by_place[case.place] = rows_of(case, archive, by_key)
            write_rows([row for rows in by_place.values() for row in rows])
    rows = [row for rows in by_place.values() for row in rows]
    write_tables(rows)
    print(tables(rows))


def cases(options: argparse.Namespace, folder: Path) -> Iterator[Case]:
    """The cases that the command line asks for."""
    if options.only == "tables":
        return
    if options.fergana and options.only != "landscape":
        yield from fergana_cases(options.fergana, folder)
    if options.only != "fergana":
        yield from landscape_cases(options.landscapes, options.workers)


if __name__ == "__main__":
    main()
