"""From plans to outcomes: whatever the archive has is taken, the rest is computed and kept."""

from __future__ import annotations

import platform
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import joblib
import numpy as np
import pandas as pd

import engine
from engine.domain import Departure, GroundplanError, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import auxiliary_variables
from engine.experiments.balanced import balanced_of, balanced_past, pixels_of, seen_as
from engine.experiments.outcome import Outcome, Repeat
from engine.experiments.plan import Plan
from engine.experiments.sizing import draw_seed
from engine.experiments.source import season_folds, source_model, source_of
from engine.geodesy import blocks
from engine.learning import metrics as scores
from engine.learning.calibration import Scaled, judged
from engine.learning.folds import Rows
from engine.learning.learners import learner_by_name, require
from engine.learning.methods import BALANCED, COMPOSITES, STUDY, Knowledge, Past
from engine.learning.samples import draw_samples
from engine.learning.setting import EpochObserver, NoObserver, Setting
from engine.sampling.split import SpatialSplit, TestArea, split_parcels
from engine.studies.store import simulate_series, unsimulated_seasons

TEST_PIXELS = 50  # of each test parcel, as in the study
FEW_BLOCKS = 8


class CancelledError(GroundplanError):
    """The run was stopped by its user."""


@dataclass(frozen=True)
class Progress:
    """How far a run is: finished steps of all steps, and what has just finished."""

    done: int
    steps: int
    what: str


Observer = Callable[[Progress], None]


def _ignore(progress: Progress) -> None:
    """Tell nobody."""


def answer(
    study: Study,
    plans: Sequence[Plan],
    archive: Archive,
    *,
    workers: int = 1,
    device: str = "auto",
    observe: Observer = _ignore,
    watch: EpochObserver | None = None,
) -> list[Outcome]:
    """Answer plans, in their order.

    Series of a simulated study that are not there yet are grown first. Pre-training, then the repeats of
    the plans, are spread over ``workers`` processes. Every finished repeat is kept at once, so a run that
    was interrupted goes on where it stood, and an answer that the archive has is not computed again.

    Parameters
    ----------
    device
        ``auto``, ``cpu`` or ``cuda``; not part of a plan's key.
    observe
        Told in this process after every step.
    watch
        Told in the worker after every epoch; may raise `CancelledError`.

    Raises
    ------
    PlanError
        Where a plan asks what the study can't answer; found before anything is computed.
    """
    check(study, plans)
    known = {plan.key: archive.outcome(plan) for plan in plans}
    missing = [plan for plan in dict.fromkeys(plans) if known[plan.key] is None]
    for learner in {plan.learner for plan in missing}:
        require(learner)
    stored = [
        (plan, number)
        for plan in missing
        for number in range(plan.repeats)
        if learner_by_name(plan.learner).storable
    ]
    sources = {
        source_of(plan, number): (plan, number)
        for plan, number in stored
        if plan.method.starts_from == STUDY or plan.design.auxiliary
    }
    balanced = {
        balanced_of(plan, number): (plan, number)
        for plan, number in stored
        if plan.method.starts_from in (BALANCED, COMPOSITES)
    }
    asked_for = {label for plan in missing for label in (plan.target, *plan.sources)}
    bare = [label for label in unsimulated_seasons(study) if label in asked_for]
    steps = len(bare) + len(sources) + len(balanced) + sum(plan.repeats for plan in missing)
    work = _Work(study, archive, device, watch or NoObserver())
    done = 0
    observe(Progress(done, steps, "start"))

    for label in bare:
        simulate_series(study, label, workers)
        done += 1
        observe(Progress(done, steps, f"simulating {label}"))
    teaching = [(work.pretrain, plan, number) for plan, number in sources.values()]
    teaching += [(work.balance, plan, number) for plan, number in balanced.values()]
    for what in _spread(workers, teaching):
        done += 1
        observe(Progress(done, steps, str(what)))

    tasks = [(work.repeat, plan, number) for plan in missing for number in range(plan.repeats)]
    left = {plan.key: plan.repeats for plan in missing}
    asked = {plan.key: plan for plan in missing}
    for key in _spread(workers, tasks):
        done += 1
        left[key] -= 1
        if left[key] == 0:
            known[key] = _gathered(study, asked[key], archive)
        observe(Progress(done, steps, f"{asked[key].method.name} {asked[key].design.name}"))
    outcomes = [known[plan.key] for plan in plans]
    return [outcome for outcome in outcomes if outcome is not None]


