"""Commands on what is answered or under way: compare answers, look at jobs and steer them."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.cli.arguments import add_json, add_question, add_tariff, opened
from engine.decisions import alternatives as alternatives
from engine.decisions import published
from engine.decisions.advice import Option, priced
from engine.decisions.comparison import comparisons, learners, table
from engine.decisions.decision import fullest
from engine.decisions.diagnosis import diagnosis_of_plan
from engine.domain import GroundplanError, PlanError
from engine.experiments import jobs
from engine.experiments.outcome import trips_of
from engine.experiments.plan import grid
from engine.experiments.progress import loss_curves
from engine.fieldwork.costs import read_tariff
from engine.files import readonly, workspace
from engine.learning.recipes import RECIPES, recipe_by_name
from engine.sampling.designs import DESIGNS


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``compare``."""
    add_question(parser)
    add_tariff(parser)
    add_json(parser)
    parser.add_argument("--beside", metavar="KEY", help="the trip to set beside other designs")
    parser.set_defaults(command=_compare)


def _compare(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    found = fullest(study, tuple(archive.outcomes(study.fingerprint)), options.target, departure)
    if found is None:
        raise PlanError(
            f"No plan of season {options.target} from {departure.title} is answered yet. Run some first."
        )
    question, outcomes = found
    everything = comparisons(study, tuple(archive.outcomes(study.fingerprint)))
    tariff = read_tariff(options.tariff)
    choices = priced(study, outcomes, tariff)
    to = _beside(choices, options.beside)
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "question": question.title,
            "currency": tariff.currency,
            "outcomes": [
                {
                    **one.outcome.row(),
                    "crew_days": one.crew_days,
                    "money": asdict(one.money),
                    "confusion": one.outcome.confusion,
                    "confusion_parcel": one.outcome.confusion_parcel,
                    "classes": one.outcome.classes,
                }
                for one in choices
            ],
            "price_of_convenience": to
            and {
                "of": to.outcome.plan.key,
                "equal_count": [one.outcome.plan.key for one in alternatives.equal_count(choices, to)],
                "equal_cost": [one.outcome.plan.key for one in alternatives.equal_cost(choices, to)],
            },
            "learners": json.loads(learners(everything, question).to_json(orient="records")),
            "the_study": json.loads(published.beside(outcomes).to_json(orient="records")),
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data; {question.title}")
    shown = table(outcomes).drop(columns=["key", "test_parcels", "seconds"])
    print(shown.to_string(index=False, float_format="%.2f"))
    return 0


def _beside(choices: list[Option], key: str | None) -> Option | None:
    """The trip of that key; without one, the largest circle."""
    trips = trips_of(choices)
    if key is None:
        circles = [one for one in trips if one.outcome.plan.design.name == "radius"]
        return max(
            circles or trips, key=lambda one: one.outcome.plan.design.equivalent_radius_km, default=None
        )
    for one in trips:
        if one.outcome.plan.key == key:
            return one
    raise PlanError(f"No trip of this comparison has the key {key}. The command without --beside lists them.")


def add_diagnose(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``diagnose``."""
    add_question(parser)
    add_json(parser)
    add = parser.add_argument
    add("--radius", type=float, nargs="+", default=[20.0, 25.0, 30.0], metavar="KM", help="sizes")
    add("--design", nargs="+", default=["radius"], choices=list(DESIGNS), metavar="DESIGN")
    add("--recipe", default="paper", choices=list(RECIPES), help="of the models that some designs ask")
    parser.set_defaults(command=_diagnose)


def _diagnose(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    recipe = recipe_by_name(options.recipe)
    plans = grid(
        study, options.target, departure, options.radius, options.design, ["scratch"], "cnn1d", recipe
    )
    found = [(plan, diagnosis_of_plan(study, plan, archive)) for plan in plans]
    if options.json:
        facts = [
            {"design": plan.design.name, "radius_km": plan.design.equivalent_radius_km, **one.row()}
            for plan, one in found
        ]
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data; {options.target} from {departure.title}")
    for plan, one in found:
        print(f"\n{plan.design.name} {plan.design.equivalent_radius_km:g} km, {one.parcels:,} parcels")
        for reason in one.reasons:
            print(f"- {reason}")
    return 0


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``jobs``."""
    add = parser.add_argument
    add("--archive", type=Path, help="folder whose jobs are meant (default: the workspace)")
    add("--cancel", metavar="JOB", help="stop a job after the epoch it is in")
    add("--resume", metavar="JOB", help="go on with a job that was stopped, or failed")
    add("--losses", action="store_true", help="with --json: the learning curves of jobs that are going on")
    add_json(parser)
    parser.set_defaults(command=_jobs)


def _jobs(options: argparse.Namespace) -> int:
    folder = options.archive or workspace()
    if options.cancel:
        _named(folder, options.cancel).cancel()
    if options.resume:
        if readonly():
            raise GroundplanError("This installation runs nothing (GROUNDPLAN_READONLY). Unset it to resume.")
        jobs.resume(_named(folder, options.resume))
    rows: list[dict[str, Any]] = []
    waiting = jobs.queue(folder)
    for job in jobs.every(folder):
        status = job.status()
        row = {"job": job.folder.name, **asdict(status), "plans": len(job.plans())}
        if job in waiting:
            row["place"] = waiting.index(job) + 1
        if options.losses and status.live:
            row["losses"] = [asdict(curve) for curve in loss_curves(job.folder)]
        rows.append(row)
    if options.json:
        print(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        place = f", {row['place']} of {len(waiting)} in the queue" if "place" in row else ""
        step = f", step {row['done']} of {row['steps']}" if row["steps"] else ""
        print(f"{row['job']}  {row['state']}{place}{step}, {row['plans']} plans {row['complaint']}".rstrip())
    if not rows:
        print(f"No job was ever started in {folder}.")
    return 0


def _named(folder: Path, name: str) -> jobs.Job:
    for job in jobs.every(folder):
        if job.folder.name == name:
            return job
    raise GroundplanError(f"There is no job {name} in {folder}. The command jobs lists them.")
