"""The outcome of a plan from its repeats."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.domain import PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.counts import counts_of
from engine.experiments.expected_f1 import mean_expected_f1
from engine.experiments.outcome import Outcome, Repeat
from engine.experiments.plan import Plan
from engine.experiments.repeat import test_blocks
from engine.experiments.scores import derived
from engine.experiments.source_models import source_data
from engine.sampling.split import SpatialSplit, split_parcels

FEW_BLOCKS = 8
DIGITS = 4  # of a training loss


def gathered(study: Study, plan: Plan, archive: Archive) -> Outcome:
    """The outcome of a plan whose repeats are all in the archive.

    Parameters
    ----------
    study
        The study.
    plan
        The plan.
    archive
        Where its repeats are, and where its outcome is kept.

    Raises
    ------
    PlanError
        Where a repeat is missing.
    """
    with archive.lock(plan.key):
        stored = archive.outcome(plan)
        if stored is not None:
            return stored
        repeats = [archive.repeat(plan, number) for number in range(plan.repeats)]
        complete = [repeat for repeat in repeats if repeat is not None]
        if len(complete) < plan.repeats:
            raise PlanError(
                f"Repeats of plan {plan.key} vanished from {archive.folder} while it ran. Run it again."
            )
        outcome = outcome_of(study, plan, complete)
        archive.keep(outcome)
        return outcome


def outcome_of(study: Study, plan: Plan, repeats: Sequence[Repeat]) -> Outcome:
    """Scores with intervals of all repeats of a plan.

    Parameters
    ----------
    study
        The study.
    plan
        The plan.
    repeats
        All of them, or those that are finished; then the outcome is provisional, and with a single one its
        intervals lack the spread over repeats, see `engine.experiments.provisional`.
    """
    split = split_parcels(study, plan.target, plan.departure, plan.test)
    counts = counts_of(repeats, split.test, test_blocks(split.test))
    names = study.legend.names
    scores = derived(counts, names)
    weights = [repeat.member_weights for repeat in repeats]
    return Outcome(
        plan=plan,
        study_name=study.name,
        provenance=study.provenance,
        classes=names,
        visited=tuple(repeat.visited for repeat in repeats),
        test_parcels=len(split.test),
        absent=tuple(name for name in names if name not in scores.per_class),
        loss=tuple(tuple(float(f"{loss:.{DIGITS}g}") for loss in repeat.loss) for repeat in repeats),
        seconds=sum(repeat.seconds for repeat in repeats),
        versions=repeats[0].versions,
        notes=notes_of(study, plan, split, [repeat.visited for repeat in repeats]),
        member_weights={name: sum(weight[name] for weight in weights) / len(weights) for name in weights[0]},
        counts=counts,
        expected_f1=mean_expected_f1(repeats),
        **vars(scores),
    )


def notes_of(
    study: Study, plan: Plan, split: SpatialSplit, visited: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    """What a reader of the score must know.

    Parameters
    ----------
    study
        The study.
    plan
        The plan.
    split
        Of the plan.
    visited
        Ids of the visited parcels of each repeat.
    """
    tested = set(split.test["crop"])
    absent = [name for name in study.legend.names if name not in tested]
    notes = []
    if absent:
        notes.append(f"The test set has no {', '.join(absent)}; the macro mean leaves them out.")
    notes += _notes_on_sources(study, plan, tested)
    if plan.method.visits:
        crop_of = split.parcels.set_index("parcel_id")["crop"]
        missed = sorted(tested - {crop for parcels in visited for crop in crop_of.loc[list(parcels)]})
        if missed:
            notes.append(f"No visited parcel has {', '.join(missed)}, which the test has.")
    if plan.test.kind == "far-all" and plan.design.spreads:
        notes.append(
            f"All parcels beyond {plan.test.beyond_km:g} km are kept for the test, so {plan.design.name} "
            "draws from within that radius only."
        )
    if pd.unique(test_blocks(split.test)).size < FEW_BLOCKS:
        notes.append("The test parcels lie in few blocks of 20 km, so the interval is rough.")
    if len(visited) < plan.repeats:
        notes.append(
            f"Provisional: {len(visited)} of {plan.repeats} repeats are finished. The interval takes the "
            "spread over repeats from other plans; it narrows as repeats come."
        )
    if plan.source_models and plan.method.source:
        which = "one source model" if plan.source_models == 1 else f"{plan.source_models} source models"
        notes.append(f"All repeats start from {which}, which the interval holds fixed.")
    if plan.repeats == 1:
        notes.append("One repeat does not show how much training varies; the interval lacks that part.")
    return tuple(notes)


def _notes_on_sources(study: Study, plan: Plan, tested: set[str]) -> list[str]:
    if not plan.sources:
        return []
    notes = []
    taught = set(study.parcels.loc[study.parcels["season"].isin(plan.sources), "crop"])
    new = sorted(tested - taught)
    if new:
        notes.append(f"The source seasons {', '.join(plan.sources)} have no {', '.join(new)}; the test has.")
    folds = source_data(study, plan).season_folds() if plan.method.source else ()
    if any(fold.by_ground for fold in folds):
        notes.append(
            "The fields of the source seasons recur, so ground is held out too: a third of its blocks "
            "validates what the others teach."
        )
    elif len(plan.sources) == 1:
        notes.append(
            f"{plan.sources[0]} is the only source season, so validation is by spatial half instead of by "
            "season."
        )
    return notes
