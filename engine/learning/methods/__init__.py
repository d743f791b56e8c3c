"""Methods: how source seasons and visited parcels become a model for the target season.

A method is one file that declares its source, features and training samples, and one line here.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain import entry
from engine.learning.methods.all_sources import AllSources
from engine.learning.methods.ensemble import EnsembleZeroShot, StackedEnsemble
from engine.learning.methods.joint import Joint
from engine.learning.methods.logit_adjusted import LogitAdjustedSources
from engine.learning.methods.replay import Replay
from engine.learning.methods.scratch import Scratch
from engine.learning.methods.self_training import SelfTraining, TransductiveSelfTraining
from engine.learning.methods.transfer import Transfer
from engine.learning.methods.weight_averaging import WeightAveraging
from engine.learning.methods.zero_shot import ZeroShot
from engine.learning.protocols import Method

METHODS: dict[str, type[Method]] = {}
# Ids of earlier versions, in links, commands and archives.
OLD_IDS = {
    "all-past": "all-sources",
    "adjusted": "logit-adjusted",
    "averaged": "weight-averaging",
    "groundplan-home": "ensemble-zero-shot",
    "groundplan": "ensemble",
}


def register(method: type[Method]) -> type[Method]:
    """Make a method known to plans, commands and pages.

    Parameters
    ----------
    method
        A frozen dataclass; its fields are part of a plan's key.
    """
    METHODS[method.name] = method
    return method


for _method in (
    ZeroShot, Transfer, Scratch,
    AllSources, LogitAdjustedSources, Replay, WeightAveraging, Joint, SelfTraining, TransductiveSelfTraining,
    EnsembleZeroShot, StackedEnsemble,
):  # fmt: skip
    register(_method)

DEFAULT = StackedEnsemble.name
BASELINE = EnsembleZeroShot.name  # the baseline of gains: it costs nothing and uses all source seasons
OF_THE_STUDY = (ZeroShot.name, Transfer.name, Scratch.name)
ASKED_BY_DEFAULT = (*OF_THE_STUDY, BASELINE, DEFAULT)


def without_past(names: Sequence[str]) -> tuple[str, ...]:
    """Those methods that learn from no source season.

    Parameters
    ----------
    names
        Of methods.
    """
    return tuple(name for name in names if method_by_name(name).source is None)


def method_by_name(name: str) -> Method:
    """A method with its default options.

    Parameters
    ----------
    name
        One of `METHODS`, or of `OLD_IDS`.

    Raises
    ------
    PlanError
        Where there is none.
    """
    return entry("method", METHODS, name, OLD_IDS)()
