"""How the app answers when many people use it at once, for docs/performance.md.

    python benchmarks/load.py                       # 50 people on the demo for three minutes
    python benchmarks/load.py --people 10 25 50     # each number on a server of its own
    python benchmarks/load.py --alone               # what each step costs the server, with one person

People come within ten seconds, walk over the pages, change seasons, radii, budgets and designs, and look at
what they see for a while (4 s on average). A step goes from a change to the end of the run that answers it.
Each person is a websocket client. All are in this process, and the server is in another, so its processor
time is its own.
On a busy machine compare processor times, not seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.app_server import Server, served  # noqa: E402
from benchmarks.person import Person, think  # noqa: E402
from benchmarks.tables import markdown_row  # noqa: E402

ARRIVAL_S = 10.0
STAY = 0.7  # the chance that the next step is on the same page
QUIET_S, PATIENCE_S = 0.3, 120.0
MOST = (None, 1000.0, 1500.0, 2000.0, 3000.0, 5000.0)
PAGES = {  # how often a page is opened, and what is changed on it
    "overview": (5, ("season", "most", "overview-map", "overview-against", "radius", "metric")),
    "plan": (4, ("radius", "radius", "radius", "design", "season", "most")),
    "compare": (3, ("season", "compare-axis", "compare-behind", "compare-family", "most")),
    "fieldwork": (2, ("fieldwork-day", "fieldwork-trip", "fieldwork-show", "season")),
    "study": (1, ("season",)),
    "crop_map": (1, ("season", "crop_map-method")),
    "report": (1, ("season", "most")),
    "scenarios": (1, ()),
}
Record = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, nargs="+", default=[50])
    parser.add_argument("--think", type=float, default=4.0, help="seconds between steps, on average")
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="processor time of each step, with one person")
    parser.add_argument("--study", type=Path, help="folder of a study, instead of the demo")
    parser.add_argument("--json", action="store_true", help="print records instead of tables")
    options = parser.parse_args()
    records = list(measure(options))
    if options.json:
        print(json.dumps(records, indent=1))
    else:
        print_tables(records)


def measure(options: argparse.Namespace) -> Iterable[Record]:
    """A record for each number of people, each on a server of its own."""
    for people in [1] if options.alone else options.people:
        with (
            tempfile.TemporaryDirectory() as scratch,
            served(options.study, Path(scratch), relayed=False) as server,
        ):
            if options.alone:
                yield from asyncio.run(alone(server, options.seed))
            else:
                yield crowd(server, people, options)


def crowd(server: Server, count: int, options: argparse.Namespace) -> Record:
    """Many people at once."""
    people = [Person(server.address) for _ in range(count)]
    before, own_before = cpu_seconds(server.process), time.process_time()
    with Peak(server.process) as peak:
        asyncio.run(walks(people, options))
    steps = [step for person in people for step in person.steps]
    spent = cpu_seconds(server.process) - before
    by_page = defaultdict(list)
    for step in steps:
        by_page[step.page].append(step.seconds)
    return {
        "people": count,
        "steps": len(steps),
        "steps_per_s": len(steps) / options.seconds,
        **{f"p{level}": percentile([step.seconds for step in steps], level) for level in (50, 95, 99)},
        "pages": {
            page: {
                "steps": len(seconds),
                **{f"p{level}": percentile(seconds, level) for level in (50, 95, 99)},
            }
            for page, seconds in by_page.items()
        },
        "slowest": [vars(step) for step in sorted(steps, key=lambda step: -step.seconds)[:12]],
        "cpu_per_step_ms": 1000 * spent / max(len(steps), 1),
        "client_cpu_s": time.process_time() - own_before,
        "polls": sum(person.polls for person in people),
        "received_mb": sum(person.received for person in people) / 1e6,
        "peak_mb": peak.mb,
        "faults": Counter(fault for person in people for fault in person.faults),
        "refusals": Counter(refusal for person in people for refusal in person.refusals),
        "load": psutil.getloadavg()[0],
    }


async def walks(people: Sequence[Person], options: argparse.Namespace) -> None:
    """All of them, until the time is up."""
    end = time.monotonic() + options.seconds

    async def visit(person: Person, luck: random.Random) -> None:
        await asyncio.sleep(luck.uniform(0, ARRIVAL_S))
        try:
            await person.visit(walk(luck, options.think, end))
        except Exception as error:  # whatever happens to one, the others go on
            person.faults.append(f"{type(error).__name__}: {error}")

    await asyncio.gather(
        *(visit(person, random.Random(f"{options.seed}-{n}")) for n, person in enumerate(people))
    )


def walk(luck: random.Random, pause: float, end: float) -> Callable[[Person], Awaitable[None]]:
    """From page to page, and from widget to widget."""

    async def go(person: Person) -> None:
        await person.open("overview")
        while time.monotonic() < end:
            await think(pause, luck)
            if time.monotonic() >= end:
                return
            here = [key for key in PAGES[person.page][1] if key in person.widgets]
            if here and luck.random() < STAY:
                key = luck.choice(here)
                await person.set(key, some_value(person, key, luck))
            else:
                await person.open(luck.choices(list(PAGES), [often for often, _ in PAGES.values()])[0])

    return go


def some_value(person: Person, key: str, luck: random.Random) -> Any:
    """What somebody may set a widget to."""
    if key == "radius":
        return luck.randint(5, 45)
    if key == "most":
        return luck.choice(MOST)
    return luck.choice(person.options(key))


async def alone(server: Server, seed: int) -> list[Record]:
    """The same walk of three people, one after another: the first finds nothing kept."""
    spent: dict[str, list[dict[str, list[float]]]] = {}
    for turn in range(3):
        luck = random.Random(seed)

        async def through(person: Person, turn: int = turn, luck: random.Random = luck) -> None:
            for page, (_, keys) in PAGES.items():
                for key in ("open", *keys):
                    before = cpu_seconds(server.process)
                    if key == "open":
                        await person.open(page)
                    elif key not in person.widgets or not await person.set(
                        key, some_value(person, key, luck)
                    ):
                        continue
                    await rested(server, person)
                    turns = spent.setdefault(page, [defaultdict(list) for _ in range(3)])
                    turns[turn][key].append(1000 * (cpu_seconds(server.process) - before))

        person = Person(server.address)
        await person.visit(through)
        for fault in person.faults:
            print(fault, file=sys.stderr)
    return [
        {"page": page, "what": key, "first_ms": mean(turns[0][key]), "again_ms": mean(turns[2][key])}
        for page, turns in spent.items()
        for key in turns[0]
    ]


async def rested(server: Server, person: Person) -> None:
    """Wait until the server computes nothing more, such as day tours."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        before = cpu_seconds(server.process)
        await asyncio.sleep(QUIET_S)
        if not person.waits and cpu_seconds(server.process) - before < QUIET_S / 5:
            return