def check(study: Study, plans: Sequence[Plan]) -> tuple[SpatialSplit, ...]:
    """Refuse plans that this study can't answer; otherwise the ground of each, in their order."""
    grounds: dict[tuple[str, Departure, TestArea], SpatialSplit] = {}
    taught: set[tuple[str, tuple[str, ...], TestArea]] = set()
    for plan in plans:
        if plan.study != study.fingerprint:
            raise PlanError(
                f"The plan was made for a study with fingerprint {plan.study}, but {study.name} has "
                f"{study.fingerprint}. Make the plan anew."
            )
        for label in (plan.target, *plan.sources):
            if study.parcels_in(label).empty:
                raise PlanError(f"Season {label} of {study.name} has no surveyed parcel. Choose another.")
        where = (plan.target, plan.departure, plan.test)
        if where not in grounds:
            grounds[where] = split_parcels(study, *where)
        plan.design.count(grounds[where].candidates)
        by_season = plan.method.starts_from in (BALANCED, COMPOSITES) and not plan.method.transductive
        if by_season and grounds[where].candidates.empty:
            raise PlanError(
                f"All parcels of season {plan.target} lie beyond {plan.test.beyond_km:g} km of "
                f"{plan.departure.title} and test, so none is left to standardise the season by, as "
                f"{plan.method.name} does. Test on half of them (--test far-half), choose a larger outer "
                "radius (--beyond) or another departure."
            )
        past = (plan.target, plan.sources, plan.test)
        if plan.method.starts_from is not None and past not in taught:
            season_folds(study, plan, grounds[where])
            taught.add(past)
    return tuple(grounds[plan.target, plan.departure, plan.test] for plan in plans)


def _spread(workers: int, tasks: Sequence[tuple[Callable[[Plan, int], str], Plan, int]]) -> Iterator[str]:
    """Run tasks in this process or spread over several; yields as they finish."""
    if workers <= 1 or len(tasks) <= 1:
        for task, plan, number in tasks:
            yield task(plan, number)
        return
    # A worker that has grown is replaced on purpose and loses no task, so that is no warning to a user.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
    pool = joblib.Parallel(n_jobs=min(workers, len(tasks)), return_as="generator_unordered", batch_size=1)
    yield from pool(joblib.delayed(task)(plan, number) for task, plan, number in tasks)


