"""Help texts are those of the glossary."""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages import _cache as cache
from pages._glossary import help_of
from tests.pages.driving import PAGES, ROOT, open_page


def terms_of(path: Path) -> Iterator[str]:
    """The terms that a page asks for: its ``TERMS``, and the literals in ``help_of``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "help_of":
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))
        if isinstance(node, ast.Assign) and [getattr(name, "id", "") for name in node.targets] == ["TERMS"]:
            yield from ast.literal_eval(node.value)


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_the_glossary_has_every_term_that_a_page_asks_for(path: Path) -> None:
    assert set(terms_of(path)) <= cache.glossary().keys()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_explains_its_own_terms(page: str) -> None:
    assert len(set(terms_of(ROOT / "pages" / f"{page}.py"))) >= 5


def test_a_term_is_read_with_its_whole_meaning_on_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "glossary.md"
    monkeypatch.setattr(cache, "GLOSSARY", path)
    assert help_of("Macro F1") == ""
    path.write_text("# Glossary\n\nAll.\n\n## Macro F1\n\nThe mean\nof F1.\n\n## F1\n\nOf a class.\n")
    assert cache.glossary() == {"Macro F1": "The mean of F1.", "F1": "Of a class."}
    assert help_of("F1", "Macro F1") == "**F1.** Of a class.\n\n**Macro F1.** The mean of F1."


def test_a_page_shows_its_glossary_and_uses_it_as_help(
    saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(saved, workspace, monkeypatch, "plan")
    assert any(text.value.startswith("**Departure.** ") for text in page.markdown)
    assert page.selectbox(key="tariff").help == cache.glossary()["Tariff"]


def test_the_image_contains_the_glossary() -> None:
    contained = True
    for pattern in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if fnmatch.fnmatch("docs/glossary.md", pattern.removeprefix("!")):
            contained = pattern.startswith("!")
    assert contained
