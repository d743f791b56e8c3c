"""Open a page by Streamlit without a browser, and read what it shows."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.learning.recipes import RECIPES
from tests.made_up import TINY

ROOT = Path(__file__).parents[2]
WAIT_S = 60
ROUTING = "Estimated, not routed yet. The day tours are being planned..."
GLOSSARY = re.compile(r"\*\*[^*]+\.\*\* ")  # how the glossary of a page begins
FIRST = "overview"
PAGES = [FIRST, "plan", "experiments", "compare", "scenarios", "fieldwork", "crop_map", "report", "study"]


def new_app(study: Path | None, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app before its first page, of a study or of the demo."""
    if study:
        monkeypatch.setenv("GROUNDPLAN_STUDY", str(study))
        monkeypatch.setitem(RECIPES, "quick", TINY)
    else:
        monkeypatch.delenv("GROUNDPLAN_STUDY", raising=False)
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(workspace))
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT_S)


def open_app(study: Path | None, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The first page, of a study or of the demo."""
    return new_app(study, workspace, monkeypatch).run()


def open_page(
    study: Path | None,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    **address: str | list[str],
) -> AppTest:
    """A page by its link, in a new tab."""
    app = new_app(study, workspace, monkeypatch)
    if page != FIRST:
        return go_to(app, page, **address)
    app.query_params.update(address)
    return app.run()


def go_to(app: AppTest, page: str, **address: str | list[str]) -> AppTest:
    """Another page by its link, with this address and nothing left of the one before."""
    app.query_params.clear()
    app.query_params.update(address)
    return app.switch_page(f"pages/{page}.py").run()


def texts(page: AppTest) -> str:
    """All that the page says, without its glossary."""
    written = [
        *page.header, *page.subheader, *page.markdown, *page.caption, *page.error, *page.info, *page.warning,
    ]  # fmt: skip
    return "\n".join(element.value for element in written if not GLOSSARY.match(element.value))


def button(page: AppTest, label: str) -> Any:
    """The button whose label holds this."""
    return next(element for element in page.button if label in element.label)


def until_final(page: AppTest) -> AppTest:
    """The page once its trip is routed."""
    end = time.monotonic() + WAIT_S
    while ROUTING in texts(page) and time.monotonic() < end:
        page.run()
    return page
