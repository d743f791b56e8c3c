"""What a map without a trip expects of itself: its macro F1 by its own calibrated probabilities.

No label is needed for it, so an open season has one too: the first repeat of the baseline is computed for the
parcels that would test, and the number is kept beside predictions of source models, named by what it was made
of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from statistics import fmean
from typing import Any

import numpy as np

from engine.domain import Study
from engine.experiments.archive import Archive, digest_of
from engine.experiments.fingerprints import fingerprints_of
from engine.experiments.outcome import Repeat
from engine.experiments.plan import Plan, plan_to_json
from engine.experiments.repeat import expected_without_labels, setting_of
from engine.experiments.source_models import source_key
from engine.files import WriteError
from engine.learning.learners import learner_by_name
from engine.learning.methods import BASELINE, method_by_name
from engine.learning.setting import NoObserver
from engine.sampling.no_visit import NoVisit
from engine.studies.store import season_digest

FORMAT = 1  # of the number, and of the way in which it is computed
EXPECTED_F1 = "expected_f1"


def baseline_for(study: Study, backtest: Plan, target: str) -> Plan:
    """The map without a trip of a target, under the circumstances of its backtests.

    Parameters
    ----------
    study
        With its seasons.
    backtest
        A plan of a season before the target.
    target
        Label of the season to forecast.
    """
    earlier = study.seasons_before(target)
    used = fingerprints_of(study, target, earlier, backtest.test.kind)
    baseline = replace(backtest, design=NoVisit(), method=method_by_name(BASELINE))
    return replace(baseline, study=used, target=target, sources=earlier)


def mean_expected_f1(repeats: Sequence[Repeat]) -> float | None:
    """What repeats expect of themselves, in the mean, 0 to 1; None where one of them did not measure it.

    Parameters
    ----------
    repeats
        Of one plan.
    """
    found = [repeat.expected_f1 for repeat in repeats if repeat.expected_f1 is not None]
    return fmean(found) if len(found) == len(repeats) else None


def kept_expected_f1(study: Study, plan: Plan, archive: Archive) -> float | None:
    """What is kept of what a plan without a trip expects of itself, 0 to 1; None where none is.

    Parameters
    ----------
    study, plan
        The study, and a plan whose method does not visit.
    archive
        Where it is kept.
    """
    facts = _facts(study, plan, archive)
    found = facts and archive.predictions(_name(plan, facts), facts)
    return float(found[EXPECTED_F1][0]) if found else None


def keep_expected_f1(study: Study, plan: Plan, archive: Archive, device: str = "auto") -> None:
    """Have it kept what a plan without a trip expects of itself; missing source models are trained.

    Parameters
    ----------
    study, plan
        The study, and a plan whose method does not visit.
    archive
        Where models and the number are kept.
    device
        ``auto``, ``cpu`` or ``cuda``.
    """
    if not study.has_series(plan.target) or not learner_by_name(plan.learner).storable:
        return
    if kept_expected_f1(study, plan, archive) is not None:
        return
    found = expected_without_labels(study, plan, archive, setting_of(plan, 0, device, NoObserver()))
    facts = _facts(study, plan, archive)
    if facts is not None and found is not None:
        with suppress(WriteError):  # a workspace that cannot be written to has a forecast without it
            archive.keep_predictions(_name(plan, facts), {EXPECTED_F1: np.array([found])}, facts)


def _name(plan: Plan, facts: dict[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    return f"{plan.target}-expected-{digest[:16]}"


def _facts(study: Study, plan: Plan, archive: Archive) -> dict[str, Any] | None:
    """What the number is made of; None where the source model has no weights in the archive."""
    training = plan.method.source
    if training is None or not study.has_series(plan.target):
        return None
    stored = archive.weights(source_key(plan, 0, training).name)
    if stored is None:
        return None
    return {
        "format": FORMAT,
        "method": plan_to_json(plan)["method"],
        "recipe": plan.recipe.name,
        "seed": plan.seed,
        "learner": plan.learner,
        "models": [digest_of(stored[0])],
        "season": plan.target,
        "series": season_digest(study, plan.target),
        "departure": [plan.departure.lon, plan.departure.lat],
        "test": [plan.test.kind, plan.test.beyond_km],
    }
