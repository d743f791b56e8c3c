"""What is deployed is what is tested."""

from __future__ import annotations

from pathlib import Path

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
