"""What is installed is what is in the checkout, and the public API is what its documentation shows."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import engine
from engine.files import demo_folder

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a wheel of the checkout installs."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for room in ("engine", "data", "models"):
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(target)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    [wheel] = target.glob("groundplan-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    wheel.unlink()
    return target


def files_below(folder: Path) -> set[Path]:
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_engine_the_demo_and_the_models_are_installed_and_nothing_else(installed: Path) -> None:
    assert files_below(installed / "engine") == files_below(ROOT / "engine")
    assert files_below(installed / "groundplan_files" / "models") == files_below(ROOT / "models")
    demo = installed / "groundplan_files" / "data" / demo_folder().name
    assert files_below(demo) == {
        path for path in files_below(demo_folder()) if path.parts[0] not in ("locks", "repeats")
    }
    assert {path.name for path in installed.iterdir()} == {
        "engine", "groundplan_files", f"groundplan-{engine.__version__}.dist-info"
    }  # fmt: skip


def test_installed_the_command_line_advises_on_the_demo_from_any_folder(
    installed: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "engine", "advise", "demo", "--target", "2021", "--json"]
    own = {"PYTHONPATH": str(installed), "GROUNDPLAN_WORKSPACE": str(tmp_path / "workspace")}
    printed = subprocess.run(
        command, cwd=tmp_path, env=os.environ | own, capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(printed)["recommended"]["target"] == "2021"


def test_what_is_installed_needs_what_the_app_is_tested_with(installed: Path) -> None:
    [facts] = installed.glob("*.dist-info/METADATA")
    needed = re.findall(r"^Requires-Dist: ([^;\n]+)$", facts.read_text(encoding="utf-8"), re.MULTILINE)
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(needed) == sorted(pin for pin in pins if not pin.startswith("#"))


def test_the_command_is_the_one_of_the_module() -> None:
    module, function = PROJECT["project"]["scripts"]["groundplan"].split(":")
    assert module == "engine.__main__"
    assert callable(getattr(importlib.import_module(module), function))


def test_version_and_licence_are_the_same_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    day = re.search(r"^date-released: (\S+)$", citation, re.MULTILINE)
    assert day
    assert f"version: {engine.__version__}\n" in citation
    assert f"[{engine.__version__}] - {day[1]}" in changes.replace("–", "-").replace("—", "-")
    assert PROJECT["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_importing_the_engine_imports_nothing_heavy() -> None:
    heavy = ("torch", "geopandas", "pandas", "numpy", "sklearn", "streamlit")
    code = f"import sys, engine; print([name for name in {heavy} if name in sys.modules])"
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_the_api_is_listed_the_same_everywhere() -> None:
    table = API.split("## The functions")[1]
    assert sorted(engine.__all__) == sorted(re.findall(r"^\| `(\w+)\(", table, re.MULTILINE))
    assert sorted(engine.__all__) == sorted(re.findall(r"^`(\w+)` ", engine.__doc__ or "", re.MULTILINE))
    assert {*engine.__all__} <= {*dir(engine)}
    with pytest.raises(AttributeError, match="no attribute 'advice'"):
        _ = engine.advice


@pytest.mark.parametrize("name", engine.__all__)
def test_every_function_says_what_it_takes_and_gives(name: str) -> None:
    function = getattr(engine, name)
    text = inspect.getdoc(function) or ""
    assert all(f"{head}\n{'-' * len(head)}" in text for head in ("Parameters", "Returns", "Examples"))
    for parameter in inspect.signature(function).parameters.values():
        assert re.search(rf"^(\*\*|.*, )?{parameter.name}(,.*)?$", text, re.MULTILINE), parameter.name


def test_a_study_is_asked_in_fifteen_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [code] = re.findall(r"```python\n(.*?)```", API, re.DOTALL)
    assert len([line for line in code.splitlines() if line]) <= 15
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    exec(compile(code, "docs/api.md", "exec"), {})
    assert "macro_f1_pixel" in capsys.readouterr().out
    assert (tmp_path / "report" / "report.pdf").is_file()
    assert list((tmp_path / "field").glob("*.gpx"))
    assert not (tmp_path / "workspace" / "outcomes").exists()  # everything was answered before
