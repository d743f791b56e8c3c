"""Replay: fine-tuning that keeps seeing source samples (Rolnick et al. 2019, NeurIPS)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.adaptation import adapted, for_measured_series, standardised_labelled
from engine.learning.methods.fine_tuned import FineTunedMethod
from engine.learning.protocols import Learner, Model
from engine.learning.setting import Setting
from engine.learning.training_data import TrainingData


@dataclass(frozen=True)
class Replay(FineTunedMethod):
    """Fine-tuning on labelled target samples and as many source samples.

    Examples
    --------
    >>> Replay(steps=500).name
    'replay'
    """

    name: ClassVar[str] = "replay"
    label: ClassVar[str] = "Replay"
    description: ClassVar[str] = "fine-tunes on visited parcels and as many source samples"

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The fine-tuned model."""
        labelled = standardised_labelled(data)
        model = adapted(learner, data.source_model, labelled, setting, steps=self.steps)
        return for_measured_series(data, model)
