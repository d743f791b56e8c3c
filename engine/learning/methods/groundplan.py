"""The default: a vote of models that moved away from the past by steps of different length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from engine.learning.folds import matched_folds
from engine.learning.learners import Learner, Model
from engine.learning.methods.knowledge import BALANCED, Knowledge, Past, Start
from engine.learning.methods.steps import BATCH, FORGETTING, STEPS, epochs, named, shown, stay, step
from engine.learning.methods.wood import MOST, TREES, grown
from engine.learning.models import Adjusted, Mixture, Tempered
from engine.learning.recipes import Schedule
from engine.learning.samples import Samples
from engine.learning.scores import parcel_probability
from engine.learning.setting import Setting
from engine.learning.stacking import stacked

FRESH_BATCH, FRESH_RATE, FRESH_LONGER = 32, 3e-3, 1.5  # a fresh network needs more steps
FOLDS = 4
NETWORK = "network"
VOICE = 1 / 3  # network, forest and boosted trees count alike before anybody went
# Its four steps share the network's voice; trees of the present alone have a small part of the trees'.
STEPS_BEFORE: Mapping[str, float] = {"stay": 0.3, "averaged": 0.5, "joint": 0.15, "forget": 0.05}
WOOD_BEFORE: Mapping[str, float] = {"": 0.93, " alone": 0.07}
BEFORE: Mapping[str, float] = {
    **{name: share * VOICE for name, share in STEPS_BEFORE.items()},
    **{f"{kind}{how}": share * VOICE for how, share in WOOD_BEFORE.items() for kind in TREES},
}


@dataclass(frozen=True)
class GroundplanHome:
    """`Groundplan` for who stays at home: network, forest and boosted trees of all past seasons vote, each
    counting as much as the others.
    """

    name: ClassVar[str] = "groundplan-home"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = False
    transductive: ClassVar[bool] = False

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The vote."""
        assert known.past is not None
        past = known.past
        models = (Tempered(stay(past), past.temperature), *_wood(past, None, setting).values())
        return shown(known, Mixture(models, (VOICE,) * len(models), past.vote_temperature))


@dataclass(frozen=True)
class Groundplan:
    """Vote of eight models. Four are networks that moved away from the past by steps of different length:
    none (`LogitAdjusted`), `Averaged`, `Joint`, and a fresh one that forgot the past. Four are trees, a
    forest and boosted ones, of past and present and of the present alone.

    How much each counts is decided by cross-validation among the visited parcels, whose folds lie as far
    apart as the area lies from the trip (Linnenbrink et al. 2024), by mixture weights of largest likelihood
    (stacking) that begin at `BEFORE`. For classes that the trip lacks, pixels of past seasons speak instead,
    as many as those classes' share, together at most as many as the trip has parcels: else a trip that saw
    only wheat would teach to forget the rest. Trees do without them while they are asked; the network of the
    past has seen them, which speaks for it there.

    Parameters
    ----------
    steps
        Gradient steps of a moved network.
    caution
        Visited parcels that the weights before are worth.
    """

    steps: int = STEPS
    caution: float = 20.0

    @property
    def series(self) -> int:
        """Series that training looks at, in all folds and at the end; a pixel in trees counts as five."""
        networks = self.steps * (2 * BATCH + FRESH_LONGER * FRESH_BATCH)
        return round((1 + FOLDS) * (networks + 5 * MOST))

    name: ClassVar[str] = "groundplan"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The vote, which tells ``weights``: what each of the eight counts."""
        assert known.past is not None
        past, own = known.past, named(known)
        missing = _missing(past, own)
        silent = replace(setting, watch=setting.watch.of(""))
        fold = matched_folds(known.place, known.area, FOLDS, np.random.default_rng([setting.seed, 8]))
        parcel, owner = np.unique(own.parcel, return_inverse=True)  # [parcel], [pixel]
        spared = np.unique(missing.parcel, return_inverse=True)[1] % len(np.unique(fold))  # [missing pixel]
        of_own = np.zeros((len(BEFORE), len(own), own.classes), dtype=np.float32)
        of_missing = np.zeros((len(BEFORE), len(missing), own.classes), dtype=np.float32)
        for number, one in enumerate(np.unique(fold)):
            held, aside = fold[owner] == one, spared == number  # [pixel], [missing pixel]
            models = self._moved(learner, _without(past, missing.parcel[aside]), own.chosen(~held), silent)
            for place, name in enumerate(BEFORE):
                of_own[place, held] = models[name].predict(own.values[held])
                if aside.any():
                    of_missing[place, aside] = models[name].predict(missing.values[aside])
        by_parcel = np.stack([parcel_probability(one, owner, len(parcel)) for one in of_own])
        said = np.concatenate([by_parcel, of_missing], axis=1)  # [model, parcel and missing pixel, class]
        truth = np.concatenate([own.crop[np.unique(owner, return_index=True)[1]], missing.crop])
        weights = stacked(said, truth, np.array(list(BEFORE.values())), self.caution)
        final = self._moved(learner, past, own, setting)
        voters = tuple(final[name] for name in BEFORE)
        vote = Mixture(voters, tuple(float(one) for one in weights), past.vote_temperature)
        return shown(known, vote, dict(zip(BEFORE, vote.weights, strict=True)))

    def _moved(self, learner: Learner, past: Past, own: Samples, setting: Setting) -> dict[str, Model]:
        if not len(own):
            wood = _wood(past, None, setting)
            alone = {f"{kind} alone": model for kind, model in wood.items()}
            return {**dict.fromkeys(STEPS_BEFORE, stay(past)), **wood, **alone}
        longer = round(FRESH_LONGER * self.steps)
        fresh = Schedule(epochs(own, longer, FRESH_BATCH), FRESH_BATCH, FRESH_RATE)
        half = own.prior() / 2
        networks = {
            "stay": stay(past),
            "averaged": step(learner, past, own, setting, steps=self.steps, ratio=past.ratio),
            "joint": step(learner, past, own, setting, steps=self.steps, visited=FORGETTING),
            "forget": Adjusted(learner.balanced(own, half, fresh, setting), half, 0.0, past.temperature),
        }
        return {
            **{name: Tempered(one, past.temperature) for name, one in networks.items()},
            **_wood(past, own, setting),
            **{f"{kind} alone": grown(kind, None, own, past.share, setting.seed) for kind in TREES},
        }


def _wood(past: Past, own: Samples | None, setting: Setting) -> dict[str, Model]:
    assert past.samples is not None
    return {kind: grown(kind, past.samples, own, past.share, setting.seed) for kind in TREES}


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
