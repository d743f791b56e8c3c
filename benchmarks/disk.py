"""Commands on a disk that is full or may not be written: each ends in a sentence and loses nothing.

Usage, as a user who may mount (root)::

    python benchmarks/disk.py

Every command runs on small file systems in memory with some space left, and on one that is read-only. Each
must end well or with one sentence, leave the study as it was, and no half-written file.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MADE = "simulate --out {0} --parcels 30 --pixels 3 --seasons 2019-2021 --overwrite"
LEFT_KB = [0, 8, 64, 256, 1024]
COMMANDS = [
    MADE,
    "simulate --out {1}/new --parcels 30 --pixels 3 --seasons 2019-2021",
    "sample --out {1}/sample",
    "run {0} --target 2021 --method scratch --recipe quick --repeats 1 --radius 30 --archive {1}/archive",
    "itinerary {0} --target 2021 --radius 30 --out {1}/trip",
    "scenarios {0} --target 2021 --radius 30 --design random --save Mine --archive {1}/archive",
    "visit {0} --target 2021 --radius 30 --out {1}/visited",
    "map {0} --season 2021 --recipe quick --folds 0 --archive {1}/archive --out {1}/map",
    "report {0} --target 2021 --archive {1}/archive --out {1}/report",
    "studies",
    "cost {0} --target 2021 --radius 30",
]


@contextmanager
def disk(kilobytes: int) -> Iterator[Path]:
    """A file system of a size."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", place], check=True)
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "-l", place], check=True)


def main() -> int:
    """Run all and print the table; 1 where a promise is broken."""
    broken = 0
    print("| command | space left | status | said |\n|---|---|---|---|")
    for command in COMMANDS:
        for left in [*LEFT_KB, None]:
            with disk(40_000) as place:
                status, said, fault = _tried(command, place, left)
            broken += bool(fault)
            name = "read-only" if left is None else f"{left} kB"
            line = fault or said.strip().splitlines()[-1][:90] if fault or said.strip() else ""
            print(f"| {command.split()[0]} | {name} | {status} | {line} |", flush=True)
    print(f"{broken} broken promises")
    return int(broken > 0)


def _tried(command: str, place: Path, left: int | None) -> tuple[int, str, str]:
    """Status, what was said, and which promise is broken."""
    study, work = place / "study", place / "work"
    work.mkdir()
    made = _run(MADE.format(study), work)
    if made.returncode:
        raise SystemExit(made.stderr)
    before, listed = _digest(study), _files(place)
    if left is None:
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    else:
        free = os.statvfs(place)
        with (place / "filler").open("wb") as file:
            file.write(b"\0" * max(0, free.f_bavail * free.f_frsize - left * 1024))
    done = _run(command.format(study, work), work)
    if left is not None:
        (place / "filler").unlink()
    fault = ""
    if "Traceback" in done.stderr or done.returncode not in (0, 2):
        fault = "**" + (done.stderr.strip().splitlines() or ["no word"])[-1][:120] + "**"
    elif done.returncode and _digest(study) != before:
        fault = "**the study has changed**"
    half = [path for path in _files(place) - listed if path.name.startswith(".") or path.suffix == ".partial"]
    if half:
        fault = f"**left {', '.join(path.name for path in half[:3])}**"
    return done.returncode, done.stderr, fault


def _run(command: str, work: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "GROUNDPLAN_WORKSPACE": str(work / "workspace"), "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-m", "engine", *command.split()]
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600)


def _files(place: Path) -> set[Path]:
    return {path for path in place.rglob("*") if path.is_file()}


def _digest(study: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(study.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
