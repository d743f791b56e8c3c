"""Writers that are killed, and disks that are full: nothing is lost, nothing half-written is left."""

import errno
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from engine import leftovers
from engine.__main__ import main
from engine.files import write_atomic
from engine.studies.shelf import FOLDER, studies
from engine.studies.store import open_study, save_study
from tests import made_up


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=20, times=4, pixels=1)


def killed_at(step, work):
    """Do something in another process that dies at its so manieth renaming; whether it got so far."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    rename, left = os.rename, [step]

    def renamed(*paths):
        if left[0] == 0:
            os._exit(9)
        left[0] -= 1
        rename(*paths)

    os.rename = renamed
    try:
        work()
    finally:
        os._exit(0)


def test_a_kill_at_any_renaming_leaves_the_old_or_the_new_study_and_what_lies_beside_it(study, tmp_path):
    folder, killed = tmp_path / FOLDER / "kept", []
    for step in range(5):
        if folder.exists():
            save_study(replace(study, name="Old"), folder, overwrite=True)
        else:
            save_study(replace(study, name="Old"), folder)
        for beside in ("outcomes", "labels-kept"):
            write_atomic(folder / beside / "a.json", b"{}")
        killed.append(killed_at(step, lambda: save_study(replace(study, name="New"), folder, overwrite=True)))
        names = [each.name for each in studies(tmp_path)[0]]
        assert names in (["Old"], ["New"]), (step, names)
        assert open_study(folder).name == ("Old" if step < 2 else "New")
        for beside in ("outcomes", "labels-kept"):
            assert (folder / beside / "a.json").is_file(), (step, beside)
        assert not list(folder.parent.glob(".*.old"))
    assert killed == [True, True, True, True, False]


def test_unfinished_files_of_dead_writers_go_and_those_of_the_living_stay(tmp_path, monkeypatch):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = [tmp_path / f".writing-{gone.pid}-x", tmp_path / "outcomes" / f".writing-{gone.pid}-y"]
    alive = tmp_path / f".writing-{os.getpid()}-z"
    other = tmp_path / ".writing-notes"
    (tmp_path / "outcomes").mkdir()
    for path in (*dead, alive, other):
        path.write_bytes(b"half")
    young = tmp_path / f".k-{gone.pid}-0123abcd.partial"
    young.mkdir()
    leftovers.put_right(tmp_path, ())
    assert young.is_dir()
    monkeypatch.setattr(leftovers, "ABANDONED_S", 0)
    leftovers.sweep.cache_clear()
    leftovers.sweep(tmp_path)
    leftovers.put_right(tmp_path, ())
    assert not any(path.exists() for path in dead)
    assert alive.exists()
    assert other.exists()
    assert not young.exists()


FULL = [errno.ENOSPC, errno.EROFS, errno.EACCES]


@pytest.mark.parametrize("code", FULL)
def test_a_study_that_cannot_be_written_leaves_the_old_one(study, tmp_path, monkeypatch, code):
    folder = save_study(study, tmp_path / "kept")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    failing(monkeypatch, code)
    with pytest.raises(Exception, match=r"cannot be (saved|written|made)") as raised:
        save_study(replace(study, name="New"), folder, overwrite=True)
    assert type(raised.value).__name__ in ("StudyError", "WriteError")
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def failing(patch, code):
    """Have every file that is synchronised or renamed meet a disk that is full or may not be written."""

    def fail(*_):
        raise OSError(code, os.strerror(code))

    for name in ("fsync", "replace", "rename"):
        patch.setattr(os, name, fail)


COMMANDS = [
    "simulate --out {new} --parcels 12 --pixels 2",
    "sample --out {new}",
    "run {study} --target 2021 --method scratch --recipe quick --repeats 1 --radius 30 --archive {new}",
    "itinerary {study} --target 2021 --radius 30 --out {new}",
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda text: text.split()[0])
def test_a_command_on_a_full_disk_ends_in_a_sentence_and_leaves_no_partial_file(
    study, tmp_path, monkeypatch, capsys, command
):
    folder = save_study(study, tmp_path / "study")
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    failing(monkeypatch, errno.ENOSPC)
    status = main(command.format(study=folder, new=tmp_path / "new").split())
    said = capsys.readouterr().err
    assert status == 2, said
    assert "Traceback" not in said
    assert "No space left" in said
    left = [path for path in (tmp_path / "new").rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert not left, left
    assert not list(tmp_path.glob(".*"))
