"""A plan is one question: go there, sample so, learn thus. Its key names the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import engine
from engine.domain import Departure, PlanError, Study
from engine.learning.learners import learner_by_name
from engine.learning.methods import METHODS, Method, method_by_name
from engine.learning.recipes import Recipe, Schedule
from engine.sampling.designs import DESIGNS, design_by_name
from engine.sampling.protocol import DISAGREEMENT, Design, Excluding, ListedParcels, NoVisit
from engine.sampling.split import DEFAULT_OUTER_KM, TestArea, TestKind


@dataclass(frozen=True)
class Plan:
    """One question to a study.

    Parameters
    ----------
    study
        Fingerprint of the study.
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
    """

    study: str
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

    @property
    def title(self) -> str:
        """Method, design and size in words."""
        if not self.method.visits:
            return f"{self.method.name}, staying at home"
        return f"{self.method.name}, {self.design.name} {self.design.equivalent_radius_km:.3g} km"

    def __post_init__(self) -> None:
        learner_by_name(self.learner)
        if self.repeats < 1:
            raise PlanError(f"{self.repeats} repeats answer nothing. Ask for at least 1, better 5.")
        if self.target in self.sources:
            raise PlanError(
                f"Season {self.target} cannot be both target and source. Leave it out of --source."
            )
        if self.method.starts_from and not self.sources:
            raise PlanError(
                f"Season {self.target} has no season before it, so {self.method.name} has nothing to "
                "pre-train on. Use --source others (or name seasons), or the method scratch."
            )
        if self.design.auxiliary and not self.sources:
            raise PlanError(
                f"The design {self.design.name} asks a pre-trained model, but season {self.target} has no "
                "season before it to pre-train on. Use --source others (or name seasons), or another design."
            )
        if self.design.auxiliary == DISAGREEMENT and self.repeats < 2:
            raise PlanError(
                "With one repeat there is only one source model, and nobody to disagree with it. Ask for at "
                "least 2 repeats, or another design."
            )
        if self.design.equivalent_radius_km > self.test.beyond_km:
            raise PlanError(
                f"A radius of {self.design.equivalent_radius_km:g} km reaches into the test area, which begins at "
                f"{self.test.beyond_km:g} km. Choose a smaller radius, or a larger --beyond."
            )

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits that name this question to this version of the engine."""
        return key_of(self, engine.__version__)


def key_of(plan: Plan, version: str) -> str:
    """The key a plan had under some version of the engine."""
    return hashlib.sha256(f"{version} {plan!r}".encode()).hexdigest()[:16]


def grid(
    study: Study,
    target: str,
    departure: Departure,
    radii: Iterable[float],
    designs: Iterable[str | Design],
    methods: Iterable[str],
    learner: str,
    recipe: Recipe,
    *,
    source: str = "past",
    test: TestKind = "far-half",
    beyond_km: float | None = None,
    repeats: int = 5,
    seed: int = 0,
) -> tuple[Plan, ...]:
    """Every combination of methods, designs and radii; staying at home is asked once.

    Parameters
    ----------
    designs
        By name, each at every radius, or as they are.
    source
        ``past``, ``others``, or labels of seasons with commas between.
    beyond_km
        Where the test area begins; by default 30 km, or the largest radius if that is more.

    Raises
    ------
    PlanError
        Where a name is unknown or a combination makes no sense for this study.
    """
    radii = sorted({float(km) for km in radii})
    places: list[Design] = []
    for one in dict.fromkeys(designs):
        places += [design_by_name(one, km) for km in radii] if isinstance(one, str) else [one]
    outer = max([DEFAULT_OUTER_KM, *(place.equivalent_radius_km for place in places)])
    outer = outer if beyond_km is None else beyond_km
    area = TestArea(test, outer)
    sources = _sources(study, target, source)
    plans: list[Plan] = []
    for method in dict.fromkeys(methods):
        how = method_by_name(method)
        wheres = places if how.visits else [NoVisit()]
        plans += [
            Plan(
                study.fingerprint,
                target,
                sources if how.starts_from or where.auxiliary else (),
                departure,
                where,
                how,
                learner,
                recipe,
                area,
                repeats,
                seed,
            )
            for where in wheres
        ]
    if not plans:
        raise PlanError("Nothing was asked. Choose at least one method, and a design and a radius with it.")
    return tuple(plans)


def _sources(study: Study, target: str, source: str) -> tuple[str, ...]:
    if source == "past":
        return study.seasons_before(target)
    if source == "others":
        return study.other_seasons(target)
    labels = tuple(label.strip() for label in source.split(",") if label.strip())
    return tuple(sorted({study.season(label).label for label in labels}))


_SHAPES: dict[str, type] = {
    shape.__name__: shape
    for shape in (
        Plan, TestArea, Departure, Recipe, Schedule, NoVisit, ListedParcels, Excluding, *DESIGNS.values(),
        *METHODS.values(),
    )
}  # fmt: skip


def to_json(value: Any) -> Any:
    """A plan as JSON: every part an object that carries the name of its class."""
    if is_dataclass(value):
        parts = {one.name: to_json(getattr(value, one.name)) for one in fields(value)}
        return {"is": type(value).__name__, **parts}
    return list(value) if isinstance(value, tuple) else value


def from_json(value: Any) -> Any:
    """What `to_json` wrote; only classes that a plan may hold are made."""
    if isinstance(value, dict):
        parts = {name: from_json(part) for name, part in value.items() if name != "is"}
        return _SHAPES[value["is"]](**parts)
    return tuple(value) if isinstance(value, list) else value
