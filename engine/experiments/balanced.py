"""One model of all past seasons that favours no class, and how much of their class mix it gets back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import t

from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.plan import Plan
from engine.experiments.source import REMEMBERED, Source, season_folds, source_of, source_rows
from engine.learning import metrics as scores
from engine.learning.calibration import best_temperature, mixed, reweighed, tempered
from engine.learning.features import Composites
from engine.learning.folds import Rows
from engine.learning.learners import Model, learner_by_name
from engine.learning.methods import Past
from engine.learning.methods.groundplan import NETWORK, VOICES, voices_of_past
from engine.learning.methods.steps import EVEN, moved_on, pooled
from engine.learning.methods.wood import TRIAL
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples, draw_samples, every, joined
from engine.learning.setting import Setting
from engine.sampling.split import SpatialSplit, utm_km

PIXELS = 10  # of a parcel, fewer than the study's: what varies is the field, and augmentation does the rest
COMPOSITES_MOST = 12_000  # pixels that a network of composites learns from
RATE = 2e-3
TRIP_SHARE, TRIAL_STEPS = 0.2, 300  # parcels of a held-out season that a short trial trip visits, its steps
BATCH_LEAST, BATCH_MOST, STEPS_AN_EPOCH = 16, 128, 150  # small studies get small batches, and so enough steps
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
RATIOS = SHARES
ALIKE = (1 / len(VOICES),) * len(VOICES)  # what the voices of the past count
USUAL = 0.5  # what is taken of both unless past seasons speak clearly for another

_pasts: dict[tuple[str, BalancedSource], Past] = {}


@dataclass(frozen=True)
class BalancedSource(Source):
    """What identifies a balanced model; the period of its composites is None for series as they are."""

    period_days: float | None = None


def balanced_of(plan: Plan, repeat: int) -> BalancedSource:
    """The balanced model that a repeat of a plan starts from."""
    one = source_of(plan, repeat)
    return BalancedSource(
        one.study, one.target, one.sources, one.learner, one.recipe, one.test, one.seed, _period_days(plan)
    )


def balanced_past(
    study: Study, plan: Plan, repeat: int, split: SpatialSplit, archive: Archive, setting: Setting
) -> Past:
    """What all past seasons teach: model and card from the archive, or learnt now and kept.

    A process remembers a few, since many trips of a run share them.
    """
    source = balanced_of(plan, repeat)
    where = (str(archive.folder), source)
    if where not in _pasts:
        while len(_pasts) >= REMEMBERED:
            _pasts.pop(next(iter(_pasts)))
        _pasts[where] = _past_of(source, study, plan, split, archive, setting)
    return _pasts[where]


def _past_of(
    source: BalancedSource, study: Study, plan: Plan, split: SpatialSplit, archive: Archive, setting: Setting
) -> Past:
    learner = learner_by_name(plan.learner)
    samples = _drawn(study, plan, source_rows(study, plan, split), setting)
    teach = _taught if source.period_days is None else _taught_to_vote
    if not learner.storable:
        return _past(*teach(study, plan, split, samples, setting), samples)
    with archive.lock(source.name):
        kept = archive.weights(source.name)
        if kept is None:
            fresh, card = teach(study, plan, split, samples, setting)
            archive.keep_weights(source.name, fresh.tensors(), {"source": repr(source), **card})
            kept = archive.weights(source.name)
            assert kept is not None
    return _past(learner.restored(kept[0], plan.recipe), kept[1], samples)


def _past(model: Model, card: dict[str, Any], samples: Samples) -> Past:
    known = ("share", "temperature", "ratio", "vote_temperature", "heat")
    return Past(model, samples, **{name: card[name] for name in known if name in card})


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
    study: Study, plan: Plan, split: SpatialSplit, samples: Samples, setting: Setting
) -> tuple[Any, dict[str, Any]]:
    """A model of all samples, and what leaving one season out says of its share, its temperature, and of how
    far to go on from it.
    """
    reached, gone, labels = [], [], []
    place = np.column_stack(utm_km(study))  # [parcel, xy]
    told: list[Samples] = []  # held-out pixels
    believed = []
    for label, taught, held, model in _held_out(study, plan, split, samples, setting):
        said = model.predict(held.values)
        reached.append([_macro_f1(held, reweighed(said, share * taught.prior())) for share in SHARES])
        gone += _trial(plan, Past(model, taught), held, place, setting)
        labels.append(label)
        told.append(held)
        believed.append(reweighed(said, taught.prior()))
    return _of_all(plan, samples, setting), {
        "share": best_share(np.array(reached)),
        "ratio": best_share(np.array(gone).reshape(-1, len(RATIOS))),
        "temperature": best_temperature(np.concatenate(believed), joined(told).crop),
        "validation_macro_f1": dict(zip(labels, reached, strict=True)),
        "trial_macro_f1": gone,
        "shares": list(SHARES),
        "classes": study.legend.names,
    }


def _taught_to_vote(
    study: Study, plan: Plan, split: SpatialSplit, samples: Samples, setting: Setting
) -> tuple[Any, dict[str, Any]]:
    """A network of all samples, and what leaving one season out says of the vote that it shares with trees:
    the share of the prior, and the temperatures of the voices and of the vote.
    """
    labels: list[str] = []
    told: list[Samples] = []  # held-out pixels
    priors = []
    even: dict[str, list[npt.NDArray[np.float32]]] = {voice: [] for voice in VOICES}  # favouring no class
    for label, taught, held, model in _held_out(study, plan, split, samples, setting):
        some = every(held, TRIAL)
        spoken = voices_of_past(Past(model, taught, share=0.0), setting.seed, TRIAL)
        for voice, one in spoken.items():
            even[voice].append(one.predict(some.values))
        priors.append(taught.prior())
        labels.append(label)
        told.append(some)
    truth = joined(told).crop
    heat, voices = {}, []
    for voice, parts in even.items():
        believed = [reweighed(one, prior) for one, prior in zip(parts, priors, strict=True)]
        heat[voice] = best_temperature(np.concatenate(believed), truth)
    reached = []
    for number, (some, prior) in enumerate(zip(told, priors, strict=True)):
        voices.append([tempered(even[voice][number], prior, heat[voice]) for voice in VOICES])
        decided = [
            [tempered(even[voice][number], share * prior, heat[voice]) for voice in VOICES]
            for share in SHARES
        ]
        reached.append([_macro_f1(some, mixed(one, ALIKE)) for one in decided])
    vote = np.concatenate([mixed(one, ALIKE) for one in voices])
    return _of_all(plan, samples, setting), {
        "share": best_share(np.array(reached)),
        "heat": heat,
        "temperature": heat[NETWORK],
        "vote_temperature": best_temperature(vote, truth),
        "validation_macro_f1": dict(zip(labels, reached, strict=True)),
        "shares": list(SHARES),
        "classes": study.legend.names,
    }


def _held_out(
    study: Study, plan: Plan, split: SpatialSplit, samples: Samples, setting: Setting
) -> Iterator[tuple[str, Samples, Samples, Model]]:
    """Leave one season out: its label, what teaches, what is held out, and the model that was taught."""
    seasons = study.parcels["season"].to_numpy(dtype=object)
    for fold in season_folds(study, plan, split):
        taught = samples.chosen(np.isin(samples.parcel, fold.train))
        held = samples.chosen(np.isin(samples.parcel, fold.validation))
        watch = setting.watch.of(f"balanced model {setting.seed}, {fold.held_out} held out")
        model = _fit(plan, taught, replace(setting, watch=watch))
        yield str(seasons[fold.validation[0]]), taught, held, model


def _of_all(plan: Plan, samples: Samples, setting: Setting) -> Any:
    watch = setting.watch.of(f"balanced model {setting.seed} of all past seasons")
    return _fit(plan, samples, replace(setting, watch=watch))


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
        scored.append(_macro_f1(rest, reweighed(said, USUAL * pool.prior())))
    return [scored]


def _fit(plan: Plan, samples: Samples, setting: Setting) -> Any:
    """A balanced model; of composites, whose speckle is averaged, on fewer pixels."""
    steps, most = STEPS_AN_EPOCH, BATCH_MOST
    if samples.still:
        samples = every(samples, COMPOSITES_MOST).moving()
        steps, most = steps // 2, 2 * most
    batch = min(max(len(samples) // steps, BATCH_LEAST), most)
    schedule = Schedule(plan.recipe.pretrain.epochs, batch, RATE)
    return learner_by_name(plan.learner).balanced(samples, samples.prior(), schedule, setting)


def _macro_f1(held: Samples, probability: npt.NDArray[np.float32]) -> float:
    block = np.zeros(len(held), dtype=np.int64)
    confusion = scores.confusion_by_block(held.crop, probability.argmax(axis=1), block, held.classes, 1)
    return float(scores.macro_f1(confusion[0]))


def pixels_of(recipe: Recipe) -> int:
    """Pixels of a parcel that the balanced methods learn from."""
    return min(recipe.pixels, PIXELS)


def _period_days(plan: Plan) -> float | None:
    """Of the composites that the plan's method sees; None for one that sees series as they are."""
    return getattr(plan.method, "period_days", None)


def seen_as(study: Study, plan: Plan, label: str) -> Composites | None:
    """How the plan's method sees the series of a season; None for as they are."""
    period_days = _period_days(plan)
    if period_days is None:
        return None
    return Composites(study.cubes[label].days, np.column_stack(utm_km(study)), period_days)


def _drawn(study: Study, plan: Plan, rows: Rows, setting: Setting) -> Samples:
    """Pixels of past seasons as the method sees them, each season standardised by its own."""
    season = study.parcels["season"].to_numpy(dtype=object)
    crop = study.legend.codes(study.parcels["crop"].to_numpy(dtype=object))
    rng = np.random.default_rng([setting.seed, 6])
    parts = []
    for label in sorted(set(season[rows])):
        mine = rows[season[rows] == label]
        sight = seen_as(study, plan, label)
        # Trees would take copies for evidence; the vote weighs parcels instead.
        part = draw_samples(
            study.cubes[label], crop, len(study.legend), mine, pixels_of(plan.recipe), rng, fill=sight is None
        )
        part = sight.of(part) if sight else part
        parts.append(part.scaled(*part.scale()))
    return joined(parts)
