"""Every method in every place: the figures of docs/methods.md and benchmarks/results/methods.json.

    python benchmarks/methods.py --fergana FOLDER_WITH_PARCELS_AND_SERIES [--workers 2]
    python benchmarks/methods.py --only tables      # from what is answered so far

What the archive, the shipped answers or the rows of benchmarks/results/methods.json hold (by a plan's key)
is not computed again, so the command may be stopped and given again at any time, in a fresh clone too. All of
it takes about a day on one core, most of it the study's pre-training.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fergana import DEPARTURE, KEEP
from benchmarks.promises import promises
from engine.decisions.options import priced
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive, archive_for
from engine.experiments.outcome import Outcome, interval
from engine.experiments.plan import Plan, grid
from engine.experiments.run import run_plans
from engine.fieldwork.costs import PRESETS
from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS, ASKED_BY_DEFAULT
from engine.learning.methods.ensemble import EnsembleZeroShot, StackedEnsemble
from engine.learning.recipes import PAPER, QUICK
from engine.simulation.parameters import Landscape
from engine.studies.ingest.assemble import IngestRequest, ingest
from engine.studies.simulated import simulate
from engine.studies.store import open_study, save_study

ROOT = Path(__file__).resolve().parents[1]
RADII = (20.0, 25.0, 30.0)
RESULTS = ROOT / "benchmarks" / "results" / "methods.json"
DOCS = ROOT / "docs" / "methods.md"
BEGIN, END = "<!-- benchmarks/methods.py -->", "<!-- end -->"

# Seed 0 was developed on (its seasons before 2021), the others were not opened before they were answered.
LANDSCAPES = {
    "landscape": [Landscape(seed=seed, parcels=2000) for seed in (0, 1, 2)],
    "broken past": [Landscape(seed=3, parcels=2000, broken_past=2021)],
}
REPEATS = {0: 5}  # of a landscape, by its seed; of the others 3, since each is pre-trained for many minutes
FERGANA = {"fergana": "others", "fergana, past seasons only": "past"}
TARGETS = ("2015", "2016", "2017", "2018")
PARTS = ("methods", "seasons", "learners")
DESIGNS = ("radius", "random")
Row = dict[str, Any]
Place = tuple[str, str, int | None, str]  # part, data, seed, target: of a case, and of its rows


@dataclass(frozen=True)
class Case:
    """A table's worth of plans: what data, which seed, which target.

    ``part`` is ``methods`` (every method, the study's recipe), ``seasons`` (each season plays the target, for
    the forecast) or ``learners``.
    """

    part: str
    data: str
    seed: int | None
    target: str
    study: Study
    plans: tuple[Plan, ...]

    @property
    def place(self) -> Place:
        """What its rows have in common."""
        return self.part, self.data, self.seed, self.target


def landscapes(folder: Path, workers: int) -> Iterator[Case]:
    """The simulated cases; a study that is not there is grown."""
    for data, worlds in LANDSCAPES.items():
        for world in worlds:
            path = folder / f"{data.replace(' ', '-')}-{world.seed}"
            if not path.exists():
                simulate(world, path, name=f"{data} {world.seed}", workers=workers)
            study = open_study(path)
            home = study.departure
            repeats = REPEATS.get(world.seed, 3)
            plans = grid(study, "2021", home, RADII, DESIGNS, METHODS, "cnn1d", PAPER, repeats=repeats)
            yield Case("methods", data, world.seed, "2021", study, plans)
            if data != "landscape":
                continue
            for label in (season.label for season in study.seasons):
                mine = [EnsembleZeroShot.name, Groundplan.name]
                plans = grid(
                    study, label, home, RADII, ["radius"], mine, "cnn1d", QUICK, source="others", repeats=1
                )
                yield Case("seasons", data, world.seed, label, study, plans)
            if world.seed == 0:
                for learner in LEARNERS:
                    plans = grid(study, "2021", home, [30], ["radius"], ASKED_BY_DEFAULT, learner, QUICK, repeats=2)
                    yield Case("learners", f"{data}, {learner}", world.seed, "2021", study, plans)


def fergana(data: Path, folder: Path) -> Iterator[Case]:
    """The measured cases; their ``seasons`` are those of the ``methods``."""
    files = ((data / "parcels.parquet",), (data / "series.parquet",))
    made = ingest(IngestRequest(*files, "Fergana", keep=KEEP, rest="other", departure=DEPARTURE))
    study = open_study(save_study(made.study, folder / "fergana", missing=made.missing))
    for name, source in FERGANA.items():
        for target in TARGETS:
            plans = grid(
                study, target, DEPARTURE, RADII, ["radius"], METHODS, "cnn1d", PAPER,
                source=source, test="far-all",
            )  # fmt: skip
            yield Case("methods", name, None, target, study, plans)
    for learner in LEARNERS:
        plans = grid(
            study, "2016", DEPARTURE, [30], ["radius"], ASKED_BY_DEFAULT, learner, QUICK,
            source="others", test="far-all", repeats=2,
        )  # fmt: skip
        yield Case("learners", f"fergana, {learner}", None, "2016", study, plans)


def rows_of(case: Case, archive: Archive, known: dict[str, Row]) -> list[Row]:
    """One row a plan that is answered: in the rows ``known`` by key, or in the archive."""
    found = [one for one in map(archive.outcome, case.plans) if one and one.plan.key not in known]
    options = priced(case.study, found, PRESETS["default"])
    answered = {option.plan.key: _row(option.outcome, option.money.likely) for option in options}
    # A plan may belong to two cases: in a table's last season "past" and "others" are the same.
    place = {"part": case.part, "data": case.data, "seed": case.seed, "target": case.target}
    rows = [
        place | row | place for plan in case.plans if (row := known.get(plan.key) or answered.get(plan.key))
    ]
    home = {row["method"]: row["macro_f1"]["value"] for row in rows if row["radius_km"] is None}
    for row in rows:
        row["zero_shot"], row["free"] = home.get("zero-shot"), home.get(EnsembleZeroShot.name)
    return rows


def _row(one: Outcome, money: float) -> Row:
    plan = one.plan
    return {
        "design": plan.design.name,
        "radius_km": plan.design.equivalent_radius_km if plan.method.visits else None,
        "parcels": one.parcels,
        "test_parcels": one.test_parcels,
        "method": plan.method.name,
        "macro_f1": interval(one.macro_f1),
        "overall_accuracy": interval(one.overall_accuracy) if one.overall_accuracy else None,
        "calibration_error": interval(one.calibration_error) if one.calibration_error else None,
        "zero_shot": None,
        "free": None,
        "repeats": list(one.repeats),
        "money": round(money),
        "seconds": round(one.seconds),
        "key": plan.key,
    }


def tables(rows: list[Row]) -> str:
    """The rows as Markdown: what was promised, then a table a case, methods down, sizes across."""
    parts = promises(rows)
    for case in dict.fromkeys(map(_place, rows)):
        mine = [row for row in rows if _place(row) == case]
        part, data, seed, target = case
        if part == "seasons":
            continue
        sizes = dict.fromkeys(
            (row["design"], row["radius_km"], row["parcels"]) for row in mine if row["radius_km"]
        )
        name = data if seed is None else f"{data}, seed {seed}"
        recipe = ", recipe quick, 2 repeats" if part == "learners" else ""
        parts += [f"**{name}, target {target}**, {mine[0]['test_parcels']} test parcels{recipe}", ""]
        heads = [f"{design} {km:g} km ({parcels})" for design, km, parcels in sizes]
        parts.append("| method | at home | " + " | ".join(heads) + " | accuracy | calibration error |")
        parts.append("|---" * (len(heads) + 4) + "|")
        for method in METHODS:
            own = {(row["design"], row["radius_km"]): row for row in mine if row["method"] == method}
            if own:
                home = next((row for row in own.values() if row["radius_km"] is None), None)
                cells = [_cell(own.get((design, km))) for design, km, _ in sizes]
                cells += [_mean(own, "overall_accuracy"), _mean(own, "calibration_error")]
                parts.append(f"| {method} | {_cell(home)} | " + " | ".join(cells) + " |")
        parts.append("")
    return "\n".join(parts)


def _place(row: Row) -> Place:
    return row["part"], row["data"], row["seed"], row["target"]


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    f1 = row["macro_f1"]
    return f"{100 * f1['value']:.1f} ({100 * f1['low']:.0f} to {100 * f1['high']:.0f})"


def _mean(rows: dict, what: str) -> str:
    """Mean over the circles, points."""
    values = [row[what]["value"] for row in rows.values() if row[what] and row["design"] != "random"]
    return f"{100 * sum(values) / len(values):.1f}" if values else ""


def write(rows: list[Row]) -> None:
    """The rows as JSON, and the tables between the two marks in docs/methods.md."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    text = DOCS.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    DOCS.write_text(f"{before}{BEGIN}\n\n{tables(rows)}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    """Answer what is open, then write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fergana", type=Path, help="folder with parcels.parquet and series.parquet")
    parser.add_argument("--only", choices=["landscape", "fergana", "tables"])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--designs", nargs="+", choices=DESIGNS, default=list(DESIGNS))
    parser.add_argument("--archive", type=Path, default=ROOT / "build" / "methods")
    parser.add_argument("--worlds", type=Path, default=ROOT / "build" / "worlds")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    archive = archive_for(ROOT / "data" / "vojvodina-demo", options.archive)
    before: list[Row] = json.loads(RESULTS.read_text(encoding="utf-8"))
    known = {row["key"]: row for row in before}
    rows: dict[Place, list[Row]] = {_place(row): [] for row in before}
    for row in before:
        rows[_place(row)].append(row)
    with tempfile.TemporaryDirectory() as folder:
        cases: list[Case] = []
        if options.fergana and options.only != "landscape":
            cases += fergana(options.fergana, Path(folder))
        if options.only != "fergana":
            cases += landscapes(options.worlds, options.workers)
        for case in cases:
            if options.only != "tables" and case.part in options.parts:
                asked = [
                    plan
                    for plan in case.plans
                    if plan.key not in known
                    and plan.method.name in options.methods
                    and (not plan.method.visits or plan.design.name in options.designs)
                ]
                try:
                    run_plans(case.study, asked, archive, workers=options.workers)
                except PlanError as error:
                    print(f"{case.data} {case.target}: {error}", flush=True)
                print(f"answered: {case.part} {case.data} {case.seed} {case.target}", flush=True)
            rows[case.place] = rows_of(case, archive, known)
            write([row for mine in rows.values() for row in mine])
    print(tables([row for mine in rows.values() for row in mine]))


if __name__ == "__main__":
    main()
