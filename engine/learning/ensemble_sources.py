"""What source seasons teach the ensemble: a network of composites, and the temperatures of its members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.learning.all_seasons import (
    SHARES,
    SeasonStandardised,
    best_share,
    fit_on_all,
    held_out_seasons,
)
from engine.learning.calibration import fit_temperature, prior_shifted, temperature_scaled
from engine.learning.ensemble import weighted_mean
from engine.learning.ensemble_members import KINDS, LEARNER, MOST_WHILE_STACKING, source_members
from engine.learning.features import PERIOD_DAYS, CompositeSeries
from engine.learning.metrics import macro_f1_of
from engine.learning.protocols import FeatureSet, Learner
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples, joined, thinned
from engine.learning.setting import Setting
from engine.learning.source_data import SourceData
from engine.learning.training_data import SourceModel

REVISION = 2  # 2: trees by LightGBM, extremely randomised trees on halves of the pixels
EQUAL_WEIGHTS = (1 / len(KINDS),) * len(KINDS)

Values = npt.NDArray[np.float32]


@dataclass(frozen=True)
class EnsembleSources(SeasonStandardised):
    """A logit-adjusted network of composites of all source seasons.

    Leaving one season out chooses the share of the prior that a decision gets back, and the temperatures of
    the members and of the ensemble.

    Parameters
    ----------
    period_days
        Of a composite, at most.
    revision
        Of the members' trainings, counted on where their results change: part of a source model's key.
    """

    period_days: float = PERIOD_DAYS
    revision: int = REVISION

    name: ClassVar[str] = "ensemble"

    @property
    def features(self) -> FeatureSet:
        """Composites."""
        return CompositeSeries(self.period_days)

    def fit_all(
        self, data: SourceData, samples: Samples, learner: Learner, setting: Setting, recipe: Recipe
    ) -> tuple[Any, dict[str, Any]]:
        """A network of all samples, and what leaving one season out says of the ensemble."""
        labels, held_out, priors = [], [], []
        unfavouring: dict[str, list[Values]] = {kind: [] for kind in KINDS}  # [season] of each kind
        for season in held_out_seasons(data, samples, learner, setting, recipe):
            thin = thinned(season.held_out, MOST_WHILE_STACKING)
            source = SourceModel(season.model, season.training, prior_share=0.0)
            for kind, member in source_members(source, setting.seed, MOST_WHILE_STACKING).items():
                unfavouring[kind].append(member.predict(thin.values))
            labels.append(season.label)
            held_out.append(thin)
            priors.append(season.training.prior())
        truth = joined(held_out).crop
        temperatures = {
            kind: fit_temperature(
                np.concatenate([prior_shifted(p, prior) for p, prior in zip(parts, priors, strict=True)]),
                truth,
            )
            for kind, parts in unfavouring.items()
        }

        def ensemble_of(season: int, share: float) -> Values:
            """The members' mean in a held-out season under a share of the prior."""
            members = [
                temperature_scaled(unfavouring[kind][season], share * priors[season], temperatures[kind])
                for kind in KINDS
            ]
            return weighted_mean(members, EQUAL_WEIGHTS)

        by_share = [
            [
                macro_f1_of(thin.crop, ensemble_of(season, share).argmax(axis=1), thin.classes)
                for share in SHARES
            ]
            for season, thin in enumerate(held_out)
        ]
        calibrated = np.concatenate([ensemble_of(season, 1.0) for season in range(len(held_out))])
        return fit_on_all(samples, learner, setting, recipe), {
            "prior_share": best_share(np.array(by_share)),
            "member_temperatures": temperatures,
            "temperature": temperatures[LEARNER],
            "ensemble_temperature": fit_temperature(calibrated, truth),
            "validation_macro_f1": dict(zip(labels, by_share, strict=True)),
            "shares": list(SHARES),
            "classes": data.classes,
        }
