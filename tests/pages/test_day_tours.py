"""Day tours on pages: the first plan at once, the final one in its place, and only that one in files."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.domain import PlanError
from engine.fieldwork import itinerary
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.solver import FIRST
from engine.studies import store
from pages import _itineraries
from pages._background import Work, WorkError
from tests import made_up
from tests.pages.driving import IMPROVING, WAIT_S, button, go_to, open_app, texts, until_final


class Planner:
    """Plans as usual; the long search waits until it is let go, and breaks down where it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.error: Exception | None = None
        self.first_error: Exception | None = None
        self.efforts: list[object] = []

    def __call__(self, *args, effort=None, **kwargs):
        self.efforts.append(effort)
        if effort is not None:
            if self.first_error:
                raise self.first_error
            return plan_days(*args, effort=effort, **kwargs)
        assert self.go_on.wait(WAIT_S)
        if self.error:
            raise self.error
        return plan_days(*args, **kwargs)


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Planner]:
    planner = Planner()
    monkeypatch.setattr(itinerary, "plan_days", planner)
    monkeypatch.setattr(_itineraries, "PATIENCE_S", 0.0)
    yield planner
    planner.go_on.set()  # no thread is left waiting


@pytest.fixture
def saved(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A study of its own for each test, since the server keeps tours for all sessions."""
    seed = sum(map(ord, request.node.name))
    return store.save_study(made_up.study(parcels=60, seed=seed), tmp_path / "made-up")


@pytest.fixture
def app(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_app(saved, tmp_path / "workspace", monkeypatch)


def planned(app: AppTest, radius: str = "45") -> AppTest:
    """The page Plan, after the button."""
    page = go_to(app, "plan", radius=radius)
    button(page, "Plan the day tours").click().run()
    assert not page.exception
    return page


def headline(page: AppTest) -> str:
    found = re.search(r"(\d+ days, [\d,]+ km)", texts(page))
    assert found, texts(page)
    return found[1]


def test_the_first_plan_comes_at_once_and_the_final_one_replaces_it(app, planner):
    page = planned(app)
    assert IMPROVING in texts(page)
    assert "Routed stop by stop" in texts(page)
    first = page.dataframe[0].value
    assert IMPROVING in texts(page.run())  # for as long as it takes
    planner.go_on.set()
    until_final(page)
    assert not page.exception
    assert IMPROVING not in texts(page)
    assert page.dataframe[0].value["parcels"].sum() == first["parcels"].sum()
    assert planner.efforts == [FIRST, None]


def test_two_tabs_share_one_plan(app, planner, saved, tmp_path, monkeypatch):
    page = planned(app)
    other = planned(open_app(saved, tmp_path / "workspace", monkeypatch))
    assert IMPROVING in texts(other)
    planner.go_on.set()
    assert headline(until_final(page)) == headline(until_final(other))
    assert planner.efforts == [FIRST, None]


def test_plan_and_fieldwork_end_with_the_same_numbers_and_files_wait_for_them(app, planner):
    page = planned(app)
    field = page.switch_page("pages/fieldwork.py").run()
    assert not field.exception
    assert IMPROVING in texts(field)
    assert not field.get("download_button")
    planner.go_on.set()
    until_final(field)
    assert not field.exception
    assert len(field.get("download_button")) == 6
    final = headline(field)
    assert headline(field.switch_page("pages/plan.py").run()) == final
    assert planner.efforts == [FIRST, None]


@pytest.mark.parametrize(
    "error", [RuntimeError("the solver fell over"), PlanError("No tours. Lengthen days.")]
)
def test_a_breakdown_in_the_background_is_told_and_the_next_try_may_succeed(app, planner, error):
    page = planned(app)
    planner.error = error
    planner.go_on.set()
    until_final(page)
    assert not page.exception
    assert str(error) in page.error[0].value
    planner.error = None
    until_final(page.run())
    assert not page.error
    assert "Routed stop by stop" in texts(page)
    assert planner.efforts == [FIRST, None, None]


def test_where_the_first_plan_fails_the_page_waits_for_the_full_one(app, planner):
    planner.first_error = PlanError("No tours were found. Lengthen days.")
    planner.go_on.set()
    page = planned(app)
    assert IMPROVING not in texts(page)
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
