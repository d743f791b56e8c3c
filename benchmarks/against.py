"""How long runs take, against another checkout of Groundplan, in turns.

    python benchmarks/against.py method --against CHECKOUT [STUDY] [--target 2020] [--rounds 3]
    python benchmarks/against.py table --against CHECKOUT [STUDY] [--target 2021] [--recipe quick]
    python benchmarks/against.py first-curve --against CHECKOUT [STUDY] [--target 2021] [--source others]

`method` is a repeat of the default method, in the mean over a curve: circles and as many random parcels, one
repeat each, on one thread; pre-training is not counted. With it come the seconds that predicting a million
test pixels takes, the seconds outside of repeats (pre-training, mostly) and the peak memory. `table` is the
study's own table on two processes, pre-training included: zero-shot, transfer and scratch by circles and at
random, five repeats; this checkout trains one source model, as the study did. `first-curve` is the default
method after one repeat of each plan, on two processes, pre-training included.

Each turn runs the command line of one checkout in a process of its own, in an archive of its own, with this
interpreter. JSON is printed: what each round took, and the median of the ratios within a round; a busy
machine changes these little.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


RUNS = {
    "method": ["--method", "ensemble", "--repeats", "1"],
    "table": ["--method", "zero-shot", "transfer", "scratch", "--repeats", "5", "--workers", "2"],
    "first-curve": ["--method", "ensemble", "--repeats", "1", "--workers", "2"],
}
ONLY_NOW = {"table": ["--source-models", "1"]}
PROBE = """
import json, resource, sys, time
from engine.experiments import repeat
from engine.__main__ import main
inner, spent = repeat._test_counts, [0.0, 0]
def timed(*arguments):
    start = time.perf_counter()
    counts = inner(*arguments)
    spent[0] += time.perf_counter() - start
    spent[1] += int(counts[0].sum())
    return counts
repeat._test_counts = timed
main(sys.argv[1:])
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"predicting_s": spent[0] / spent[1] * 1e6, "peak_mb": peak_mb}), file=sys.stderr)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", choices=list(RUNS))
    parser.add_argument("study", nargs="?", default="demo")
    parser.add_argument("--against", type=Path, required=True, help="a checkout of another commit")
    parser.add_argument("--study-before", help="the study's folder in the other checkout, if named otherwise")
    parser.add_argument("--target", default="2020", help="season to map")
    parser.add_argument("--radius", type=float, nargs="+", default=[20.0, 25.0, 30.0], help="km")
    parser.add_argument("--recipe", default="paper")
    parser.add_argument("--source", default="earlier")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            turn = {}
            for name, checkout in (("before", options.against.resolve()), ("now", ROOT)):
                print(f"round {number + 1} of {options.rounds}: {name}", file=sys.stderr, flush=True)
                archive = Path(folder) / f"{name}-{number}"
                turn[name] = measured(checkout, name == "now", options, archive, number)
            rounds.append(turn)
    ratios = {
        what: statistics.median(turn["before"][what] / turn["now"][what] for turn in rounds)
        for what in rounds[0]["now"]
    }
    print(json.dumps({"ratios": ratios, "rounds": rounds}))


def measured(
    checkout: Path, now: bool, options: argparse.Namespace, archive: Path, seed: int
) -> dict[str, float]:
    """What one turn takes, by what is measured."""
    study = options.study if now else options.study_before or options.study
    start_of = ["-c", PROBE] if options.run == "method" else ["-m", "engine"]
    command = [sys.executable, *start_of, "run", study, "--target", options.target, "--json"]
    command += [*RUNS[options.run], *(ONLY_NOW.get(options.run, []) if now else []), "--design", "radius"]
    command += ["random", "--radius", *(f"{radius:g}" for radius in options.radius)]
    command += ["--recipe", options.recipe, "--seed", str(seed), "--source", options.source]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(checkout)}
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--archive", str(archive)],
        cwd=checkout,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - start
    if options.run != "method":
        return {"seconds": wall}
    seconds = [outcome["seconds"] for outcome in json.loads(done.stdout)["outcomes"]]
    probed = json.loads(done.stderr.splitlines()[-1])
    return {"repeat_s": statistics.mean(seconds), "outside_s": wall - sum(seconds), **probed}


if __name__ == "__main__":
    main()
