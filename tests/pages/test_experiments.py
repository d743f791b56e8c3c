"""The page Experiments."""

import re
import subprocess
import sys
import time

import pytest
from filelock import FileLock

from engine.domain import GroundplanError
from engine.experiments import jobs, status
from engine.files import write_json
from engine.learning.methods import OF_THE_STUDY
from tests.pages.driving import ROOT, WAIT_S, button, open_page, texts


def experiments_of(study, workspace, monkeypatch):
    return open_page(study, workspace, monkeypatch, "experiments", **{"experiments-purpose": "own"})


@pytest.fixture
def experiments(saved, workspace, monkeypatch):
    return experiments_of(saved, workspace, monkeypatch)


def test_it_counts_what_is_answered_and_offers_the_rest(experiments):
    assert not experiments.exception
    assert "0 of 20 plans are answered" in texts(experiments)
    assert re.search(
        r"Parcels to visit: \*\*\d+\*\* within 20 km, .*Tested on \*\*\d+\*\*", texts(experiments)
    )
    assert button(experiments, "Run the 20 open plans")


def test_answers_of_the_archive_are_loaded_without_running(experiments):
    experiments.pills(key="experiments-methods").set_value(list(OF_THE_STUDY)).run()
    experiments.number_input(key="experiments-repeats").set_value(2).run()
    assert not experiments.exception
    assert "13 of 13 plans are answered" in texts(experiments)
    (table,) = experiments.dataframe
    assert len(table.value) == 13
    assert not [element for element in experiments.button if "open plans" in element.label]


def test_a_question_that_cannot_be_asked_is_answered_with_its_cure(experiments):
    experiments.selectbox(key="season").set_value("2018").run()
    assert not experiments.exception
    assert "There is no season with labels before 2018" in texts(experiments)
    experiments.selectbox(key="experiments-source").set_value("others").run()
    assert "0 of 20 plans" in texts(experiments)
    experiments.pills(key="experiments-methods").set_value([]).run()
    assert "Nothing was asked" in texts(experiments)


def test_a_click_starts_a_job_in_the_background_that_a_second_click_cancels(saved, tmp_path, monkeypatch):
    page = experiments_of(saved, tmp_path, monkeypatch)
    page.selectbox(key="experiments-recipe").set_value("paper").run()
    button(page, "Run the 20 open plans").click().run()
    assert not page.exception
    button(page, "Cancel this run").click().run()
    end = time.monotonic() + WAIT_S
    while "Stopped as you asked" not in texts(page):
        assert time.monotonic() < end, texts(page)
        time.sleep(0.5)
        page.run()
    assert not page.exception
    assert button(page, "Go on with the 20 open plans")


def test_a_cancel_stops_the_run_it_names_even_if_the_page_cannot_be_drawn(saved, tmp_path, monkeypatch):
    other_job = jobs.Job(tmp_path / "jobs" / "another")
    write_json(other_job.folder / "status.json", {"state": "running", "done": 1, "steps": 2, "what": "start"})
    page = experiments_of(saved, tmp_path, monkeypatch)
    page.selectbox(key="experiments-recipe").set_value("paper").run()
    with FileLock(other_job.folder / "lock"):  # so that it lives
        button(page, "Run the 20 open plans").click().run()
        cancels = [element.label for element in page.button if "Cancel" in element.label]
        assert cancels == ["Cancel this run", "Cancel that run"]
        (own_job,) = (job for job in jobs.live(tmp_path) if job != other_job)

        def broken(*args):
            raise GroundplanError("Something is wrong now.")

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(status, "plan_statuses", broken)
            button(page, "Cancel this run").click().run()
        assert "Something is wrong now" in texts(page)
        assert own_job.stopping()
        assert not other_job.stopping()
        page.run()
        button(page, "Cancel that run").click().run()
        assert other_job.stopping()
        assert button(page, "Cancel that run").disabled  # it was heard
    end = time.monotonic() + WAIT_S
    while own_job.status().live:
        assert time.monotonic() < end, own_job.status()
        time.sleep(0.2)
    assert own_job.status().state == "cancelled"


def test_a_backtest_maps_every_earlier_season_as_if_it_were_the_target(experiments):
    experiments.toggle(key="experiments-backtest").set_value(True).run()
    assert not experiments.exception
    assert "Backtest seasons: **2018, 2019, 2020**" in texts(experiments)
    assert "0 of 57 plans are answered" in texts(experiments)


def test_with_a_source_model_for_each_repeat_only_what_needs_none_is_answered_already(experiments):
    experiments.pills(key="experiments-methods").set_value(list(OF_THE_STUDY)).run()
    experiments.number_input(key="experiments-repeats").set_value(2).run()
    assert "13 of 13 plans are answered" in texts(experiments)
    experiments.toggle(key="experiments-source-models").set_value(True).run()
    assert not experiments.exception
    assert "6 of 13 plans are answered" in texts(experiments)  # from scratch


def test_the_pages_open_load_and_draw_without_importing_torch(saved, workspace):
    code = f"""
import os, sys
os.environ["GROUNDPLAN_STUDY"], os.environ["GROUNDPLAN_WORKSPACE"] = {str(saved)!r}, {str(workspace)!r}
from streamlit.testing.v1 import AppTest
from engine.experiments import worker
worker.start_calibration = lambda *_: True  # it would outlive this test
app = AppTest.from_file("app.py", default_timeout=60).run()
for page in ("experiments", "compare"):
    app.switch_page(f"pages/{{page}}.py").run()
    assert not app.exception, app.exception
assert app.dataframe
assert "torch" not in sys.modules, "torch was imported"
assert "sklearn" not in sys.modules, "scikit-learn was imported"
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_on_the_demo_the_studys_protocol_is_already_answered(tmp_path, monkeypatch):
    page = experiments_of(None, tmp_path, monkeypatch)
    page.selectbox(key="season").set_value("2021").run()
    page.pills(key="experiments-methods").set_value(list(OF_THE_STUDY)).run()
    assert not page.exception
    assert "**13 of 13 plans are answered**" in [text.value for text in page.markdown]
    assert not [element for element in page.button if "open plan" in element.label]
