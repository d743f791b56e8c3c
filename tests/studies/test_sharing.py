"""A study is shared by its owner's choice, opened by others, and changed by nobody else."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from engine.domain import StudyError
from engine.files import demo_folder
from engine.studies import packed, sharing, shelf, store
from engine.users import note_user, user_of, workspace_of
from tests import made_up


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """The workspaces of two users; the first has a study."""
    found = []
    for name in ("ana", "bo"):
        user = user_of("https://id", name, f"{name}@example.org")
        note_user(tmp_path, user)
        found.append(workspace_of(tmp_path, user))
        found[-1].mkdir()
    store.save_study(made_up.study(parcels=20, times=4, pixels=1), found[0] / shelf.FOLDER / "fields")
    return found[0], found[1]


def test_others_open_a_study_only_while_it_is_shared(places: tuple[Path, Path]) -> None:
    ana, bo = places
    folder = ana / shelf.FOLDER / "fields"
    assert sharing.may_open(folder, ana)
    assert not sharing.may_open(folder, bo)
    assert sharing.share(ana, "fields").shared
    assert sharing.may_open(folder, bo)
    assert not sharing.is_own(folder, bo)
    assert [(each.owner, each.study.id) for each in sharing.shared_with(bo)] == [
        ("ana@example.org", "fields")
    ]
    assert sharing.shared_with(ana) == ()
    assert not sharing.unshare(ana, "fields").shared
    assert not sharing.may_open(folder, bo)
    assert sharing.shared_with(bo) == ()


def test_only_the_owner_shares_renames_and_deletes(places: tuple[Path, Path]) -> None:
    ana, bo = places
    sharing.share(ana, "fields")
    for change in (sharing.unshare, sharing.share, shelf.delete, shelf.export):
        with pytest.raises(StudyError, match="no study"):
            change(bo, "fields")


def test_no_path_leads_to_what_is_not_shared(places: tuple[Path, Path], tmp_path: Path) -> None:
    ana, bo = places
    folder = ana / shelf.FOLDER / "fields"
    sneaky = bo / shelf.FOLDER / "sneaky"
    sneaky.parent.mkdir()
    sneaky.symlink_to(folder)
    away = tmp_path / "elsewhere"
    away.mkdir()
    (away / shelf.SHARED).touch()  # a mark counts on a shelf of the server only
    for path in (
        sneaky,
        bo / ".." / ana.name / shelf.FOLDER / "fields",
        ana,
        ana / shelf.FOLDER,
        away,
        tmp_path,
    ):
        assert not sharing.may_open(path, bo)
    assert sharing.may_open(demo_folder(), bo)
    assert sharing.may_open(away, bo, served=away)


def test_a_copy_is_ones_own_and_not_shared(places: tuple[Path, Path]) -> None:
    ana, bo = places
    folder = ana / shelf.FOLDER / "fields"
    with pytest.raises(StudyError, match="not shared with you"):
        sharing.copy(bo, folder)
    sharing.share(ana, "fields")
    made = sharing.copy(bo, folder)
    assert sharing.is_own(made.folder, bo)
    assert not made.shared
    assert store.open_study(made.folder).fingerprint == store.open_study(folder).fingerprint


def test_an_archive_neither_takes_the_mark_along_nor_brings_one(places: tuple[Path, Path]) -> None:
    ana, bo = places
    sharing.share(ana, "fields")
    content = BytesIO(shelf.export(ana, "fields"))
    with zipfile.ZipFile(content, "a") as archive:
        assert not [name for name in archive.namelist() if shelf.SHARED in name]
        archive.writestr(f"fields/{shelf.SHARED}", b"")
    assert not packed.bring_back(bo, content).shared
