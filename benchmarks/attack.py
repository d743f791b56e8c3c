"""Damage every kind of file that is read, thousands of times, and print how each try ended.

python -m benchmarks.attack --bytes 10000 --structures 5000
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.campaign import Result, cases, run, table
from tests.fuzz.targets import TARGETS

BAD = ("traceback", "hang", "partial files")


def main() -> int:
    """Run the campaign; the exit status is 1 where a try ended in a traceback, a hang or partial files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bytes", type=int, default=10_000, help="files whose bytes are damaged")
    parser.add_argument(
        "--structures", type=int, default=5_000, help="well-formed files that say something odd"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="kinds of files whose name holds this")
    parser.add_argument("--out", type=Path, help="file that the table is written to")
    options = parser.parse_args()
    asked = cases({"bytes": options.bytes, "structure": options.structures}, len(TARGETS), options.seed)
    asked = [case for case in asked if options.only in TARGETS[case.target].kind]
    began, results, kinds = time.monotonic(), list[Result](), Counter[str]()
    for result in run(asked, options.processes):
        results.append(result)
        if result.end in BAD:
            kinds[f"{result.end}: {result.why}"] += 1
            if kinds[f"{result.end}: {result.why}"] == 1:
                print(f"{result.end}: {result.why} ({result.case})", flush=True)
    text = f"{table(results)} The campaign took {(time.monotonic() - began) / 60:.1f} minutes."
    print(text)
    for kind, many in kinds.most_common():
        print(f"{many} x {kind}")
    if options.out:
        options.out.write_text(f"{text}\n", encoding="utf-8")
    return int(bool(kinds))


if __name__ == "__main__":
    raise SystemExit(main())
