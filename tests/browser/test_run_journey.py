"""Start a run, watch it, look at it from a second tab, cancel it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_overview_journey import settle

pytestmark = pytest.mark.browser


def test_a_run_is_started_watched_from_two_tabs_and_cancelled(app: str, visit: Callable[..., Visit]) -> None:
    tab = visit(app, "/experiments")
    expect(tab.page.get_by_text("0 of 13 plans are answered")).to_be_visible()
    settle(tab.page)
    tab.page.get_by_role("button", name="Run the 13 open plans").click()
    expect(tab.page.get_by_text(re.compile(r"step \d+ of \d+"))).to_be_visible()

    second = visit(app, "/experiments")
    expect(second.page.get_by_role("button", name="Cancel")).to_be_visible()
    second.page.get_by_role("button", name="Cancel").click()
    for page in (tab.page, second.page):
        expect(page.get_by_text("Stopped as you asked; what is finished is kept.")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Go on with the .* open plans"))).to_be_visible()
    assert not tab.complaints
    assert not second.complaints
