"""How fast the app answers in a real browser, for docs/performance.md.

    python benchmarks/dashboard.py                      # everything, about 12 minutes
    python benchmarks/dashboard.py --keep build/worlds  # keep the studies for the next time

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
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import FLAGS, find_browser  # noqa: E402

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SCREEN = {"width": 1440, "height": 900}
PATIENCE_S = 120
WARM_UP = 3
STARTS = 5  # cold servers, and sessions of a warm one
SESSIONS = (1, 10)
QUIET_MS = 300  # without a message or a draw call: the step is over
PAGES = {"overview": ("/", r"lie within"), "plan": ("/plan", r"parcels to visit")}
PARCELS_DRAWN = 1000  # vertices in one draw call: more than circle, names and departure have

# Notes in the page's own time: messages of the socket, changes of the page, draw calls, and when the graphics
# processor (or the software in its place) had finished them. (deck.gl has a global named probe.)
STOPWATCH = """
(() => {
  const clock = window.stopwatch = {
    said: '', marks: {}, extensions: '',
    clear() {
      Object.assign(clock, {key: 0, sent: 0, received: 0, messages: 0, bytes: 0, http: 0, text: 0, chart: 0,
                            draws: 0, drawn: 0, painted: 0, most: 0, busy: 0});
      clock.before = clock.read();
    },
    read() {
      if (!clock.said) return '';
      const words = new RegExp(clock.said);
      return [...document.querySelectorAll('[data-testid=stMarkdownContainer]')]
        .map(one => one.textContent).filter(text => words.test(text)).join();
    },
    running: () => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'notRunning',
    quiet: ms => !clock.running() && clock.waiting === 0 &&
      performance.now() - Math.max(clock.received, clock.chart, clock.drawn, clock.painted) > ms,
    waiting: 0,
  };
  const size = data => data.byteLength ?? data.size ?? data.length;
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener('open', () => { clock.extensions = this.extensions; });
      this.addEventListener('message', event => {
        clock.received = performance.now();
        clock.messages += 1;
        clock.bytes += size(event.data);
      });
    }
    send(data) {
      if (clock.key && !clock.sent) clock.sent = performance.now();
      super.send(data);
    }
  };
  addEventListener('keydown', () => { clock.key = performance.now(); }, true);
  const mark = name => { clock.marks[name] ??= performance.timeOrigin + performance.now(); };
  const look = () => {
    if (document.querySelector('[data-testid=stHeading] h3')) mark('headline');
    if (document.querySelector('[data-testid=stPlotlyChart] .main-svg')) mark('chart');
  };
  new MutationObserver(changes => {
    look();
    const now = performance.now();
    if (clock.said && clock.key && clock.read() !== clock.before) {
      clock.before = clock.read();
      clock.text = now;
    }
    const plot = '[data-testid=stPlotlyChart]';
    if (changes.some(one => one.target.parentElement?.closest(plot))) clock.chart = now;
  }).observe(document, {subtree: true, childList: true, characterData: true});
  const fenced = new Set();
  for (const name of ['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced']) {
    const call = WebGL2RenderingContext.prototype[name];
    const at = name.startsWith('drawArrays') ? 2 : 1;
    WebGL2RenderingContext.prototype[name] = function (...given) {
      call.apply(this, given);
      clock.draws += 1;
      clock.drawn = performance.now();
      clock.most = Math.max(clock.most, given[at] * (name.endsWith('Instanced') ? given.at(-1) : 1));
      if (fenced.has(this)) return;
      fenced.add(this);
      clock.waiting += 1;
      setTimeout(() => {
        fenced.delete(this);
        const fence = this.fenceSync(this.SYNC_GPU_COMMANDS_COMPLETE, 0);
        this.flush();
        const wait = () => {
          if (fence && this.getSyncParameter(fence, this.SYNC_STATUS) !== this.SIGNALED)
            return void setTimeout(wait, 1);
          this.deleteSync(fence);
          clock.waiting -= 1;
          clock.painted = performance.now();
          if (clock.most >= PARCELS_DRAWN) mark('map');
        };
        wait();
      });
    };
  }
  const observe = (type, note) => new PerformanceObserver(list => list.getEntries().forEach(note))
    .observe({type});
  observe('resource', one => { clock.http += one.transferSize; });
  observe('longtask', one => { clock.busy += one.duration; });
  clock.clear();
})();
""".replace("PARCELS_DRAWN", str(PARCELS_DRAWN))

RECORD = """() => {
  const clock = window.stopwatch, since = time => time > clock.key ? time - clock.key : null;
  return {sent: since(clock.sent), answered: since(clock.received), text: since(clock.text),
          chart: since(clock.chart), drawn: since(clock.drawn), painted: since(clock.painted),
          draws: clock.draws, busy: clock.busy, bytes: clock.bytes, http: clock.http,
          messages: clock.messages};
}"""


class Relay(threading.Thread):
    """Stands between browser and server and counts what the server sends, as it goes over the wire."""

    def __init__(self, to: int) -> None:
        super().__init__(daemon=True)
        self.to, self.sent = to, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]

    def run(self) -> None:
        """Take whoever comes."""
        while True:
            browser, _ = self.door.accept()
            server = socket.create_connection(("127.0.0.1", self.to))
            for source, target, counts in ((browser, server, False), (server, browser, True)):
                threading.Thread(target=self.pass_on, args=(source, target, counts), daemon=True).start()

    def pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        """One direction of a connection, until either end hangs up."""
        try:
            while data := source.recv(65536):
                self.sent += len(data) if counts else 0
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Server:
    """A running app."""

    address: str
    relay: Relay
    process: psutil.Process
    began: float  # seconds since 1970
    ready: float

    @property
    def memory(self) -> tuple[float, float]:
        """Resident and unshared memory with all children, in MB of 10^6 bytes."""
        family = [self.process, *self.process.children(recursive=True)]
        infos = [one.memory_full_info() for one in family]
        return sum(info.rss for info in infos) / 1e6, sum(info.uss for info in infos) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parcels", type=int, nargs="*", default=[3000, 20_000, 100_000])
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--only", choices=["steps", "paint", "memory"], nargs="+")
    parser.add_argument("--keep", type=Path, help="folder for the studies, made where they are missing")
    parser.add_argument("--json", action="store_true", help="print rows instead of tables")
    options = parser.parse_args()
    asked = options.only or ["steps", "paint", "memory"]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        path = find_browser(playwright.chromium.executable_path)
        if path is None:
            parser.error("No Chromium or Chrome was found. Name one in GROUNDPLAN_BROWSER.")
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, ALONE])
        worlds = [grown(count, options.keep or Path(scratch)) for count in options.parcels]
        workspace = Path(scratch)
        if "steps" in asked:
            for study in (None, *worlds):
                rows += steps(browser, study, workspace, options.steps)
        if "paint" in asked:
            rows += paints(browser, workspace)
        if "memory" in asked:
            rows += memories(browser, workspace)
        browser.close()
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        report(rows)


def grown(count: int, folder: Path) -> Path:
    """A simulated study of one season of so many parcels, without series."""
    path = folder / f"world-{count}"
    if not path.exists():
        note(f"growing {count:,} parcels")
        command = [
            sys.executable,
            "-m",
            "engine",
            "simulate",
            "--light",
            "--seasons",
            "2021-2021",
            "--seed",
            "1",
        ]
        command += ["--parcels", str(count), "--out", str(path.resolve())]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return path.resolve()


def steps(browser: Browser, study: Path | None, workspace: Path, count: int) -> Iterator[dict[str, Any]]:
    """Steps of the radius slider on every page that has one."""
    with served(study, workspace) as server:
        for page, (path, said) in PAGES.items():
            note(f"steps on the {page} of {study.name if study else 'the demo'}")
            with session(browser, server, path) as tab:
                parcels = shown(tab)
                tab.evaluate("said => { stopwatch.said = said; }", said)
                taken = [step(tab, server.relay) for _ in range(WARM_UP + count)][WARM_UP:]
                extensions = tab.evaluate("stopwatch.extensions")
            one: dict[str, Any] = {"what": "step", "study": study.name if study else "demo"}
            one |= {"page": page, "parcels": parcels, "compressed": "deflate" in extensions}
            for name in taken[0]:
                values = [record[name] for record in taken if record[name] is not None]
                one[name] = statistics.median(values) if values else None
                one[f"{name}_p90"] = percentile(values, 0.9) if values else None
            whole = [max(record[part] or 0 for part in ("text", "chart", "painted")) for record in taken]
            one |= {"whole": statistics.median(whole), "whole_p90": percentile(whole, 0.9)}
            one["rss"], one["uss"] = server.memory
            yield one


def step(tab: Page, relay: Relay) -> dict[str, float | None]:
    """One press of the right arrow, in ms from the key."""
    tab.get_by_role("slider", name="Radius, km").focus()
    tab.evaluate("() => stopwatch.clear()")
    before = relay.sent
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function(
        f"stopwatch.sent && stopwatch.received > stopwatch.sent && stopwatch.quiet({QUIET_MS})", polling=50
    )
    record: dict[str, float | None] = tab.evaluate(RECORD)
    return record | {"wire": relay.sent - before}


def paints(browser: Browser, workspace: Path) -> Iterator[dict[str, Any]]:
    """From nothing to an overview with its headline, its chart and its map."""
    cold, warm = [], []
    for turn in range(STARTS):
        note(f"cold start {turn + 1} of {STARTS}")
        with served(None, workspace) as server:
            cold.append(painted(browser, server, server.began) | {"server": server.ready - server.began})
            if turn == STARTS - 1:
                warm = [painted(browser, server) for _ in range(STARTS)]
    for name, found in (("cold server", cold), ("warm server, new session", warm)):
        yield {"what": "paint", "start": name} | {
            part: statistics.median(one[part] for one in found) for part in found[0]
        }


def painted(browser: Browser, server: Server, since: float | None = None) -> dict[str, float]:
    """When each part of the overview was there, in seconds."""
    start = since or time.time()
    with session(browser, server, "/") as tab:
        tab.wait_for_function("['headline', 'chart', 'map'].every(name => stopwatch.marks[name])", polling=50)
        marks: dict[str, float] = tab.evaluate("stopwatch.marks")
    found = {name: moment / 1000 - start for name, moment in marks.items()}
    return found | {"all": max(found.values())}


def memories(browser: Browser, workspace: Path) -> Iterator[dict[str, Any]]:
    """Memory of the server with some sessions open on the overview of the demo."""
    with served(None, workspace) as server:
        note("memory")
        rss, uss = server.memory
        yield {"what": "memory", "sessions": 0, "rss": rss, "uss": uss}
        contexts: list[BrowserContext] = []
        for sessions in SESSIONS:
            while len(contexts) < sessions:
                contexts.append(opened(browser, server, "/").context)
            rss, uss = server.memory
            yield {"what": "memory", "sessions": sessions, "rss": rss, "uss": uss}
        for context in contexts:
            context.close()


@contextmanager
def session(browser: Browser, server: Server, path: str) -> Iterator[Page]:
    """A browser that was never here, with the page at rest."""
    tab = opened(browser, server, path)
    try:
        yield tab
    finally:
        tab.context.close()


def opened(browser: Browser, server: Server, path: str) -> Page:
    context = browser.new_context(viewport=SCREEN, color_scheme="light")
    context.set_default_timeout(PATIENCE_S * 1000)
    context.add_init_script(STOPWATCH)
    tab = context.new_page()
    tab.goto(server.address + path)
    tab.wait_for_function(f"stopwatch.most >= {PARCELS_DRAWN} && stopwatch.quiet({3 * QUIET_MS})", polling=50)
    return tab


def shown(tab: Page) -> int:
    """Parcels of the season on the map, which is what is drawn; from the file the page fetched."""
    url = tab.evaluate(
        "performance.getEntriesByType('resource').map(one => one.name).find(url => /parcels-/.test(url))"
    )
    with urllib.request.urlopen(url) as answer:
        return len(re.findall(rb'"type":"Feature"', answer.read()))


@contextmanager
def served(study: Path | None, workspace: Path) -> Iterator[Server]:
    """The app on a free port, from a cold start; without a study, on the demo."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    env = {key: value for key, value in os.environ.items() if not key.startswith("GROUNDPLAN_")}
    env |= {"GROUNDPLAN_WORKSPACE": str(workspace / "workspace")}
    env |= {"GROUNDPLAN_STUDY": str(study)} if study else {}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.headless=true"]
    address, relay = f"http://127.0.0.1:{port}", Relay(port)
    relay.start()
    with (workspace / "server.log").open("a") as log:
        began = time.time()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            while True:
                try:
                    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                        break
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    if process.poll() is not None or time.time() - began > PATIENCE_S:
                        raise SystemExit((workspace / "server.log").read_text()) from None
                    time.sleep(0.02)
            yield Server(
                f"http://127.0.0.1:{relay.port}", relay, psutil.Process(process.pid), began, time.time()
            )
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def report(rows: list[dict[str, Any]]) -> None:
    """Tables for docs/performance.md."""
    taken = [row for row in rows if row["what"] == "step"]
    if taken:
        print("| study | parcels | page | asked | answered | figures | charts | map | all | bytes | wire |")
        print("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for row in taken:
        times = [
            f"{row[part]:,.0f} ({row[f'{part}_p90']:,.0f})" if row[part] is not None else ""
            for part in ("sent", "answered", "text", "chart", "painted", "whole")
        ]
        cells = (row["study"], f"{row['parcels']:,}", row["page"], *times)
        print("|", " | ".join(cells), f"| {row['bytes'] + row['http']:,.0f} | {row['wire']:,.0f} |")
    found = [row for row in rows if row["what"] == "paint"]
    if found:
        print("\n| start | server | headline | chart | map | all |\n|---|--:|--:|--:|--:|--:|")
    for row in found:
        parts = ("server", "headline", "chart", "map", "all")
        times = [f"{row[part]:.2f}" if part in row else "" for part in parts]
        print("|", " | ".join((row["start"], *times)), "|")
    held = [row for row in rows if row["what"] == "memory"]
    if held:
        print("\n| sessions | resident, MB | unshared, MB |\n|--:|--:|--:|")
    for row in held:
        print(f"| {row['sessions']} | {row['rss']:,.0f} | {row['uss']:,.0f} |")


def percentile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[round(100 * share) - 1]


def note(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
