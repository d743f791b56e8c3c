"""Cross-validation of visited parcels, and labels that are wrong."""

import dataclasses

import numpy as np
import pytest

from engine.mapping.doubts import doubted_labels, label_issues
from engine.mapping.validation import cross_validate, macro_f1_with_wrong_labels
from tests import made_up
from tests.mapping.conftest import SEASON, training_of


def test_no_wrong_label_costs_nothing_and_many_cost_much(training, crop_map):
    found = macro_f1_with_wrong_labels(training, (0.0, 0.9))
    assert found[0.0] == pytest.approx(crop_map.validation.macro_f1)
    assert found[0.9] < found[0.0] - 0.3


def test_too_few_labels_or_no_folds_are_not_cross_validated(training, truth, tmp_path):
    without = dataclasses.replace(training, request=dataclasses.replace(training.request, folds=0))
    assert cross_validate(without) is None
    names = truth.parcels_in(SEASON)["parcel_id"].tolist()
    few = made_up.without_labels(truth, SEASON, names[5:])
    assert cross_validate(training_of(few, tmp_path)[0]) is None


def test_a_wrong_label_is_doubted_and_a_true_one_is_not(study, tmp_path):
    pytest.importorskip("cleanlab")
    rows = study.labelled_in(SEASON).index.to_numpy()
    wrong, parcels = rows[3], study.parcels.copy()
    names = study.legend.names
    parcels.loc[wrong, "crop"] = names[(names.index(parcels.loc[wrong, "crop"]) + 1) % len(names)]
    altered = dataclasses.replace(study, parcels=parcels, fingerprint="altered")
    training = training_of(altered, tmp_path)[0]
    doubted = doubted_labels(training, cross_validate(training))
    assert doubted["parcel_id"].tolist() == [parcels.loc[wrong, "parcel_id"]]
    assert doubted["suggested"].tolist() == [study.parcels.loc[wrong, "crop"]]
    assert doubted["source_suggested"].isna().all()  # from scratch: there is no source model


def test_a_label_that_both_models_doubt_needs_a_source_model_that_knows_the_crops(study, tmp_path):
    pytest.importorskip("cleanlab")
    label = np.tile([0, 1, 2], 20)
    sure = np.full((60, 4), 0.02)
    sure[np.arange(60), label] = 0.94
    assert not label_issues(label, sure).any()
    altered = label.copy()
    altered[0] = 1
    assert np.flatnonzero(label_issues(altered, sure)).tolist() == [0]
    assert not label_issues(np.zeros(60, dtype=int), sure).any()  # of a single class none can be told
