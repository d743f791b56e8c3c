"""How fast this machine simulates, trains and tests, as far as it has been measured.

Amounts of work are counted in series: pixels that are simulated, series that training looks at (once an
epoch), pixels that are tested. What was measured lies in ``machine.json`` in the archive's folder with facts
of the machine, and counts on that machine alone; outcomes that the archive's own folder holds count for the
methods that they are of. Outcomes that ship were computed elsewhere, so their seconds do not count.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

import engine
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.repeat import TEST_PIXELS
from engine.files import readonly, write_json
from engine.learning.all_seasons import MOST_COMPOSITES
from engine.learning.features import RawSeries
from engine.learning.protocols import SourceTraining
from engine.parsing import json_of

FILE = "machine.json"
SIMULATION = "simulation"
SOURCE, TARGET, COMPOSITES = "source", "target", "composites"  # what a calibration measures of a learner
TYPICAL = 10_000.0  # series a second, where nothing is measured: only shares of a run rest on it


@dataclass(frozen=True)
class Speeds:
    """Series a second.

    Parameters
    ----------
    series
        By what is done, as `of_repeat` and its likes name it.
    """

    series: Mapping[str, float]

    def seconds(self, amount: float, kinds: Iterable[str]) -> float | None:
        """How long so much work takes one process; None where nothing like it was measured.

        Parameters
        ----------
        amount
            Series.
        kinds
            Names of measured speeds, the fittest first.
        """
        if not amount:
            return 0.0
        known = (self.series[kind] for kind in kinds if kind in self.series)
        speed = next(known, None)
        return amount / speed if speed else None


def calibrated_kind(kind: str, learner: str, recipe: str) -> str:
    """The name of a speed that a calibration measures.

    Parameters
    ----------
    kind
        `SOURCE`, `TARGET` or `COMPOSITES`.
    learner, recipe
        By name.
    """
    return f"calibration: {kind}, {learner}, {recipe}"


def of_pretraining(plan: Plan, training: SourceTraining) -> tuple[str, ...]:
    """Names of the speeds of pre-training, the fittest first.

    Parameters
    ----------
    plan, training
        Whose source model, and how it is trained.
    """
    learner, recipe = plan.learner, plan.recipe.name
    kind = COMPOSITES if _sees_composites(training) else SOURCE
    return f"pre-training: {training.name}, {learner}, {recipe}", calibrated_kind(kind, learner, recipe)


def of_repeat(plan: Plan) -> tuple[str, ...]:
    """Names of the speeds of a repeat, the fittest first.

    Parameters
    ----------
    plan
        Whose repeat.
    """
    learner, recipe = plan.learner, plan.recipe.name
    calibrated = calibrated_kind(TARGET, learner, recipe)
    if plan.method.features != RawSeries():
        calibrated = calibrated_kind(COMPOSITES, learner, recipe)
    return f"repeat: {plan.method.name}, {learner}, {recipe}", f"repeat: {learner}, {recipe}", calibrated


def pretraining_series(study: Study, plan: Plan, training: SourceTraining) -> int:
    """Series that the training of a source model looks at; of composites it takes a part.

    Parameters
    ----------
    study, plan, training
        Whose seasons, which of them, and how they are learnt.
    """
    count = _parcels_by_season(study)
    series = training.training_samples([count[label] for label in plan.sources], plan.recipe)
    trainings = max(len(plan.sources), 1) + 1  # one without each season, one with all
    most = MOST_COMPOSITES * trainings * plan.recipe.pretrain.epochs
    return min(series, most) if _sees_composites(training) else series


def repeat_series(plan: Plan, parcels: int, test_parcels: int) -> int:
    """Series that one repeat looks at, in training and in the test.

    Parameters
    ----------
    plan
        Whose repeat.
    parcels, test_parcels
        Number of parcels that are visited, and that test.
    """
    return plan.method.training_samples(parcels, plan.recipe) + TEST_PIXELS * test_parcels


def speeds_of(archive: Archive, outcomes: Iterable[Outcome]) -> Speeds:
    """What is known of this machine's speed.

    Parameters
    ----------
    archive
        Where measurements are; its own folder's outcomes count.
    outcomes
        Of one study; those that ship are left out.
    """
    own: dict[str, list[float]] = {}
    for outcome in outcomes:
        plan = outcome.plan
        if outcome.seconds > 0 and archive.computed(plan):
            series = len(outcome.visited) * repeat_series(plan, outcome.parcels, outcome.test_parcels)
            for kind in of_repeat(plan)[:2]:
                own.setdefault(kind, []).append(series / outcome.seconds)
    return Speeds({**measured(archive.folder), **{kind: median(values) for kind, values in own.items()}})


def measured(folder: Path) -> dict[str, float]:
    """The speeds in series a second that were measured on this machine, by name.

    Parameters
    ----------
    folder
        Of the archive.
    """
    return {kind: series / seconds for kind, (series, seconds) in _stored(folder).items() if seconds > 0}


def keep_measured(archive: Archive, work: Mapping[str, tuple[float, float]]) -> None:
    """Add to what was measured on this machine.

    Parameters
    ----------
    archive
        In whose folder it is kept; nothing is written in a read-only installation.
    work
        Series and seconds, by name of the speed.
    """
    if readonly() or not work:
        return
    with archive.lock("machine"):
        kept = dict(_stored(archive.folder))
        for kind, (series, seconds) in work.items():
            before = kept.get(kind, (0.0, 0.0))
            kept[kind] = (before[0] + series, before[1] + seconds)
        stored = {kind: list(amounts) for kind, amounts in kept.items()}
        write_json(archive.folder / FILE, {"machine": machine(), "work": stored})


def machine() -> dict[str, Any]:
    """What tells this machine from others, as far as its speed goes."""
    return {
        "engine": engine.__version__,
        "node": platform.node(),
        "machine": platform.machine(),
        "cores": os.cpu_count() or 1,
    }


def _sees_composites(training: SourceTraining) -> bool:
    """Whether a source training sees other features than the series, as far as it says."""
    return getattr(training, "features", RawSeries()) != RawSeries()


def _stored(folder: Path) -> Mapping[str, tuple[float, float]]:
    """Series and seconds by name; nothing where another machine measured, or where the file is damaged."""
    path = folder / FILE
    try:
        stamp = path.stat()
    except OSError:
        return {}
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int, size: int) -> Mapping[str, tuple[float, float]]:
    try:
        record = json_of(path.read_bytes())
        if record["machine"] != machine():
            return {}
        work = record["work"].items()
        return {str(kind): (float(series), float(seconds)) for kind, (series, seconds) in work}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _parcels_by_season(study: Study) -> Mapping[str, int]:
    """Number of parcels of each season; counted once for a study."""
    found = _counts.get(study.fingerprint)
    if found is None:
        found = study.parcels["season"].value_counts().to_dict()
        _counts[study.fingerprint] = found
    return found


_counts: dict[str, Mapping[str, int]] = {}
