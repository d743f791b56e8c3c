"""Copy link puts the address into the clipboard, or where it may not, into a field."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def test_the_address_is_copied_or_shown_to_be_copied(app: str, visit: Callable[..., Visit]) -> None:
    page = visit(app, "/plan?limit=parcels&parcels=40", width=390).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Copy link")
    button.click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    assert "parcels=40" in page.url
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    button.click()
    field = page.get_by_label("Link of this page")
    expect(field).to_be_focused()
    expect(field).to_have_value(page.url)
