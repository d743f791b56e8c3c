"""An exported study comes back, and nothing else does."""

import io
import zipfile

import pytest

from engine.domain import StudyError
from engine.studies import packed, shelf
from engine.studies.store import open_study, save_study
from tests import made_up


@pytest.fixture
def exported(tmp_path):
    draft = save_study(made_up.study(parcels=12, times=3, pixels=1), tmp_path / "draft")
    kept = shelf.put(tmp_path, draft, "Fields")
    return shelf.export(tmp_path, kept.id)


def archive(**files: bytes) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return content


def with_more(content: bytes, **files: bytes) -> io.BytesIO:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return stream


def test_an_exported_study_comes_back_as_the_same_study(tmp_path, exported):
    assert packed.is_study(io.BytesIO(exported))
    back = packed.bring_back(tmp_path, io.BytesIO(exported))
    assert (back.id, back.name) == ("fields-2", "Fields")
    assert open_study(back.folder).fingerprint == open_study(tmp_path / "studies" / "fields").fingerprint


def test_no_file_of_an_archive_leaves_the_folder_and_only_those_of_a_study_are_taken(tmp_path, exported):
    strange = {"../../evil.parquet": b"x", "/evil.parquet": b"x", "fields/../evil.parquet": b"x"}
    strange |= {"fields/code.py": b"x", "fields/deep/evil.parquet": b"x", "fields/.hidden.parquet": b"x"}
    back = packed.bring_back(tmp_path / "other", with_more(exported, **strange))
    names = sorted(path.name for path in (tmp_path / "other").rglob("*") if path.is_file())
    assert names == sorted(path.name for path in back.folder.iterdir())
    assert not [name for name in names if "evil" in name or name in ("code.py", ".hidden.parquet")]
    assert not list(tmp_path.rglob("evil.parquet"))


def test_what_is_no_study_or_too_large_leaves_nothing_behind(tmp_path, exported):
    cases = [
        (io.BytesIO(b"no archive"), "cannot be unpacked"),
        (archive(**{"a/readme.txt": b"x"}), "holds no study.toml"),
        (archive(**{"a/study.toml": b"x", "b/study.toml": b"x"}), "holds no study.toml"),
        (archive(**{"a/study.toml": b"format = 1"}), "format"),
        (with_more(exported, **{"fields/bomb.parquet": bytes(5_000_000)}), "unpacks to more than 4 MB"),
    ]
    for stream, said in cases:
        with pytest.raises(StudyError, match=said) as caught:
            packed.bring_back(tmp_path / "other", stream, most_bytes=4_000_000)
        assert str(tmp_path) not in str(caught.value)
        assert not list((tmp_path / "other").rglob("*.*"))
    assert not packed.is_study(io.BytesIO(b"no archive"))
    assert not packed.is_study(archive(**{"parcels.csv": b"x"}))


def test_an_installation_that_keeps_nothing_takes_no_study(tmp_path, exported, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    with pytest.raises(StudyError, match="keeps no studies"):
        packed.bring_back(tmp_path, io.BytesIO(exported))
