"""Files that somebody sends: kept under our own names, within limits, until a study is made of them.

Names that a browser sends never become paths. A ZIP archive is unpacked file by file, and refused as soon as
it unpacks to more than is allowed, whatever its directory claims.
"""

from __future__ import annotations

import lzma
import os
import re
import shutil
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from engine.domain import GroundplanError
from engine.files import make_folder
from engine.unpacking import BombError, check_archive

FOLDER = "uploads"  # in the workspace
ALLOWED = "GROUNDPLAN_FILES"  # the folder on this machine whose files may be named
MEGABYTE = 1_000_000
MOST_BYTES = 1_000 * MEGABYTE  # of all files of a person, unpacked
MOST_FILES = 100
MOST_LISTED = 500
UNASKED_S = 24 * 3600.0  # after which a person's files are removed
CHUNK = 1 << 20
DAMAGED_ZIP = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError, OSError),
    *(ValueError, LookupError, struct.error),
)
MAPS = (".gpkg", ".geojson", ".json", ".shp", ".geoparquet")
TABLES = (".csv", ".tsv", ".txt", ".parquet", ".pq")
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix")
BESIDE = frozenset(SHAPEFILE_PARTS) - {".shp"}  # belong to another file
PASSED_OVER = ("readme", "read_me", "license", "licence")
KNOWN = frozenset((*MAPS, *TABLES, *SHAPEFILE_PARTS))

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

Source = tuple[str, Callable[[], IO[bytes]]]


class UploadError(GroundplanError):
    """Files that are not taken."""


@dataclass(frozen=True)
class Received:
    """A file as it was sent, and where it is kept.

    Parameters
    ----------
    name
        As its sender calls it, for people only.
    path
        Under our own name.
    size
        In bytes, with the files that belong to it.
    """

    name: str
    path: Path
    size: int


def folder_of(workspace: Path, person: str) -> Path:
    """Where the files of a person are kept.

    Parameters
    ----------
    workspace
        The folder of the installation.
    person
        Our own name of a session, letters and digits.
    """
    if not re.fullmatch(r"[A-Za-z0-9]+", person):
        raise ValueError(person)
    return workspace / FOLDER / person


def receive(folder: Path, sent: Iterable[Source]) -> tuple[tuple[Received, ...], tuple[str, ...]]:
    """Keep files, and unpack archives among them; all or none are taken.

    Parameters
    ----------
    folder
        Of the person; files that are there already count.
    sent
        Name and opener of each file.

    Returns
    -------
    The files, Shapefiles with their parts as one, and names of those that are passed over, such as a read-me
    file.

    Raises
    ------
    UploadError
        Where they are too many, too large or damaged, or none is of a kind that is read.
    """
    make_folder(folder)
    batch = folder / f"{time.time_ns():x}"
    make_folder(batch)
    taking = _Taking(batch, _bytes_in(folder))
    try:
        for name, opener in sent:
            with opener() as stream:
                taking.take(name, stream)
        return taking.received(), tuple(taking.passed_over)
    except BaseException:
        shutil.rmtree(batch, ignore_errors=True)
        raise


def forget(folder: Path) -> None:
    """Remove the files of a person.

    Parameters
    ----------
    folder
        See `folder_of`.
    """
    shutil.rmtree(folder, ignore_errors=True)


def forget_old(workspace: Path, now: float | None = None) -> None:
    """Remove the files of everybody who has sent nothing for a day.

    Parameters
    ----------
    workspace
        The folder of the installation.
    now
        In seconds of the epoch; by default the clock's.
    """
    limit = (time.time() if now is None else now) - UNASKED_S
    for folder in (workspace / FOLDER).glob("*"):
        if folder.is_dir() and not folder.is_symlink() and folder.stat().st_mtime < limit:
            forget(folder)


def allowed_folder() -> Path | None:
    """The folder on this machine whose files may be named; None where no file may."""
    named = os.environ.get(ALLOWED, "")
    folder = Path(named).expanduser().resolve() if named else None
    return folder if folder and folder.is_dir() else None


def listed() -> tuple[str, ...]:
    """Names of the files that may be named, within that folder."""
    folder = allowed_folder()
    if folder is None:
        return ()
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if Path(name).suffix.lower() in KNOWN - BESIDE:
                found.append((Path(place) / name).relative_to(folder).as_posix())
        if len(found) >= MOST_LISTED:
            break
    return tuple(found[:MOST_LISTED])


