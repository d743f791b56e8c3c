"""Commands that compute: answer plans, measure the speed, do a background job."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from getpass import getuser
from pathlib import Path

from tqdm import tqdm

from engine.cli.arguments import add_json, add_question, add_tariff, archive_of, opened
from engine.decisions.backtest import backtests
from engine.domain import Departure, GroundplanError, Study
from engine.experiments import jobs
from engine.experiments import status as desk
from engine.experiments.archive import Archive
from engine.experiments.member_weights import told
from engine.experiments.plan import Plan, grid
from engine.experiments.run import Progress, answer
from engine.experiments.sizing import fitted
from engine.fieldwork.costs import read_tariff
from engine.files import readonly
from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS, USUAL
from engine.learning.recipes import RECIPES, recipe_by_name
from engine.sampling.designs import DESIGNS
from engine.sampling.limits import Limit
from engine.sampling.lists import read_ids
from engine.sampling.protocol import Design, Excluding, ListedParcels
from engine.studies.store import open_study


def add_run(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``run``."""
    add_question(parser)
    add_tariff(parser)
    add_json(parser)
    add = parser.add_argument
    add("--radius", type=float, nargs="+", metavar="KM", help="sizes of the designs (default: 20 25 30)")
    add("--parcels", type=int, nargs="+", default=[], metavar="N", help="so many parcels instead")
    add("--days", type=int, nargs="+", default=[], metavar="N", help="as much as so many crew-days hold")
    add("--budget", type=float, nargs="+", default=[], metavar="MONEY", help="as much as money buys")
    add("--given", type=Path, metavar="FILE", help="also the parcels of a list")
    add("--unreachable", type=Path, metavar="FILE", help="a list of parcels that cannot be visited")
    add("--design", nargs="+", default=["radius"], choices=list(DESIGNS), metavar="DESIGN")
    add("--method", nargs="+", default=list(USUAL), choices=list(METHODS), metavar="METHOD")
    add("--learner", default="cnn1d", choices=list(LEARNERS))
    add("--repeats", type=int, default=5)
    add("--seed", type=int, default=0)
    add("--recipe", default="paper", choices=list(RECIPES))
    add("--source", default="past", metavar="past|others|YEAR,YEAR", help="seasons to pre-train on")
    add("--test", default="far-half", choices=["far-half", "far-all"], help="which far parcels test")
    add("--beyond", type=float, metavar="KM", help="where the test area begins (default: 30 or the radius)")
    add("--plans", type=Path, metavar="FILE", help="the plans of a report's decision.json instead")
    add("--workers", type=int, default=1, help="processes")
    add("--device", default="auto", choices=["auto", "cpu", "cuda"])
    add("--models", type=Path, help="folder for models (default: in the archive)")
    add("--check", action="store_true", help="say what is answered and how long the rest takes; run nothing")
    add("--backtest", action="store_true", help="let every past season play the target, for a forecast")
    add("--background", action="store_true", help="run it as a job, see the command jobs")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    study, departure, _ = opened(options)
    archive = archive_of(options, options.models)
    plans = _listed(study, options) if options.plans else _asked(study, departure, archive, options)
    if options.backtest:
        plans = backtests(study, plans)
    if options.check:
        return _check(study, plans, archive, options)
    if readonly():
        raise GroundplanError("This installation runs nothing (GROUNDPLAN_READONLY). Unset it to run plans.")
    if options.background:
        job = jobs.start(plans, options.folder, archive.folder, workers=options.workers, owner=getuser())
        print(json.dumps({"job": job.folder.name}) if options.json else f"started: job {job.folder.name}")
        return 0
    with tqdm(unit="step", file=sys.stderr, dynamic_ncols=True) as bar:

        def observe(progress: Progress) -> None:
            bar.total = progress.steps
            bar.set_description(progress.what, refresh=False)
            bar.update(progress.done - bar.n)
            bar.refresh()

        outcomes = answer(
            study, plans, archive, workers=options.workers, device=options.device, observe=observe
        )
    if options.json:
        print(json.dumps([outcome.row() for outcome in outcomes], indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data; target {options.target}, test {options.test}")
    heads = ("season", "method", "design", "km", "parcels", "macro F1, pixels", "macro F1, parcels", "key")
    shape = "{:<7} {:<13} {:<12} {:>5} {:>7}  {:<21} {:<21} {}"
    print(shape.format(*heads))
    for outcome in outcomes:
        plan = outcome.plan
        reach = f"{plan.design.equivalent_radius_km:g}" if plan.design.equivalent_radius_km else ""
        scores = (str(outcome.macro_f1), str(outcome.macro_f1_parcel))
        print(
            shape.format(
                plan.target, plan.method.name, plan.design.name, reach, outcome.parcels, *scores, plan.key
            )
        )
    for note in dict.fromkeys(note for outcome in outcomes for note in outcome.notes):
        print(f"note: {note}")
    for outcome in outcomes:
        if outcome.member_weights:
            print(f"note: {outcome.title}: {told(outcome.member_weights, outcome.plan.learner)}")
    return 0


def _listed(study: Study, options: argparse.Namespace) -> tuple[Plan, ...]:
    """The plans of an earlier report."""
    from engine.views.report.record import plans_in

    return plans_in(options.plans, study, options.target)


def _asked(
    study: Study, departure: Departure, archive: Archive, options: argparse.Namespace
) -> tuple[Plan, ...]:
    """The plans that the options ask."""
    limits = [
        *(Limit("parcels", count) for count in options.parcels),
        *(Limit("days", count) for count in options.days),
        *(Limit("money", money) for money in options.budget),
    ]
    radii = options.radius if options.radius or limits or options.given else [20.0, 25.0, 30.0]
    ask = partial(_plans, study, departure, options)
    plans = ask(radii or [], options.design if radii else [])
    unreachable = read_ids(options.unreachable) if options.unreachable else ()
    if limits:
        tariff = read_tariff(options.tariff)
        bare = ask([1.0], options.design)
        plans += fitted(study, bare, limits, tariff, archive, unreachable)
    if options.given:
        plans += ask([], [ListedParcels(read_ids(options.given))])
    plans = tuple(dict.fromkeys(plans))
    if unreachable:
        plans = tuple(
            replace(plan, design=Excluding(plan.design, unreachable)) if plan.method.visits else plan
            for plan in plans
        )
    return plans


def _check(study: Study, plans: Sequence[Plan], archive: Archive, options: argparse.Namespace) -> int:
    """How plans stand, without running them."""
    now = desk.standing(plans, archive)
    known = tuple(archive.outcomes(study.fingerprint))
    rows = desk.lines(study, plans, now, archive, known)
    left = desk.seconds_left(rows, options.workers)
    if options.json:
        ground = desk.preview(study, plans)
        facts = {
            "study": study.name,
            "plans": [row.row() for row in rows],
            "seconds_left": left,
            "test_parcels": ground.test_parcels,
            "beyond_km": ground.beyond_km,
        }
        print(json.dumps(facts, indent=1))
        return 0
    for row in rows:
        seconds = "" if not row.seconds else f", some {row.seconds:,.0f} s of computing"
        print(f"{row.state:<9} {row.plan.title}, {row.parcels} parcels{seconds}")
    print("How long it takes is unknown." if left is None else f"All of it takes some {left:,.0f} s.")
    return 0


def _plans(
    study: Study,
    departure: Departure,
    options: argparse.Namespace,
    radii: Sequence[float],
    designs: Sequence[str | Design],
) -> tuple[Plan, ...]:
    """What the options ask at these sizes; nothing where there is no size and no design."""
    methods = [name for name in options.method if designs or not METHODS[name]().visits]
    if not methods:
        return ()
    return grid(
        study,
        options.target,
        departure,
        radii,
        designs,
        methods,
        options.learner,
        recipe_by_name(options.recipe),
        source=options.source,
        test=options.test,
        beyond_km=options.beyond,
        repeats=options.repeats,
        seed=options.seed,
    )


def add_bench(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``bench``."""
    parser.add_argument("folder", type=Path, nargs="?", help="a study to take the macro F1 on")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print machine-readable rows")
    parser.set_defaults(command=_bench)


def _bench(options: argparse.Namespace) -> int:
    from engine.experiments.bench import bench

    study: Study | None = open_study(options.folder) if options.folder else None
    rows = []
    with tqdm(file=sys.stderr, bar_format="{elapsed} {desc}") as bar:
        for row in bench(study, options.seeds, bar.set_description_str):
            rows.append(row)
            if not options.json:
                bar.write(
                    f"{row.network:<7} {row.variant:<13} {row.samples_per_second:>9,.0f} samples/s "
                    f"{row.ratio_to_plain:>6.2f} x plain   macro F1 {row.macro_f1:.4f}",
                    file=sys.stdout,
                )
    if options.json:
        print(json.dumps([dataclasses.asdict(row) for row in rows], indent=1))
    return 0


def add_work(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``work``."""
    parser.add_argument("folder", type=Path)
    parser.set_defaults(command=_work)


def _work(options: argparse.Namespace) -> int:
    return 0 if jobs.work(options.folder).state == "done" else 1
