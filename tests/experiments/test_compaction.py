"""The file of an outcome is small, holds all of it, and says so where it does not."""

import base64
import dataclasses
import json
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import Departure
from engine.experiments import format_3
from engine.experiments.codec import to_json
from engine.experiments.compaction import compacted, expanded
from engine.experiments.counts import packed_counts, packed_surplus
from engine.experiments.outcome import Outcome
from engine.experiments.packing import packed_json, unpacked_json
from engine.experiments.plan import Plan, TestArea
from engine.experiments.records import ArchiveError, read_outcome, record_of, write_outcome
from engine.experiments.scores import derived
from engine.fingerprints import Fingerprints, SeasonFingerprint
from engine.learning import metrics
from engine.learning.methods.ensemble import StackedEnsemble
from engine.learning.recipes import PAPER
from engine.sampling.radius import Radius
from engine.sampling.random import Random

REPEATS, BLOCKS, PARCELS, POOL, PIXELS = 5, 60, 860, 1140, 50
CLASSES = ("maize", "wheat", "barley", "soybean", "sunflower", "sugar beet", "rapeseed", "alfalfa")
MOST = 15_000  # bytes


def made_up_outcome(design, same):
    """As large as an answer about the demo, with as many cells that are not zero: 5,000."""
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(len(CLASSES), 2.0))
    block = np.sort(rng.choice(BLOCKS, PARCELS, p=rng.dirichlet(np.full(BLOCKS, 4.0))))
    truth = rng.choice(len(CLASSES), PARCELS, p=shares)
    likely = 3.0 * np.eye(len(CLASSES))[truth]  # [parcel, class]
    likely += (
        rng.normal(1, 1.5, (PARCELS, 1)) * np.eye(len(CLASSES))[truth ^ 1]
    )  # classes look alike in pairs
    tables, reliability = [], []
    for _ in range(REPEATS):
        seen = likely + rng.normal(0, 0.5, likely.shape)
        noise = rng.normal(0, 1.1, (PARCELS * PIXELS, len(CLASSES)))
        logit = np.repeat(1.6 * seen, PIXELS, axis=0) + noise  # [pixel, class]
        share = np.exp(logit) / np.exp(logit).sum(axis=1, keepdims=True)
        by_pixel = np.repeat(truth, PIXELS), np.repeat(block, PIXELS)
        pixel = metrics.confusion_by_block(
            by_pixel[0], share.argmax(axis=1), by_pixel[1], len(CLASSES), BLOCKS
        )
        parcel = metrics.confusion_by_block(truth, seen.argmax(axis=1), block, len(CLASSES), BLOCKS)
        tables.append((pixel, parcel))
        reliability.append(metrics.reliability_by_block(share.astype(np.float32), *by_pixel, BLOCKS))
    pixels, parcels = (np.array([pair[which] for pair in tables]) for which in (0, 1))
    surplus = packed_surplus(metrics.surplus(np.array(reliability)), pixels.sum(axis=(2, 3)))
    counts = packed_counts("0123456789abcdef", pixels, parcels, surplus)
    gaps = np.where(rng.random(POOL) < 0.5, 1, rng.geometric(1 / 350, POOL))  # fields stand in groups
    ids = np.array([f"f{number:06d}" for number in gaps.cumsum()])
    draws = [np.sort(rng.choice(POOL, 309, replace=False)) for _ in range(REPEATS)]
    digits = [f"{number:016x}" for number in rng.integers(2**63, size=24)]
    seasons = [SeasonFingerprint(*digits[place : place + 3]) for place in range(0, 18, 3)]
    scores = derived(counts, CLASSES)
    assert 0.7 < scores.macro_f1.value < 0.9
    assert 4500 < np.count_nonzero(pixels) < 6000
    return Outcome(
        Plan(
            Fingerprints(*digits[18:20], seasons[0], tuple(seasons[1:])), "2022",
            ("2017", "2018", "2019", "2020", "2021"), Departure(19.845, 45.255, "Novi Sad"), design,
            StackedEnsemble(), "cnn1d", PAPER, TestArea(), REPEATS, 0,
        ),
        "Vojvodina, simulated",
        "simulated",
        CLASSES,
        tuple(tuple(ids[draws[0 if same else repeat]].tolist()) for repeat in range(REPEATS)),
        PARCELS,
        absent=(),
        loss=tuple(tuple(float(f"{loss:.4g}") for loss in rng.uniform(0.1, 2, 50)) for _ in range(REPEATS)),
        seconds=187.3,
        versions={"engine": "0.1.0", "python": "3.11.7", "torch": "2.13.0+cpu", "device": "cpu"},
        notes=("All repeats start from one source model, which the interval holds fixed.",),
        member_weights={
            f"{kind}, {taught}": float(rng.uniform())
            for kind in ("learner", "trees")
            for taught in ("source", "joint", "target")
        },
        counts=counts,
        **vars(scores),
    )  # fmt: skip


