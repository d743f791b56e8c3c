"""Start a run, watch it, cancel it, go on; by two users; over a killed worker and a killed server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, served
from tests.browser.test_overview_journey import settle

pytestmark = pytest.mark.browser
STEP = re.compile(r"This run: step \d+ of \d+")
WAITING = "This run: waiting for its turn, 1 of 1 in the queue"
STOPPED = "Stopped as you asked; what is finished is kept."
PATIENCE_MS = 120_000  # a worker on a busy machine has to import before it can listen


def start(page: Page, words: str = "Run", sees: str | re.Pattern[str] = STEP) -> None:
    settle(page)
    page.get_by_role("button", name=re.compile(rf"{words}.* open plans")).click()
    expect(page.get_by_text(sees)).to_be_visible(timeout=PATIENCE_MS)


def cancel(page: Page) -> None:
    settle(page)  # a busy page may be deaf while it is redrawn
    page.get_by_role("button", name="Cancel this run").click()
    expect(page.get_by_text(STOPPED)).to_be_visible(timeout=PATIENCE_MS)


def test_a_run_is_started_watched_from_two_tabs_and_cancelled(app: str, visit: Callable[..., Visit]) -> None:
    tab = visit(app, "/experiments")
    expect(tab.page.get_by_text("0 of 13 plans are answered")).to_be_visible()
    start(tab.page)

    second = visit(app, "/experiments")
    second.page.get_by_role("button", name="Cancel this run").click()
    for page in (tab.page, second.page):
        expect(page.get_by_text(STOPPED)).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("button", name=re.compile("Go on with the .* open plans"))).to_be_visible()
    assert not tab.complaints
    assert not second.complaints


def test_a_run_is_still_there_after_a_refresh_shows_its_losses_and_goes_on_after_a_cancel(
    app: str, visit: Callable[..., Visit]
) -> None:
    tab = visit(app, "/experiments?experiments-seed=7")
    start(tab.page)
    tab.page.reload()
    expect(tab.page.get_by_text(STEP)).to_be_visible(timeout=PATIENCE_MS)
    expect(tab.page.get_by_text(re.compile(r"\d+ trainings? going on"))).to_be_visible(timeout=PATIENCE_MS)
    cancel(tab.page)
    start(tab.page, "Go on with")
    cancel(tab.page)
    assert not tab.complaints


def test_a_second_user_waits_in_the_queue_and_sees_whom_for(app: str, visit: Callable[..., Visit]) -> None:
    first, second = (
        visit(app, "/experiments?experiments-seed=11"),
        visit(app, "/experiments?experiments-seed=12"),
    )
    start(first.page)
    expect(first.page.get_by_text(re.compile(r"This run: step \d+ of \d+, (start|pre)"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    start(second.page, sees=WAITING)
    expect(second.page.get_by_text(re.compile("Another run: step"))).to_be_visible()
    for tab in (second, first):
        cancel(tab.page)
        assert not tab.complaints


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_killed_server_and_a_killed_worker_lose_nothing(
    visit: Callable[..., Visit], study_folder: Path, tmp_path: Path
) -> None:
    with served(study_folder, tmp_path) as address:
        start(visit(address, "/experiments").page)
    (status,) = (tmp_path / "jobs").glob("*/status.json")
    with served(study_folder, tmp_path) as address:  # the run went on without a server
        tab = visit(address, "/experiments")
        expect(tab.page.get_by_text(STEP)).to_be_visible(timeout=PATIENCE_MS)
        workers = subprocess.run(
            ["pgrep", "-f", str(status.parent)], capture_output=True, text=True, check=True
        )
        for worker in workers.stdout.split():
            os.kill(int(worker), signal.SIGKILL)
        end = time.monotonic() + PATIENCE_MS / 1000
        while json.loads(status.read_text())["attempts"] != 1:  # it is begun again by itself
            assert time.monotonic() < end
            time.sleep(0.2)
        expect(tab.page.get_by_text(STEP)).to_be_visible(timeout=PATIENCE_MS)
        cancel(tab.page)
        assert not tab.complaints
