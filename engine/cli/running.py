"""The command that answers plans."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from getpass import getuser
from pathlib import Path

from tqdm import tqdm

from engine.cli import shared
from engine.cli.shared import of_study, opened, print_json
from engine.cli.values import money_of, seed_of
from engine.decisions import rows
from engine.decisions.backtest import ask_instead, backtests, too_few
from engine.decisions.purposes import FIRST, PURPOSES, first_plans, plans_for
from engine.decisions.run_wording import duration
from engine.decisions.wording import counted, plan_title, title_of, weights_sentence
from engine.domain import Departure, GroundplanError, PlanError, Study
from engine.experiments import status, worker
from engine.experiments.archive import Archive
from engine.experiments.calibration import calibrate
from engine.experiments.checks import check_plans, nothing_to_test
from engine.experiments.outcome import Outcome
from engine.experiments.plan import GridRequest, Plan, grid
from engine.experiments.preparation import prepare_after
from engine.experiments.progress import Progress
from engine.experiments.run import run_plans
from engine.experiments.sizing import fitted
from engine.experiments.speeds import speeds_of
from engine.fieldwork.costs import read_tariff
from engine.files import readonly, study_folder
from engine.learning.learners import LEARNERS
from engine.learning.methods import ASKED_BY_DEFAULT, METHODS, method_by_name, without_past
from engine.learning.recipes import recipe_by_name
from engine.sampling.excluding import Excluding
from engine.sampling.limits import Limit
from engine.sampling.listed import ListedParcels
from engine.sampling.lists import read_ids
from engine.sampling.protocol import Design

SHAPE = "{:<7} {:<18} {:<12} {:>5} {:>7}  {:<21} {:<21} {}"


def add_run(parser: argparse.ArgumentParser) -> None:
    """Options of ``run``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _run)
    shared.add_tariff(parser)
    shared.add_designs(parser, None)
    shared.add_recipe(parser)
    shared.add_unreachable(parser)
    add, methods = parser.add_argument, ", ".join(METHODS)
    add("--parcels", type=int, nargs="+", default=[], metavar="N", help="so many parcels instead of sizes")
    add("--days", type=int, nargs="+", default=[], metavar="N", help="as much as so many crew-days hold")
    add("--budget", type=money_of, nargs="+", default=[], metavar="MONEY", help="as much as money buys")
    add("--given", type=Path, metavar="FILE", help="also the parcels of a list")
    usual = f"of {methods} (default: {' '.join(ASKED_BY_DEFAULT)}, as far as the study has a past)"
    add("--method", type=shared.method_name, nargs="+", help=usual)
    add("--learner", default="cnn1d", choices=list(LEARNERS), help="what is trained")
    add("--repeats", type=int, default=5, help="times that training, and drawing at random, is done")
    add(
        "--source-models",
        type=int,
        default=1,
        metavar="N",
        help="trained for all repeats (default: 1, as in the study); as many as repeats trains one each",
    )
    add("--seed", type=seed_of, default=0, help="of the first repeat")
    add("--source", default="earlier", help="seasons to pre-train on: earlier, others or YEAR,YEAR")
    add("--test", default="far-half", choices=["far-half", "far-all"], help="which far parcels test")
    add("--beyond", type=float, metavar="KM", help="where the test area begins (default: 30 or the radius)")
    add("--purpose", choices=[FIRST, *PURPOSES], help="the usual plans for it, instead of naming them")
    add("--plans", type=Path, metavar="FILE", help="the plans of a report's decision.json instead")
    add("--workers", type=int, default=1, help="processes")
    add("--device", default="auto", choices=["auto", "cpu", "cuda"], help="where networks are trained")
    add("--models", type=Path, help="folder for models (default: in the archive)")
    add("--check", action="store_true", help="say what is answered and how long the rest takes; run nothing")
    add("--backtest", action="store_true", help="let every earlier season stand in for the target")
    add("--background", action="store_true", help="run it as a job, see the command jobs")


def _run(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options, options.models)
    if options.purpose:
        return _answer(options, study, _of_purpose(options, study, departure), archive)
    options.method = options.method or _usual_methods(options, study)
    if options.backtest and len(study.seasons_before(options.target)) < 2:
        raise PlanError(f"{too_few(study, options.target)} {ask_instead(study, options.target)}")
    if study.is_open(options.target) and not options.backtest:
        raise PlanError(_instead(options, study))
    plans = _plans_on_file(options, study) if options.plans else _asked(options, study, departure, archive)
    return _answer(options, study, backtests(study, plans) if options.backtest else plans, archive)


