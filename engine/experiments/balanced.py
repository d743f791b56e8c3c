"""One model of all past seasons that favours no class, and how much of their class mix it gets back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import t

from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.plan import Plan
from engine.experiments.source import REMEMBERED, Source, past_folds, past_rows, source_of
from engine.experiments.territory import Territory, projected_km
from engine.learning import scores
from engine.learning.learners import Model, learner_by_name
from engine.learning.methods import Past
from engine.learning.methods.groundplan import NETWORK, VOICE
from engine.learning.methods.steps import EVEN, moved_on, pooled
from engine.learning.methods.wood import TREES, grown
from engine.learning.models import Adjusted, best_temperature, judged, mixed, reweighed, tempered
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples, draw_samples, joined
from engine.learning.setting import Setting
from engine.learning.splits import Rows

PIXELS = 10  # of a parcel, fewer than the study's: what varies is the field, and augmentation does the rest
RATE = 2e-3
TRIP_SHARE, TRIAL_STEPS = 0.2, 300  # parcels of a held-out season that a short trial trip visits, its steps
BATCH_LEAST, BATCH_MOST, STEPS_AN_EPOCH = 16, 128, 150  # small studies get small batches, and so enough steps
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
RATIOS = SHARES
USUAL = 0.5  # what is taken of both unless past seasons speak clearly for another

_remembered: dict[BalancedSource, tuple[Model, dict[str, Any]]] = {}


@dataclass(frozen=True)
class BalancedSource(Source):
    """What identifies a balanced model."""


def balanced_of(plan: Plan, repeat: int) -> BalancedSource:
    """The balanced model that a repeat of a plan starts from."""
    one = source_of(plan, repeat)
    return BalancedSource(one.study, one.target, one.sources, one.learner, one.recipe, one.test, one.seed)


def balanced_past(
    study: Study, plan: Plan, repeat: int, territory: Territory, archive: Archive, setting: Setting
) -> Past:
    """What all past seasons teach: model and card from the archive, or learnt now and kept."""
    source = balanced_of(plan, repeat)
    learner = learner_by_name(plan.learner)
    samples = _drawn(study, plan, past_rows(study, plan, territory), setting)
    if not learner.storable:
        if source not in _remembered:
            while len(_remembered) >= REMEMBERED:
                _remembered.pop(next(iter(_remembered)))
            _remembered[source] = _taught(study, plan, territory, samples, setting)
        model, card = _remembered[source]
        return _past(model, samples, card)
    with archive.lock(source.name):
        kept = archive.weights(source.name)
        if kept is None:
            fresh, card = _taught(study, plan, territory, samples, setting)
            archive.keep_weights(source.name, fresh.tensors(), {"source": repr(source), **card})
            kept = archive.weights(source.name)
            assert kept is not None
    return _past(learner.restored(kept[0], plan.recipe), samples, kept[1])


def _past(model: Model, samples: Samples, card: dict[str, Any]) -> Past:
    numbers = {name: float(card[name]) for name in ("share", "temperature", "ratio", "vote_temperature")}
    return Past(model, samples, **numbers)


def best_share(macro_f1: npt.NDArray[np.float64]) -> float:
    """How much of the log prior a balanced model gets back, or how much of a step away from it is kept.

    The share with the best mean over seasons, if its lead over `USUAL` is beyond chance (one-sided t-test,
    5 %); a few seasons say little.

    Parameters
    ----------
    macro_f1
        Of each held-out season at each of `SHARES`, ``[season, share]``.
    """
    if len(macro_f1) < 2:
        return USUAL
    usual, best = SHARES.index(USUAL), int(macro_f1.mean(axis=0).argmax())
    lead = macro_f1[:, best] - macro_f1[:, usual]  # [season]
    chance = t.ppf(0.95, len(lead) - 1) * lead.std(ddof=1) / np.sqrt(len(lead))
    return SHARES[best] if lead.mean() > chance else USUAL


def _taught(
    study: Study, plan: Plan, territory: Territory, samples: Samples, setting: Setting
) -> tuple[Any, dict[str, Any]]:
    """A model of all samples, and what leaving one season out says of its share, its temperature, and of how
    far to go on from it.
    """
    seasons = study.parcels["season"].to_numpy(dtype=object)
    reached, gone, labels = [], [], []
    place = np.column_stack(projected_km(study))  # [parcel, xy]
    told: list[Samples] = []  # held-out pixels
    believed: dict[str, list[npt.NDArray[np.float32]]] = {name: [] for name in (NETWORK, *TREES)}
    for fold in past_folds(study, plan, territory):
        taught = samples.chosen(np.isin(samples.parcel, fold.train))
        held = samples.chosen(np.isin(samples.parcel, fold.validation))
        watch = setting.watch.of(f"balanced model {setting.seed}, {fold.held_out} held out")
        model = _fit(plan, taught, replace(setting, watch=watch))
        probability = model.predict(held.values)
        reached.append([_macro_f1(held, probability, share * taught.prior()) for share in SHARES])
        gone += _trial(plan, Past(model, taught), held, place, setting)
        labels.append(str(seasons[fold.validation[0]]))
        told.append(held)
        voters = {NETWORK: Adjusted(model, taught.prior(), USUAL)}
        voters |= {kind: grown(kind, taught, None, USUAL, setting.seed) for kind in TREES}
        for name, voter in voters.items():
            believed[name].append(judged(voter, held.values)[1])
    watch = setting.watch.of(f"balanced model {setting.seed} of all past seasons")
    model = _fit(plan, samples, replace(setting, watch=watch))
    held = joined(told)
    temperature = best_temperature(np.concatenate(believed[NETWORK]), held.crop)
    believed[NETWORK] = [tempered(one, np.zeros(held.classes), temperature) for one in believed[NETWORK]]
    vote = mixed([np.concatenate(one) for one in believed.values()], [VOICE] * len(believed))
    return model, {
        "share": best_share(np.array(reached)),
        "ratio": best_share(np.array(gone).reshape(-1, len(RATIOS))),
        "temperature": temperature,
        "vote_temperature": best_temperature(vote, held.crop),
        "validation_macro_f1": dict(zip(labels, reached, strict=True)),
        "trial_macro_f1": gone,
        "shares": list(SHARES),
        "classes": study.legend.names,
    }


def _trial(
    plan: Plan, past: Past, held: Samples, place: npt.NDArray[np.float64], setting: Setting
) -> list[list[float]]:
    """A trip to neighbours in a season that the model has not seen: macro F1 over its other parcels at each
    of `RATIOS`; nothing where the season has no other.
    """
    parcels = np.unique(held.parcel)
    rng = np.random.default_rng([setting.seed, 11])
    away = np.linalg.norm(place[parcels] - place[rng.choice(parcels)], axis=1)  # [parcel] km
    near = parcels[np.argsort(away, kind="stable")[: max(1, round(TRIP_SHARE * len(parcels)))]]
    visited = np.isin(held.parcel, near)
    if visited.all():
        return []
    learner = learner_by_name(plan.learner)
    pool = pooled(past, held.chosen(visited), setting, EVEN)
    moved = moved_on(learner, past, pool, replace(setting, watch=setting.watch.of("")), TRIAL_STEPS)
    rest, scored = held.chosen(~visited), []
    for ratio in RATIOS:
        said = learner.blend(past.model, moved, ratio).predict(rest.values)
        scored.append(_macro_f1(rest, said, USUAL * pool.prior()))
    return [scored]


def _fit(plan: Plan, samples: Samples, setting: Setting) -> Any:
    batch = min(max(len(samples) // STEPS_AN_EPOCH, BATCH_LEAST), BATCH_MOST)
    schedule = Schedule(plan.recipe.pretrain.epochs, batch, RATE)
    return learner_by_name(plan.learner).balanced(samples, samples.prior(), schedule, setting)


def _macro_f1(held: Samples, probability: npt.NDArray[np.float32], shift: npt.NDArray[np.float64]) -> float:
    predicted = reweighed(probability, shift).argmax(axis=1)
    block = np.zeros(len(held), dtype=np.int64)
    confusion = scores.confusion_by_block(held.crop, predicted, block, held.classes, 1)
    return float(scores.macro_f1(confusion[0]))


def pixels_of(recipe: Recipe) -> int:
    """Pixels of a parcel that the balanced methods learn from."""
    return min(recipe.pixels, PIXELS)


def _drawn(study: Study, plan: Plan, rows: Rows, setting: Setting) -> Samples:
    """Pixels of past seasons, each season standardised by its own."""
    season = study.parcels["season"].to_numpy(dtype=object)
    crop = study.legend.codes(study.parcels["crop"].to_numpy(dtype=object))
    rng = np.random.default_rng([setting.seed, 6])
    parts = []
    for label in sorted(set(season[rows])):
        mine = rows[season[rows] == label]
        part = draw_samples(
            study.cubes[label], crop, len(study.legend), mine, pixels_of(plan.recipe), rng, fill=True
        )
        parts.append(part.scaled(*part.scale()))
    return joined(parts)
