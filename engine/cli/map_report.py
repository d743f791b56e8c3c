"""The command that reports on a crop map."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli import shared
from engine.cli.shared import print_files, print_json
from engine.domain import Study
from engine.files import study_folder, workspace, write_files
from engine.mapping.crop_map import CropMap
from engine.mapping.kept_maps import map_by_key, needed_map
from engine.mapping.store import MapError
from engine.studies.store import open_study
from engine.views.report.map_content import compose_map
from engine.views.report.map_files import map_files, map_report_facts


def add_map_report(parser: argparse.ArgumentParser) -> None:
    """Options of ``map-report``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_json(parser, _map_report)
    add = parser.add_argument
    add("folder", type=Path, metavar="STUDY", help=shared.FOLDER)
    add("--season", required=True, metavar="YEAR", help="season of the map")
    add("--map", metavar="KEY", help="key of a kept map (default: the latest of the study as it is)")
    add("--require", type=float, metavar="SHARE", help="overall accuracy that the map must have: 0.85")
    add("--confidence", type=float, default=0.95, metavar="SHARE", help="with --require (default: 0.95)")
    add("--out", type=Path, required=True, metavar="FOLDER", help="folder for the files")
    shared.add_raw(parser)


def _map_report(options: argparse.Namespace) -> int:
    folder = study_folder(options.folder)
    study = open_study(folder)
    report = compose_map(
        study,
        _map(options, study),
        folder,
        required=options.require,
        confidence=options.confidence,
    )
    files = write_files(options.out, map_files(report))
    if options.json:
        return print_json({**map_report_facts(report), "files": [str(path) for path in files]})
    print(f"{report.title}, {study.provenance} data\n{report.headline}")
    print_files(files)
    return 0


def _map(options: argparse.Namespace, study: Study) -> CropMap:
    if options.map is None:
        return needed_map(study, options.season, workspace(), options.folder)
    found = map_by_key(workspace(), options.map)
    if (found.study, found.season) != (study.name, options.season):
        raise MapError(
            f"Map {found.key} is of season {found.season} of {found.study}, not of {options.season} of "
            f"{study.name}. Leave --map out for the latest map."
        )
    return found