def _answer(options: argparse.Namespace, study: Study, plans: tuple[Plan, ...], archive: Archive) -> int:
    """Run plans, or say how they stand."""
    if options.check:
        return _check(options, study, plans, archive)
    if readonly():
        raise GroundplanError("This installation runs nothing (GROUNDPLAN_READONLY). Unset it to run plans.")
    if options.background:
        folder = study_folder(options.folder)
        job = worker.start(plans, folder, archive.folder, workers=options.workers, owner=getuser())
        if options.json:
            return print_json({"job": job.folder.name})
        print(f"started: job {job.folder.name}")
        return 0
    left = status.seconds_left(_statuses(study, plans, archive), options.workers)
    if left:
        print(_estimate(left, options.workers), file=sys.stderr)
    with tqdm(unit="step", file=sys.stderr, dynamic_ncols=True) as bar:

        def observe(progress: Progress) -> None:
            bar.total = progress.steps
            bar.set_description(", ".join(progress.running[:1]) or progress.what, refresh=False)
            bar.set_postfix_str(
                f"{duration(progress.left_s)} left" if progress.running else "", refresh=False
            )
            bar.update(progress.done - bar.n)
            bar.refresh()

        outcomes = run_plans(
            study,
            plans,
            archive,
            workers=options.workers,
            device=options.device,
            observe=observe,
            speeds=speeds_of(archive, archive.own_outcomes(study)),
        )
    _prepare(options, study, plans, archive)
    if options.json:
        facts = {"target": options.target, "outcomes": [rows.outcome_row(outcome) for outcome in outcomes]}
        return print_json({**of_study(study), **facts})
    print(f"{study.name}, {study.provenance} data; target {options.target}, test {options.test}")
    _print_outcomes(outcomes)
    return 0


def _prepare(options: argparse.Namespace, study: Study, plans: Sequence[Plan], archive: Archive) -> None:
    """Train what trips of an open season ask of source models, as far as there are series to predict from."""
    if not study.is_open(options.target):
        return
    if study.has_series(options.target):
        print(f"Preparing the source models of {options.target} ...", file=sys.stderr)
        prepare_after(study, plans, archive, options.device)
    else:
        print(
            f"{options.target} has no series yet, so no source model is trained to predict it",
            file=sys.stderr,
        )


def _usual_methods(options: argparse.Namespace, study: Study) -> list[str]:
    """The methods that are asked where none is named: without a past, those that need none."""
    if study.other_seasons(options.target) or options.backtest:
        return list(ASKED_BY_DEFAULT)
    able = list(without_past(ASKED_BY_DEFAULT))
    left = ", ".join(name for name in ASKED_BY_DEFAULT if name not in able)
    print(
        f"note: there is no other season with labels to learn from, so only {', '.join(able)} is asked; "
        f"{left} need one",
        file=sys.stderr,
    )
    return able


def _instead(options: argparse.Namespace, study: Study) -> str:
    """That an open season tests nothing, and the command that asks its past instead."""
    reason = nothing_to_test(study, options.target)
    if len(study.seasons_before(options.target)) < 2:
        return reason
    return f"{reason.partition(': the same command')[0]}: {shared.backtest_command(options)}"


def _of_purpose(options: argparse.Namespace, study: Study, departure: Departure) -> tuple[Plan, ...]:
    """The plans of a purpose; nothing that it names is named again."""
    named = {
        "--method": options.method, "--radius": options.radius, "--parcels": options.parcels,
        "--days": options.days, "--budget": options.budget, "--given": options.given,
        "--plans": options.plans, "--backtest": options.backtest, "--unreachable": options.unreachable,
    }  # fmt: skip
    again = [option for option, value in named.items() if value]
    if again:
        raise PlanError(
            f"--purpose {options.purpose} names methods, designs and sizes already. Leave out "
            f"{' and '.join(again)}, or --purpose."
        )
    recipe = recipe_by_name(options.recipe)
    if options.purpose == FIRST:
        return first_plans(study, options.target, departure, recipe)
    return plans_for(study, PURPOSES[options.purpose], options.target, departure, recipe)


