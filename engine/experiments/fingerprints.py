"""What a plan uses of a study: the seasons it names, and what they share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from engine.domain import Study
from engine.fingerprints import Fingerprints
from engine.sampling.split import TestKind, test_ground_of
from engine.studies.cubes import DIGITS, season_fingerprint
from engine.studies.fingerprint import group_order

if TYPE_CHECKING:
    from engine.experiments.plan import Plan

Used = tuple[str, tuple[str, ...], str]  # target, sources, kind of the test area


def fingerprints_of(study: Study, target: str, sources: Sequence[str], kind: TestKind) -> Fingerprints:
    """What a plan for these seasons uses of a study, computed once for a study.

    Other seasons count only where they make one field of two.

    Parameters
    ----------
    study
        The study.
    target, sources
        Labels of seasons.
    kind
        Of the test area.

    Raises
    ------
    PlanError
        Where the study has no such season.
    """
    known = _known.setdefault(study, {})
    used: Used = (target, tuple(sources), kind)
    if used not in known:
        known[used] = Fingerprints(
            _digest(json.dumps(study.legend.names).encode()),
            _ground(study, target, sources, kind),
            season_fingerprint(study, target),
            tuple(season_fingerprint(study, label) for label in sources),
        )
    return known[used]


def uses(study: Study, plan: Plan) -> bool:
    """Whether the plan asks this study as it is.

    Parameters
    ----------
    study
        The study.
    plan
        Of any study and any version.
    """
    return current_plan(study, plan).study == _of_plan(study, plan)


def current_plan(study: Study, plan: Plan) -> Plan:
    """The plan as it is asked today: with the fingerprints of its seasons and the legend of the study.

    Parameters
    ----------
    study
        The study.
    plan
        Of any study and any version; one of another study stays as it is.
    """
    now, then = _of_plan(study, plan), plan.study
    if now is None or not (then == now or then.study == study.fingerprint):
        return plan
    return plan if then == now and then.legend == now.legend else replace(plan, study=now)


def changed_parts(study: Study, plan: Plan) -> tuple[str, ...]:
    """What of a study is not as it was when a plan was made, in words.

    Parameters
    ----------
    study
        The study.
    plan
        The plan.
    """
    now, then = _of_plan(study, plan), plan.study
    if now is None:
        labels = {season.label for season in study.seasons}
        return tuple(f"season {label}" for label in (plan.target, *plan.sources) if label not in labels)
    if then.study or len(then.sources) != len(now.sources):
        return ("the study",)
    parts = {"the split of the ground": now.ground != then.ground}
    seasons = zip(
        (plan.target, *plan.sources),
        (now.target, *now.sources),
        (then.target, *then.sources),
        strict=True,
    )
    for label, new, old in seasons:
        parts |= {f"the {part} of {label}": value != vars(old)[part] for part, value in vars(new).items()}
    return tuple(name for name, changed in parts.items() if changed)


def _of_plan(study: Study, plan: Plan) -> Fingerprints | None:
    """What the plan would use of the study as it is; None where it lacks a season."""
    if not {plan.target, *plan.sources} <= {season.label for season in study.seasons}:
        return None
    return fingerprints_of(study, plan.target, plan.sources, plan.test.kind)


def _ground(study: Study, target: str, sources: Sequence[str], kind: TestKind) -> str:
    """Of what the parcels of several seasons share: sides of the split, and fields."""
    parcels = study.parcels
    season = parcels["season"].to_numpy(dtype=object)
    rows = [np.flatnonzero(season == label) for label in sorted({target, *sources})]
    used = np.concatenate(rows)
    content = json.dumps([len(of_season) for of_season in rows]).encode()
    content += test_ground_of(study, target, sources, kind)[used].tobytes()
    content += group_order(parcels["field_group"].to_numpy(dtype=object)[used]).tobytes()
    return _digest(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]


_known: WeakKeyDictionary[Study, dict[Used, Fingerprints]] = WeakKeyDictionary()
