"""One model of all source seasons that favours no class, and how much of their class mix it gets back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.learning.adaptation import epochs_for, go_on, mixed_pool
from engine.learning.calibration import fit_temperature, prior_shifted
from engine.learning.features import RawSeries
from engine.learning.metrics import macro_f1_of
from engine.learning.protocols import FeatureSet, Learner, ModelStore
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples, joined, thinned
from engine.learning.setting import Setting
from engine.learning.source_data import SourceData, SourceKey, remembered
from engine.learning.streams import Stream, generator
from engine.learning.training_data import SourceModel

PIXELS = (
    10  # of a parcel, fewer than the study's: fields vary more than pixels, and augmentation adds variety
)
MOST_COMPOSITES = 12_000  # pixels that a network of composites learns from
RATE = 2e-3
TRIP_SHARE, TRIAL_STEPS = 0.2, 300  # parcels of a held-out season that a short trial trip visits, its steps
LEAST_BATCH, MOST_BATCH, STEPS_PER_EPOCH = 16, 128, 150  # small studies get small batches, so enough steps
LEAST_STEPS_PER_EPOCH = 50  # 300 parcels of one pixel would give twenty, and a network that has learnt little
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
DEFAULT_SHARE = 0.5  # unless source seasons clearly favour another
ONE_SIDED_95 = 0.95
REMEMBERED = 8

_models: dict[tuple[str, str], SourceModel] = {}


@dataclass(frozen=True, eq=False)
class HeldOutSeason:
    """A source season that validates: its label, what trains, what is held out, and the model trained."""

    label: str
    training: Samples
    held_out: Samples
    model: Any


class SeasonStandardised:
    """What source trainings share that standardise each season by its own pixels and train one model of all.

    The process remembers a few models, since many plans of a run share them.
    """

    name: ClassVar[str]

    @property
    def features(self) -> FeatureSet:
        """What the model sees of series."""
        return RawSeries()

    def fit_all(
        self, data: SourceData, samples: Samples, learner: Learner, setting: Setting, recipe: Recipe
    ) -> tuple[Any, dict[str, Any]]:
        """A model of all samples, and its card: what leaving one season out chose.

        Parameters
        ----------
        data
            The source seasons.
        samples
            Their pixels, each season standardised by its own.
        learner
            What is trained.
        setting
            Recipe, seed, device and observer.
        recipe
            Of the source model.
        """
        raise NotImplementedError

    def training_samples(self, parcels: Sequence[int], recipe: Recipe) -> int:
        """Each fold learns from all source seasons but one, and the model from all of them."""
        folds = max(len(parcels) - 1, 1)
        return (folds + 1) * sum(parcels) * recipe.pretrain.epochs * pixels_of(recipe)

    def train(
        self, key: SourceKey, data: SourceData, learner: Learner, setting: Setting, store: ModelStore
    ) -> SourceModel:
        """The model with its card: from the store, or trained now and kept."""

        def make() -> SourceModel:
            rng = generator(setting.seed, Stream.SOURCE_PIXELS)
            samples = data.standardised_samples(self.features, pixels_of(key.recipe), rng)
            if not learner.storable:
                return _with_card(*self.fit_all(data, samples, learner, setting, key.recipe), samples)
            with store.lock(key.name):
                stored = store.weights(key.name)
                if stored is None:
                    model, card = self.fit_all(data, samples, learner, setting, key.recipe)
                    store.keep_weights(key.name, model.tensors(), {"source": key.facts, **card})
                    stored = store.weights(key.name)
                    assert stored is not None
            return _with_card(learner.restore(stored[0], key.recipe), stored[1], samples)

        return remembered(_models, (store.identity, key.name), make, REMEMBERED)


@dataclass(frozen=True)
class AllSeasons(SeasonStandardised):
    """One logit-adjusted model of all source seasons (Menon et al. 2021, ICLR).

    Leaving one season out chooses the share of the prior that a decision gets back, the temperature, and
    how far weight averaging goes.
    """

    name: ClassVar[str] = "all-seasons"

    def fit_all(
        self, data: SourceData, samples: Samples, learner: Learner, setting: Setting, recipe: Recipe
    ) -> tuple[Any, dict[str, Any]]:
        """A model of all samples, and what leaving one season out says of its share and temperature, and of
        how far to go on from it.
        """
        by_share: dict[str, list[float]] = {}
        by_ratio: list[list[float]] = []
        held_out, calibrated = [], []
        for season in held_out_seasons(data, samples, learner, setting, recipe):
            predicted, prior = season.model.predict(season.held_out.values), season.training.prior()
            truth, classes = season.held_out.crop, season.held_out.classes
            by_share[season.label] = [
                macro_f1_of(truth, prior_shifted(predicted, share * prior).argmax(axis=1), classes)
                for share in SHARES
            ]
            by_ratio += _trial_trip(season, data.place_km, learner, setting)
            held_out.append(season.held_out)
            calibrated.append(prior_shifted(predicted, prior))
        return fit_on_all(samples, learner, setting, recipe), {
            "prior_share": best_share(np.array(list(by_share.values()))),
            "blend_ratio": best_share(np.array(by_ratio).reshape(-1, len(SHARES))),
            "temperature": fit_temperature(np.concatenate(calibrated), joined(held_out).crop),
            "validation_macro_f1": by_share,
            "trial_macro_f1": by_ratio,
            "shares": list(SHARES),
            "classes": data.classes,
        }


def held_out_seasons(
    data: SourceData, samples: Samples, learner: Learner, setting: Setting, recipe: Recipe
) -> Iterator[HeldOutSeason]:
    """Leave one season out, season after season.

    Parameters
    ----------
    data
        The source seasons.
    samples
        Their pixels, each season standardised by its own.
    learner
        What is trained.
    setting
        Recipe, seed, device and observer.
    recipe
        Of the source model.

    Yields
    ------
    Each season that can be held out, with the model that the others teach.
    """
    for fold in data.season_folds():
        training = samples.chosen(np.isin(samples.parcel, fold.train))
        held_out = samples.chosen(np.isin(samples.parcel, fold.validation))
        observer = setting.observer.for_training(
            f"adjusted source model {setting.seed}, {fold.held_out} held out"
        )
        model = fit_balanced(training, learner, replace(setting, observer=observer), recipe)
        yield HeldOutSeason(str(data.season[fold.validation[0]]), training, held_out, model)


def fit_on_all(samples: Samples, learner: Learner, setting: Setting, recipe: Recipe) -> Any:
    """The model of all source seasons.

    Parameters
    ----------
    samples
        Pixels of all source seasons, each season standardised by its own.
    learner
        What is trained.
    setting
        Recipe, seed, device and observer.
    recipe
        Of the source model.
    """
    observer = setting.observer.for_training(f"adjusted source model {setting.seed}, all source seasons")
    return fit_balanced(samples, learner, replace(setting, observer=observer), recipe)


def fit_balanced(samples: Samples, learner: Learner, setting: Setting, recipe: Recipe) -> Any:
    """A logit-adjusted model; of composites, whose speckle is averaged, on fewer pixels.

    Parameters
    ----------
    samples
        Standardised pixels.
    learner
        What is trained.
    setting
        Recipe, seed, device and observer.
    recipe
        Its pre-training sets the number of epochs. Composites so few that an epoch has fewer steps than
        `LEAST_STEPS_PER_EPOCH` are seen in more epochs.
    """
    steps, most, epochs = STEPS_PER_EPOCH, MOST_BATCH, recipe.pretrain.epochs
    composites = bool(samples.static)
    if composites:
        samples = thinned(samples, MOST_COMPOSITES).dynamic()
        steps, most = steps // 2, 2 * most
    batch = min(max(len(samples) // steps, LEAST_BATCH), most)
    least = epochs_for(samples, LEAST_STEPS_PER_EPOCH * epochs, batch) if composites else epochs
    schedule = Schedule(max(epochs, least), batch, RATE)
    return learner.fit_adjusted(samples, samples.prior(), schedule, setting)


def best_share(macro_f1: npt.NDArray[np.float64]) -> float:
    """How much of the log prior a balanced model gets back, or how far weight averaging goes.

    The share with the best mean over seasons, if its lead over `DEFAULT_SHARE` is beyond chance (one-sided
    t-test, 5 %); a few seasons say little.

    Parameters
    ----------
    macro_f1
        Of each held-out season at each of `SHARES`, ``[season, share]``.
    """
    from scipy.stats import t

    if len(macro_f1) < 2:
        return DEFAULT_SHARE
    default, best = SHARES.index(DEFAULT_SHARE), int(macro_f1.mean(axis=0).argmax())
    lead = macro_f1[:, best] - macro_f1[:, default]  # [season]
    chance = t.ppf(ONE_SIDED_95, len(lead) - 1) * lead.std(ddof=1) / np.sqrt(len(lead))
    return SHARES[best] if lead.mean() > chance else DEFAULT_SHARE


def pixels_of(recipe: Recipe) -> int:
    """Pixels of a parcel that season-standardised methods train on.

    Parameters
    ----------
    recipe
        Sets the upper limit.
    """
    return min(recipe.pixels, PIXELS)


def _trial_trip(
    season: HeldOutSeason, place_km: npt.NDArray[np.float64], learner: Learner, setting: Setting
) -> list[list[float]]:
    """A trip to neighbours in a season that the model has not seen: macro F1 over its other parcels at each
    of `SHARES` of the way to the fine-tuned model; nothing where the season has no other parcel.
    """
    held_out = season.held_out
    parcels = np.unique(held_out.parcel)
    rng = generator(setting.seed, Stream.TRIAL_TRIP)
    distance = np.linalg.norm(place_km[parcels] - place_km[rng.choice(parcels)], axis=1)  # [parcel] km
    near = parcels[np.argsort(distance, kind="stable")[: max(1, round(TRIP_SHARE * len(parcels)))]]
    visited = np.isin(held_out.parcel, near)
    if visited.all():
        return []
    source = SourceModel(season.model, season.training)
    pool = mixed_pool(source, held_out.chosen(visited), setting)
    silent = replace(setting, observer=setting.observer.for_training(""))
    fine_tuned = go_on(learner, source, pool, silent, TRIAL_STEPS)
    rest, scores = held_out.chosen(~visited), []
    for ratio in SHARES:
        predicted = learner.blend(season.model, fine_tuned, ratio).predict(rest.values)
        decided = prior_shifted(predicted, DEFAULT_SHARE * pool.prior()).argmax(axis=1)
        scores.append(macro_f1_of(rest.crop, decided, rest.classes))
    return [scores]


def _with_card(model: Any, card: dict[str, Any], samples: Samples) -> SourceModel:
    chosen = (
        "prior_share", "temperature", "blend_ratio", "ensemble_temperature", "member_temperatures",
        "member_weights", "seasons",
    )  # fmt: skip
    return SourceModel(model, samples, **{name: card[name] for name in chosen if name in card})
