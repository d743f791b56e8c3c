"""Files that are sent are kept under our own names, within limits; names and archives lead nowhere else."""

import io
import os
import zipfile

import pytest

from engine.studies import uploads
from engine.studies.uploads import UploadError


def sent(**files):
    return [
        (name.replace("__", "."), lambda content=content: io.BytesIO(content))
        for name, content in files.items()
    ]


def packed(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(name.replace("__", "."), each)
    return content.getvalue()


def test_a_name_of_the_sender_never_becomes_a_path(tmp_path):
    files, _ = uploads.receive(tmp_path / "me", [("../../evil.csv", lambda: io.BytesIO(b"a"))])
    assert files[0].name == "evil.csv"
    assert files[0].path.is_relative_to(tmp_path / "me")
    assert files[0].path.suffix == ".csv"
    assert uploads.with_names(f"{files[0].path} is odd", files) == "evil.csv is odd"


def test_an_archive_is_unpacked_and_what_is_no_data_is_named(tmp_path):
    archive = packed(p__gpkg=b"1", s__csv=b"2", README__txt=b"3", x__exe=b"4")
    files, passed_over = uploads.receive(tmp_path, sent(all__zip=archive))
    assert [file.name for file in files] == ["p.gpkg", "s.csv"]
    assert passed_over == ("README.txt", "x.exe")


def test_parts_of_a_shapefile_stay_together_and_two_of_one_name_do_not_mix(tmp_path):
    parts = {"f__shp": b"12", "f__dbf": b"3", "f__prj": b"4"}
    files, _ = uploads.receive(tmp_path, [*sent(a__zip=packed(**parts)), *sent(b__zip=packed(**parts))])
    assert [(file.name, file.size) for file in files] == [("f.shp", 4), ("f.shp", 4)]
    assert all(file.path.with_suffix(".dbf").is_file() for file in files)
    assert files[0].path != files[1].path
    with pytest.raises(UploadError, match=r"without the \.shp"):
        uploads.receive(tmp_path, sent(f__dbf=b"3"))


@pytest.mark.parametrize("name", ["many__csv", "many__zip"])
def test_what_is_too_large_leaves_nothing_behind(tmp_path, monkeypatch, name):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    content = b"0" * 5000
    content = packed(a__csv=content) if name.endswith("zip") else content
    with pytest.raises(UploadError, match="more than"):
        uploads.receive(tmp_path, sent(**{name: content}))
    assert not list(tmp_path.rglob("*.csv"))


def test_damaged_archives_and_other_kinds_are_refused_with_a_cure(tmp_path):
    with pytest.raises(UploadError, match="Pack it again"):
        uploads.receive(tmp_path, sent(a__zip=b"PK no archive"))
    with pytest.raises(UploadError, match=r"a\.pdf: of no kind that is read"):
        uploads.receive(tmp_path, sent(a__pdf=b"1"))


def test_only_files_of_the_named_folder_may_be_named_and_no_link_leads_out(tmp_path, monkeypatch):
    inside, outside = tmp_path / "in", tmp_path / "out.csv"
    inside.mkdir()
    outside.write_text("secret")
    (inside / "a.csv").write_text("1")
    (inside / "link.csv").symlink_to(outside)
    with pytest.raises(UploadError, match="No file of this machine"):
        uploads.on_this_machine("a.csv")
    monkeypatch.setenv(uploads.ALLOWED, str(inside))
    assert uploads.listed() == ("a.csv", "link.csv")
    assert uploads.on_this_machine("a.csv").size == 1
    for name in ("link.csv", "../out.csv", str(outside), "none.csv"):
        with pytest.raises(UploadError, match="There is no file"):
            uploads.on_this_machine(name)


def test_files_go_after_a_day(tmp_path):
    mine = uploads.folder_of(tmp_path, "abc")
    uploads.receive(mine, sent(a__csv=b"1"))
    uploads.forget_old(tmp_path)
    assert mine.is_dir()
    uploads.forget_old(tmp_path, now=os.stat(mine).st_mtime + uploads.UNASKED_S + 1)
    assert not mine.exists()
