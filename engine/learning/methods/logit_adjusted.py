"""Logit adjustment: the model of all source seasons decides in favour of rare classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.adaptation import for_measured_series, unchanged
from engine.learning.methods.base import SeasonStandardisedMethod
from engine.learning.protocols import Learner, Model
from engine.learning.setting import Setting
from engine.learning.training_data import TrainingData


@dataclass(frozen=True)
class LogitAdjustedSources(SeasonStandardisedMethod):
    """The model of all source seasons gets back only a share of the log prior, which leaving one source
    season out has chosen (Menon et al. 2021, ICLR).

    Examples
    --------
    >>> LogitAdjustedSources().standardises_by_season
    True
    """

    name: ClassVar[str] = "logit-adjusted"
    label: ClassVar[str] = "Logit-adjusted (no field trip)"
    description: ClassVar[str] = "uses one network of all source seasons, adjusted in favour of rare classes"
    visits: ClassVar[bool] = False

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The adjusted model, under the standardisation of the target season."""
        return for_measured_series(data, unchanged(data.source_model))
