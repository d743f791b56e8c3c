"""A seeded campaign of damaged files, each read in a process that is ended where it hangs."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Literal

import numpy as np

Damage = Literal["bytes", "structure"]
End = Literal["clean error", "accepted", "traceback", "hang", "partial files"]
ENDS: tuple[End, ...] = ("clean error", "accepted", "traceback", "hang", "partial files")
HANG_S = 10.0
STARTING_S = 300.0  # of a process, which opens all that it damages
MEBI = 1024  # ru_maxrss is in KiB
PARTIAL = (".partial", ".writing-", ".coming", ".old")


@dataclass(frozen=True)
class Case:
    """One damaged file: which kind, which damage, and the seed that makes it again."""

    target: int
    damage: Damage
    seed: int


@dataclass(frozen=True)
class Result:
    """How a case ended.

    Parameters
    ----------
    why
        Error and place of a traceback, else the first words of the error.
    seconds
        That it took.
    mebibytes
        Peak memory of its process so far.
    """

    case: Case
    end: End
    why: str = ""
    seconds: float = 0.0
    mebibytes: float = 0.0


def cases(per_damage: dict[Damage, int], targets: int, seed: int = 0) -> list[Case]:
    """As many cases of each damage, spread over all targets."""
    return [
        Case(number % targets, damage, seed * 1_000_000 + number)
        for damage, many in per_damage.items()
        for number in range(many)
    ]


def tried(case: Case) -> Result:
    """Damage a file and read it, here and now."""
    from tests.fuzz.damage import of_bytes, of_structure
    from tests.fuzz.targets import TARGETS

    target = TARGETS[case.target]
    rng = np.random.default_rng([case.seed, case.target, case.damage == "bytes"])
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="damaged-") as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(name)
        files = target.make(folder)
        victim = target.victims[int(rng.integers(len(target.victims)))]
        damage = (
            of_bytes(files[victim], rng)
            if case.damage == "bytes"
            else of_structure(victim, files[victim], rng)
        )
        for each, content in files.items():
            path = folder / each
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(damage if each == victim else content)
        end, why = _read(target, folder, victim, rng)
        left = [path.name for path in folder.rglob("*") if any(sign in path.name for sign in PARTIAL)]
        if left and end in ("clean error", "accepted"):
            end, why = "partial files", f"{target.kind}: {left}"
    seconds = time.perf_counter() - began
    return Result(case, end, why, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBI)


def _read(target, folder: Path, victim: str, rng: np.random.Generator) -> tuple[End, str]:
    from engine.domain import GroundplanError

    try:
        target.read(folder, victim, rng)
    except GroundplanError as error:
        text = str(error)
        if len(text) < 20:
            return "traceback", f"{target.kind} {victim}: an error without words: {text!r}"
        return "clean error", text[:200]
    except Exception as error:  # which is what a campaign looks for
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/engine/" in frame.filename or "/tests/fuzz/" in frame.filename]
        where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(ours[-3:]))
        return "traceback", f"{target.kind} {victim}: {type(error).__name__}: {str(error)[:120]!r} at {where}"
    return "accepted", ""


def _work(connection: Connection, folder: str) -> None:
    """Read cases from a pipe until it ends; libraries may say what they like, nobody listens."""
    os.environ.update(GROUNDPLAN_WORKSPACE=folder, TMPDIR=folder)
    tempfile.tempdir = folder
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    from tests.fuzz.targets import TARGETS

    for target in TARGETS:
        with tempfile.TemporaryDirectory() as name:
            target.make(Path(name))
    connection.send(None)
    while True:
        try:
            case = connection.recv()
        except EOFError:
            return
        connection.send(tried(case))


class _Worker:
    """A process that is used again for the next case, and replaced where it hangs or dies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.case: Case | None = None
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, str(self.folder)), daemon=True)
        self.process.start()
        theirs.close()
        self.until, self.ready, self.case = time.monotonic() + STARTING_S, False, None

    def give(self, case: Case) -> None:
        """Let it try a case."""
        self.case, self.until = case, time.monotonic() + HANG_S
        self.pipe.send(case)

    def answer(self) -> Result | None:
        """What it has found; None where it has only just begun to listen."""
        try:
            result: Result | None = self.pipe.recv()
        except (EOFError, OSError):
            return self._lost("traceback", "the process died")
        self.ready, self.case = True, None
        return result

    def overdue(self) -> Result | None:
        """A hang, where the time of its case is over."""
        return self._lost("hang", "") if time.monotonic() > self.until and self.case else None

    def _lost(self, end: End, why: str) -> Result:
        case = self.case
        self.stop()
        if case is None:
            raise RuntimeError("A process of the campaign ended before its first case.")
        self._start()
        return Result(case, end, f"{case}: {why}", HANG_S)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def run(asked: Sequence[Case], processes: int = 2) -> Iterator[Result]:
    """Try all cases, in any order."""
    waiting = list(reversed(asked))
    with tempfile.TemporaryDirectory(prefix="campaign-") as name:
        workers = [_Worker(Path(name) / str(number)) for number in range(processes)]
        try:
            done = 0
            while done < len(asked):
                for pipe in wait([worker.pipe for worker in workers], timeout=0.5):
                    worker = next(each for each in workers if each.pipe is pipe)
                    if (result := worker.answer()) is not None:
                        done += 1
                        yield result
                for worker in workers:
                    if (late := worker.overdue()) is not None:
                        done += 1
                        yield late
                    if worker.ready and worker.case is None and waiting:
                        worker.give(waiting.pop())
        finally:
            for worker in workers:
                worker.stop()


def table(results: Iterable[Result]) -> str:
    """The results as a table in Markdown, a row a kind of file."""
    from tests.fuzz.targets import TARGETS

    counts: dict[str, Counter[str]] = {}
    peak = slowest = 0.0
    for result in results:
        counts.setdefault(TARGETS[result.case.target].kind, Counter())[result.end] += 1
        peak, slowest = max(peak, result.mebibytes), max(slowest, result.seconds)
    lines = [f"| files | tried | {' | '.join(ENDS)} |", f"|---|{'---:|' * (len(ENDS) + 1)}"]
    whole: Counter[str] = sum(counts.values(), Counter())
    for kind, ends in [*counts.items(), ("**all**", whole)]:
        lines.append(f"| {kind} | {ends.total():,} | {' | '.join(f'{ends[end]:,}' for end in ENDS)} |")
    return "\n".join([*lines, "", f"Peak memory of a process {peak:,.0f} MB, longest case {slowest:.1f} s."])
