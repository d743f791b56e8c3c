"""What is deployed is what is tested."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pages._cache import GLOSSARY

ROOT = Path(__file__).parents[1]
CLOUD = ROOT / "deploy" / "community-cloud"


def pins(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def test_community_cloud_has_the_same_pins_without_torch() -> None:
    assert pins(CLOUD / "requirements.txt") == [
        pin for pin in pins(ROOT / "requirements.txt") if not pin.startswith("torch==")
    ]


def test_requirements_name_no_index() -> None:
    assert not [pin for pin in pins(ROOT / "requirements.txt") if pin.startswith("-")]


def test_the_entry_of_community_cloud_has_pages_and_static_files_beside_it() -> None:
    assert (CLOUD / "pages").resolve() == ROOT / "pages"
    assert (CLOUD / "static").resolve() == ROOT / "static"


def test_the_image_has_every_document_that_the_app_reads() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "docs" not in ignored
    assert f"!{GLOSSARY.relative_to(ROOT).as_posix()}" in ignored


def test_each_pin_stands_once() -> None:
    names = [pin.split("==")[0].lower() for pin in pins(ROOT / "requirements.txt")]
    assert len(names) == len(set(names))


def test_a_cold_deep_link_never_lists_the_files_of_pages() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["client"]["showSidebarNavigation"] is False
