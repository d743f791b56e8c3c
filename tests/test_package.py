"""What is installed is what is in the checkout, and the public API is what its documentation shows."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import engine
from engine.files import demo_folder, shipped_folder

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUP = PROJECT["tool"]["setuptools"]
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_package_of_the_engine_is_installed_and_no_other_code() -> None:
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "engine").rglob("*.py")}
    listed = [name for name in SETUP["packages"] if name not in SETUP["package-dir"]]
    assert set(listed) == {".".join(folder.parts) for folder in folders}


def test_every_file_beside_the_code_is_installed() -> None:
    installed = {
        path
        for package, patterns in SETUP["package-data"].items()
        for pattern in patterns
        for path in (ROOT / SETUP["package-dir"].get(package, package.replace(".", "/"))).glob(pattern)
    }
    beside = [
        path
        for path in (ROOT / "engine").rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    ]
    shipped = [*(ROOT / "models").glob("*"), *demo_folder().glob("*"), *demo_folder().glob("outcomes/*")]
    assert {path for path in (*beside, *shipped) if path.is_file()} <= installed


def test_the_command_is_the_one_of_the_module() -> None:
    module, function = PROJECT["project"]["scripts"]["groundplan"].split(":")
    assert module == "engine.__main__"
    assert callable(getattr(importlib.import_module(module), function))


def test_installed_the_demo_and_the_models_are_found_beside_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shipped_folder() == ROOT
    installed = tmp_path / "groundplan_files"
    (installed / "data").mkdir(parents=True)
    (installed / "data" / "vojvodina-demo").symlink_to(demo_folder())
    monkeypatch.setattr("engine.files.ROOT", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert shipped_folder() == installed
    assert demo_folder() == installed / "data" / "vojvodina-demo"


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
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


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
