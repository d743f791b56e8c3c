"""How a vote sees series: composites, ratios of bands, and the place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from engine.learning.calibration import Moving
from engine.learning.features import AXES, Composites, composited, described
from engine.learning.methods.wood import WORTH, even, grown, worth
from engine.learning.samples import Samples, joined


def samples(values, parcel=None):
    values = np.asarray(values, dtype=np.float32)
    parcel = np.arange(len(values)) if parcel is None else np.asarray(parcel)
    return Samples(values, parcel % 2, parcel, 2)


def test_five_acquisitions_of_three_days_make_a_composite_and_the_last_one_takes_what_is_left():
    values = np.arange(12, dtype=np.float32)[None, None]  # [pixel, band, time]
    assert composited(values, np.arange(12) * 3).tolist() == [[[2.0, 8.0]]]


@pytest.mark.parametrize("step", [8, 10, 16, 30])
def test_a_series_whose_steps_are_as_long_as_a_composite_stays_as_it_is(step):
    values = np.arange(12, dtype=np.float32)[None, None]
    assert composited(values, np.arange(12) * step) is values


@given(npst.arrays(np.float32, (3, 2, 17), elements=st.floats(-30, 0, width=32)), st.integers(1, 6))
def test_composites_stay_between_the_lowest_and_the_highest_acquisition(values, step):
    found = composited(values, np.arange(17) * step)
    assert (found.max(axis=2) <= values.max(axis=2) + 1e-4).all()
    assert (found.min(axis=2) >= values.min(axis=2) - 1e-4).all()


def test_averaging_takes_speckle_away():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(500, 1, 105)).astype(np.float32)
    assert composited(noise, np.arange(105) * 3).std() == pytest.approx(1 / np.sqrt(5), rel=0.05)


def test_the_difference_of_bands_and_the_place_join_the_composites():
    place = np.array([[10.0, 20.0], [30.0, 40.0]])
    seen = Composites(np.arange(4) * 16, place).of(samples(np.stack([np.zeros((2, 4)), np.ones((2, 4))])))
    assert seen.values.shape == (2, 2 + 1 + AXES, 4)
    assert (seen.values[:, 2] == seen.values[:, 0] - seen.values[:, 1]).all()
    assert seen.values[1, 3:, 0].tolist() == [30.0, 40.0]
    one = Composites(np.arange(4) * 16, place).of(samples(np.zeros((2, 1, 4))))
    assert one.values.shape == (2, 1 + AXES, 4)


def test_a_place_is_the_same_in_every_season_whatever_is_standardised():
    place = np.array([[10.0, 20.0], [30.0, 40.0]])
    seen = Composites(np.arange(4) * 16, place).of(samples(np.random.default_rng(0).normal(5, 3, (2, 1, 4))))
    scaled = seen.scaled(*seen.scale())
    assert scaled.values[:, :1].mean() == pytest.approx(0, abs=1e-5)
    assert (scaled.values[:, 1:] == seen.values[:, 1:]).all()
    assert joined([scaled, scaled]).chosen(np.array([0])).still == AXES
    assert scaled.moving().values.shape == (2, 1, 4)
    assert scaled.moving().still == 0


def test_trees_are_told_the_place_once_and_when_a_series_peaks():
    values = np.zeros((1, 3, 4), dtype=np.float32)
    values[0, 0, 2] = 7
    values[0, 1:] = [[5] * 4, [6] * 4]
    assert described(values, 2).tolist() == [
        [0, 0, 7, 0, 7, 0, 2, 0, 1.75, np.std([0, 0, 7, 0]).astype("f4"), 5, 6]
    ]


def test_a_network_is_not_shown_the_place():
    class Looking:
        def predict(self, values):
            assert values.shape[1] == 1
            return np.ones((len(values), 1), np.float32)

    Moving(Looking(), 2).predict(np.zeros((3, 3, 4), np.float32))


def test_a_parcel_of_many_pixels_weighs_as_much_as_one_of_a_single_one():
    weight = even(samples(np.zeros((5, 1, 2)), [0, 0, 0, 0, 1]))
    assert weight[:4].sum() == pytest.approx(weight[4])
    assert weight.mean() == pytest.approx(1)


@pytest.mark.parametrize("kind", ["boosted", "forest"])
def test_trees_that_know_the_place_tell_crops_apart_that_look_alike_but_grow_elsewhere(kind):
    rng = np.random.default_rng(0)
    crop = rng.integers(0, 2, 400)
    place = np.column_stack([np.where(crop, 50.0, -50.0) + rng.normal(0, 20, 400), np.zeros(400)])
    series = Samples(rng.normal(size=(400, 1, 6)).astype(np.float32), crop, np.arange(400), 2)
    seen = Composites(np.arange(6) * 16, place).of(series)
    model = grown(kind, seen.chosen(np.arange(300)), None, 0.5, 0)
    right = model.predict(seen.values[300:]).argmax(axis=1) == crop[300:]
    assert right.mean() > 0.9
    blind = grown(kind, series.chosen(np.arange(300)), None, 0.5, 0)
    assert (blind.predict(series.values[300:]).argmax(axis=1) == crop[300:]).mean() < 0.65


def test_a_crowd_of_visited_parcels_counts_less_each_than_a_lone_one():
    place = np.concatenate([np.zeros((16, 2)), [[40.0, 0.0]]])
    seen = Composites(np.arange(2) * 16, place).of(samples(np.zeros((17, 1, 2))))
    weight = worth(seen)
    assert weight[:16] == pytest.approx(WORTH / 4)
    assert weight[16] == pytest.approx(WORTH)