class Peak:
    """The most memory that a server and its children had together while this was open, MB of 10^6 bytes."""

    def __init__(self, process: psutil.Process) -> None:
        self.process, self.mb, self._end = process, 0.0, threading.Event()

    def __enter__(self) -> Peak:
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()

    def _watch(self) -> None:
        while not self._end.wait(0.5):
            usage = 0
            for process in [self.process, *self.process.children(recursive=True)]:
                try:
                    usage += process.memory_info().rss
                except psutil.Error:  # it has just ended
                    continue
            self.mb = max(self.mb, usage / 1e6)


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time that a process and its children have used."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        try:
            times = each.cpu_times()
        except psutil.Error:  # it has just ended: its parent has its time
            continue
        total += times.user + times.system
        if each == process:
            total += times.children_user + times.children_system
    return total


def percentile(values: Sequence[float], level: float) -> float:
    """The value that so many in a hundred do not exceed."""
    return float(numpy.percentile(values, level)) if values else float("nan")


def mean(values: Sequence[float]) -> float:
    """Their mean."""
    return sum(values) / len(values) if values else float("nan")


def print_tables(records: Sequence[Record]) -> None:
    """Tables for docs/performance.md."""
    if records and "people" not in records[0]:
        print(markdown_row(["page", "step", "first, CPU ms", "again, CPU ms"]))
        print(markdown_row(["---", "---", "--:", "--:"]))
        for record in records:
            print(
                markdown_row(
                    [record["page"], record["what"], f"{record['first_ms']:.0f}", f"{record['again_ms']:.0f}"]
                )
            )
        for name in ("first_ms", "again_ms"):
            print(f"mean {name}: {mean([record[name] for record in records]):.0f}")
        return
    print(
        markdown_row(
            ["people", "steps", "p50, s", "p95, s", "p99, s", "CPU a step, ms", "peak, MB", "errors"]
        )
    )
    print(markdown_row(["--:"] * 8))
    for record in records:
        seconds = [f"{record[name]:.2f}" for name in ("p50", "p95", "p99")]
        cells = [record["people"], record["steps"], *seconds, f"{record['cpu_per_step_ms']:.0f}"]
        print(markdown_row([*cells, f"{record['peak_mb']:.0f}", sum(record["faults"].values())]))
    for record in records:
        print(
            f"\n{record['people']} people, {record['polls']} polls, {record['received_mb']:.1f} MB received, "
            f"{record['client_cpu_s']:.0f} s of the clients' processor time, load {record['load']:.1f}"
        )
        for page, seen in record["pages"].items():
            print(f"  {page:10s} {seen['steps']:4d} steps, p50 {seen['p50']:.2f}, p95 {seen['p95']:.2f}")
        for step in record["slowest"]:
            print(f"  slow: {step['page']} {step['what']} {step['seconds']:.2f}")
        for what in ("faults", "refusals"):
            for text, count in record[what].items():
                print(f"  {what}: {count} times {text}")


if __name__ == "__main__":
    main()
