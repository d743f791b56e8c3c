"""Methods: how past seasons and visited parcels become a model for this season."""

from __future__ import annotations

from engine.domain import PlanError
from engine.learning.methods.groundplan import Groundplan, GroundplanHome
from engine.learning.methods.home import AllPast, LogitAdjusted
from engine.learning.methods.knowledge import BALANCED, STUDY, Knowledge, Method, Past, Start
from engine.learning.methods.moved import Averaged, Joint, Replay
from engine.learning.methods.selftraining import SelfTraining, TransductiveSelfTraining
from engine.learning.methods.study import Scratch, Transfer, ZeroShot

__all__ = [
    "BALANCED",
    "DEFAULT",
    "METHODS",
    "STUDY",
    "STUDYS_OWN",
    "USUAL",
    "Knowledge",
    "Method",
    "Past",
    "Start",
    "method_by_name",
]

METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (
        ZeroShot, Transfer, Scratch,
        AllPast, LogitAdjusted, Replay, Averaged, Joint, SelfTraining, TransductiveSelfTraining,
        GroundplanHome, Groundplan,
    )
}  # fmt: skip


DEFAULT = Groundplan.name
STUDYS_OWN = (ZeroShot.name, Transfer.name, Scratch.name)
USUAL = (*STUDYS_OWN, GroundplanHome.name, Groundplan.name)


def method_by_name(name: str) -> Method:
    """The method of that name, or `PlanError`."""
    if name not in METHODS:
        raise PlanError(f"There is no method {name}; choose one of {', '.join(METHODS)}.")
    return METHODS[name]()