@dataclass(frozen=True)
class _Work:
    """What every task of a run shares; travels to worker processes."""

    study: Study
    archive: Archive
    device: str
    watch: EpochObserver

    def pretrain(self, plan: Plan, number: int) -> str:
        """Have one source model ready; a model that is being made elsewhere is waited for."""
        split = split_parcels(self.study, plan.target, plan.departure, plan.test)
        source_model(self.study, plan, number, split, self.archive, self._setting(plan, number))
        return "pre-training"

    def balance(self, plan: Plan, number: int) -> str:
        """Have one balanced model ready."""
        split = split_parcels(self.study, plan.target, plan.departure, plan.test)
        balanced_past(self.study, plan, number, split, self.archive, self._setting(plan, number))
        return "pre-training"

    def repeat(self, plan: Plan, number: int) -> str:
        """Have one repeat in the archive; returns the plan's key."""
        with self.archive.lock(f"{plan.key}-{number}"):
            if self.archive.outcome(plan) is None and self.archive.repeat(plan, number) is None:
                self.archive.keep_repeat(plan, number, self._computed(plan, number))
        return plan.key

    def _past(self, plan: Plan, number: int, split: SpatialSplit, setting: Setting) -> Past | None:
        where = (self.study, plan, number, split, self.archive, setting)
        match plan.method.starts_from:
            case "study":
                return Past(source_model(*where))
            case "balanced" | "composites":
                return balanced_past(*where)
            case _:
                return None

    def _setting(self, plan: Plan, number: int) -> Setting:
        return Setting(plan.recipe, plan.seed + number, self.device, self.watch)

    def _computed(self, plan: Plan, number: int) -> Repeat:
        study, setting = self.study, self._setting(plan, number)
        split = split_parcels(study, plan.target, plan.departure, plan.test)
        rng = np.random.default_rng(draw_seed(plan, number))
        known = auxiliary_variables(study, plan, number, split.candidates, split, self.archive, setting)
        visited_ids = plan.design.draw(split.candidates.join(known), rng)
        rows = split.candidates.index[split.candidates["parcel_id"].isin(visited_ids)].to_numpy()
        known_past = self._past(plan, number, split, setting)

        cube = study.cubes[plan.target]
        crop = study.legend.codes(study.parcels["crop"].to_numpy(dtype=object))
        classes = len(study.legend)
        fewer = plan.method.starts_from in (BALANCED, COMPOSITES)
        pixels = pixels_of(plan.recipe) if fewer else plan.recipe.pixels
        sight = seen_as(study, plan, plan.target)
        start = time.perf_counter()
        fill = sight is None  # see `engine.experiments.balanced`
        visited = draw_samples(cube, crop, classes, rows, pixels, rng, fill=fill) if len(rows) else None
        unnamed = np.full(len(crop), -1)  # labels stay out of sight
        seen = draw_samples(
            cube,
            unnamed,
            classes,
            (split.parcels if plan.method.transductive else split.candidates).index.to_numpy(),
            pixels,
            np.random.default_rng([setting.seed, 5]),
        )
        if sight:
            visited, seen = sight.of(visited) if visited else None, sight.of(seen)
        place = split.parcels.loc[rows, ["x_km", "y_km"]].to_numpy()  # [parcel, xy]
        away = ~split.parcels.index.isin(rows)
        area = split.parcels.loc[away, ["x_km", "y_km"]].to_numpy()  # [parcel, xy]
        named = replace(setting, watch=setting.watch.of(f"{plan.title}, repeat {number + 1}"))
        knowledge = Knowledge(known_past, visited, seen, place, area)
        model = plan.method.learn(learner_by_name(plan.learner), knowledge, named)

        # The same test pixels for every plan and repeat, whatever the recipe.
        tests = split.test.index.to_numpy()
        test = draw_samples(cube, crop, classes, tests, TEST_PIXELS, np.random.default_rng(0))
        test = sight.of(test) if sight else test
        block = np.zeros(len(study.parcels), dtype=np.int64)  # [parcel]
        block[tests] = _blocks(split.test)
        count = int(block.max()) + 1
        probability, believed = judged(model, test.values)  # [pixel, class]
        predicted = probability.argmax(axis=1)
        by_pixel = scores.confusion_by_block(test.crop, predicted, block[test.parcel], classes, count)
        reliability = scores.reliability_by_block(believed, test.crop, block[test.parcel], count)
        parcel, voted = scores.parcel_classes(probability, test.parcel)
        by_parcel = scores.confusion_by_block(crop[parcel], voted, block[parcel], classes, count)
        return Repeat(
            visited_ids,
            by_pixel.tolist(),
            by_parcel.tolist(),
            tuple(getattr(model, "loss", ())) if plan.method.visits else (),
            time.perf_counter() - start,
            _versions(plan, self.device),
            dict(model.weights) if isinstance(model, Scaled) else {},
            reliability.tolist(),
        )


def _blocks(tests: pd.DataFrame) -> Rows:
    """Block of each test parcel for the bootstrap, ``[parcel]``.

    Blocks of 20 km; where all test parcels share one block, each field group is a block.
    """
    block = blocks(tests["x_km"].to_numpy(), tests["y_km"].to_numpy(), scores.BLOCK_KM)
    if block.max() == 0:
        block = pd.factorize(tests["field_group"])[0].astype(np.int64)
    return block


def _gathered(study: Study, plan: Plan, archive: Archive) -> Outcome:
    """The outcome of a plan whose repeats are all in the archive."""
    with archive.lock(plan.key):
        kept = archive.outcome(plan)
        if kept is not None:
            return kept
        repeats = [archive.repeat(plan, number) for number in range(plan.repeats)]
        whole = [repeat for repeat in repeats if repeat is not None]
        if len(whole) < plan.repeats:
            raise PlanError(
                f"Repeats of plan {plan.key} vanished from {archive.folder} while it ran. Run it again."
            )
        outcome = _outcome(study, plan, whole)
        archive.keep(outcome)
        return outcome


