"""The dissimilarity index and its threshold, by hand."""

import numpy as np
import pytest

from engine.mapping.applicability import dissimilarity, spatial_folds
from tests.mapping.conftest import SEASON

LINE = np.array([[0.0], [1.0], [2.0], [3.0]])
UNIT = 10 / 6  # mean of the six distances between 0, 1, 2 and 3


def test_the_index_is_the_distance_to_the_nearest_training_parcel_in_units_of_their_mean_distance():
    index, threshold = dissimilarity(np.array([[5.0], [2.0], [-1.0]]), LINE, np.array([0, 0, 1, 1]))
    assert index == pytest.approx([2 / UNIT, 0, 1 / UNIT])
    assert threshold == pytest.approx(2 / UNIT)  # 0 and 3 lie 2 from the nearest parcel of the other fold


def test_a_training_parcel_far_from_all_others_does_not_raise_the_threshold():
    values = np.append(np.arange(20.0), 500.0)[:, None]
    fold = np.arange(21) % 2
    unit = np.abs(values - values.T)[np.triu_indices(21, 1)].mean()
    assert dissimilarity(values, values, fold)[1] == pytest.approx(1 / unit)


def test_with_a_single_fold_the_map_applies_to_what_equals_a_training_parcel_only():
    index, threshold = dissimilarity(np.array([[1.0], [1.5]]), LINE, np.zeros(4, dtype=int))
    assert (index <= threshold).tolist() == [True, False]


def test_a_parcel_unlike_all_training_parcels_is_beyond_the_area_of_applicability():
    rng = np.random.default_rng(0)
    training = rng.normal(size=(200, 6))
    index, threshold = dissimilarity(
        np.vstack([rng.normal(size=(50, 6)), rng.normal(8, 1, (50, 6))]), training, np.arange(200) % 5
    )
    assert (index[:50] <= threshold).mean() > 0.9
    assert (index[50:] > threshold).all()


def test_most_parcels_of_a_season_like_its_visit_are_applicable_and_strange_series_are_not(crop_map):
    assert crop_map.parcels["applicable"].mean() > 0.8
    within = crop_map.parcels["dissimilarity"] <= crop_map.card["threshold"]
    assert (within == crop_map.parcels["applicable"]).all()


def test_few_parcels_make_fewer_folds(study):
    rows = study.parcels_in(SEASON).index.to_numpy()
    assert set(spatial_folds(study, rows[:4], 5)) == {0, 1}
    assert set(spatial_folds(study, rows[:1], 5)) == {0}
