"""A study with outcomes of every plan that the page Experiments asks for by default."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from engine.experiments import worker
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning.methods import OF_THE_STUDY
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import TINY
from tests.once import made_once, short_trial_trips

__all__ = ["short_trial_trips"]


@pytest.fixture(autouse=True)
def not_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages do not start processes that measure this machine: they would outlive their tests."""
    monkeypatch.setattr(worker, "start_calibration", lambda *_: True)


@pytest.fixture(autouse=True, scope="session")
def packages_searched_once() -> Iterator[None]:
    """Streamlit's test app searches all installed packages for components, each time that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        search = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", search)
        yield


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = made_up.study(parcels=60, times=6, pixels=2, noise_db=4)
    return save_study(study, tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture(scope="session")
def workspace(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two comparisons, of seed 0 and seed 1."""

    def answer(folder: Path) -> None:
        study = open_study(saved)
        for seed in (0, 1):
            plans = made_up.grid(
                study,
                "2021",
                study.departure,
                [20, 25, 30],
                ["radius", "random"],
                OF_THE_STUDY,
                "cnn1d",
                TINY,
                repeats=2,
                seed=seed,
            )
            run_plans(study, plans, Archive(folder))

    return made_once(tmp_path_factory, "comparisons", answer)
