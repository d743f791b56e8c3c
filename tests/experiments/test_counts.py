"""Counts are packed without loss, and what strangers pack is refused."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.experiments.codec import CodecError, from_json, to_json
from engine.experiments.counts import MANY_PIXELS, TENTHS, Counts, counts_of, packed_counts, packed_surplus
from engine.experiments.outcome import Repeat
from engine.experiments.packing import packed_bytes, packed_table
from engine.learning import metrics

BLOCKS, CLASSES = 4, 3


@pytest.fixture(scope="module")
def repeats():
    rng = np.random.default_rng(0)
    made = []
    for number in range(2):
        truth, block = rng.integers(0, CLASSES, 300), rng.integers(0, BLOCKS, 300)
        probability = rng.dirichlet(np.ones(CLASSES), 300).astype(np.float32)
        predicted = probability.argmax(axis=1)
        confusion = metrics.confusion_by_block(truth, predicted, block, CLASSES, BLOCKS)
        few = metrics.confusion_by_block(truth[:30], predicted[:30], block[:30], CLASSES, BLOCKS)
        reliability = metrics.reliability_by_block(probability, truth, block, BLOCKS)
        tables = confusion.tolist(), few.tolist()
        made.append(Repeat((f"p{number}",), *tables, (), 1.0, {}, {}, reliability.tolist()))
    return made


@pytest.fixture(scope="module")
def tests():
    import pandas as pd

    names = [f"p{number}" for number in range(30)]
    return pd.DataFrame({"parcel_id": names, "crop": ["maize", "wheat", "rice"] * 10})


@pytest.fixture(scope="module")
def counts(repeats, tests):
    return counts_of(repeats, tests, np.arange(30) % BLOCKS)


@given(hnp.arrays(np.int64, (2, 2, 3, 4, 4), elements=st.one_of(st.integers(0, 60), st.integers(0, 10**6))))
@settings(max_examples=50, deadline=None)
def test_every_pair_of_confusions_survives(tables):
    counts = packed_counts("a test", *tables, "")
    assert np.array_equal(counts.confusion("pixel"), tables[0])
    assert np.array_equal(counts.confusion("parcel"), tables[1])
    assert [counts.sums["pixel"], counts.sums["parcel"]] == tables.sum(axis=(1, 2)).tolist()


@given(hnp.arrays(np.float64, (2, 5, metrics.BINS), elements=st.floats(-900, 900)), st.booleans())
@settings(max_examples=50, deadline=None)
def test_surplus_is_exact_to_a_part_of_a_pixel_in_every_block_and_half_of_one_over_all(beyond, large):
    each = MANY_PIXELS if large else 40
    pixels = np.zeros((2, 5, 2, 2), np.int64)
    pixels[..., 0, 0] = each
    counts = packed_counts("a test", pixels, pixels // 40, packed_surplus(beyond, pixels.sum(axis=(2, 3))))
    error = counts.reliability()[..., :-1] - beyond
    part = 1 if large else 1 / TENTHS
    assert np.abs(error).max() <= part + 1e-9
    assert np.abs(error.sum(axis=1)).max() <= part / 2 + 1e-9


def test_counts_give_back_what_the_repeats_counted(counts, repeats):
    assert np.array_equal(counts.confusion("pixel"), [repeat.pixels for repeat in repeats])
    assert np.array_equal(counts.confusion("parcel"), [repeat.parcels for repeat in repeats])
    exact = np.array([repeat.reliability for repeat in repeats])
    kept = counts.reliability()
    assert np.abs(kept[..., :-1] - metrics.surplus(exact)).max() <= 1 / TENTHS + 1e-9
    assert np.array_equal(kept[..., -1], exact[..., 0].sum(axis=-1))


def test_counts_survive_json(counts):
    assert from_json(Counts, json.loads(json.dumps(to_json(counts)))) == counts


def test_the_test_has_another_name_where_a_parcel_a_label_or_a_block_differs(counts, repeats, tests):
    def name(frame, block):
        return counts_of(repeats, frame, block).test

    block = np.arange(30) % BLOCKS
    assert name(tests.sample(frac=1, random_state=1), block) != counts.test
    order = np.random.default_rng(0).permutation(30)
    assert name(tests.iloc[order], block[order]) == counts.test
    assert name(tests.assign(crop="maize"), block) != counts.test
    assert name(tests, (block + 1) % BLOCKS) != counts.test


def test_older_repeats_have_no_reliability(repeats, tests):
    older = [dataclasses.replace(repeat, reliability=[]) for repeat in repeats]
    assert counts_of(older, tests, np.arange(30) % BLOCKS).reliability() is None


BOMB = packed_bytes(bytes(50_000_000))


@pytest.mark.parametrize(
    "change",
    [
        {"pixels": ""},
        {"pixels": "no base64!"},
        {"parcels": packed_table(np.zeros(7, np.int64))},
        {"parcels": packed_table(np.full((CLASSES, CLASSES, BLOCKS, 2), 9))},
        {"surplus": BOMB},
        {"pixels": BOMB},
        {"repeats": 0},
        {"blocks": -1},
        {"classes": 10**6, "blocks": 10**6},
        {"repeats": 3},
        {"pixels": 3},
        {"repeats": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_table_that_is_none_is_refused(counts, change):
    with pytest.raises(CodecError):
        from_json(Counts, {**to_json(counts), **change}, explain=False)
