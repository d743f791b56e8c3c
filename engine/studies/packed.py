"""A study that was exported as a ZIP archive comes back.

An archive may come from anybody: only the files of a study are taken, under their own plain names, and no
more of them than is allowed, whatever the archive's directory claims.
"""

from __future__ import annotations

import re
import shutil
import uuid
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from engine.domain import StudyError
from engine.files import make_folder, readonly
from engine.studies import shelf
from engine.studies.manifest import FILE
from engine.studies.shelf import Shelved
from engine.studies.store import open_study
from engine.studies.uploads import CHUNK, DAMAGED_ZIP, MEGABYTE, MOST_BYTES
from engine.unpacking import check_archive

PLAIN = re.compile(r"\w[\w.-]*\.parquet")
BESIDE = ("labels", "samples")  # folders of a study that hold what the field brought
RECORD = re.compile(r"\w[\w.-]*\.json")


def is_study(stream: IO[bytes]) -> bool:
    """Whether a stream is the archive of an exported study; it is at its beginning then.

    Parameters
    ----------
    stream
        Of any file.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            return _top(archive) is not None
    except DAMAGED_ZIP:
        return False
    finally:
        stream.seek(0)


def bring_back(workspace: Path, stream: IO[bytes], most_bytes: int = MOST_BYTES) -> Shelved:
    """Put an exported study on the shelf, whole or not at all.

    Parameters
    ----------
    workspace
        The folder of the installation.
    stream
        Of the archive that `engine.studies.shelf.export` made.
    most_bytes
        That it may unpack to.

    Raises
    ------
    StudyError
        Where it is no such archive, unpacks to more, or holds no study that opens, or this installation keeps
        nothing.
    """
    if readonly():
        raise StudyError("This installation keeps no studies (GROUNDPLAN_READONLY). Use one of your own.")
    aside = workspace / shelf.FOLDER / f".{uuid.uuid4().hex[:8]}.coming"  # no study before it is whole
    try:
        _unpack(stream, aside, most_bytes)
        folder = shelf.place_for(workspace, open_study(aside).name)
        aside.rename(folder)
        return shelf.find(workspace, folder.name)
    except StudyError as error:
        raise StudyError(str(error).replace(str(aside), "The archive")) from error
    except DAMAGED_ZIP as error:
        raise StudyError(
            f"The archive cannot be unpacked ({error}). Export the study again, or free some space."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _unpack(stream: IO[bytes], folder: Path, most_bytes: int) -> None:
    unpacked = 0
    with zipfile.ZipFile(stream) as archive:
        top = _top(archive)
        if top is None:
            raise StudyError(f"The archive holds no {FILE}. Give one that Export, or studies --export, made.")
        check_archive(archive)
        if sum(member.file_size for member in archive.infolist()) > most_bytes:
            raise _too_large(most_bytes)
        make_folder(folder)
        for member in archive.infolist():
            path = PurePosixPath(member.filename)
            own = _own_path(path, top)
            if own is None:
                continue
            make_folder((folder / own).parent)
            with archive.open(member) as packed, (folder / own).open("xb") as file:
                while chunk := packed.read(CHUNK):
                    unpacked += len(chunk)
                    if unpacked > most_bytes:
                        raise _too_large(most_bytes)
                    file.write(chunk)


def _too_large(most_bytes: int) -> StudyError:
    return StudyError(
        f"The archive unpacks to more than {most_bytes // MEGABYTE:,} MB. Unpack it yourself where there is "
        "room, and open its folder."
    )


def _own_path(path: PurePosixPath, top: PurePosixPath) -> PurePosixPath | None:
    """Where a file of the archive lies in the study; None for what no study has."""
    if path.parent == top and (path.name == FILE or PLAIN.fullmatch(path.name)):
        return PurePosixPath(path.name)
    if path.parent.parent == top and path.parent.name in BESIDE and RECORD.fullmatch(path.name):
        return PurePosixPath(path.parent.name, path.name)
    return None


def _top(archive: zipfile.ZipFile) -> PurePosixPath | None:
    """The only folder of the archive that holds a study; None where there is none, or several."""
    tops = {
        path.parent
        for path in map(PurePosixPath, archive.namelist())
        if path.name == FILE and len(path.parts) <= 2
    }
    return tops.pop() if len(tops) == 1 else None
