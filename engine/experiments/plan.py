"""A plan is one question: depart there, sample so, learn thus. Its key names the outcome."""

from __future__ import annotations

import hashlib
import json
import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import engine
from engine.amounts import check_seed
from engine.domain import Departure, PlanError, Study
from engine.experiments.codec import CodecError, from_json, to_json
from engine.experiments.fingerprints import fingerprints_of
from engine.fingerprints import Fingerprints
from engine.learning.learners import learner_by_name
from engine.learning.methods import method_by_name
from engine.learning.protocols import Method
from engine.learning.recipes import Recipe
from engine.sampling import design_by_name
from engine.sampling.no_visit import NoVisit
from engine.sampling.protocol import Design
from engine.sampling.split import DEFAULT_OUTER_KM, TestArea, TestKind

EARLIER, OTHERS = "earlier", "others"  # seasons to pre-train on: those before the target, or all but it
CANONICAL = json.JSONEncoder(sort_keys=True)
OLD_SOURCES = {"past": EARLIER}  # spellings of earlier versions


@dataclass(frozen=True)
class Plan:
    """One question to a study.

    Parameters
    ----------
    study
        Fingerprints of what it uses of the study.
    target
        Label of the season to map.
    sources
        Labels of the seasons to pre-train on.
    learner
        Name of a learner, see `engine.learning.learners`.
    repeats
        Times that training, and drawing where it is random, is done anew.
    seed
        Of the first repeat; the others count on from it.
    source_models
        How many source models are trained, which the repeats take in turns; None trains one for each repeat.
        The study retrained five times from one. Intervals then hold the source models fixed. A design that
        asks where source models disagree has two at least.
    """

    study: Fingerprints
    target: str
    sources: tuple[str, ...]
    departure: Departure
    design: Design
    method: Method
    learner: str
    recipe: Recipe
    test: TestArea
    repeats: int
    seed: int
    source_models: int | None = None

    def __post_init__(self) -> None:
        learner_by_name(self.learner)
        check_seed(self.seed)
        if self.repeats < 1:
            raise PlanError(f"{self.repeats} repeats answer nothing. Ask for at least 1, better 5.")
        if self.source_models is not None and not 1 <= self.source_models < self.repeats:
            raise PlanError(
                f"{self.source_models} source models do not go with {self.repeats} repeats. Ask for at least "
                "1 and fewer than repeats, or leave the number out to train one for each repeat."
            )
        if self.target in self.sources:
            raise PlanError(
                f"Season {self.target} cannot be both target and source. Leave it out of --source."
            )
        if self.method.source and not self.sources:
            raise PlanError(
                f"Season {self.target} has no season before it, so {self.method.name} has nothing to "
                "pre-train on. Use --source others (or name seasons), or the method scratch."
            )
        if self.design.auxiliary and not self.sources:
            raise PlanError(
                f"The design {self.design.name} asks a pre-trained model, but season {self.target} has no "
                "season before it to pre-train on. Use --source others (or name seasons), or another design."
            )
        if self.design.equivalent_radius_km > self.test.beyond_km:
            raise PlanError(
                f"A radius of {self.design.equivalent_radius_km:g} km reaches into the test area, which "
                f"begins at {self.test.beyond_km:g} km. Choose a smaller radius, or a larger --beyond."
            )

    @property
    def source_seeds(self) -> tuple[int, ...]:
        """Seeds of the source models that the repeats take in turns."""
        return tuple(range(self.seed, self.seed + (self.source_models or self.repeats)))

    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits that name this question to this version of the engine.

        They depend on names and values, not on classes or the order of fields; the name of the departure and
        the order of the legend are left out.
        """
        facts = plan_to_json(self)
        del facts["departure"]["name"]
        if not self.study.study:
            del facts["study"]["legend"]
        text = CANONICAL.encode({"version": engine.__version__, **facts})
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def key_of_repeats(self) -> str:
        """Sixteen hexadecimal digits that name its single repeats, whose counts are in the legend's order."""
        if self.study.study:
            return self.key
        return hashlib.sha256(f"{self.key} {self.study.legend}".encode()).hexdigest()[:16]


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """A plan as JSON values.

    Parameters
    ----------
    plan
        The plan, of any design and method. A source model for each repeat is not listed: plans from before
        there was a choice keep their keys.
    """
    facts: dict[str, Any] = to_json(plan)
    if plan.source_models is None:
        del facts["source_models"]
    return facts


