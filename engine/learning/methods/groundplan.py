"""The default: network and trees vote, each taught by the past, by past and present, and by the present."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from engine.learning.calibration import Adjusted, Mixture, Moving, Tempered
from engine.learning.features import PERIOD_DAYS
from engine.learning.folds import matched_folds
from engine.learning.learners import Learner, Model
from engine.learning.methods.steps import epochs, moved_on, named, shown
from engine.learning.methods.wood import MOST, TREES, TRIAL, grown, worth
from engine.learning.metrics import parcel_probability
from engine.learning.protocols import COMPOSITES, Knowledge, Past, Start
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples, every, joined
from engine.learning.setting import Setting
from engine.learning.stacking import stacked

STEPS, BATCH = 250, 128  # gradient steps of the network from past to present
FRESH_BATCH, FRESH_RATE, FRESH_LONGER = 64, 4e-3, 1.5  # a fresh network needs more of them
HALFWAY = 50.0  # visited parcels of a trip that is a quarter of what a network of both learns from
FOLDS = 4
REMEMBERED = 12  # voices of the past that a process keeps
NETWORK = "network"
VOICES = (NETWORK, *TREES)
PAST, BOTH, PRESENT = "past", "both", "present"
# Voices count alike before anybody went, and within each what past and present teach together counts most.
TAUGHT_BEFORE: Mapping[str, float] = {PAST: 0.25, BOTH: 0.7, PRESENT: 0.05}
BEFORE: Mapping[str, float] = {
    f"{voice}, {by}": share / len(VOICES) for by, share in TAUGHT_BEFORE.items() for voice in VOICES
}


@dataclass(frozen=True)
class GroundplanHome:
    """`Groundplan` for who stays at home: network, boosted trees and extremely randomised trees of all past
    seasons vote, each counting as much as the others. They see composites, and the trees the place.

    Parameters
    ----------
    period_days
        Of a composite, at most.
    """

    period_days: float = PERIOD_DAYS

    name: ClassVar[str] = "groundplan-home"
    starts_from: ClassVar[Start | None] = COMPOSITES
    visits: ClassVar[bool] = False
    transductive: ClassVar[bool] = False

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Nothing is trained beyond the source model."""
        return 0

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The vote."""
        assert known.past is not None
        past = known.past
        models = tuple(_of_past(past, setting.seed).values())
        return shown(known, Mixture(models, (1 / len(models),) * len(models), past.vote_temperature))


@dataclass(frozen=True)
class Groundplan:
    """Vote of nine models: three voices (a network, boosted trees, extremely randomised trees), each taught
    by past seasons, by past and present together, and by the present alone.

    How much each counts is decided by cross-validation among the visited parcels, whose folds lie as far
    apart as the area lies from the trip (Linnenbrink et al. 2024), by mixture weights of largest likelihood
    (stacking) that begin at `BEFORE`. For classes that the trip lacks, pixels of past seasons speak instead,
    as many as those classes' share, together at most as many as the trip has parcels: else a trip that saw
    only wheat would teach to forget the rest. Trees do without them while they are asked; the network of the
    past has seen them, which speaks for it there.

    Parameters
    ----------
    steps
        Gradient steps of the network on past and present.
    caution
        Visited parcels that the weights before are worth.
    period_days
        Of a composite, at most.
    """

    steps: int = STEPS
    caution: float = 10.0
    period_days: float = PERIOD_DAYS

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Of all folds and of the end, whatever the trip; a pixel in trees counts as two."""
        network = self.steps * (BATCH + FRESH_LONGER * FRESH_BATCH)
        return round((1 + FOLDS) * network + 2 * len(TREES) * (FOLDS * TRIAL + 2 * MOST))

    name: ClassVar[str] = "groundplan"
    starts_from: ClassVar[Start | None] = COMPOSITES
    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The vote, which tells ``weights``: what each of the nine counts."""
        assert known.past is not None
        past, own = known.past, named(known)
        missing = _missing(past, own)
        silent = replace(setting, watch=setting.watch.of(""))
        fold = matched_folds(known.place, known.area, FOLDS, np.random.default_rng([setting.seed, 8]))
        parcel, owner = np.unique(own.parcel, return_inverse=True)  # [parcel], [pixel]
        spared = np.unique(missing.parcel, return_inverse=True)[1] % len(np.unique(fold))  # [missing pixel]
        of_own = np.zeros((len(BEFORE), len(own), own.classes), dtype=np.float32)
        of_missing = np.zeros((len(BEFORE), len(missing), own.classes), dtype=np.float32)
        bare = _without(past, missing.parcel) if len(missing) else past
        stayed = _of_past(bare, setting.seed, TRIAL)
        for number, one in enumerate(np.unique(fold)):
            held, aside = fold[owner] == one, spared == number  # [pixel], [missing pixel]
            old = _without(past, missing.parcel[aside])
            models = stayed | self._moved(learner, old, own.chosen(~held), stayed, silent, TRIAL)
            for place, name in enumerate(BEFORE):
                of_own[place, held] = models[name].predict(own.values[held])
                if aside.any():
                    of_missing[place, aside] = models[name].predict(missing.values[aside])
        by_parcel = np.stack([parcel_probability(one, owner, len(parcel)) for one in of_own])
        said = np.concatenate([by_parcel, of_missing], axis=1)  # [model, parcel and missing pixel, class]
        truth = np.concatenate([own.crop[np.unique(owner, return_index=True)[1]], missing.crop])
        weights = stacked(said, truth, np.array(list(BEFORE.values())), self.caution)
        final = _of_past(past, setting.seed)
        final = final | self._moved(learner, past, own, final, setting)
        member_weights = tuple(final[name] for name in BEFORE)
        vote = Mixture(member_weights, tuple(float(one) for one in weights), past.vote_temperature)
        return shown(known, vote, dict(zip(BEFORE, vote.weights, strict=True)))

    def _moved(
        self,
        learner: Learner,
        past: Past,
        own: Samples,
        stayed: Mapping[str, Model],
        setting: Setting,
        most: int = MOST,
    ) -> dict[str, Model]:
        """What past and present, and the present alone, teach; of no parcel, what the past does."""
        if not len(own):
            return {
                f"{voice}, {by}": stayed[f"{voice}, {PAST}"] for voice in VOICES for by in (BOTH, PRESENT)
            }
        assert past.samples is not None
        bare = own.moving()
        pool = _both(past.samples, own, most, np.random.default_rng([setting.seed, 7])).moving()
        joint = Adjusted(moved_on(learner, past, pool, setting, self.steps, BATCH), pool.prior(), past.share)
        longer = round(FRESH_LONGER * self.steps)
        schedule = Schedule(epochs(bare, longer, FRESH_BATCH), FRESH_BATCH, FRESH_RATE)
        half = bare.prior() / 2
        fresh = Adjusted(learner.balanced(bare, half, schedule, setting), half, 2 * past.share - 1)
        models: dict[tuple[str, str], Model] = {
            (NETWORK, BOTH): Moving(joint, own.still),
            (NETWORK, PRESENT): Moving(fresh, own.still),
        }
        for kind in TREES:
            models[kind, BOTH] = grown(kind, past.samples, own, past.share, setting.seed, most)
            models[kind, PRESENT] = grown(kind, None, own, past.share, setting.seed)
        return {f"{voice}, {by}": _heard(past, voice, model) for (voice, by), model in models.items()}


def voices_of_past(past: Past, seed: int, most: int = MOST) -> dict[str, Model]:
    """What the past alone says by each voice."""
    assert past.samples is not None
    own = past.samples
    network = Adjusted(past.model, own.prior(), past.share)
    return {
        NETWORK: Moving(network, own.still),
        **{kind: grown(kind, own, None, past.share, seed, most) for kind in TREES},
    }


@lru_cache(maxsize=REMEMBERED)
def _of_past(past: Past, seed: int, most: int = MOST) -> dict[str, Model]:
    """The voices of the past, which many trips of a run share."""
    spoken = voices_of_past(past, seed, most)
    return {f"{voice}, {PAST}": _heard(past, voice, model) for voice, model in spoken.items()}


def _heard(past: Past, voice: str, model: Model) -> Tempered:
    return Tempered(model, past.heat.get(voice, 1.0))


def _both(old: Samples, own: Samples, most: int, rng: np.random.Generator) -> Samples:
    """Pixels of the past and of the trip; those of a large trip are half of it, of a small one less, or a
    network would learn its few parcels by heart.
    """
    parcels, some = len(np.unique(own.parcel)), every(old, most)
    part = 0.5 * parcels / (parcels + HALFWAY)
    chance = worth(own)
    drawn = rng.choice(len(own), max(1, round(len(some) * part / (1 - part))), p=chance / chance.sum())
    return joined([some, own.chosen(drawn)])


def _without(past: Past, parcels: npt.NDArray[np.int64]) -> Past:
    """The past without some of its parcels; its network has seen them all the same."""
    assert past.samples is not None
    return replace(past, samples=past.samples.chosen(~np.isin(past.samples.parcel, parcels)))


def _missing(past: Past, own: Samples) -> Samples:
    """Pixels of past seasons, of classes that no visited parcel has, each class by its past share; together
    about as many as visited parcels at most.
    """
    assert past.samples is not None
    known = past.samples
    share = np.bincount(known.crop, minlength=known.classes) / len(known)  # [class]
    absent = np.setdiff1d(np.flatnonzero(share), own.crop)
    parcels = len(np.unique(own.parcel))
    for_all = parcels / max(1 - share[absent].sum(), share[absent].sum(), 1 / len(known))
    rows = []
    for code in absent:
        mine = np.flatnonzero(known.crop == code)
        wanted = min(len(mine), max(1, round(for_all * share[code])))
        rows.append(mine[np.linspace(0, len(mine) - 1, wanted).astype(np.int64)])
    return known.chosen(np.concatenate(rows) if rows else np.empty(0, dtype=np.int64))
