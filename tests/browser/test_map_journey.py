"""From the plan of a trip to the crop map and its accuracy, in one sitting and without the command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.simulation.parameters import Landscape
from engine.studies.simulated import simulate
from tests.browser.conftest import Visit, served
from tests.browser.pictures import SCREENS, photograph
from tests.browser.test_overview_journey import settle

pytestmark = pytest.mark.browser
SEVERAL_MODELS_MS = 240_000


def test_from_the_plan_of_a_trip_to_the_crop_map(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    """I planned a trip with a sample for accuracy, had it visited, made the map, and saw how good it is."""
    landscape = Landscape(first=2020, last=2021, parcels=120, pixels=3, seed=1, open_from=2021)
    folder = simulate(landscape, tmp_path / "study")
    with served(folder, tmp_path) as address:
        tab = visit(address, "/fieldwork?season=2021&fieldwork-accuracy=20", width=1440)
        page = tab.page
        both = page.get_by_text(re.compile("Training .* for accuracy: ")).first
        expect(both).to_be_visible(timeout=SEVERAL_MODELS_MS)  # the trip and the sample are routed first
        settle(page)
        page.get_by_text("bring back", exact=True).click()
        page.get_by_role("button", name="Simulate the visit").click()
        expect(page.get_by_text("The crews are back from 2021")).to_be_visible(timeout=SEVERAL_MODELS_MS)
        page.get_by_role("link", name="Make the crop map").click()
        settle(page)
        page.get_by_role("button", name="How it is made").click()
        method = page.get_by_role("combobox", name="Method", exact=True)
        method.click()
        method.fill("scratch")
        page.get_by_role("option", name="From scratch").click()
        page.keyboard.press("Escape")
        settle(page)
        page.get_by_role("button", name="Make the map").click()
        mapped = page.get_by_test_id("stMetric").filter(has_text="Overall accuracy")
        expect(mapped).to_be_visible(timeout=SEVERAL_MODELS_MS)
        expect(page.get_by_text(re.compile("by a probability sample of \\d+ parcels"))).to_be_visible()
        settle(page)
        page.get_by_text("Truth", exact=True).click()
        expect(page.get_by_text("The visit was simulated, so the truth is known")).to_be_visible()
        assert not page.get_by_test_id("stException").count()
        assert not tab.complaints
        SCREENS.mkdir(parents=True, exist_ok=True)
        photograph(page, SCREENS / "from_the_plan_to_the_crop_map.png")
