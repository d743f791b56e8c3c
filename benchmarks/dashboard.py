"""How fast the app answers in a real browser, for docs/performance.md.

    python benchmarks/dashboard.py                      # everything, about 12 minutes
    python benchmarks/dashboard.py --keep build/studies # keep the studies for the next time

Three questions, each on a server of its own:

- a step of the radius slider, from the key to the figures, the charts and the map, and what it sends;
- the first meaningful paint of the overview, after a cold start of the server and in a later session;
- the memory of the server.

Times are of this machine and of now. Without a graphics card the map is drawn by the processor,
which also runs the server: a laptop draws faster. Addresses outside the app are cut off, so the map has no
background.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.app_server import PATIENCE_S, Relay, Server, served  # noqa: E402
from benchmarks.tables import markdown_row  # noqa: E402
from tests.browser.conftest import FLAGS, find_browser  # noqa: E402

OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SCREEN = {"width": 1440, "height": 900}
WARM_UP = 3
STARTS = 7  # cold servers, and sessions of a warm one
SESSIONS = (1, 10)
QUIET_MS = 300  # without a message or a draw call: the step is over
POLL_MS = 50
PAGES = {"overview": ("/", "lie within"), "plan": ("/plan", "parcels to visit")}  # path, words of the figures
PARCELS_DRAWN = 1000  # vertices in one draw call: more than circle, names and departure have
STOPWATCH = (ROOT / "benchmarks" / "stopwatch.js").read_text().replace("PARCELS_DRAWN", f"{PARCELS_DRAWN}")
QUESTIONS = ("steps", "paint", "memory")
TIMES = ("sent", "received", "figures", "charts", "map", "all")
MARKS = ("server", "headline", "chart", "map")

Record = dict[str, Any]  # of one measurement, as --json prints it


def arguments(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """What the command line asks for."""
    parser.add_argument("--parcels", type=int, nargs="*", default=[3000, 20_000, 100_000])
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--only", choices=QUESTIONS, nargs="+", default=list(QUESTIONS))
    parser.add_argument("--keep", type=Path, help="folder for the studies, made where they are missing")
    parser.add_argument("--json", action="store_true", help="print records instead of tables")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options = arguments(parser)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        path = find_browser(playwright.chromium.executable_path)
        if path is None:
            parser.error("No Chromium or Chrome was found. Name one in GROUNDPLAN_BROWSER.")
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, OFFLINE])
        records = list(measure(browser, options, Path(scratch)))
        browser.close()
    if options.json:
        print(json.dumps(records, indent=1))
    else:
        print_tables(records)


def measure(browser: Browser, options: argparse.Namespace, scratch: Path) -> Iterator[Record]:
    """The records of every question that is asked."""
    if "steps" in options.only:
        studies = [simulated_study(count, options.keep or scratch) for count in options.parcels]
        for study in (None, *studies):
            yield from measure_steps(browser, study, scratch, options.steps)
    if "paint" in options.only:
        yield from measure_paints(browser, scratch)
    if "memory" in options.only:
        yield from measure_memory(browser, scratch)


def simulated_study(count: int, folder: Path) -> Path:
    """A simulated study of one season of so many parcels, without series."""
    path = (folder / f"simulated-{count}").resolve()
    if not path.exists():
        note(f"simulating {count:,} parcels")
        command = [sys.executable, "-m", "engine", "simulate", "--light", "--seasons", "2021-2021"]
        command += ["--seed", "1", "--parcels", str(count), "--out", str(path)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return path


def measure_steps(browser: Browser, study: Path | None, workspace: Path, count: int) -> Iterator[Record]:
    """Steps of the radius slider on every page that has one."""
    name = study.name if study else "demo"
    with served(study, workspace) as server:
        for page, (path, words) in PAGES.items():
            note(f"steps on the page {page} of {name}")
            with session(browser, server, path) as tab:
                parcels = parcels_on_map(tab)
                tab.evaluate("words => { stopwatch.pattern = words; }", words)
                steps = [step(tab, server.relay) for _ in range(WARM_UP + count)][WARM_UP:]
                compressed = "deflate" in tab.evaluate("stopwatch.extensions")
            place = {
                "what": "step",
                "study": name,
                "page": page,
                "parcels": parcels,
                "compressed": compressed,
            }
            yield place | medians(steps) | asdict(server.memory)


def step(tab: Page, relay: Relay) -> dict[str, float | None]:
    """One press of the right arrow, in ms from the key."""
    tab.get_by_role("slider", name="Radius, km").focus()
    tab.evaluate("() => stopwatch.clear()")
    before = relay.sent
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function(
        f"stopwatch.sent && stopwatch.received > stopwatch.sent && stopwatch.quiet({QUIET_MS})",
        polling=POLL_MS,
    )
    times: dict[str, float | None] = tab.evaluate("stopwatch.times()")
    last = max(times[part] or 0 for part in ("figures", "charts", "map"))
    return times | {"all": last, "wire": relay.sent - before}


def medians(steps: Sequence[dict[str, float | None]]) -> dict[str, float | None]:
    """Median and 90th percentile of each quantity, over the steps that have it."""
    summary: dict[str, float | None] = {}
    for name in steps[0]:
        values = [value for times in steps if (value := times[name]) is not None]
        summary[name] = statistics.median(values) if values else None
        summary[f"{name}_p90"] = percentile_90(values) if values else None
    return summary


def percentile_90(values: Sequence[float]) -> float:
    """The value that nine in ten do not exceed."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=10, method="inclusive")[-1]


