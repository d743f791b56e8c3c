"""One past season: the ensemble against its baseline and the best of four methods, for docs/methods.md.

    python benchmarks/one_season.py --fergana FOLDER_WITH_PARCELS_AND_SERIES [--workers 2]
    python benchmarks/one_season.py             # simulated landscapes alone

Fergana with seven classes and with four, each target from one other season; small landscapes, each with one
season before the target. Macro F1 per pixel, points; two repeats of the quick recipe. An answer that the
archive holds is not computed again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fergana import DEPARTURE, KEEP
from benchmarks.rows import ROOT
from benchmarks.tables import markdown_row
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.plan import GridRequest, grid
from engine.experiments.run import run_plans
from engine.learning.methods import BASELINE, DEFAULT, OF_THE_STUDY
from engine.learning.recipes import QUICK
from engine.simulation.parameters import Landscape
from engine.studies.ingest.assemble import IngestRequest, ingest
from engine.studies.simulated import simulate
from engine.studies.store import open_study, save_study

RADII = (20, 30)
METHODS = (*OF_THE_STUDY, "joint", BASELINE, DEFAULT)
FERGANA_CLASSES = {"seven classes": KEEP, "four classes": ("cotton", "wheat_double_crop", "orchard")}
FERGANA_PAIRS = (("2016", "2015"), ("2015", "2016"), ("2018", "2016"), ("2016", "2017"), ("2015", "2018"))
LANDSCAPE_SEEDS, LANDSCAPE_PARCELS = (20, 21), 600


@dataclass(frozen=True)
class Case:
    """A target season, and the one season that teaches."""

    name: str
    study: Study
    source: str
    target: str
    test: str

    def answers(self, archive: Archive, workers: int) -> list[Outcome]:
        """The outcomes of all methods."""
        request = GridRequest(
            self.target, self.study.departure, RADII, ["radius"], METHODS, "cnn1d", QUICK,
            source=self.source, test=self.test, repeats=2,
        )  # fmt: skip
        return run_plans(self.study, grid(self.study, request), archive, workers=workers)


def fergana_cases(data: Path, folder: Path) -> Iterator[Case]:
    """Fergana with all its classes and with few."""
    parcels, series = ((data / f"{name}.parquet",) for name in ("parcels", "series"))
    for classes, keep in FERGANA_CLASSES.items():
        request = IngestRequest(parcels, series, "Fergana", keep=keep, rest="other", departure=DEPARTURE)
        ingested = ingest(request)
        path = save_study(ingested.study, folder / classes.replace(" ", "-"), missing=ingested.missing)
        study = open_study(path)
        for source, target in FERGANA_PAIRS:
            yield Case(f"Fergana, {classes}", study, source, target, "far-all")


def landscape_cases(folder: Path) -> Iterator[Case]:
    """Small landscapes of two seasons."""
    for seed in LANDSCAPE_SEEDS:
        landscape = Landscape(seed=seed, parcels=LANDSCAPE_PARCELS, first=2019, last=2020)
        study = open_study(simulate(landscape, folder / f"landscape-{seed}"))
        yield Case(f"landscape, seed {seed}", study, "2019", "2020", "far-half")


def row_of(case: Case, outcomes: Sequence[Outcome]) -> tuple[list[str], list[float], list[float]]:
    """Cells of a case; the ensemble less its baseline, and less the best of four, by radius."""
    by_method = {
        method: [100 * outcome.macro_f1.value for outcome in outcomes if outcome.plan.method.name == method]
        for method in METHODS
    }
    scores = {name: values * (len(RADII) // len(values)) for name, values in by_method.items()}  # [radius]
    best = [max(of_radius) for of_radius in zip(*(scores[name] for name in METHODS[:4]), strict=True)]
    over_baseline = [a - b for a, b in zip(scores[DEFAULT], scores[BASELINE], strict=True)]
    over_best = [a - b for a, b in zip(scores[DEFAULT], best, strict=True)]
    cells = [case.name, f"{case.source} to {case.target}"]
    cells += [" / ".join(f"{value:.1f}" for value in by_method[name]) for name in METHODS]
    return cells, over_baseline, over_best


def main() -> None:
    """Compute and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fergana", type=Path, help="folder with parcels.parquet and series.parquet")
    parser.add_argument("--archive", type=Path, default=ROOT / "build" / "one-season")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    differences: list[tuple[list[float], list[float]]] = []
    print(markdown_row(["data", "seasons", *METHODS]))
    print("|---" * (len(METHODS) + 2) + "|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        cases = [*(fergana_cases(options.fergana, Path(folder)) if options.fergana else ())]
        for case in [*cases, *landscape_cases(Path(folder))]:
            cells, *of_case = row_of(case, case.answers(Archive(options.archive), options.workers))
            differences.append((of_case[0], of_case[1]))
            print(markdown_row(cells), flush=True)
    for name, side in (("its baseline", 0), ("the best of the four", 1)):
        by_target = [mean(of_case[side]) for of_case in differences]
        print(f"\nensemble less {name}: mean {mean(by_target):+.1f}, worst target {min(by_target):+.1f}")


if __name__ == "__main__":
    main()