def plan_from_json(value: Any, key: Any) -> Plan:
    """The plan that was listed under a key; whoever wrote the list need not be trusted.

    Parameters
    ----------
    value
        What `plan_to_json` made.
    key
        The key that stands beside it.

    Raises
    ------
    PlanError
        Where it is no plan, or not that one; the text names the part at fault.
    """
    cure = "Take the file as Groundplan wrote it."
    name = reprlib.repr(key)
    try:
        plan = from_json(Plan, value)
    except CodecError as error:
        raise PlanError(f"What is listed as {name} is no plan ({error}). {cure}") from error
    if plan_to_json(plan) != value:
        raise PlanError(f"The plan listed as {name} leaves parts out. {cure}")
    if plan.key != key:
        raise PlanError(f"The plan listed as {name} has the key {plan.key}: the file was altered. {cure}")
    return plan


@dataclass(frozen=True)
class GridRequest:
    """Methods, designs and sizes to combine.

    Parameters
    ----------
    target
        Label of the season to map.
    radii
        Equivalent radii, km.
    designs
        By name, each at every radius, or sized already.
    methods, learner
        By name.
    source
        ``earlier``, ``others``, or labels of seasons with commas between.
    beyond_km
        Where the test area begins; by default 30 km, or the largest radius if that is more.
    repeats, seed
        Of every plan.
    source_models
        Of every plan that uses source seasons; None, or as many as repeats, trains one for each repeat. By
        default one, as in the study.
    """

    target: str
    departure: Departure
    radii: Sequence[float]
    designs: Sequence[str | Design]
    methods: Sequence[str]
    learner: str
    recipe: Recipe
    source: str = EARLIER
    test: TestKind = "far-half"
    beyond_km: float | None = None
    repeats: int = 5
    seed: int = 0
    source_models: int | None = 1


def grid(study: Study, request: GridRequest) -> tuple[Plan, ...]:
    """Every combination of methods, designs and radii; a method that visits nothing is asked once.

    Parameters
    ----------
    study
        The study, whose seasons the plans name, each by its fingerprint.
    request
        What to combine.

    Raises
    ------
    PlanError
        Where a name is unknown or a combination makes no sense for this study.
    """
    radii = sorted({float(radius) for radius in request.radii})
    designs: dict[Design, None] = {}
    for design in request.designs:
        sized = [design_by_name(design, km) for km in radii] if isinstance(design, str) else [design]
        designs |= dict.fromkeys(sized)
    outer = max([DEFAULT_OUTER_KM, *(design.equivalent_radius_km for design in designs)])
    area = TestArea(request.test, outer if request.beyond_km is None else request.beyond_km)
    sources = _sources(study, request.target, request.source)
    if not sources:
        _check_past(study, request)
    fewer = request.source_models if request.source_models != request.repeats else None
    plans = [
        Plan(
            fingerprints_of(study, request.target, used, request.test),
            request.target,
            used,
            request.departure,
            design,
            method,
            request.learner,
            request.recipe,
            area,
            request.repeats,
            request.seed,
            fewer if method.source or design.auxiliary else None,
        )
        for method in dict.fromkeys(map(method_by_name, request.methods))
        for design in (designs if method.visits else [NoVisit()])
        for used in (sources if method.source or design.auxiliary else (),)
    ]
    if not plans:
        raise PlanError("Nothing was asked. Choose at least one method, and a design and a radius with it.")
    return tuple(plans)


def _check_past(study: Study, request: GridRequest) -> None:
    """Refuse what learns from source seasons where there are none; the cure is one that works."""
    methods = [name for name in request.methods if method_by_name(name).source]
    designs = [design if isinstance(design, str) else design.name for design in request.designs]
    asking = [name for name in dict.fromkeys(designs) if design_by_name(name, 1.0).auxiliary]
    if not methods and not asking:
        return
    needing = " and ".join(filter(None, [listed_names("method", methods), listed_names("design", asking)]))
    cure = " and ".join(
        filter(None, ["--method scratch" * bool(methods), "another design (random)" * bool(asking)])
    )
    others = "--source others, or " * bool(study.other_seasons(request.target))
    earlier = OLD_SOURCES.get(request.source, request.source) == EARLIER
    where = "before" if earlier else "other than"
    raise PlanError(
        f"There is no season with labels {where} {request.target} to learn from, which the {needing} "
        f"need{'s' * (len(methods) + len(asking) == 1)}. Use {others}{cure}."
    )


def listed_names(kind: str, names: Sequence[str]) -> str:
    """Text such as ``methods joint, transfer``; empty where there are none.

    Parameters
    ----------
    kind
        What they name.
    names
        Some or none.
    """
    return f"{kind}{'s' * (len(names) > 1)} {', '.join(names)}" if names else ""


def _sources(study: Study, target: str, source: str) -> tuple[str, ...]:
    source = OLD_SOURCES.get(source, source)
    if source == EARLIER:
        return study.seasons_before(target)
    if source == OTHERS:
        return study.other_seasons(target)
    labels = tuple(label.strip() for label in source.split(",") if label.strip())
    return tuple(sorted({study.season(label).label for label in labels}))