def measure_paints(browser: Browser, workspace: Path) -> Iterator[Record]:
    """From nothing to an overview with its headline, its chart and its map."""
    cold: list[dict[str, float]] = []
    warm: list[dict[str, float]] = []
    for turn in range(STARTS):
        note(f"cold start {turn + 1} of {STARTS}")
        with served(None, workspace) as server:
            seconds = paint_seconds(browser, server, server.began)
            cold.append(seconds | {"server": server.ready - server.began})
            if turn == STARTS - 1:
                warm = [paint_seconds(browser, server) for _ in range(STARTS)]
    for start, paints in (("cold server", cold), ("warm server, new session", warm)):
        seconds = {part: statistics.median(paint[part] for paint in paints) for part in paints[0]}
        yield {"what": "paint", "start": start} | seconds


def paint_seconds(browser: Browser, server: Server, since: float | None = None) -> dict[str, float]:
    """When each part of the overview was there, in seconds."""
    start = since or time.time()
    with session(browser, server, "/") as tab:
        ready = "['headline', 'chart', 'map'].every(name => stopwatch.marks[name])"
        tab.wait_for_function(ready, polling=POLL_MS)
        marks: dict[str, float] = tab.evaluate("stopwatch.marks")
    return {name: moment / 1000 - start for name, moment in marks.items()}


def measure_memory(browser: Browser, workspace: Path) -> Iterator[Record]:
    """Memory of the server with some sessions open on the overview of the demo."""
    with served(None, workspace) as server:
        note("memory")
        yield {"what": "memory", "sessions": 0} | asdict(server.memory)
        contexts: list[BrowserContext] = []
        for sessions in SESSIONS:
            while len(contexts) < sessions:
                contexts.append(opened(browser, server, "/").context)
            yield {"what": "memory", "sessions": sessions} | asdict(server.memory)
        for context in contexts:
            context.close()


@contextmanager
def session(browser: Browser, server: Server, path: str) -> Iterator[Page]:
    """A page in a browser without a cache, at rest; closed at the end."""
    tab = opened(browser, server, path)
    try:
        yield tab
    finally:
        tab.context.close()


def opened(browser: Browser, server: Server, path: str) -> Page:
    """The same, left open."""
    context = browser.new_context(viewport=SCREEN, color_scheme="light")
    context.set_default_timeout(PATIENCE_S * 1000)
    context.add_init_script(STOPWATCH)
    tab = context.new_page()
    tab.goto(server.address + path)
    ready = f"stopwatch.vertices >= {PARCELS_DRAWN} && stopwatch.quiet({3 * QUIET_MS})"
    tab.wait_for_function(ready, polling=POLL_MS)
    return tab


def parcels_on_map(tab: Page) -> int:
    """Parcels of the season, from the file that the page fetched to draw them."""
    url = tab.evaluate(
        "performance.getEntriesByType('resource').map(entry => entry.name).find(url => /parcels-/.test(url))"
    )
    with urllib.request.urlopen(url) as response:
        return len(re.findall(rb'"type":"Feature"', response.read()))


def print_tables(records: Sequence[Record]) -> None:
    """Tables for docs/performance.md."""
    steps, paints, memory = (
        [record for record in records if record["what"] == what] for what in ("step", "paint", "memory")
    )
    if steps:
        print(markdown_row(["study", "parcels", "page", *TIMES, "bytes", "on the wire"]))
        print("|---|--:|---" + "|--:" * (len(TIMES) + 2) + "|")
    for record in steps:
        sent = f"{record['bytes'] + record['http']:,.0f}"
        times = [milliseconds(record[part], record[f"{part}_p90"]) for part in TIMES]
        place = (record["study"], f"{record['parcels']:,}", record["page"])
        print(markdown_row([*place, *times, sent, f"{record['wire']:,.0f}"]))
    if paints:
        print("\n| start | server up, s | headline | chart | map |\n|---|--:|--:|--:|--:|")
    for record in paints:
        seconds = [f"{record[part]:.2f}" if part in record else "" for part in MARKS]
        print(markdown_row([record["start"], *seconds]))
    if memory:
        print("\n| sessions on the overview of the demo | resident, MB | unshared, MB |\n|--:|--:|--:|")
    for record in memory:
        print(markdown_row([record["sessions"], f"{record['rss']:,.0f}", f"{record['uss']:,.0f}"]))


def milliseconds(median: float | None, p90: float | None) -> str:
    """A median with its 90th percentile."""
    return "" if median is None or p90 is None else f"{median:,.0f} ({p90:,.0f})"


def note(text: str) -> None:
    """Progress, beside the output."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
