"""A trip on pages: an estimate that is called one, the routed trip in its place, only that one in files."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.decisions import routed
from engine.decisions.routed import routed_trip
from engine.domain import PlanError
from engine.studies import store
from pages import _itineraries
from pages._background import Work, WorkError
from tests import made_up
from tests.pages.driving import ROUTING, WAIT_S, button, go_to, new_app, texts, until_final


class Router:
    """Routes as usual, but waits until it is let go, and breaks down where it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.error: Exception | None = None
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        assert self.go_on.wait(WAIT_S)
        if self.error:
            raise self.error
        return routed_trip(*args, **kwargs)


@pytest.fixture
def router(monkeypatch: pytest.MonkeyPatch) -> Iterator[Router]:
    router = Router()
    monkeypatch.setattr(routed, "routed_trip", router)
    monkeypatch.setattr(_itineraries, "PATIENCE_S", 0.0)
    yield router
    router.go_on.set()  # no thread is left waiting


@pytest.fixture
def saved(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A study of its own for each test, since the server keeps tours for all sessions."""
    seed = sum(map(ord, request.node.name))
    return store.save_study(made_up.study(parcels=60, seed=seed), tmp_path / "made-up")


@pytest.fixture
def app(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return new_app(saved, tmp_path / "workspace", monkeypatch)


def planned(app: AppTest, radius: str = "45") -> AppTest:
    """The page Plan, after the button."""
    page = go_to(app, "plan", radius=radius)
    button(page, "Plan the day tours").click().run()
    assert not page.exception
    return page


def headline(page: AppTest) -> str:
    found = re.search(r"(\d+ days?, [\d,]+ km, [\d,]+ €)", texts(page))
    assert found, texts(page)
    return found[1]


def test_an_estimate_is_called_one_until_the_routed_trip_replaces_it(app, router):
    page = planned(app)
    assert ROUTING in texts(page)
    assert "Estimated, not routed." in texts(page)
    assert "Routed stop by stop" not in texts(page)
    assert ROUTING in texts(page.run())  # for as long as it takes
    router.go_on.set()
    until_final(page)
    assert not page.exception
    assert ROUTING not in texts(page)
    assert "Estimated" not in texts(page)
    assert "Routed stop by stop: " in texts(page)
    assert router.calls == 1


def test_two_tabs_share_one_trip(app, router, saved, tmp_path, monkeypatch):
    page = planned(app)
    other = planned(new_app(saved, tmp_path / "workspace", monkeypatch))
    assert ROUTING in texts(other)
    router.go_on.set()
    assert headline(until_final(page)) == headline(until_final(other))
    assert router.calls == 1


def test_plan_and_fieldwork_end_with_the_same_numbers_and_files_wait_for_them(app, router):
    page = planned(app)
    field = page.switch_page("pages/fieldwork.py").run()
    assert not field.exception
    assert ROUTING in texts(field)
    assert not field.get("download_button")
    router.go_on.set()
    until_final(field)
    assert not field.exception
    assert len(field.get("download_button")) == 7
    final = headline(field)
    assert headline(field.switch_page("pages/plan.py").run()) == final
    assert router.calls == 1


@pytest.mark.parametrize(
    "error", [RuntimeError("the solver fell over"), PlanError("No tours. Lengthen days.")]
)
def test_a_breakdown_in_the_background_is_told_and_the_next_try_may_succeed(app, router, error):
    page = planned(app)
    router.error = error
    router.go_on.set()
    until_final(page)
    assert not page.exception
    assert str(error) in page.error[0].value
    router.error = None
    until_final(page.run())
    assert not page.error
    assert "Routed stop by stop" in texts(page)
    assert router.calls == 2


def test_where_an_estimate_finds_no_trip_the_page_waits_for_the_routed_one(app, router, monkeypatch):
    def no_trip(*args):
        raise PlanError("A limit of 100 money pays for no trip. Raise it.")

    monkeypatch.setattr("engine.decisions.trip.trip", no_trip)
    router.go_on.set()
    page = planned(app)
    assert not page.error
    assert "Routed stop by stop" in texts(page)


def test_work_runs_beside_its_caller_and_raises_where_it_is_waited_for():
    go_on = threading.Event()
    work = Work(lambda: go_on.wait(WAIT_S), "waiting")
    assert not work.ended()
    go_on.set()
    assert work.result() is True
    assert work.ended()
    broken = Work(lambda: 1 / 0, "dividing")
    with pytest.raises(WorkError, match=r"while dividing \(ZeroDivisionError"):
        broken.result()
    assert broken.failure_seen
