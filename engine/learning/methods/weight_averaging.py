"""Weight averaging: a model between the source model and the fine-tuned one (WiSE-FT)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.adaptation import adapted, for_measured_series, standardised_labelled
from engine.learning.methods.fine_tuned import FineTunedMethod
from engine.learning.protocols import Learner, Model
from engine.learning.setting import Setting
from engine.learning.training_data import TrainingData


@dataclass(frozen=True)
class WeightAveraging(FineTunedMethod):
    """Replay, and then weights on the line back to the source model (Wortsman et al. 2022, CVPR).

    Source seasons choose how far.

    Examples
    --------
    >>> WeightAveraging().label
    'Weight averaging'
    """

    name: ClassVar[str] = "weight-averaging"
    label: ClassVar[str] = "Weight averaging"
    description: ClassVar[str] = "averages the weights of the source model and of replay"

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The averaged model."""
        source, labelled = data.source_model, standardised_labelled(data)
        model = adapted(learner, source, labelled, setting, steps=self.steps, blend_ratio=source.blend_ratio)
        return for_measured_series(data, model)
