"""Plans of the made-up study, and observers that stop a run."""

import dataclasses

from engine.experiments import plan as planning
from engine.experiments.plan import GridRequest
from engine.experiments.progress import CancelledError
from engine.learning.methods.ensemble import StackedEnsemble
from engine.learning.methods.joint import Joint
from engine.learning.methods.replay import Replay
from engine.learning.methods.self_training import SelfTraining, TransductiveSelfTraining
from engine.learning.methods.weight_averaging import WeightAveraging
from tests.made_up import SMALL

OF_THE_STUDY = ("zero-shot", "transfer", "scratch")
SHORT = {
    method.name: method(steps=60)
    for method in (Replay, WeightAveraging, Joint, SelfTraining, TransductiveSelfTraining, StackedEnsemble)
}
SEASON_STANDARDISED = ("all-sources", "logit-adjusted", "ensemble-zero-shot", *SHORT)


def ask(study, methods=OF_THE_STUDY, designs=("radius",), radii=(30,), **changes):
    """Plans for 2021, with methods of few gradient steps; ``changes`` are those of a `GridRequest`."""
    request = GridRequest("2021", study.departure, radii, designs, methods, "cnn1d", SMALL, repeats=2)
    plans = planning.grid(study, dataclasses.replace(request, **changes))
    return [dataclasses.replace(plan, method=SHORT.get(plan.method.name, plan.method)) for plan in plans]


def without_time(outcome):
    """An outcome without what differs from run to run."""
    return dataclasses.replace(outcome, seconds=0, versions={})


@dataclasses.dataclass(frozen=True)
class StopsAt:
    """Stops the training whose name holds these words; without words, a training without a name."""

    words: str
    training: str = "not begun"

    def for_training(self, training):
        return StopsAt(self.words, training)

    def epoch(self, epoch, epochs, loss):
        if self.words in self.training if self.words else not self.training:
            raise CancelledError("Stopped.")
