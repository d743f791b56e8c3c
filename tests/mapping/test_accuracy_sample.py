"""Accuracy samples: their size, their draw and their file."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.mapping.accuracy.drawing import draw, frame_of, strata_of
from engine.mapping.accuracy.nouns import AccuracyError
from engine.mapping.accuracy.sample_file import latest_path, next_path, read_sample, write_sample
from engine.mapping.accuracy.sample_size import allocate, optimum_size, planned, sample_size
from engine.sampling.pivotal import pivotal_sample
from tests.mapping.populations import population

PEOPLE = population(np.random.default_rng(5), 800)
STRATA = strata_of(PEOPLE)


def test_every_point_of_a_spread_sample_has_the_same_chance():
    rng = np.random.default_rng(0)
    points = np.array([[0.0, 0], [0, 1], [0.5, 0.5], [9, 9], [9, 8], [30, 30], [31, 30]])
    draws = np.zeros(len(points))
    for _ in range(3000):
        chosen = pivotal_sample(points, 3, rng)
        assert len(chosen) == 3
        draws[chosen] += 1
    assert draws / 3000 == pytest.approx(np.full(7, 3 / 7), abs=0.035)  # four standard errors


def test_a_spread_sample_keeps_neighbours_apart():
    rng = np.random.default_rng(1)
    points = np.array([[0.0, 0], [0, 1], [9, 9], [9, 8]])
    assert all(sorted(pivotal_sample(points, 2, rng) // 2) == [0, 1] for _ in range(50))
    assert list(pivotal_sample(points, 4, rng)) == [0, 1, 2, 3]
    assert list(pivotal_sample(points, 0, rng)) == []


def test_a_smaller_half_width_needs_more_parcels_and_gets_it():
    wide, narrow = sample_size(STRATA, 0.08), sample_size(STRATA, 0.05)
    assert narrow.parcels > wide.parcels
    assert narrow.half_width <= 0.05
    assert sum(narrow.by_stratum.values()) == narrow.parcels
    assert sample_size(STRATA, 0.05, response=0.8).parcels > narrow.parcels


def test_even_parcels_in_one_stratum_need_what_cochran_says():
    strata = pd.DataFrame({"stratum": ["all"], "parcels": [2000], "area_ha": [2000.0]})
    by_hand = 0.8 * 0.2 / ((0.05 / 1.959964) ** 2 + 0.8 * 0.2 / 2000)
    assert sample_size(strata, 0.05, 0.8).parcels == int(np.ceil(by_hand)) == 219
    assert optimum_size(np.ones(1), np.array([0.4]), 0.05 / 1.959964, 2000) == pytest.approx(by_hand)


def test_allocations_have_a_floor_and_neyman_prefers_doubtful_strata():
    doubtful = {"maize": 0.98, "wheat": 0.5, "soybean": 0.98, "sunflower": 0.98}
    even = allocate(STRATA, 120, "proportional", doubtful)
    neyman = allocate(STRATA, 120, "neyman", doubtful)
    wheat = STRATA["stratum"].tolist().index("wheat")
    assert even.sum() == neyman.sum() == 120
    assert even.min() >= 10
    assert neyman.min() >= 10
    assert neyman[wheat] > even[wheat]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: sample_size(STRATA, 0), "half-width of 0 is not between"),
        (lambda: sample_size(STRATA, 0.03, 1.2), "accuracy of 1.2"),
        (lambda: sample_size(STRATA, 0.03, response=0), "response of 0"),
        (lambda: planned(STRATA, 7), "between 8"),
        (lambda: planned(STRATA, 801), "all 800"),
        (lambda: frame_of(pd.concat([PEOPLE, PEOPLE])), "twice"),
        (lambda: frame_of(PEOPLE.assign(area_ha=0.0)), "no area above 0"),
        (lambda: frame_of(PEOPLE, set(PEOPLE["parcel_id"])), "all others were visited"),
    ],
)
def test_what_cannot_be_drawn_says_why(ask, message):
    with pytest.raises(AccuracyError, match=message):
        ask()


def test_training_parcels_are_never_drawn_and_the_file_gives_the_sample_back(tmp_path):
    visited = set(PEOPLE["parcel_id"][:300])
    size = planned(strata_of(frame_of(PEOPLE, visited)), 80)
    sample = draw(PEOPLE, size, "2021", "0123456789abcdef", visited, seed=3)
    assert len(sample.parcels) == 80
    assert not visited & set(sample.parcels)
    assert sample.left_out == tuple(sorted(visited))
    inside = PEOPLE[~PEOPLE["parcel_id"].isin(visited)]
    assert sample.strata_table["area_ha"].sum() == pytest.approx(inside["area_ha"].sum())
    assert sample.table["inclusion"].to_numpy() ** -1 @ np.ones(80) == pytest.approx(500)
    assert draw(PEOPLE, size, "2021", "0123456789abcdef", visited, seed=3) == sample
    assert draw(PEOPLE, size, "2021", "0123456789abcdef", visited, seed=4).parcels != sample.parcels
    path = next_path(tmp_path, "2021")
    write_sample(path, sample)
    assert read_sample(path) == sample
    assert latest_path(tmp_path, "2021") == path
    assert next_path(tmp_path, "2021").name == "2021-2.json"


def test_a_sample_file_that_was_changed_is_refused(tmp_path):
    sample = draw(PEOPLE, planned(STRATA, 40), "2021", "no map")
    path = tmp_path / "s.json"
    write_sample(path, sample)
    record = json.loads(path.read_text())
    record["parcels"].pop(next(iter(record["parcels"])))
    path.write_text(json.dumps(record))
    with pytest.raises(AccuracyError, match="The file was changed"):
        read_sample(path)
    write_sample(path, replace(sample, strata=sample.strata[1:]))
    with pytest.raises(AccuracyError, match="none of its strata"):
        read_sample(path)
    path.write_text("{}")
    with pytest.raises(AccuracyError, match="no accuracy sample"):
        read_sample(path)
    with pytest.raises(AccuracyError, match="No accuracy sample was drawn"):
        latest_path(tmp_path / "nowhere", "2021")
