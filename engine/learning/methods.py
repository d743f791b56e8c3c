"""Methods: how past seasons and visited parcels become a model for this season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from engine.domain import PlanError
from engine.learning.learners import Learner, Model
from engine.learning.samples import Samples
from engine.learning.setting import Setting


class Method(Protocol):
    """One way to learn.

    ``needs_source`` tells whether it starts from a pre-trained model, ``visits`` whether it needs
    parcels of the target season. What a method does not need reaches it as None.
    """

    name: ClassVar[str]
    needs_source: ClassVar[bool]
    visits: ClassVar[bool]

    def learn(
        self, learner: Learner, source: Model | None, visited: Samples | None, setting: Setting
    ) -> Model:
        """A model for the target season."""
        ...


@dataclass(frozen=True)
class ZeroShot:
    """Stay at home: the pre-trained model as it is."""

    name: ClassVar[str] = "zero-shot"
    needs_source: ClassVar[bool] = True
    visits: ClassVar[bool] = False

    def learn(
        self, learner: Learner, source: Model | None, visited: Samples | None, setting: Setting
    ) -> Model:
        """Return the pre-trained model."""
        assert source is not None
        return source


@dataclass(frozen=True)
class Transfer:
    """Go on training the pre-trained model, all of it, on the visited parcels (EGU24-3127)."""

    name: ClassVar[str] = "transfer"
    needs_source: ClassVar[bool] = True
    visits: ClassVar[bool] = True

    def learn(
        self, learner: Learner, source: Model | None, visited: Samples | None, setting: Setting
    ) -> Model:
        """Adapt the pre-trained model."""
        assert source is not None
        assert visited is not None
        return learner.adapt(source, visited, setting)


@dataclass(frozen=True)
class Scratch:
    """Forget the past: train on the visited parcels alone (EGU24-3127)."""

    name: ClassVar[str] = "scratch"
    needs_source: ClassVar[bool] = False
    visits: ClassVar[bool] = True

    def learn(
        self, learner: Learner, source: Model | None, visited: Samples | None, setting: Setting
    ) -> Model:
        """Train a fresh model."""
        assert visited is not None
        return learner.scratch(visited, setting)


METHODS: dict[str, type[Method]] = {method.name: method for method in (ZeroShot, Transfer, Scratch)}


def method_by_name(name: str) -> Method:
    """The method of that name, or `PlanError`."""
    if name not in METHODS:
        raise PlanError(f"There is no method {name}; choose one of {', '.join(METHODS)}.")
    return METHODS[name]()
