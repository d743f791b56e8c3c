"""Feature sets: composites, differences of bands, and the place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from engine.learning.features import (
    STATIC_FEATURES,
    CompositeSeries,
    RawSeries,
    composites,
    tree_features,
)
from engine.learning.samples import Samples, joined

PLACE_KM = np.array([[10.0, 20.0], [30.0, 40.0]])
DAYS = np.arange(4) * 16


def samples(values):
    values = np.asarray(values, dtype=np.float32)
    parcel = np.arange(len(values))
    return Samples(values, parcel % 2, parcel, 2)


def test_five_acquisitions_of_three_days_make_a_composite_and_the_last_one_takes_what_is_left():
    values = np.arange(12, dtype=np.float32)[None, None]  # [pixel, band, time]
    assert composites(values, np.arange(12) * 3).tolist() == [[[2.0, 8.0]]]


@pytest.mark.parametrize("step", [8, 10, 16, 30])
def test_a_series_whose_steps_are_as_long_as_a_composite_stays_as_it_is(step):
    values = np.arange(12, dtype=np.float32)[None, None]
    assert composites(values, np.arange(12) * step) is values


@given(npst.arrays(np.float32, (3, 2, 17), elements=st.floats(-30, 0, width=32)), st.integers(1, 6))
def test_composites_stay_between_the_lowest_and_the_highest_acquisition(values, step):
    means = composites(values, np.arange(17) * step)
    assert (means.max(axis=2) <= values.max(axis=2) + 1e-4).all()
    assert (means.min(axis=2) >= values.min(axis=2) - 1e-4).all()


def test_averaging_reduces_speckle_by_the_square_root_of_the_acquisitions():
    noise = np.random.default_rng(0).normal(size=(500, 1, 105)).astype(np.float32)
    assert composites(noise, np.arange(105) * 3).std() == pytest.approx(1 / np.sqrt(5), rel=0.05)


def test_raw_series_are_the_samples_as_they_are():
    series = samples(np.zeros((2, 1, 4)))
    assert RawSeries().of(series, DAYS, PLACE_KM) is series


def test_the_difference_of_bands_and_the_place_join_the_composites():
    two_bands = samples(np.stack([np.zeros((2, 4)), np.ones((2, 4))]))
    features = CompositeSeries().of(two_bands, DAYS, PLACE_KM)
    assert features.values.shape == (2, 2 + 1 + STATIC_FEATURES, 4)
    assert (features.values[:, 2] == features.values[:, 0] - features.values[:, 1]).all()
    assert features.values[1, 3:, 0].tolist() == [30.0, 40.0]
    one_band = CompositeSeries().of(samples(np.zeros((2, 1, 4))), DAYS, PLACE_KM)
    assert one_band.values.shape == (2, 1 + STATIC_FEATURES, 4)


def test_the_place_is_the_same_in_every_season_whatever_is_standardised():
    series = samples(np.random.default_rng(0).normal(5, 3, (2, 1, 4)))
    features = CompositeSeries().of(series, DAYS, PLACE_KM)
    scaled = features.scaled(*features.scale())
    assert scaled.values[:, :1].mean() == pytest.approx(0, abs=1e-5)
    assert (scaled.values[:, 1:] == features.values[:, 1:]).all()
    assert joined([scaled, scaled]).chosen(np.array([0])).static == STATIC_FEATURES
    assert scaled.dynamic().values.shape == (2, 1, 4)
    assert scaled.dynamic().static == 0


def test_trees_get_the_place_once_and_when_a_series_peaks():
    values = np.zeros((1, 3, 4), dtype=np.float32)
    values[0, 0, 2] = 7
    values[0, 1:] = [[5] * 4, [6] * 4]
    assert tree_features(values, 2).tolist() == [
        [0, 0, 7, 0, 7, 0, 2, 0, 1.75, np.std([0, 0, 7, 0]).astype("f4"), 5, 6]
    ]
