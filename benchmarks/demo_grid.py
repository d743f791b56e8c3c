"""Answer every plan that ships with the demo, then put the answers and source models in place.

    python benchmarks/demo_grid.py [STUDY_FOLDER] [--archive build/demo] [--part PART ...] [--workers 2]
                                   [--device cpu] [--ship]

It may be stopped and repeated at any time: what the archive has is not computed again. ``--ship`` replaces
the outcomes beside the study and the models of the demo once all of the parts are there; afterwards
``benchmarks/keep_predictions.py`` and ``benchmarks/ship_trips.py`` make what else ships.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.decisions.backtest import backtests
from engine.domain import Departure, Study
from engine.experiments.archive import Archive, archive_for
from engine.experiments.plan import GridRequest, Plan, grid
from engine.experiments.progress import Progress
from engine.experiments.records import write_outcome
from engine.experiments.run import run_plans
from engine.experiments.source_models import FOR_DESIGNS, committee, source_key, trainings_of
from engine.learning.methods import BASELINE, DEFAULT, OF_THE_STUDY
from engine.learning.recipes import PAPER
from engine.sampling import DESIGNS
from engine.studies.store import open_study

ROOT = Path(__file__).resolve().parents[1]
HINDSIGHT, OPEN = "2021", "2022"  # the season whose trips are tested, the season that has no labels yet
THREE, NEAR, WIDE = (20, 25, 30), (10, 15, 20, 25, 30), (10, 15, 20, 25, 30, 35, 40)  # km
CIRCLE = ("radius", "random")
OTHER_DESIGNS = tuple(name for name in DESIGNS if name not in CIRCLE)
ENSEMBLE = (BASELINE, DEFAULT)
TOWNS = (Departure(20.382, 45.384, "Zrenjanin"), Departure(19.667, 46.1, "Subotica"))  # as pages offer them
BACKTEST_REPEATS = 2


def the_studys_table(study: Study) -> tuple[Plan, ...]:
    """The study's methods in hindsight, by circle and at random."""
    return asked(study, OF_THE_STUDY, CIRCLE, THREE)


def short_trips(study: Study) -> tuple[Plan, ...]:
    """The study's methods on shorter trips."""
    return asked(study, OF_THE_STUDY, CIRCLE, NEAR)


def the_studys_designs(study: Study) -> tuple[Plan, ...]:
    """Fine-tuning on every other design."""
    return asked(study, ("zero-shot", "transfer"), OTHER_DESIGNS, THREE)


def ensemble(study: Study) -> tuple[Plan, ...]:
    """The default method in hindsight."""
    return asked(study, ENSEMBLE, CIRCLE, NEAR) + asked(study, ENSEMBLE, OTHER_DESIGNS, THREE)


def backtest(study: Study) -> tuple[Plan, ...]:
    """The default method in every season before the open one, with all designs."""
    return backtests(study, asked(study, ENSEMBLE, tuple(DESIGNS), THREE, OPEN, repeats=BACKTEST_REPEATS))


def towns(study: Study) -> tuple[Plan, ...]:
    """Two more departures in hindsight."""
    methods = (*OF_THE_STUDY, *ENSEMBLE)
    return tuple(plan for town in TOWNS for plan in asked(study, methods, CIRCLE, THREE, departure=town))


def long_trips(study: Study) -> tuple[Plan, ...]:
    """Every method on longer trips, tested beyond 40 km."""
    return asked(study, (*ENSEMBLE, *OF_THE_STUDY), CIRCLE, WIDE)


PARTS: dict[str, Callable[[Study], tuple[Plan, ...]]] = {
    part.__name__: part
    for part in (the_studys_table, ensemble, backtest, the_studys_designs, short_trips, long_trips, towns)
}


def asked(
    study: Study,
    methods: tuple[str, ...],
    designs: tuple[str, ...],
    radii: tuple[int, ...],
    target: str = HINDSIGHT,
    departure: Departure | None = None,
    repeats: int = 5,
) -> tuple[Plan, ...]:
    """Every combination, from one source model as the study had it."""
    request = GridRequest(
        target,
        departure or study.departure,
        radii,
        designs,
        methods,
        "cnn1d",
        PAPER,
        repeats=repeats,
        source_models=1,
    )
    return grid(study, request)


def main() -> None:
    """Run the parts asked for, then ship if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study", nargs="?", type=Path, default=ROOT / "data" / "vojvodina-demo")
    parser.add_argument("--archive", type=Path, default=ROOT / "build" / "demo")
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="which --ship replaces")
    parser.add_argument("--part", nargs="+", default=list(PARTS), choices=PARTS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--device", default="cpu", choices=["auto", "cpu", "cuda"])
    parser.add_argument("--ship", action="store_true")
    options = parser.parse_args()
    study = open_study(options.study)
    archive = archive_for(options.study, options.archive)
    for name in options.part:
        plans, start = PARTS[name](study), time.perf_counter()
        run_plans(
            study, plans, archive, workers=options.workers, device=options.device, observe=told(name, start)
        )
        print(f"{name}: {len(plans)} plans, {time.perf_counter() - start:.0f} s", flush=True)
    if options.ship:
        ship(study, options.study, archive, options.models, options.part)


def told(part: str, start: float) -> Callable[[Progress], None]:
    """Print what has just finished."""

    def tell(progress: Progress) -> None:
        seconds = time.perf_counter() - start
        print(f"{part} {seconds:.0f} s {progress.done}/{progress.steps} {progress.what}", flush=True)

    return tell


def ship(study: Study, folder: Path, archive: Archive, models: Path, parts: Sequence[str]) -> None:
    """Replace what ships: the outcomes of these parts, and the source models that designs ask."""
    plans = dict.fromkeys(plan for name in parts for plan in PARTS[name](study))
    outcomes = {plan: archive.outcome(plan) for plan in plans}
    missing = [plan for plan, outcome in outcomes.items() if outcome is None]
    if missing:
        sys.exit(f"{len(missing)} of {len(plans)} plans are not answered yet. Run without --ship first.")
    shutil.rmtree(folder / "outcomes", ignore_errors=True)
    for outcome in filter(None, outcomes.values()):
        write_outcome(folder, outcome)
    kept = Archive(archive.folder, models=models)
    for path in [*models.glob("*.safetensors"), *models.glob("20*.json")]:
        path.unlink()
    for name in models_for_designs(plans):
        stored = archive.weights(name)
        assert stored is not None
        kept.keep_weights(name, *stored)
    size = sum(path.stat().st_size for path in (folder / "outcomes").iterdir())
    print(f"{len(plans)} outcomes, {size / 1e6:.1f} MB")


def models_for_designs(plans: dict[Plan, None]) -> list[str]:
    """Names of the source models of the hindsight season that designs ask."""
    asking = [plan for plan in plans if plan.target == HINDSIGHT and FOR_DESIGNS in trainings_of(plan)]
    return sorted(
        {
            source_key(asked, repeat, FOR_DESIGNS).name
            for asked in map(committee, asking)
            for repeat in range(len(asked.source_seeds))
        }
    )


if __name__ == "__main__":
    main()
