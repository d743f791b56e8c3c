"""A study with outcomes of every plan that the page Experiments asks for by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.experiments import worker
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning.methods import OF_THE_STUDY
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import TINY


@pytest.fixture(autouse=True)
def not_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages do not start processes that measure this machine: they would outlive their tests."""
    monkeypatch.setattr(worker, "start_calibration", lambda *_: True)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = made_up.study(parcels=60, times=6, pixels=2, noise_db=4)
    return save_study(study, tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture(scope="session")
def workspace(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two comparisons, of seed 0 and seed 1."""
    folder = tmp_path_factory.mktemp("workspace")
    study = open_study(saved)
    for seed in (0, 1):
        designs = ["radius", "random"]
        plans = made_up.grid(
            study,
            "2021",
            study.departure,
            [20, 25, 30],
            designs,
            OF_THE_STUDY,
            "cnn1d",
            TINY,
            repeats=2,
            seed=seed,
        )
        run_plans(study, plans, Archive(folder))
    return folder