@pytest.fixture(scope="module")
def outcome():
    return made_up_outcome(Random(30), same=False)


@pytest.mark.parametrize("design", [Radius(30), Random(30)], ids=lambda design: design.name)
def test_the_file_of_a_trip_of_309_parcels_and_five_repeats_is_smaller_than_15_kb(design, tmp_path):
    made = made_up_outcome(design, same=isinstance(design, Radius))
    path = write_outcome(tmp_path, made)
    assert path.stat().st_size < MOST
    assert read_outcome(path) == made


IDS = st.text(max_size=8)
VISITED = st.lists(st.lists(IDS, max_size=6, unique=True), min_size=1, max_size=4)


@given(VISITED, st.lists(st.lists(st.floats(0, 9), max_size=3), max_size=4))
@settings(max_examples=100, deadline=None)
def test_parcels_of_any_name_in_any_order_survive(outcome, visited, loss):
    facts = to_json(outcome) | {"visited": visited, "loss": loss}
    again = expanded(json.loads(json.dumps(compacted(facts))))
    assert (again["visited"], again["loss"]) == (visited, loss)


def test_an_outcome_without_counts_keeps_its_confusions(outcome):
    facts = to_json(dataclasses.replace(outcome, counts=None))
    assert expanded(compacted(facts)) == facts


def as_format_3(outcome):
    """The record as format 3 wrote it."""

    def packed(table):
        planes = np.ascontiguousarray(table, "<u4").reshape(-1, 1).view(np.uint8).T
        return base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode()

    counts = outcome.counts
    tenths = np.rint(10 * counts.reliability()[..., :-1]).astype(np.int64)
    unsigned = np.where(tenths < 0, -2 * tenths - 1, 2 * tenths)
    record = {**record_of(outcome), **to_json(outcome), "plan": to_json(outcome.plan), "format": 3}
    record["counts"] |= {
        "pixels": packed(np.moveaxis(counts.confusion("pixel"), 0, -1)),
        "parcels": packed(np.moveaxis(counts.confusion("parcel"), 0, -1)),
        "surplus": packed(np.moveaxis(unsigned, 0, -1)),
    }
    del record["packed"]
    return record


def written(record, folder):
    path = folder / f"{record['key']}.json"
    path.write_text(json.dumps(record))
    return path


def test_an_outcome_of_format_3_is_read_as_before(outcome, tmp_path):
    record = as_format_3(outcome)
    assert format_3.translated_counts(record["counts"]) == to_json(outcome.counts)
    path = written(record, tmp_path)
    assert path.stat().st_size > 2 * MOST
    assert read_outcome(path) == outcome


def repacked(record, **changes):
    return {**record, "packed": packed_json({**unpacked_json(record["packed"], 10**6), **changes})}


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: {**record, "packed": record["packed"][:-8]},
        lambda record: {**record, "packed": None},
        lambda record: {**record, "packed": packed_json([1, 2])},
        lambda record: repacked(record, visits=[[309]] * REPEATS, ids=["a"]),
        lambda record: repacked(record, visits=[[-1]] * REPEATS),
        lambda record: repacked(record, visits=[["a"]] * REPEATS),
        lambda record: repacked(record, ids=[7] * POOL),
        lambda record: repacked(record, ids=["f1", 1.5]),
        lambda record: repacked(record, ids=["f1"]),
        lambda record: repacked(record, visits=[[0]]),
        lambda record: {**record, "counts": {**record["counts"], "sums": {}}},
        lambda record: {**record, "counts": {**record["counts"], "parcels": record["counts"]["pixels"][:-4]}},
        lambda record: {**record, "counts": {**record["counts"], "blocks": BLOCKS - 1}},
        lambda record: {**record, "format": 3},
    ],
)
def test_a_damaged_file_is_refused_with_a_cure(outcome, tmp_path, damage):
    path = written(damage(record_of(outcome)), tmp_path)
    with pytest.raises(ArchiveError, match="Delete it and run the plan again"):
        read_outcome(path)
