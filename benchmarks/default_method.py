"""How long a repeat of the default method takes, against another checkout of Groundplan, in turns.

    python benchmarks/default_method.py --against CHECKOUT [STUDY] [--target 2020] [--rounds 3]

Each turn runs the command line of one checkout in a process of its own, on one thread: the default method by
a circle and at random, one repeat each, in an archive of its own. Pre-training is not counted. Both checkouts
run with this interpreter. What is printed is JSON: seconds of a repeat in each round, and the median of the
ratios within a round, which a busy machine changes little.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study", nargs="?", default="demo")
    parser.add_argument("--against", type=Path, required=True, help="a checkout of another commit")
    parser.add_argument("--target", default="2020", help="season to map")
    parser.add_argument("--radius", type=float, default=30.0)
    parser.add_argument("--source", default="earlier")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rounds: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            seconds = {}
            for name, checkout in (("before", options.against.resolve()), ("now", ROOT)):
                print(f"round {number + 1} of {options.rounds}: {name}", file=sys.stderr, flush=True)
                seconds[name] = seconds_of(checkout, options, Path(folder) / name, number)
            rounds.append({**seconds, "ratio": seconds["before"] / seconds["now"]})
    print(json.dumps({"ratio": statistics.median(turn["ratio"] for turn in rounds), "rounds": rounds}))


def seconds_of(checkout: Path, options: argparse.Namespace, archive: Path, seed: int) -> float:
    """Mean seconds of a repeat, by the outcomes of one turn; source models stay in the archive."""
    command = [sys.executable, "-m", "engine", "run", options.study, "--target", options.target, "--json"]
    command += ["--method", "ensemble", "--design", "radius", "random", "--radius", f"{options.radius:g}"]
    command += ["--repeats", "1", "--seed", str(seed), "--source", options.source, "--archive", str(archive)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        command, cwd=checkout, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    outcomes = json.loads(done.stdout)["outcomes"]
    return statistics.mean(outcome["seconds"] for outcome in outcomes)


if __name__ == "__main__":
    main()
