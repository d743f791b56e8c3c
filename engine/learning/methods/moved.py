"""From what all past seasons teach towards what a trip finds, by steps of different length.

All of them learn from balanced samples of a season-aware standardisation: every season, past or present,
is standardised by its own pixels, so that a new calibration or a wetter year moves nothing; logits are
adjusted for the class mix while training (Menon et al. 2021, ICLR) and get a share of it back after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.learning.folds import matched_folds
from engine.learning.learners import Learner, Model
from engine.learning.methods.knowledge import BALANCED, Knowledge, Past, Start
from engine.learning.models import Adjusted, Mixture, Scaled
from engine.learning.recipes import Schedule
from engine.learning.samples import Samples, joined
from engine.learning.scores import parcel_probability
from engine.learning.setting import Setting
from engine.learning.stacking import stacked

BATCH, RATE = 64, 2e-3
FRESH_BATCH, FRESH_RATE, FRESH_LONGER = 32, 3e-3, 1.5  # a fresh network needs more steps
FORGETTING = 3  # visited pixels to one of the past, for the longest step that still remembers
FOLDS = 4


@dataclass(frozen=True)
class AllPast:
    """Stay at home with one model of all past seasons that favours no class."""

    name: ClassVar[str] = "all-past"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = False

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The model of all past seasons, under the standardisation of this one."""
        assert known.past is not None
        return _shown(known, _stay(known.past))


@dataclass(frozen=True)
class Replay:
    """Go on with visited parcels and as many pixels of past seasons (experience replay, Rolnick et al.
    2019, NeurIPS), then go back half the way (weight averaging, Wortsman et al. 2022, CVPR).

    Parameters
    ----------
    steps
        Gradient steps.
    ratio
        How much of the way is kept: 0 stays with the past, 1 does not average.
    """

    steps: int = 1000
    ratio: float = 0.5

    @property
    def series(self) -> int:
        """Series that training looks at."""
        return self.steps * BATCH

    name: ClassVar[str] = "replay"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = True

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The averaged model."""
        assert known.past is not None
        return _shown(known, _step(learner, known.past, _own(known), setting, self.steps, 1, self.ratio))


@dataclass(frozen=True)
class Joint:
    """Learn from past and present together, three visited pixels to one of the past."""

    steps: int = 1000

    @property
    def series(self) -> int:
        """Series that training looks at."""
        return self.steps * BATCH

    name: ClassVar[str] = "joint"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = True

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The model that both taught."""
        assert known.past is not None
        return _shown(known, _step(learner, known.past, _own(known), setting, self.steps, FORGETTING, 1.0))


