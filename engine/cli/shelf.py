"""The command on the studies of the workspace: list, rename, export, import, share, delete."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from engine.cli.shared import add_json, print_json, print_lines
from engine.decisions import shelved
from engine.domain import PlanError, StudyError
from engine.experiments.archive import Archive
from engine.files import workspace, write_atomic
from engine.studies import packed, sharing, shelf
from engine.studies.shelf import Shelved
from engine.users import find_user, workspace_of

MEGABYTE = 1e6


def add_studies(parser: argparse.ArgumentParser) -> None:
    """Options of ``studies``.

    Parameters
    ----------
    parser
        Of the command.
    """
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="give a study another name")
    what.add_argument("--export", metavar="NAME", help="write a study as a ZIP archive, with --out")
    what.add_argument(
        "--import", dest="archive", type=Path, metavar="FILE", help="make a study of an exported archive"
    )
    what.add_argument("--delete", metavar="NAME", help="remove a study and its scenarios, with --yes")
    what.add_argument("--share", metavar="NAME", help="let all users of the server open a study")
    what.add_argument("--unshare", metavar="NAME", help="let nobody but its owner open it any more")
    parser.add_argument("--user", metavar="WHO", help="of that user's workspace, by name or id")
    parser.add_argument("--out", type=Path, metavar="FILE", help="with --export: the archive to write")
    parser.add_argument("--yes", action="store_true", help="with --delete: yes, it cannot be had back")
    add_json(parser, _studies)


def _studies(options: argparse.Namespace) -> int:
    place = workspace()
    if options.user:
        place = workspace_of(place, find_user(place, options.user))
    changed, files = _changed(place, options)
    kept, damaged = shelf.studies(place)
    if options.json:
        rows = [_facts(each) for each in kept]
        others = [{"owner": each.owner, "study": _facts(each.study)} for each in sharing.shared_with(place)]
        return print_json(
            {
                "changed": changed,
                "studies": rows,
                "shared": others,
                "damaged": list(damaged),
                "files": files,
            }
        )
    print_lines(changed or "", *(f"written: {path}" for path in files), *damaged)
    if not kept:
        print(f"There is no study in {place / shelf.FOLDER}. Make one with ingest.")
    for each in kept:
        seasons = ", ".join(each.seasons)
        print(
            f"{each.id:<20} {each.size / MEGABYTE:>7.1f} MB  {each.name}: {seasons}; {each.classes} classes"
            + (", shared" if each.shared else "")
        )
    for other in sharing.shared_with(place):
        print(f"{other.study.id:<20} {other.study.name}, shared by {other.owner}: {other.study.folder}")
    return 0


def _changed(place: Path, options: argparse.Namespace) -> tuple[str | None, list[str]]:
    """What is changed as was asked, and the files that are written."""
    archive, changed, files = Archive(place), None, list[str]()
    if options.rename:
        changed = f"{shelved.rename(archive, *options.rename).name} renamed"
    elif options.export:
        found = shelf.find(place, options.export)
        out = options.out or Path(f"{found.id}.zip")
        write_atomic(out, shelf.export(place, found.id))
        changed, files = f"{found.name} exported", [str(out)]
    elif options.archive:
        changed = f"{_imported(place, options.archive).name} imported"
    elif options.share:
        changed = f"{sharing.share(place, options.share).name} shared"
    elif options.unshare:
        changed = f"{sharing.unshare(place, options.unshare).name} shared no longer"
    elif options.delete:
        found = shelf.find(place, options.delete)
        if not options.yes:
            raise PlanError(f"{found.name} cannot be had back. Say --yes to delete it, or --export it first.")
        changed = f"{shelved.delete(archive, found.id).name} deleted"
    return changed, files


def _imported(place: Path, file: Path) -> Shelved:
    if not file.is_file():
        raise StudyError(f"There is no file {file}. Give the archive that --export wrote.")
    room = next(folder for folder in (place, *place.parents) if folder.is_dir())
    with file.open("rb") as stream:
        return packed.bring_back(place, stream, shutil.disk_usage(room).free)


def _facts(each: Shelved) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "folder": str(each.folder),
        "seasons": list(each.seasons),
        "classes": each.classes,
        "bytes": each.size,
        "changed": each.changed,
        "shared": each.shared,
    }
