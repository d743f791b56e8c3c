"""A design, a method and a learner that somebody registers appear on the pages without a change there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS
from engine.learning.methods.scratch import Scratch
from engine.sampling import DESIGNS
from engine.sampling.protocol import SizedDesign
from tests.pages.driving import go_to, new_app, texts


@dataclass(frozen=True)
class Northern(SizedDesign):
    """The northernmost parcels."""

    name: ClassVar[str] = "northern"
    label: ClassVar[str] = "Northern parcels"
    description: ClassVar[str] = "as far north as can be"

    def ranked(self, fields, rng):
        return np.argsort(-fields["north_km"].to_numpy(), kind="stable")


@dataclass(frozen=True)
class Guessing(Scratch):
    """From scratch under another name."""

    name: ClassVar[str] = "guessing"
    label: ClassVar[str] = "Guessing well"
    description: ClassVar[str] = "guesses, and is right"


@pytest.fixture
def app(saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setitem(DESIGNS, Northern.name, Northern)
    monkeypatch.setitem(METHODS, Guessing.name, Guessing)
    monkeypatch.setitem(LEARNERS, "twin", replace(LEARNERS["cnn1d"], name="twin", label="Twin of the 1D-CNN"))
    return new_app(saved, workspace, monkeypatch)


def test_the_page_experiments_offers_and_explains_them_and_lists_their_plans(app: AppTest) -> None:
    page = go_to(app, "experiments", **{"experiments-purpose": "own"})
    designs, methods = page.pills(key="experiments-designs"), page.pills(key="experiments-methods")
    learners = page.selectbox(key="experiments-learner")
    assert designs.options[-1] == "Northern parcels"
    assert methods.options[-1] == "Guessing well"
    assert "Twin of the 1D-CNN" in learners.options
    assert "**Northern parcels**: as far north as can be" in designs.help
    assert "**Guessing well**: guesses, and is right" in methods.help
    designs.set_value(["northern"])
    methods.set_value(["guessing"])
    learners.set_value("twin").run()
    assert not page.exception
    assert "**0 of 3 plans are answered**" in texts(page)
    plans = page.dataframe[0].value
    assert set(plans["method"]) == {"Guessing well"}
    assert set(plans["design"]) == {"Northern parcels"}


def test_the_page_plan_draws_a_trip_of_the_new_design(app: AppTest) -> None:
    page = go_to(app, "plan", design="northern")
    assert not page.exception
    assert not page.error
    assert page.selectbox(key="design").value == "northern"
    assert "parcels** to visit, as many as lie within 25 km" in texts(page)
