"""No page breaks a rule of axe-core gravely, in light or dark."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_overview_journey import PAGES, settle

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")


def violations(page: Page) -> list[str]:
    """Each grave violation: the rule, the element, and what is wrong with it."""
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}\n{node['html']}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def ground(page: Page) -> str:
    """The colour on which the page is drawn."""
    return page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_on_a_phone_needs_no_sideways_scroll_and_has_no_grave_violation_there_nor_when_wide(
    app: str, visit: Callable[..., Visit], path: str
) -> None:
    """In the dark on a phone, then in the light on a desktop."""
    tab = visit(app, path, width=390, theme="dark")
    expect(tab.page.get_by_role("heading", name=PAGES[path])).to_be_visible()
    settle(tab.page)
    wide = tab.page.evaluate(
        "() => Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(box => box.scrollWidth - box.clientWidth))"
    )
    assert wide == 0
    grave = violations(tab.page)
    assert not grave, "\n\n".join(grave)
    dark = ground(tab.page)
    tab.page.emulate_media(color_scheme="light")
    tab.page.set_viewport_size({"width": 1280, "height": 860})
    expect(tab.page.get_by_test_id("stTopNavLink").first).to_be_visible()
    settle(tab.page)
    assert ground(tab.page) != dark
    grave = violations(tab.page)
    assert not grave, "\n\n".join(grave)
    assert not tab.complaints


def test_the_keyboard_walks_a_page_from_its_top_to_its_bottom(app: str, visit: Callable[..., Visit]) -> None:
    tab = visit(app)
    expect(tab.page.get_by_role("heading", name=PAGES["/"])).to_be_visible()
    settle(tab.page)
    tops = []
    for _ in range(24):
        tab.page.keyboard.press("Tab")
        tag, top = tab.page.evaluate(
            "() => [document.activeElement.tagName, document.activeElement.getBoundingClientRect().top"
            " + document.querySelector('[data-testid=stMain]').scrollTop]"
        )
        if tag in ("INPUT", "BUTTON", "A"):
            tops.append(top)
    assert len(tops) > 15
    row = 60  # px: a label and its field, side by side with buttons, are a row
    assert all(later > earlier - row for earlier, later in pairwise(tops)), tops
