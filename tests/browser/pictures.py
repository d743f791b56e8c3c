"""Pictures of pages, kept beside the project to look at."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Error, Page

from tests.browser.conftest import ROOT

SCREENS = ROOT / "artefacts" / "screens"


def photograph(page: Page, path: Path, goes: int = 3) -> None:
    """A picture of the page; while its software graphics start again, Chromium refuses to take one."""
    for go in range(1, goes + 1):
        try:
            page.screenshot(path=path)
            return
        except Error as refusal:
            if "Unable to capture screenshot" not in str(refusal) or go == goes:
                raise
            page.wait_for_timeout(2000)
