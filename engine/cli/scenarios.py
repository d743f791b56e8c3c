"""The command on scenarios: save, list, compare, remove, and undo the last change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from engine.cli import shared
from engine.cli.shared import of_study, print_json
from engine.cli.trips import add_trip, request_of
from engine.decisions import scenario_store as store
from engine.decisions.decision import Aims
from engine.decisions.scenario import Scenario, check, facts_of, read, renamed, scenario_of, written
from engine.decisions.scenario_result import Result, results
from engine.decisions.scenario_rows import Cell, Property, properties, scenario_row, trip_title
from engine.decisions.scenario_wording import verdict
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.provisional import current_outcomes
from engine.files import write_atomic
from engine.views.scenario_cards import SIGN

MOST = 3  # side by side
TRIP_OPTIONS = {
    "target": None, "radius": None, "parcels": None, "days": None, "budget": None, "given": None, "key": None,
    "value_of_point": None, "without_trip": False,
}  # fmt: skip


def add_scenarios(parser: argparse.ArgumentParser) -> None:
    """Options of ``scenarios``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_study(parser, _scenarios)
    shared.add_value(parser)
    shared.add_metric(parser)
    add_trip(parser)
    add = parser.add_argument
    add("--target", metavar="YEAR", help="with --save: season to map")
    add("--without-trip", action="store_true", help="with --save: the map without a trip")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--save", metavar="NAME", help="keep the trip that the other options name")
    what.add_argument("--remove", metavar="NAME", help="remove a scenario")
    what.add_argument("--undo", action="store_true", help="take the last change back")
    what.add_argument("--compare", nargs="+", metavar="NAME", help=f"2 or {MOST} scenarios side by side")
    add("--from", dest="source", type=Path, metavar="FILE", help="load a scenario; --save gives it a name")
    add("--estimate", action="store_true", help="with --compare: estimate bills of trips that are not routed")
    add("--out", type=Path, help="write the scenario that is saved, or the compared ones, into this folder")


def _scenarios(options: argparse.Namespace) -> int:
    study, _, archive = shared.opened(options)
    changed, files = None, []
    compared: tuple[Result, ...] = ()
    if options.source or options.save:
        found = _named(options, study, archive)
        changed = store.save(archive, study, found).title
        files = _files(options.out, [found])
    elif options.remove:
        changed = store.remove(archive, study, " ".join(options.remove.split())).title
    elif options.undo:
        changed = f"undone: {store.undo(archive, study).title}"
    elif options.compare:
        compared = _compared(options, study, archive)
        files = _files(options.out, [each.scenario for each in compared])
    kept, damaged = store.read_all(archive, study)
    if not options.json:
        return _print(study, kept, damaged, compared, changed, files)
    last = store.last_change(archive, study)
    differing = [each.name for each in properties(compared) if each.differs] if compared else []
    facts = {
        "changed": changed,
        "scenarios": [facts_of(each) for each in kept],
        "damaged": list(damaged),
        "undo": last and last.title,
        "compared": [scenario_row(each) for each in compared],
        "differs": differing,
        "files": [str(path) for path in files],
    }
    return print_json({**of_study(study), **facts})


def _named(options: argparse.Namespace, study: Study, archive: Archive) -> Scenario:
    """The scenario of a file, or of the trip that the options name."""
    if options.source:
        given = [name for name, usual in TRIP_OPTIONS.items() if getattr(options, name) != usual]
        if given or options.remove or options.undo or options.compare:
            raise PlanError(
                f"{options.source} names a trip already. Leave out all options but --save NAME and --out, or "
                "leave out --from."
            )
        found = read(options.source)
        found = renamed(found, options.save) if options.save else found
        check(found, study)
        return found
    if not options.target:
        raise PlanError(
            "Which season? Give --target YEAR with --save, or --from with the file of a scenario."
        )
    study, request, _ = request_of(options)
    aims = Aims(options.value_of_point, None, shared.metric_of(options))
    trip = (request.target, request.departure, request.tariff) if options.without_trip else request
    found = scenario_of(options.save, study, trip, aims)
    check(found, study)
    return found


def _compared(options: argparse.Namespace, study: Study, archive: Archive) -> tuple[Result, ...]:
    names = list(dict.fromkeys(options.compare))
    if not 2 <= len(names) <= MOST:
        raise PlanError(f"--compare names {len(names)} scenarios. Name 2 or {MOST} different ones.")
    chosen = [store.by_name(archive, study, name) for name in names]
    outcomes = current_outcomes(study, archive, archive.outcomes(study))
    return results(study, chosen, outcomes, archive, route=not options.estimate)


def _files(folder: Path | None, scenarios: Sequence[Scenario]) -> list[Path]:
    """Write scenarios into a folder; two of one file name get a number."""
    paths: list[Path] = []
    for scenario in scenarios if folder else ():
        assert folder is not None
        path = folder / scenario.file_name
        if path in paths:
            path = folder / f"{len(paths) + 1}-{scenario.file_name}"
        write_atomic(path, written(scenario))
        paths.append(path)
    return paths


def _print(
    study: Study,
    kept: Sequence[Scenario],
    damaged: Sequence[str],
    compared: Sequence[Result],
    changed: str | None,
    files: Sequence[Path],
) -> int:
    print(f"{study.name}, {study.provenance} data")
    shared.print_lines(changed or "")
    if compared:
        _print_beside([each.scenario.name for each in compared], properties(compared))
        shared.print_lines(verdict(compared))
    else:
        for scenario in kept:
            title = ", ".join(filter(None, trip_title(scenario.request, scenario.visits)))
            place = scenario.request.departure.title
            print(f"  {scenario.name}: {title}, {scenario.request.target} from {place}")
        if not kept:
            print("No scenario is kept. Save one with --save NAME and the options of a trip.")
    shared.print_lines(*damaged)
    shared.print_files(files)
    return 0


def _print_beside(names: Sequence[str], rows: Sequence[Property]) -> None:
    lines = [["", *names]]
    for row in rows:
        texts = [f"{cell.text} ({cell.detail})" if cell.detail else cell.text for cell in row.cells]
        lines.append(
            [row.title]
            + [
                f"{SIGN} {text}" if cell.differs else text
                for text, cell in zip(texts, row.cells, strict=True)
            ]
        )
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    print(f"{SIGN} differs from {names[0]}")


def _cell(cell: Cell) -> str:
    text = f"{cell.text} ({cell.detail})" if cell.detail else cell.text
    return f"{SIGN} {text}" if cell.differs else text
