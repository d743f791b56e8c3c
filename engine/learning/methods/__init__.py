"""Methods: how past seasons and visited parcels become a model for this season."""

from __future__ import annotations

from engine.domain import PlanError
from engine.learning.methods.groundplan import Groundplan, GroundplanHome
from engine.learning.methods.home import AllPast, LogitAdjusted
from engine.learning.methods.moved import Averaged, Joint, Replay
from engine.learning.methods.selftraining import SelfTraining, TransductiveSelfTraining
from engine.learning.methods.study import Scratch, Transfer, ZeroShot
from engine.learning.protocols import BALANCED, COMPOSITES, STUDY, Knowledge, Method, Past, Start

__all__ = [
    "BALANCED",
    "COMPOSITES",
    "DEFAULT",
    "MANNERS",
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


MANNERS = {
    ZeroShot.name: "stay at home with the study's network",
    Transfer.name: "the study's way: go on training that network on the visited parcels",
    Scratch.name: "forget the past, train on the visited parcels alone",
    AllPast.name: "stay at home with one network of all past seasons",
    LogitAdjusted.name: "the same, deciding in favour of rare crops",
    Replay.name: "go on from it with visited parcels and as many of the past",
    Averaged.name: "the same, and a part of the way back",
    Joint.name: "go on with three visited parcels to one of the past",
    SelfTraining.name: "learn also from unvisited parcels that the model is sure of",
    TransductiveSelfTraining.name: "the same, also from the series of parcels that test",
    GroundplanHome.name: "stay at home; network and trees of all past seasons vote",
    Groundplan.name: "network and trees vote, each by the past, by past and present, and by the present",
}

DEFAULT = Groundplan.name
STUDYS_OWN = (ZeroShot.name, Transfer.name, Scratch.name)
USUAL = (*STUDYS_OWN, GroundplanHome.name, Groundplan.name)


def method_by_name(name: str) -> Method:
    """The method of that name, or `PlanError`."""
    if name not in METHODS:
        raise PlanError(f"There is no method {name}; choose one of {', '.join(METHODS)}.")
    return METHODS[name]()
