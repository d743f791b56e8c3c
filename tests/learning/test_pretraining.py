"""The study's pre-training: the model that is best in a season it has not seen goes on."""

import dataclasses
from contextlib import nullcontext

import numpy as np

from engine.learning import pretraining
from engine.learning.learners import learner_by_name
from engine.learning.pretraining import BestFold
from tests import made_up
from tests.learning.examples import SETTING
from tests.learning.test_source_data import KEY, source_data


class MemoryStore:
    """A model store in memory."""

    identity = "memory"

    def __init__(self):
        self.models = {}

    def weights(self, name):
        return self.models.get(name)

    def keep_weights(self, name, tensors, card):
        self.models[name] = tensors, card

    def forget_weights(self, pattern):
        self.models = {
            name: model for name, model in self.models.items() if not name.startswith(pattern.rstrip("*"))
        }

    def lock(self, name):
        return nullcontext()


def trained(store, key=KEY):
    study = made_up.study(parcels=40)
    data = source_data(study, np.zeros(len(study.parcels), bool))
    return BestFold().train(key, data, learner_by_name(key.learner), SETTING, store)


def test_the_model_of_the_best_fold_goes_on_and_single_folds_are_forgotten():
    store = MemoryStore()
    source = trained(store)
    (name,) = store.models
    assert name == KEY.name
    card = store.models[name][1]
    scores = card["validation_macro_f1"]
    assert set(scores) == {"2019", "2020"}
    assert scores[card["held_out"]] == max(scores.values())
    assert source.samples is None


def test_a_model_that_is_stored_is_not_trained_again(monkeypatch):
    store = MemoryStore()
    first = trained(store)
    monkeypatch.setattr(pretraining, "_best_fold", None)
    values = np.zeros((2, 2, 12), np.float32)
    assert np.array_equal(trained(store).model.predict(values), first.model.predict(values))


def test_trees_are_remembered_by_the_process_and_not_stored():
    store, key = MemoryStore(), dataclasses.replace(KEY, learner="random-forest")
    assert trained(store, key).model is trained(store, key).model
    assert not store.models
