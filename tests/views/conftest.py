"""A made-up study with its outcomes and its report."""

import pytest

from engine.experiments.archive import Archive
from tests import made_up
from tests.once import short_trial_trips
from tests.views.reports import answered, reported, scored

__all__ = ["short_trial_trips"]  # a fixture of them all


@pytest.fixture(scope="session")
def study():
    return made_up.study(parcels=60, times=6, pixels=2, noise_db=6)


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    return Archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="session")
def outcomes(study, archive):
    return scored(answered(study, archive.folder))


@pytest.fixture(scope="session")
def report(study, outcomes, archive):
    return reported(study, outcomes, archive, folder="my study")