@dataclass(frozen=True)
class Groundplan:
    """Vote of four models that moved away from the past by steps of different length: none, half of
    `Replay`, `Joint`, and a fresh one that forgot the past. How much each counts is decided by
    cross-validation among the visited parcels, whose folds lie as far apart as the area lies from the trip
    (Linnenbrink et al. 2024), by mixture weights of largest likelihood (stacking) that begin at `BEFORE`.
    For classes that the trip lacks, pixels of past seasons speak instead, as many as those classes' share:
    else a trip that saw only wheat would teach to forget the rest.

    Parameters
    ----------
    steps
        Gradient steps of a moved model.
    caution
        Visited parcels that the weights of `BEFORE` are worth.
    """

    steps: int = 1000
    caution: float = 5.0

    @property
    def series(self) -> int:
        """Series that training looks at, in all folds and at the end."""
        return round((1 + FOLDS) * self.steps * (2 * BATCH + FRESH_LONGER * FRESH_BATCH))

    name: ClassVar[str] = "groundplan"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = True

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The vote, which tells ``weights``: what each of the four counts."""
        assert known.past is not None
        own = _own(known)
        silent = Setting(setting.recipe, setting.seed, setting.device, bfloat16=setting.bfloat16)
        fold = matched_folds(known.place, known.area, FOLDS, np.random.default_rng([setting.seed, 8]))
        parcel, owner = np.unique(own.parcel, return_inverse=True)  # [parcel], [pixel]
        probability = {name: np.zeros((len(own), own.classes), dtype=np.float32) for name in BEFORE}
        for one in np.unique(fold):
            held = fold[owner] == one  # [pixel]
            models = self._moved(learner, known.past, own.chosen(~held), silent)
            for name, model in models.items():
                probability[name][held] = model.predict(own.values[held])
        final = self._moved(learner, known.past, own, setting)
        missing = _missing(known.past, own)
        by_parcel = np.stack(
            [
                np.concatenate(
                    [
                        parcel_probability(probability[name], owner, len(parcel)),
                        final[name].predict(missing.values) if len(missing) else probability[name][:0],
                    ]
                )
                for name in BEFORE
            ]
        )  # [model, parcel, class]
        truth = np.concatenate([own.crop[np.unique(owner, return_index=True)[1]], missing.crop])
        weights = stacked(by_parcel, truth, np.array(list(BEFORE.values())), self.caution)
        vote = Mixture(tuple(final.values()), tuple(float(one) for one in weights))
        return _shown(known, vote, dict(zip(BEFORE, vote.weights, strict=True)))

    def _moved(self, learner: Learner, past: Past, own: Samples, setting: Setting) -> dict[str, Model]:
        if not len(own):
            return dict.fromkeys(BEFORE, _stay(past))
        longer = round(FRESH_LONGER * self.steps)
        fresh = Schedule(_epochs(own, longer, FRESH_BATCH), FRESH_BATCH, FRESH_RATE)
        half = own.prior() / 2
        return {
            "stay": _stay(past),
            "replay": _step(learner, past, own, setting, self.steps, 1, 0.5),
            "joint": _step(learner, past, own, setting, self.steps, FORGETTING, 1.0),
            "forget": Adjusted(learner.balanced(own, half, fresh, setting), half, 0.0, past.temperature),
        }


# What the four count before anybody went, from past seasons of the landscape and parcels of Fergana that
# never test (docs/methods.md).
BEFORE: Mapping[str, float] = {"stay": 0.3, "replay": 0.5, "joint": 0.15, "forget": 0.05}


def _missing(past: Past, own: Samples) -> Samples:
    """Pixels of past seasons, of classes that no visited parcel has, each class by its past share."""
    assert past.samples is not None
    known = past.samples
    share = np.bincount(known.crop, minlength=known.classes) / len(known)  # [class]
    absent = np.setdiff1d(np.flatnonzero(share), own.crop)
    rest = max(1 - share[absent].sum(), 1 / len(known))
    parcels = len(np.unique(own.parcel))
    rows = []
    for code in absent:
        mine = np.flatnonzero(known.crop == code)
        wanted = min(len(mine), max(1, round(parcels * share[code] / rest)))
        rows.append(mine[np.linspace(0, len(mine) - 1, wanted).astype(np.int64)])
    return known.chosen(np.concatenate(rows) if rows else np.empty(0, dtype=np.int64))


def _own(known: Knowledge) -> Samples:
    """The visited pixels under the standardisation of their season."""
    assert known.visited is not None
    return known.visited.scaled(*known.seen.scale())


def _shown(known: Knowledge, model: Model, weights: Mapping[str, float] | None = None) -> Scaled:
    return Scaled(model, *known.seen.scale(), dict(weights or {}))


def _stay(past: Past) -> Model:
    assert past.samples is not None
    return Adjusted(past.model, past.samples.prior(), past.share, past.temperature)


def _step(
    learner: Learner, past: Past, own: Samples, setting: Setting, steps: int, visited: int, ratio: float
) -> Model:
    """Go on with ``visited`` pixels of the trip to one of the past, and keep ``ratio`` of the way."""
    assert past.samples is not None
    rng = np.random.default_rng([setting.seed, 7])
    count = max(1, len(own) // visited)
    old = past.samples.chosen(rng.choice(len(past.samples), count, replace=count > len(past.samples)))
    pool = joined([own, old])
    schedule = Schedule(_epochs(pool, steps, BATCH), BATCH, RATE)
    moved = learner.balanced(pool, pool.prior(), schedule, setting, start=past.model)
    model = learner.blend(past.model, moved, ratio) if ratio < 1 else moved
    return Adjusted(model, pool.prior(), past.share, past.temperature)


def _epochs(samples: Samples, steps: int, batch: int) -> int:
    return max(1, round(steps / -(-len(samples) // batch)))