def _outcome(study: Study, plan: Plan, repeats: Sequence[Repeat]) -> Outcome:
    split = split_parcels(study, plan.target, plan.departure, plan.test)
    pixels = np.array([one.pixels for one in repeats])  # [repeat, block, class, class]
    parcels = np.array([one.parcels for one in repeats])
    by_pixel = scores.estimate(pixels, np.random.default_rng([plan.seed, 3]))
    by_parcel = scores.estimate(parcels, np.random.default_rng([plan.seed, 4]))
    calibration = None
    if all(one.reliability for one in repeats):  # kept before an interruption by an older engine: none
        sure = np.array([one.reliability for one in repeats])  # [repeat, block, bin, 3]
        calibration = scores.estimate_calibration(sure, np.random.default_rng([plan.seed, 9]))
    names = study.legend.names
    return Outcome(
        plan,
        study.name,
        study.provenance,
        names,
        tuple(one.visited for one in repeats),
        len(split.test),
        by_pixel.macro_f1,
        by_parcel.macro_f1,
        {name: one for name, one in zip(names, by_pixel.per_class, strict=True) if one},
        {name: one for name, one in zip(names, by_parcel.per_class, strict=True) if one},
        tuple(name for name, one in zip(names, by_pixel.per_class, strict=True) if not one),
        by_pixel.repeats,
        by_parcel.repeats,
        pixels.sum(axis=(0, 1)).tolist(),
        parcels.sum(axis=(0, 1)).tolist(),
        tuple(one.loss for one in repeats),
        sum(one.seconds for one in repeats),
        repeats[0].versions,
        _notes(study, plan, split, repeats),
        by_pixel.overall_accuracy,
        calibration,
        {name: sum(one.weights[name] for one in repeats) / len(repeats) for name in repeats[0].weights},
    )


def _notes(study: Study, plan: Plan, split: SpatialSplit, repeats: Sequence[Repeat]) -> tuple[str, ...]:
    """What a reader of the score must know."""
    notes = []
    tested = set(split.test["crop"])
    absent = [name for name in study.legend.names if name not in tested]
    if absent:
        notes.append(f"The test set has no {', '.join(absent)}; the macro mean leaves them out.")
    if plan.sources:
        taught = set(study.parcels.loc[study.parcels["season"].isin(plan.sources), "crop"])
        new = sorted(tested - taught)
        if new:
            notes.append(
                f"The seasons {', '.join(plan.sources)} never saw {', '.join(new)}, which the test has."
            )
        if len(plan.sources) == 1:
            notes.append(
                f"With {plan.sources[0]} as the only season to pre-train on, the validation is by spatial "
                "half instead of by season."
            )
    if plan.method.visits:
        seen = split.parcels.set_index("parcel_id")["crop"]
        missed = sorted(tested - {crop for one in repeats for crop in seen.loc[list(one.visited)]})
        if missed:
            notes.append(f"No visited parcel has {', '.join(missed)}, which the test has.")
    if plan.test.kind == "far-all" and plan.design.name not in ("none", "radius", "given"):
        notes.append(
            f"All parcels beyond {plan.test.beyond_km:g} km are kept for the test, so {plan.design.name} "
            "draws from within that radius only."
        )
    if pd.unique(_blocks(split.test)).size < FEW_BLOCKS:
        notes.append("The test parcels lie in few blocks of 20 km, so the interval is rough.")
    if plan.repeats == 1:
        notes.append("One repeat does not show how much training varies; the interval lacks that part.")
    return tuple(notes)


def _versions(plan: Plan, device: str) -> dict[str, str]:
    """What computed the score."""
    versions = {"engine": engine.__version__, "python": platform.python_version()}
    if learner_by_name(plan.learner).storable:
        from engine.learning.training import chosen_device, half_precision

        where = chosen_device(device)
        precision = "bfloat16" if half_precision(where) else "float32"
        return versions | {"torch": version("torch"), "device": where.type, "precision": precision}
    return versions | {"scikit-learn": version("scikit-learn"), "device": "cpu", "precision": "float32"}