def on_this_machine(name: str) -> Received:
    """A file of the folder whose files may be named; it is read where it is.

    Parameters
    ----------
    name
        Within that folder.

    Raises
    ------
    UploadError
        Where none may be named, or it is not there: a link that leads out of the folder is not followed.
    """
    folder = allowed_folder()
    if folder is None:
        raise UploadError(
            f"No file of this machine may be named. Set {ALLOWED} to a folder, or upload the files."
        )
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise UploadError(f"There is no file {name[:80]!r} in {folder}. Choose one of that folder.")
    return Received(name, path, path.stat().st_size)


def with_names(text: str, files: Sequence[Received]) -> str:
    """A message with the names of the senders in place of our own paths.

    Parameters
    ----------
    text
        What ingest says.
    files
        That it may speak of.
    """
    for file in files:
        text = text.replace(str(file.path), file.name)
    for file in files:
        own = rf"(?<![\w.-]){re.escape(file.path.name)}(?![\w.-]*\w)"
        text = re.sub(own, lambda _, name=file.name: name, text)  # type: ignore[misc]
    return text


class _Taking:
    """What was taken so far."""

    def __init__(self, batch: Path, before: int) -> None:
        self.batch, self.bytes = batch, before
        self.passed_over: list[str] = []
        self._own: dict[str, str] = {}  # our name, without suffix, by the sender's
        self._taken: list[tuple[str, Path]] = []

    def take(self, name: str, stream: IO[bytes], archive: str = "") -> None:
        """Take a file, of an archive where that is named."""
        plain = PurePosixPath(name.replace("\\", "/"))
        suffix = plain.suffix.lower()
        if suffix == ".zip" and not archive:
            self._unpack(name, stream)
        elif suffix not in KNOWN or plain.stem.lower() in PASSED_OVER:
            self.passed_over.append(_short(name))
        else:
            self._copy(plain, suffix, stream, archive)

    def _copy(self, plain: PurePosixPath, suffix: str, stream: IO[bytes], archive: str) -> None:
        if len(self._taken) >= MOST_FILES:
            raise UploadError(
                f"There are more than {MOST_FILES} files. Join those of the same kind, or send fewer."
            )
        part = plain.with_suffix("") if suffix in SHAPEFILE_PARTS else len(self._taken)
        year = "".join(f"-{found}" for found in YEAR.findall(plain.stem)[:1])  # which may name a season
        own = self._own.setdefault(f"{archive}:{part}", f"{len(self._own) + 1}{year}")
        path = self.batch / f"{own}{suffix}"
        with path.open("wb") as file:
            while chunk := stream.read(CHUNK):
                self.bytes += len(chunk)
                if self.bytes > MOST_BYTES:
                    raise _too_large()
                file.write(chunk)
        self._taken.append((plain.name, path))

    def _unpack(self, name: str, stream: IO[bytes]) -> None:
        try:
            with zipfile.ZipFile(stream) as archive:
                check_archive(archive)
                if self.bytes + sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                    raise _too_large()
                for member in archive.infolist():
                    if member.is_dir() or "__MACOSX" in member.filename:
                        continue
                    with archive.open(member) as packed:
                        self.take(member.filename, packed, archive=name)
        except BombError as error:
            raise UploadError(
                f"{_short(name)} is not unpacked: {error}. Send the files themselves."
            ) from error
        except DAMAGED_ZIP as error:
            raise UploadError(
                f"{_short(name)} cannot be unpacked ({error}). Pack it again without a password, or send the "
                "files themselves."
            ) from error

    def received(self) -> tuple[Received, ...]:
        """The files that stand for themselves, each with those that belong to it."""
        size: dict[str, int] = {}
        for _, path in self._taken:
            size[path.stem] = size.get(path.stem, 0) + path.stat().st_size
        alone = [(name, path) for name, path in self._taken if path.suffix not in BESIDE]
        parts = {path.stem for _, path in self._taken} - {path.stem for _, path in alone}
        if parts:
            raise UploadError(
                "Parts of a Shapefile came without the .shp. Send .shp, .shx, .dbf and .prj together."
            )
        if not alone:
            kinds = ".gpkg, .geojson, .parquet, .csv, .zip or the parts of a Shapefile"
            raise UploadError(f"{', '.join(self.passed_over[:3])}: of no kind that is read. Send {kinds}.")
        return tuple(Received(_short(name), path, size[path.stem]) for name, path in alone)


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _too_large() -> UploadError:
    return UploadError(
        f"The files come to more than {MOST_BYTES // MEGABYTE:,} MB, unpacked. Send fewer seasons, write "
        "tables as Parquet, or use the command line: python -m engine ingest."
    )


def _short(name: str) -> str:
    """The last part of a sender's name, as a message may show it."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(sign if sign.isprintable() else "?" for sign in last)[:80] or "a file without a name"
