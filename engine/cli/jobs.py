"""Commands on background jobs, and the one that measures the speed of training."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine.cli.shared import FOLDER, add_json, print_json
from engine.decisions.run_wording import duration
from engine.decisions.wording import counted
from engine.domain import GroundplanError
from engine.experiments import jobs, worker
from engine.experiments.dispatcher import ensure_dispatcher
from engine.experiments.progress import loss_curves
from engine.experiments.queue import waiting_jobs
from engine.files import readonly, study_folder, workspace
from engine.studies.store import open_study


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Options of ``jobs``.

    Parameters
    ----------
    parser
        Of the command.
    """
    add = parser.add_argument
    add("--archive", type=Path, help="folder whose jobs are meant (default: the workspace)")
    add("--cancel", metavar="JOB", help="stop a job after the epoch it is in")
    add("--resume", metavar="JOB", help="go on with a job that was stopped, or failed")
    add("--first", metavar="JOB", help="let a job that waits go before your others")
    add("--losses", action="store_true", help="with --json: the learning curves of running jobs")
    add_json(parser, _jobs)


def _jobs(options: argparse.Namespace) -> int:
    folder = options.archive or workspace()
    _change(options, folder)
    waiting = waiting_jobs(folder)
    listed: list[dict[str, Any]] = []
    for job in jobs.every(folder):
        status = job.status()
        task = job.request().get("task", "run")
        row = {"job": job.folder.name, "task": task, **status.row(), "plans": len(job.plans())}
        row["place"] = waiting.index(job) + 1 if job in waiting else None
        if options.losses and status.live:
            row["losses"] = [asdict(curve) for curve in loss_curves(job.folder)]
        listed.append(row)
    if options.json:
        return print_json({"jobs": listed})
    for row in listed:
        place = f", {row['place']} of {len(waiting)} in the queue" if row["place"] else ""
        step = f", step {row['done']} of {row['steps']}" if row["steps"] else ""
        if row["running"]:
            step += f", {' and '.join(row['running'])}"
        if row["seconds_left"] is not None:
            step += f", {row['share']:.0%}, about {duration(row['seconds_left'])} left"
        plans = counted(row["plans"], "plan") if row["task"] == "run" else row["task"]
        print(f"{row['job']}  {row['state']}{place}{step}, {plans} {row['complaint']}".rstrip())
    if not listed:
        print(f"No job was ever started in {folder}.")
    return 0


def _change(options: argparse.Namespace, folder: Path) -> None:
    """Cancel, resume or put first, as the options say; what waits goes on, whatever killed its dispatcher."""
    if options.cancel:
        _job_named(folder, options.cancel).cancel()
    if options.resume:
        if readonly():
            raise GroundplanError("This installation runs nothing (GROUNDPLAN_READONLY). Unset it to resume.")
        worker.resume(_job_named(folder, options.resume))
    if options.first:
        worker.put_first(_job_named(folder, options.first))
    if not readonly():
        ensure_dispatcher(folder)


def _job_named(folder: Path, name: str) -> jobs.Job:
    for job in jobs.every(folder):
        if job.folder.name == name:
            return job
    raise GroundplanError(f"There is no job {name} in {folder}. The command jobs lists them.")


def add_bench(parser: argparse.ArgumentParser) -> None:
    """Options of ``bench``.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("folder", type=Path, nargs="?", help=f"{FOLDER}; takes the macro F1 on it")
    parser.add_argument("--seeds", type=int, default=5, help="times that each network is trained")
    parser.add_argument("--target", metavar="YEAR", help="season of the study's table (default: the last)")
    add_json(parser, _bench)


def _bench(options: argparse.Namespace) -> int:
    from engine.experiments.bench import bench
    from engine.experiments.bench_runs import bench_runs

    study = open_study(study_folder(options.folder)) if options.folder else None
    measurements, runs = [], []
    with tqdm(file=sys.stderr, bar_format="{elapsed} {desc}") as bar:
        if study:
            target = options.target or max(study.seasons).label
            for run in bench_runs(study, target, bar.set_description_str):
                runs.append(asdict(run))
                if not options.json:
                    models = counted(run.source_models, "source model")
                    bar.write(
                        f"{run.run:<17} {run.variant:<7} {models:<16} {run.minutes:>7.1f} min "
                        f"{run.ratio:>6.2f} x plain",
                        file=sys.stdout,
                    )
        for row in bench(study, options.seeds, bar.set_description_str):
            measurements.append(asdict(row))
            if not options.json:
                bar.write(
                    f"{row.network:<7} {row.variant:<13} {row.samples_per_second:>9,.0f} samples/s "
                    f"{row.ratio_to_plain:>6.2f} x plain   macro F1 {row.macro_f1:.4f}",
                    file=sys.stdout,
                )
    return print_json({"measurements": measurements, "runs": runs}) if options.json else 0


def add_calibrate(parser: argparse.ArgumentParser) -> None:
    """Options of ``calibrate``.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("request", type=Path, help="file with the study, the workspace and the plans")
    parser.set_defaults(command=lambda options: worker.calibrate_for(options.request))


def add_work(parser: argparse.ArgumentParser) -> None:
    """Options of ``work``.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("folder", type=Path, help="the folder of the job")
    parser.set_defaults(command=lambda options: int(worker.work(options.folder).state != "done"))
