"""Pages while a run goes on: what stands so far, how long the rest takes, clicks that are acknowledged."""

import json
import time

import pytest
from filelock import FileLock

from engine.__main__ import main
from engine.experiments import jobs, worker
from engine.experiments.archive import Archive
from engine.experiments.job_status import Status
from engine.experiments.plan import plan_to_json
from engine.experiments.progress import CancelledError
from engine.experiments.run import run_plans
from engine.experiments.speeds import COMPOSITES, SOURCE, TARGET, calibrated_kind, keep_measured
from engine.experiments.worker import start_calibration
from engine.files import write_json
from engine.studies.store import open_study
from tests import made_up
from tests.made_up import TINY
from tests.pages.driving import WAIT_S, button, open_page, texts

METHODS = ["zero-shot", "transfer", "scratch"]


@pytest.fixture
def half_way(saved, tmp_path):
    """A workspace whose job goes on and has answered every plan once, of two repeats."""
    study, archive = open_study(saved), Archive(tmp_path)
    plans = made_up.grid(
        study, "2021", study.departure, [20, 25, 30], ["radius"], METHODS, "cnn1d", TINY, repeats=2
    )

    def stop(progress):
        if "repeat 2 of 2" in progress.running[0]:
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        run_plans(study, plans, archive, observe=stop)
    job = jobs.job_of(plans, tmp_path)
    write_json(job.folder / "request.json", {"plans": [plan_to_json(plan) for plan in plans], "asked": 1.0})
    now = time.time()
    job.write_status(
        Status("running", 9, 16, "scratch", "", now, ("transfer, repeat 2 of 2",), 30.0, 600.0, 500.0, now)
    )
    with FileLock(job.folder / "lock"):  # so that it lives
        yield tmp_path


def charts(page):
    return [json.loads(element.proto.spec) for element in page.get("plotly_chart")]


@pytest.mark.parametrize("name", ["overview", "compare"])
def test_a_page_marks_what_is_provisional(saved, half_way, monkeypatch, name):
    page = open_page(saved, half_way, monkeypatch, name)
    assert not page.exception
    assert "Provisional: 1 of 2 repeats in" in texts(page)
    symbols = [trace["marker"]["symbol"] for trace in charts(page)[0]["data"] if "marker" in trace]
    assert any("circle-open" in symbol for symbol in symbols if isinstance(symbol, list))
    assert any("repeats" in table.value.columns for table in page.dataframe)
    if name == "overview":
        assert "So far: " in texts(page).replace("\\", "")
        assert "The advice may change." in texts(page)


def test_a_page_of_finished_outcomes_marks_nothing(saved, workspace, monkeypatch):
    page = open_page(saved, workspace, monkeypatch, "compare")
    assert "rovisional" not in texts(page)
    assert not any("repeats" in table.value.columns for table in page.dataframe)


def test_the_page_experiments_says_what_goes_on_and_shows_what_stands(saved, half_way, monkeypatch):
    page = open_page(saved, half_way, monkeypatch, "experiments", **{"experiments-purpose": "own"})
    page.pills(key="experiments-methods").set_value(METHODS).run()
    page.pills(key="experiments-designs").set_value(["radius"]).run()
    page.number_input(key="experiments-repeats").set_value(2).run()
    assert not page.exception
    (bar,) = page.get("progress")
    assert "step 10 of 16, transfer, repeat 2 of 2; about 10 min left" in bar.proto.text
    assert 0 < bar.proto.value < 15  # 30 s of 630 s, and some seconds
    tables = [table.value for table in page.dataframe if "repeats" in table.value.columns]
    assert set(tables[-1]["repeats"]) == {"1 of 2"}


def test_advice_and_comparison_on_the_command_line_say_that_they_are_provisional(
    saved, half_way, monkeypatch, capsys
):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(half_way))
    for command in ("advise", "compare"):
        assert main([command, str(saved), "--target", "2021", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["provisional"] is True
        assert main([command, str(saved), "--target", "2021"]) == 0
        assert "Provisional: 1 of 2 repeats" in capsys.readouterr().out


def test_a_run_whose_speed_is_known_says_how_long_it_takes(saved, tmp_path, monkeypatch):
    known = {calibrated_kind(kind, "cnn1d", "tiny"): (1e6, 1.0) for kind in (SOURCE, TARGET, COMPOSITES)}
    keep_measured(Archive(tmp_path), known)
    page = open_page(saved, tmp_path, monkeypatch, "experiments", **{"experiments-purpose": "own"})
    assert not page.exception
    assert "About " in texts(page)
    assert not list((tmp_path / "jobs").glob("calibration-*"))


def test_a_run_whose_speed_is_unknown_is_timed_first(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "start_calibration", start_calibration)
    page = open_page(saved, tmp_path, monkeypatch, "experiments", **{"experiments-purpose": "own"})
    assert "Measuring how fast this machine is" in texts(page)
    end = time.monotonic() + WAIT_S
    while "About " not in texts(page):
        assert time.monotonic() < end, texts(page)
        time.sleep(0.5)
        page.run()
    assert not page.exception


def test_a_click_is_acknowledged_by_the_next_drawing(saved, tmp_path, monkeypatch):
    page = open_page(saved, tmp_path, monkeypatch, "experiments", **{"experiments-purpose": "own"})
    page.selectbox(key="experiments-recipe").set_value("paper").run()
    button(page, "Run the 20 open plans").click().run()
    assert button(page, "Cancel this run")
    assert not [element for element in page.button if "open plans" in element.label]
    (job,) = jobs.live(tmp_path)
    button(page, "Cancel this run").click().run()
    assert job.stopping()
    cancel = [element for element in page.button if "Cancel this run" in element.label]
    assert all(element.disabled for element in cancel)  # none where the job has ended already
    end = time.monotonic() + WAIT_S
    while job.status().live:
        assert time.monotonic() < end, job.status()
        time.sleep(0.2)
