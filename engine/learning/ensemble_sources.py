"""What source seasons teach the ensemble: a network of composites, and the temperatures of its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from engine.learning.ensemble import stacking_weights, weighted_mean
from engine.learning.ensemble_members import KINDS, LEARNER, MOST_WHILE_STACKING, source_members
from engine.learning.features import PERIOD_DAYS, CompositeSeries
from engine.learning.metrics import macro_f1_of, parcel_probability
from engine.learning.protocols import FeatureSet, Learner
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples, joined, thinned
from engine.learning.setting import Setting
from engine.learning.source_data import SourceData
from engine.learning.training_data import SourceModel

# 2: trees by LightGBM, extremely randomised trees on halves of the pixels. 3: members weighted by held-out
# seasons, trees that rule no class out, and held-out ground.
REVISION = 3
EQUAL_WEIGHTS = (1 / len(KINDS),) * len(KINDS)

PARCELS_OF_A_SEASON = 100
CAUTION = 100.0  # parcels that equal weights are worth

Values = npt.NDArray[np.float32]
Floats = npt.NDArray[np.floating]
Codes = npt.NDArray[np.int64]


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
        seasons = []
        for season in held_out_seasons(data, samples, learner, setting, recipe):
            thin = thinned(season.held_out, MOST_WHILE_STACKING)
            source = SourceModel(season.model, season.training, prior_share=0.0)
            members = source_members(source, setting.seed, MOST_WHILE_STACKING)
            predicted = {kind: member.predict(thin.values) for kind, member in members.items()}
            seasons.append(HeldOut(season.label, thin, season.training.prior(), predicted))
        return fit_on_all(samples, learner, setting, recipe), {
            **chosen_on(seasons),
            "seasons": len(data.seasons_of(data.rows())),
            "shares": list(SHARES),
            "classes": data.classes,
        }


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What the members say of a held-out season.

    Parameters
    ----------
    label
        Of the season.
    samples
        Its pixels.
    prior
        Log shares of the classes where the members were trained, ``[class]``.
    unfavouring
        Probabilities of each kind of member that favours no class, ``[pixel, class]``.
    """

    label: str
    samples: Samples
    prior: npt.NDArray[np.float64]
    unfavouring: Mapping[str, Values]

    def members(self, share: float, temperatures: Mapping[str, float]) -> tuple[Values, ...]:
        """Probabilities of each member under a share of the prior, ``[pixel, class]``.

        Parameters
        ----------
        share
            Of the prior that a decision gets back.
        temperatures
            By kind.
        """
        return tuple(
            temperature_scaled(self.unfavouring[kind], share * self.prior, temperatures[kind])
            for kind in KINDS
        )

    def all_prior(self, kind: str) -> Values:
        """Probabilities of a member under all of the prior, before temperature scaling, ``[pixel, class]``.

        Parameters
        ----------
        kind
            One of `KINDS`.
        """
        return prior_shifted(self.unfavouring[kind], self.prior)

    def by_parcel(self, share: float, temperatures: Mapping[str, float]) -> tuple[Floats, Codes]:
        """The members' probabilities of each parcel, ``[member, parcel, class]``, and the parcels' classes.

        Parameters
        ----------
        share, temperatures
            As of `members`.
        """
        parcel, first, owner = np.unique(self.samples.parcel, return_index=True, return_inverse=True)
        of_members = self.members(share, temperatures)
        probability = np.stack([parcel_probability(member, owner, len(parcel)) for member in of_members])
        return probability, self.samples.crop[first]


def chosen_on(seasons: Sequence[HeldOut]) -> dict[str, Any]:
    """What held-out seasons choose: temperatures, the share of the prior, and the members' weights.

    Held-out ground of the only season is easier than another season, so no temperature falls below 1 then.

    Parameters
    ----------
    seasons
        At least one.
    """
    truth = joined([season.samples for season in seasons]).crop
    least = 1.0 if len(seasons) < 2 else 0.0
    temperatures = {
        kind: max(
            least, fit_temperature(np.concatenate([season.all_prior(kind) for season in seasons]), truth)
        )
        for kind in KINDS
    }
    by_share = [
        [
            _macro_f1(season, weighted_mean(season.members(share, temperatures), EQUAL_WEIGHTS))
            for share in SHARES
        ]
        for season in seasons
    ]
    share = best_share(np.array(by_share))
    weights = source_weights([season.by_parcel(share, temperatures) for season in seasons])
    calibrated = [weighted_mean(season.members(1.0, temperatures), weights) for season in seasons]
    return {
        "prior_share": share,
        "member_temperatures": temperatures,
        "member_weights": dict(zip(KINDS, weights, strict=True)),
        "temperature": temperatures[LEARNER],
        "ensemble_temperature": max(least, fit_temperature(np.concatenate(calibrated), truth)),
        "validation_macro_f1": dict(zip([season.label for season in seasons], by_share, strict=True)),
    }


def source_weights(seasons: Sequence[tuple[Floats, Codes]]) -> tuple[float, ...]:
    """Weights of the source members, that add up to 1: equal ones, moved by held-out seasons.

    Parcels of a season err together, so a season counts as `PARCELS_OF_A_SEASON` however many it has, and
    equal weights count as `CAUTION` parcels. A single season leaves them equal: held-out ground of the same
    season does not tell which member holds in another.

    Parameters
    ----------
    seasons
        Of each held-out season the members' probabilities, ``[member, parcel, class]``, and the classes of
        the parcels, ``[parcel]``.
    """
    if len(seasons) < 2:
        return EQUAL_WEIGHTS
    probability = np.concatenate([of_members for of_members, _ in seasons], axis=1)
    truth = np.concatenate([of_parcels for _, of_parcels in seasons])
    evidence = sum(min(len(of_parcels), PARCELS_OF_A_SEASON) for _, of_parcels in seasons)
    caution = CAUTION * len(truth) / evidence
    weights = stacking_weights(probability, truth, np.array(EQUAL_WEIGHTS), caution)
    return tuple(float(weight) for weight in weights)


def _macro_f1(season: HeldOut, probability: Values) -> float:
    return macro_f1_of(season.samples.crop, probability.argmax(axis=1), season.samples.classes)
