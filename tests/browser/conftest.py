"""A real Chromium or Chrome, the app on a free port, and a study to open in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from engine.studies import store
from tests import made_up

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL for the map, without a graphics card
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
)
EMPTY_STYLE = '{"version":8,"sources":{},"layers":[]}'
PATIENCE_S = 90
expect.set_options(timeout=PATIENCE_S * 1000 / 3)


@dataclass
class Visit:
    """A tab, what it complained about, and what it fetched from the app."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def close(self) -> None:
        """A tab with a map keeps a core busy as long as it is open."""
        self.page.context.close()


def find_browser(own: str) -> str | None:
    """Path of a browser: ``GROUNDPLAN_BROWSER``, one of the machine's, or playwright's own."""
    named = os.environ.get("GROUNDPLAN_BROWSER")
    if named:
        return shutil.which(named)
    installed = (shutil.which(name) for name in NAMES)
    return next((path for path in (*installed, *PLACES, own) if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser(playwright.chromium.executable_path)
        if path is None:
            reason = (
                "No Chromium or Chrome was found. Install one, name one in GROUNDPLAN_BROWSER, or run "
                "'playwright install chromium'."
            )
            if os.environ.get("GROUNDPLAN_REQUIRE_BROWSER") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store.save_study(made_up.study(unseen_crop=True), tmp_path_factory.mktemp("studies") / "made-up")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def served(
    folder: Path | None,
    workspace: Path,
    entry: str = "app.py",
    settings: Mapping[str, str] | None = None,
    port: int = 0,
) -> Iterator[str]:
    """The app on a free port, from a cold start; its address."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    env = {key: value for key, value in os.environ.items() if key != "GROUNDPLAN_STUDY"}
    env |= {"GROUNDPLAN_STUDY": str(folder)} if folder else {}
    env |= {"GROUNDPLAN_WORKSPACE": str(workspace), **(settings or {})}
    command = [sys.executable, "-m", "streamlit", "run", entry, f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.headless=true", "--server.fileWatcherType=none"]
    log = workspace / f"server-{port}.log"
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_for(f"{address}/_stcore/health", server, log)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"The app ended with {server.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"The app did not answer within {PATIENCE_S} s:\n{log.read_text()}")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Path | None], str]]:
    """Start the app anew, with or without a study; it ends with the test."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(served(folder, tmp_path))


@pytest.fixture(scope="module")
def app(chromium: Browser, study_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a study, shared by the tests of a file."""
    with served(study_folder, tmp_path_factory.mktemp("workspace")) as address:
        yield address


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open an address in a new tab; whatever lies outside the app is answered with an empty map style."""
    contexts = []

    def go(address: str, path: str = "/", width: int = 1280, theme: str = "light") -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": 860}, color_scheme=theme)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_S * 1000 / 3)
        tab = Visit(context.new_page())

        def outside(route: Route) -> None:
            route.fulfill(status=200, content_type="application/json", body=EMPTY_STYLE)

        def heard(message: ConsoleMessage) -> None:
            # On a deep link Streamlit asks /experiments/_stcore/... first, to find out where it lives.
            if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
                tab.complaints.append(message.text)

        tab.page.route(lambda url: not url.startswith((address, "data:", "blob:")), outside)
        tab.page.on("console", heard)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.page.on("request", lambda request: tab.fetched.append(request.url))
        tab.page.goto(address + path)
        return tab

    yield go
    for context in contexts:
        context.close()
