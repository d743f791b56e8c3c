"""Damage every kind of file that is read, thousands of times, and print how each try ended.

python -m benchmarks.attack --page
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.campaign import Result, cases, run, table
from tests.fuzz.targets import TARGETS

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
BEGIN, END = "<!-- benchmarks/attack.py -->", "<!-- end -->"
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
    parser.add_argument("--page", action="store_true", help="put the table into docs/reliability.md")
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
    minutes = (time.monotonic() - began) / 60
    text = (
        f"{table(results)} {options.bytes:,} had damaged bytes, {options.structures:,} said odd things; "
        f"seed {options.seed}, {minutes:.0f} minutes."
    )
    print(text)
    for kind, many in kinds.most_common():
        print(f"{many} x {kind}")
    if options.page:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return int(bool(kinds))


if __name__ == "__main__":
    raise SystemExit(main())
