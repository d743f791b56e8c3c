"""Folds of a pre-training that are trained on their own give the model that one go gives."""

import numpy as np

from engine.learning.fold_training import FoldTraining
from engine.learning.learners import learner_by_name
from engine.learning.pretraining import BestFold
from tests import made_up
from tests.learning.examples import SETTING
from tests.learning.test_pretraining import MemoryStore, trained
from tests.learning.test_source_data import KEY, source_data


def test_folds_trained_in_any_order_give_the_model_of_one_go_bit_for_bit():
    alone, apart = MemoryStore(), MemoryStore()
    trained(alone)
    study = made_up.study(parcels=40)
    data = source_data(study, np.zeros(len(study.parcels), bool))
    training: FoldTraining = BestFold()
    assert training.folds(data) == ("2019", "2020")
    for fold in reversed(training.folds(data)):
        training.train_fold(fold, KEY, data, learner_by_name(KEY.learner), SETTING, apart)
    assert set(apart.models) == {f"{KEY.name}-2019", f"{KEY.name}-2020"}
    trained(apart)
    assert set(apart.models) == set(alone.models) == {KEY.name}
    tensors, card = alone.models[KEY.name]
    tensors_apart, card_apart = apart.models[KEY.name]
    assert card == card_apart
    assert all(np.array_equal(tensors[name], tensors_apart[name]) for name in tensors)


def test_a_fold_of_a_model_that_is_there_is_not_trained_again():
    store = MemoryStore()
    trained(store)
    study = made_up.study(parcels=40)
    data = source_data(study, np.zeros(len(study.parcels), bool))
    BestFold().train_fold("2019", KEY, data, learner_by_name(KEY.learner), SETTING, store)
    assert set(store.models) == {KEY.name}
