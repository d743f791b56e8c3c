"""One model of all source seasons, classes as frequent as they were there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.adaptation import for_measured_series, unchanged
from engine.learning.methods.base import SeasonStandardisedMethod
from engine.learning.protocols import Learner, Model
from engine.learning.setting import Setting
from engine.learning.training_data import TrainingData


@dataclass(frozen=True)
class AllSources(SeasonStandardisedMethod):
    """The model of all source seasons maps the target season, with the class mix of the source seasons.

    Examples
    --------
    >>> AllSources().visits, AllSources().source.name
    (False, 'all-seasons')
    """

    name: ClassVar[str] = "all-sources"
    label: ClassVar[str] = "All source seasons (no field trip)"
    description: ClassVar[str] = "uses one network of all source seasons as it is"
    visits: ClassVar[bool] = False

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The model of all source seasons, under the standardisation of the target season."""
        return for_measured_series(data, unchanged(data.source_model, prior_share=1.0))
