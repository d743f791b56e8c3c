"""What costs a test run long is made once, by one of its processes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from engine.learning import all_seasons, ensemble_members
from engine.learning.ensemble_members import JointSchedule


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A copy of its own, for each process, of a folder that only the first process fills."""
    run = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each process has a folder below that of the run
        run = run.parent
    shared, begun = run / f"once-{name}", run / f"begun-{name}"
    with FileLock(run / f"once-{name}.lock"):
        if not shared.exists():
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(shared)
    return shutil.copytree(shared, factory.mktemp(name) / name)


@pytest.fixture(autouse=True, scope="module")
def short_trial_trips() -> Iterator[None]:
    """Trial trips in source seasons are short where no test asks what a model learns from them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(all_seasons, "TRIAL_STEPS", 10)
        yield


@pytest.fixture(autouse=True, scope="module")
def short_trainings() -> Iterator[None]:
    """Networks of source seasons, and that of the ensemble, take few steps where no test asks what they
    learn.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(all_seasons, "STEPS_PER_EPOCH", 15)
        patch.setattr(all_seasons, "LEAST_STEPS_PER_EPOCH", 5)
        patch.setattr(ensemble_members, "joint_schedule", lambda seasons, steps: JointSchedule(10, 64, 0.5))
        yield
