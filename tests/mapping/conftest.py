"""A map of a made-up season of which half of the parcels are labelled."""

import pytest

from engine.experiments.archive import Archive
from engine.mapping.making import make_map, training_for
from engine.mapping.request import map_request
from tests import made_up
from tests.once import short_trial_trips

__all__ = ["short_trial_trips"]  # a fixture of them all

SEASON = "2021"


def half_labelled(truth):
    """The study without the labels of every second parcel of the last season."""
    return made_up.without_labels(truth, SEASON, truth.parcels_in(SEASON)["parcel_id"].iloc[::2].tolist())


def training_of(study, folder, method="scratch", **options):
    given = {"recipe": made_up.SMALL, "learner": "random-forest", **options}
    request, notes = map_request(study, SEASON, method, **given)
    return training_for(study, request, Archive(folder)), notes


@pytest.fixture(scope="package")
def truth():
    return made_up.study(parcels=80, pixels=4)


@pytest.fixture(scope="package")
def study(truth):
    return half_labelled(truth)


@pytest.fixture(scope="package")
def training(study, tmp_path_factory):
    return training_of(study, tmp_path_factory.mktemp("archive"))[0]


@pytest.fixture(scope="package")
def crop_map(training):
    return make_map(training)
