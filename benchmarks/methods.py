"""Every method in every place: the figures of docs/methods.md and benchmarks/results/methods.json.

    python benchmarks/methods.py --fergana FOLDER_WITH_PARCELS_AND_SERIES [--workers 2]
    python benchmarks/methods.py --only tables      # from what is answered so far

What the archive holds is not computed again, so the command may be stopped and given again at any time.
All of it takes about a day on one core, most of it the study's pre-training.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fergana import DEPARTURE, KEEP
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan, grid
from engine.experiments.run import answer
from engine.learning.methods import METHODS
from engine.learning.recipes import PAPER
from engine.studies.ingest import IngestRequest, ingest
from engine.studies.landscape.parameters import Landscape
from engine.studies.simulate import simulate
from engine.studies.store import open_study, save_study

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "vojvodina-demo"  # the same study as landscape 0: its answers count
RADII = (20.0, 25.0, 30.0)
RESULTS = ROOT / "benchmarks" / "results" / "methods.json"
DOCS = ROOT / "docs" / "methods.md"
BEGIN, END = "<!-- benchmarks/methods.py -->", "<!-- end -->"

# Seed 0 was developed on (its seasons before 2021), the others were not opened before they were answered.
LANDSCAPES = {
    "landscape": [Landscape(seed=seed, parcels=2000) for seed in (0, 1, 2)],
    "broken past": [Landscape(seed=3, parcels=2000, broken_past=2021)],
}
FERGANA = {"fergana": "others", "fergana, past seasons only": "past"}
TARGETS = ("2015", "2016", "2017", "2018")


@dataclass(frozen=True)
class Case:
    """A table's worth of plans: what data, which seed, which target."""

    data: str
    seed: int | None
    target: str
    study: Study
    plans: tuple[Plan, ...]


def landscapes(folder: Path, workers: int) -> Iterator[Case]:
    """The simulated cases; a study that is not there is grown."""
    for data, worlds in LANDSCAPES.items():
        for world in worlds:
            path = folder / f"{data.replace(' ', '-')}-{world.seed}"
            if not path.exists():
                simulate(world, path, name=f"{data} {world.seed}", workers=workers)
            study = open_study(path)
            plans = grid(study, "2021", study.departure, RADII, ["radius", "random"], METHODS, "cnn1d", PAPER)
            yield Case(data, world.seed, "2021", study, plans)


def fergana(data: Path, folder: Path) -> Iterator[Case]:
    """The measured cases."""
    files = ((data / "parcels.parquet",), (data / "series.parquet",))
    made = ingest(IngestRequest(*files, "Fergana", keep=KEEP, rest="other", departure=DEPARTURE))
    study = open_study(save_study(made.study, folder / "fergana", missing=made.missing))
    for name, source in FERGANA.items():
        for target in TARGETS:
            plans = grid(
                study, target, DEPARTURE, RADII, ["radius"], METHODS, "cnn1d", PAPER,
                source=source, test="far-all",
            )  # fmt: skip
            yield Case(name, None, target, study, plans)


def rows_of(case: Case, archive: Archive) -> list[dict[str, object]]:
    """One row a plan that is answered."""
    found = {plan: archive.outcome(plan) for plan in case.plans}
    home = next((one for plan, one in found.items() if plan.method.name == "zero-shot"), None)
    return [_row(case, one, home) for one in found.values() if one is not None]


def _row(case: Case, one: Outcome, home: Outcome | None) -> dict[str, object]:
    plan, f1 = one.plan, one.macro_f1
    return {
        "data": case.data,
        "seed": case.seed,
        "target": case.target,
        "design": plan.design.name,
        "radius_km": plan.design.reach_km if plan.method.visits else None,
        "parcels": one.parcels,
        "test_parcels": one.test_parcels,
        "method": plan.method.name,
        "macro_f1": {"value": f1.value, "low": f1.low, "high": f1.high},
        "zero_shot": home.macro_f1.value if home else None,
        "seconds": round(one.seconds),
        "key": plan.key,
    }


def tables(rows: list[dict]) -> str:
    """The rows as Markdown, a table a case: methods down, sizes across."""
    parts = []
    cases = dict.fromkeys((row["data"], row["seed"], row["target"]) for row in rows)
    for data, seed, target in cases:
        mine = [row for row in rows if (row["data"], row["seed"], row["target"]) == (data, seed, target)]
        sizes = dict.fromkeys(
            (row["design"], row["radius_km"], row["parcels"]) for row in mine if row["radius_km"]
        )
        name = data if seed is None else f"{data}, seed {seed}"
        tested = mine[0]["test_parcels"]
        parts += [f"**{name}, target {target}**, {tested} test parcels", ""]
        heads = [f"{design} {km:g} km ({parcels})" for design, km, parcels in sizes]
        parts.append("| method | at home | " + " | ".join(heads) + " |")
        parts.append("|---" * (len(heads) + 2) + "|")
        for method in METHODS:
            own = {(row["design"], row["radius_km"]): row for row in mine if row["method"] == method}
            if own:
                home = next((row for row in own.values() if row["radius_km"] is None), None)
                cells = [_cell(own.get((design, km))) for design, km, _ in sizes]
                parts.append(f"| {method} | {_cell(home)} | " + " | ".join(cells) + " |")
        parts.append("")
    return "\n".join(parts)


def _cell(row: dict | None) -> str:
    if row is None:
        return ""
    f1 = row["macro_f1"]
    return f"{100 * f1['value']:.1f} ({100 * f1['low']:.0f} to {100 * f1['high']:.0f})"


def write(rows: list[dict]) -> None:
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
    parser.add_argument("--archive", type=Path, default=ROOT / "build" / "methods")
    parser.add_argument("--worlds", type=Path, default=ROOT / "build" / "worlds")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    archive, rows = Archive(options.archive, (DEMO,)), []
    with tempfile.TemporaryDirectory() as folder:
        cases: list[Case] = []
        if options.fergana and options.only != "landscape":
            cases += fergana(options.fergana, Path(folder))
        if options.only != "fergana":
            cases += landscapes(options.worlds, options.workers)
        for case in cases:
            if options.only != "tables":
                try:
                    answer(case.study, case.plans, archive, workers=options.workers)
                except PlanError as error:
                    print(f"{case.data} {case.target}: {error}", flush=True)
                print(f"answered: {case.data} {case.seed} {case.target}", flush=True)
            rows += rows_of(case, archive)
    write(rows)
    print(tables(rows))


if __name__ == "__main__":
    main()
