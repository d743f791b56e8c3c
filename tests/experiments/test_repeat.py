"""One repeat of a plan: what reaches a method, and what does not."""

import dataclasses

import numpy as np
import pytest

from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning.methods.ensemble import StackedEnsemble
from engine.learning.methods.self_training import SelfTraining, TransductiveSelfTraining
from engine.sampling.split import split_parcels
from tests import made_up
from tests.experiments.examples import ask


def learnt_from(study, method, folder):
    """Rows of the test parcels, and the training data that a method gets."""
    received = []

    class Recording(method):
        def learn(self, learner, data, setting):
            received.append(data)
            return super().learn(learner, data, setting)

    (plan,) = ask(study, methods=(method.name,), designs=("random",), repeats=1)
    run_plans(study, [dataclasses.replace(plan, method=Recording(steps=20))], Archive(folder))
    (data,) = received
    return set(split_parcels(study, "2021", plan.departure, plan.test).test.index), data


def test_no_pixel_and_no_label_of_a_test_parcel_reaches_a_method(tmp_path):
    study = made_up.study(parcels=80)
    tests, data = learnt_from(study, StackedEnsemble, tmp_path)
    assert not tests & set(data.unlabelled.parcel)
    assert not tests & set(data.labelled.parcel)
    assert set(data.unlabelled.crop) == {-1}
    fields = study.parcels["field_group"]
    assert not set(fields[list(tests)]) & set(fields[np.unique(data.source.samples.parcel)])
    assert len(data.labelled_xy) == len(np.unique(data.labelled.parcel))
    assert len(data.area_xy) + len(data.labelled_xy) == (study.parcels["season"] == "2021").sum()
    assert not {tuple(place) for place in data.labelled_xy} & {tuple(place) for place in data.area_xy}


@pytest.mark.parametrize("method", [SelfTraining, TransductiveSelfTraining])
def test_only_the_transductive_method_sees_pixels_of_test_parcels_and_no_method_their_labels(
    tmp_path, method
):
    tests, data = learnt_from(made_up.study(parcels=80), method, tmp_path)
    assert bool(tests & set(data.unlabelled.parcel)) == method.transductive
    assert set(data.unlabelled.crop) == {-1}