def _plans_on_file(options: argparse.Namespace, study: Study) -> tuple[Plan, ...]:
    """The plans of an earlier report."""
    from engine.views.report.record import plans_in

    return plans_in(options.plans, study, options.target)


def _asked(
    options: argparse.Namespace, study: Study, departure: Departure, archive: Archive
) -> tuple[Plan, ...]:
    """Every combination of methods, designs and sizes that the options name."""
    limits = [
        *(Limit("parcels", count) for count in options.parcels),
        *(Limit("days", count) for count in options.days),
        *(Limit("money", money) for money in options.budget),
    ]
    radii = options.radius or ([] if limits or options.given else shared.USUAL_RADII)
    plans = _grid(options, study, departure, radii, options.design if radii else [])
    unreachable = shared.unreachable_of(options)
    if limits:
        unsized = _grid(options, study, departure, [1.0], options.design)
        plans += fitted(study, unsized, limits, read_tariff(options.tariff), archive, unreachable)
    if options.given:
        plans += _grid(options, study, departure, [], [ListedParcels(read_ids(options.given))])
    if unreachable:
        plans = tuple(
            replace(plan, design=Excluding(plan.design, unreachable)) if plan.method.visits else plan
            for plan in plans
        )
    return tuple(dict.fromkeys(plans))


def _grid(
    options: argparse.Namespace,
    study: Study,
    departure: Departure,
    radii: Sequence[float],
    designs: Sequence[str | Design],
) -> tuple[Plan, ...]:
    """The plans of these sizes; none where there is neither a size nor a method without a visit."""
    methods = [name for name in options.method if designs or not method_by_name(name).visits]
    if not methods:
        return ()
    request = GridRequest(
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
        source_models=options.source_models,
        seed=options.seed,
    )
    return grid(study, request)


def _print_outcomes(outcomes: Sequence[Outcome]) -> None:
    heads = ("season", "method", "design", "km", "parcels", "per-pixel F1", "per-parcel F1", "key")
    print(SHAPE.format(*heads))
    for outcome in outcomes:
        plan = outcome.plan
        size = f"{plan.design.equivalent_radius_km:g}" if plan.design.equivalent_radius_km else ""
        names = (plan.target, plan.method.name, plan.design.name, size, outcome.parcels)
        print(SHAPE.format(*names, str(outcome.macro_f1), str(outcome.macro_f1_parcel), plan.key))
    for note in dict.fromkeys(note for outcome in outcomes for note in outcome.notes):
        print(f"note: {note}")
    for outcome in outcomes:
        if outcome.member_weights:
            weights = weights_sentence(outcome.member_weights, outcome.plan.learner)
            print(f"note: {title_of(outcome)}: {weights}")


def _check(options: argparse.Namespace, study: Study, plans: Sequence[Plan], archive: Archive) -> int:
    """How plans stand, without running them."""
    statuses = _statuses(study, plans, archive)
    left = status.seconds_left(statuses, options.workers)
    if options.json:
        ground = status.preview(study, plans)
        facts = {"plans": [row.row() for row in statuses], "seconds_left": left}
        facts |= {"test_parcels": ground.test_parcels, "beyond_km": ground.beyond_km}
        return print_json({**of_study(study), **facts})
    for row in statuses:
        seconds = f", about {row.seconds:,.0f} s of computing" if row.seconds else ""
        print(f"{row.state:<9} {plan_title(row.plan)}, {counted(row.parcels, 'parcel')}{seconds}")
    print(_estimate(left, options.workers))
    return 0


def _statuses(study: Study, plans: Sequence[Plan], archive: Archive) -> tuple[status.PlanStatus, ...]:
    """How plans stand; where this machine's speed is unknown, it is measured, unless nothing runs here."""
    run = status.run_status(plans, archive)
    if run.open and not readonly():
        check_plans(study, plans)
        calibrate(study, run.open, archive)
    speeds = speeds_of(archive, archive.own_outcomes(study))
    return status.plan_statuses(study, plans, run, archive, speeds)


def _estimate(seconds: float | None, workers: int) -> str:
    if seconds is None:
        return "This installation runs nothing, so how long it takes is unknown."
    return f"All of it takes about {duration(seconds)} on {workers} process{'es' * (workers != 1)}."
