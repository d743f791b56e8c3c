"""Every module is imported by a test, or reached through a door that tests use; each door says which."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Modules behind a door: the door, and the folder or file of the tests that go through it.
THROUGH = {
    "engine.api": ("engine.advise and the other names of the API, run as examples", "tests/test_examples.py"),
    "engine.cli": ("engine.__main__.main, which calls every command", "tests/cli"),
    "engine.experiments.gather": ("run_plans, whose outcomes and notes are checked", "tests/experiments"),
    "engine.fieldwork.qgis": ("engine.fieldwork.exports.write", "tests/fieldwork"),
    "engine.learning.adaptation": ("the methods that go on from a source model", "tests/learning"),
    "engine.learning.methods": ("METHODS: every method learns a separable study", "tests/experiments"),
    "engine.learning.protocols": ("types only", "tests/learning"),
    "engine.sampling.reaching": ("Disagreement and Embedding", "tests/sampling"),
    "engine.studies": ("engine.studies.store and engine.studies.ingest", "tests/studies"),
    "engine.views.maps": ("engine.views.maps", "tests/views/test_maps.py"),
    "engine.views.report": ("engine.views.report.compose and files.made", "tests/views"),
    "pages": ("app.py, run by Streamlit's AppTest", "tests/pages"),
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = sorted(
    module_of(path)
    for room in ("engine", "pages")
    for path in (ROOT / room).rglob("*.py")
    if path.name != "__init__.py"
)


def imported_by_tests() -> set[str]:
    names = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
            elif isinstance(node, ast.Import):
                names |= {name.name for name in node.names}
    return names


def door_of(module: str) -> str | None:
    return next((door for door in THROUGH if module == door or module.startswith(f"{door}.")), None)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    return imported_by_tests()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_imported_by_a_test_or_reached_through_a_named_door(module: str, imported) -> None:
    assert module in imported or door_of(module)


def test_every_door_has_tests_and_something_behind_it(imported) -> None:
    for door, (_, tests) in THROUGH.items():
        assert (ROOT / tests).exists()
        assert any(door_of(module) == door and module not in imported for module in MODULES), door
