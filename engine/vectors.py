"""GeoPackages and Shapefiles, the only files that GDAL reads for us; nothing else opens a vector file.

A file is known by its first bytes, never by its name, so that GDAL's drivers for other formats, servers and
files that point at files never see it. A ZIP archive is unpacked by us, and only Shapefiles of it.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from engine.unpacking import check_archive

if TYPE_CHECKING:
    import pandas as pd

SHAPEFILE_HEAD, SQLITE_HEAD, ZIP_HEAD = b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PK\x03\x04"
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")  # of the application, in the head of an SQLite file
HEAD_BYTES = 100
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")  # of a Shapefile, that GDAL needs
IN_ZIP = {"", *PARTS, ".qix", ".qpj", ".sbn", ".sbx", ".xml"}
IN_ZIP |= {".txt", ".md", ".pdf", ".qml", ".qmd", ".sld", ".cst", ".lyr"}  # what is packed beside them
REACHING = re.compile(r"\b(?:ogr_geocode\w*|ogr_datasource\w*|gdal_\w+|load_extension)\s*\(", re.IGNORECASE)
VIRTUAL = re.compile(r"\s*create\s+virtual\s+table\b.*?\busing\s+(\w+)", re.IGNORECASE | re.DOTALL)


def is_geopackage(head: bytes) -> bool:
    """Whether these are the first bytes of a GeoPackage.

    Parameters
    ----------
    head
        100 bytes.
    """
    return head.startswith(SQLITE_HEAD) and head[68:72] in GEOPACKAGE_IDS


def is_shapefile(head: bytes) -> bool:
    """Whether these are the first bytes of a Shapefile, or of an archive that may hold some.

    Parameters
    ----------
    head
        4 bytes or more.
    """
    return head.startswith((SHAPEFILE_HEAD, ZIP_HEAD))


def layers_of(path: Path) -> dict[str, bool]:
    """The layers of a file, and whether each has outlines.

    Parameters
    ----------
    path
        Of a GeoPackage, a Shapefile or an archive of Shapefiles.

    Raises
    ------
    ValueError, RuntimeError, OSError, zipfile.BadZipFile
        Where it is none, is damaged, or reaches for what is not in it.
    """
    with _opened(path) as (pyogrio, files):
        return {str(name): kind is not None for file in files for name, kind in pyogrio.list_layers(file)}


def columns_of(path: Path) -> tuple[str, ...]:
    """Names of the columns of all layers that have outlines, without reading them.

    Parameters
    ----------
    path
        As of `layers_of`.

    Raises
    ------
    ValueError, RuntimeError, OSError, zipfile.BadZipFile
        As `layers_of`.
    """
    stamp = path.stat()
    return _columns(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=8)
def _columns(path: Path, changed: int, size: int) -> tuple[str, ...]:
    """The same, read once as long as the file does not change: every dialect asks, and archives are large."""
    with _opened(path) as (pyogrio, files):
        return tuple(
            str(column)
            for file in files
            for name, kind in pyogrio.list_layers(file)
            if kind is not None
            for column in pyogrio.read_info(file, name)["fields"]
        )


def read_layers(
    path: Path, names: Sequence[str] | None = None, encoding: str | None = None, geometry: bool = True
) -> dict[str, pd.DataFrame]:
    """The tables of a file by the name of their layers, with geometry where they have it.

    Parameters
    ----------
    path
        As of `layers_of`.
    names
        Of the layers; None for all.
    encoding
        Of texts, where the file says it wrongly.
    geometry
        Whether outlines are wanted.

    Raises
    ------
    ValueError, RuntimeError, OSError, zipfile.BadZipFile
        As `layers_of`.
    """
    with _opened(path) as (pyogrio, files):
        return {
            str(name): pyogrio.read_dataframe(file, layer=name, encoding=encoding, read_geometry=geometry)
            for file in files
            for name, _ in pyogrio.list_layers(file)
            if names is None or str(name) in names
        }


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, list[Path]]]:
    """The library that reads, and the files that it may open: the file itself, or the Shapefiles in it."""
    import pyogrio

    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(ZIP_HEAD):
        with tempfile.TemporaryDirectory(prefix="unpacked-") as folder:
            yield pyogrio, _unpacked(path, Path(folder))
        return
    if is_geopackage(head):
        _check_geopackage(path)
    elif not head.startswith(SHAPEFILE_HEAD):
        raise ValueError("its first bytes are those of no GeoPackage and no Shapefile")
    yield pyogrio, [path]


def _unpacked(path: Path, folder: Path) -> list[Path]:
    """The Shapefiles of an archive, unpacked under their own plain names."""
    with zipfile.ZipFile(path) as archive:
        members = [each for each in archive.infolist() if not each.is_dir()]
        names = [PurePosixPath(each.filename) for each in members]
        strange = sorted({name.suffix.lower() for name in names} - IN_ZIP)
        if strange:
            raise ValueError(f"the ZIP archive holds {', '.join(strange)}, only Shapefiles may lie in it")
        check_archive(archive)
        for name, member in zip(names, members, strict=True):
            if name.suffix.lower() in PARTS and "__MACOSX" not in name.parts:
                place = folder / f"{name.stem}{name.suffix.lower()}"
                if place.exists():
                    raise ValueError(f"the ZIP archive holds {name.name} twice")
                place.write_bytes(archive.read(member))
    found = sorted(folder.glob("*.shp"))
    if not found:
        raise ValueError("the ZIP archive holds no Shapefile")
    for place in found:
        if not place.read_bytes()[:4].startswith(SHAPEFILE_HEAD):
            raise ValueError(f"{place.name} in the ZIP archive is no Shapefile")
    return found


def _check_geopackage(path: Path) -> None:
    """Refuse a database whose tables are made of other files or addresses when they are read."""
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            texts = [str(text) for (text,) in database.execute("SELECT sql FROM sqlite_master")]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise ValueError("the database in it is damaged or incomplete") from error
    for text in texts:
        virtual = VIRTUAL.match(text)
        if (virtual and virtual[1].lower() != "rtree") or REACHING.search(text):
            raise ValueError("it holds a table that is made of another file or address")
