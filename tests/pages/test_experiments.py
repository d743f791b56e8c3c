"""The experiments and compare pages, run by Streamlit without a browser."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from engine.domain import GroundplanError
from engine.experiments import jobs
from engine.experiments import status as desk
from engine.experiments.archive import Archive
from engine.experiments.plan import grid
from engine.experiments.run import run_plans
from engine.files import write_json
from engine.learning.methods import OF_THE_STUDY
from engine.learning.recipes import RECIPES
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import TINY

ROOT = Path(__file__).parents[2]
WAIT = 60


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    study = made_up.study(parcels=60, times=6, pixels=2, noise_db=4)
    return save_study(study, tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture(scope="module")
def workspace(saved, tmp_path_factory):
    """Every question that the experiments page asks by default, answered."""
    folder = tmp_path_factory.mktemp("workspace")
    study = open_study(saved)
    for seed in (0, 1):
        everything = (["radius", "random"], OF_THE_STUDY, "cnn1d", TINY)
        plans = grid(study, "2021", study.departure, [20, 25, 30], *everything, repeats=2, seed=seed)
        run_plans(study, plans, Archive(folder))
    return folder


def opened(page, saved, workspace, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_STUDY", str(saved))
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(workspace))
    monkeypatch.setitem(RECIPES, "quick", TINY)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT).run()
    return test.switch_page(f"pages/{page}.py").run()


@pytest.fixture
def experiments(saved, workspace, monkeypatch):
    return opened("experiments", saved, workspace, monkeypatch)


@pytest.fixture
def compare(saved, workspace, monkeypatch):
    return opened("compare", saved, workspace, monkeypatch)


def said(page):
    return "\n".join(e.value for e in [*page.markdown, *page.caption, *page.error, *page.info, *page.warning])


def button(page, words):
    return next(one for one in page.button if words in one.label)


def test_it_counts_what_is_answered_and_offers_the_rest(experiments):
    assert not experiments.exception
    assert "0 of 20 plans are answered" in said(experiments)
    assert re.search(
        r"Parcels to visit: \*\*\d+\*\* within 20 km, .*Tested on \*\*\d+\*\*", said(experiments)
    )
    assert button(experiments, "Run the 20 open plans")


def test_answers_of_the_archive_are_loaded_without_running(experiments):
    experiments.pills(key="experiments-methods").set_value(list(OF_THE_STUDY)).run()
    experiments.number_input(key="experiments-repeats").set_value(2).run()
    assert not experiments.exception
    assert "13 of 13 plans are answered" in said(experiments)
    (table,) = experiments.dataframe
    assert len(table.value) == 13
    assert not [one for one in experiments.button if "open plans" in one.label]


def test_a_question_that_cannot_be_asked_is_answered_with_its_cure(experiments):
    experiments.selectbox(key="season").set_value("2018").run()
    assert not experiments.exception
    assert "no season before it" in said(experiments)
    experiments.selectbox(key="experiments-source").set_value("others").run()
    assert "0 of 20 plans" in said(experiments)
    experiments.pills(key="experiments-methods").set_value([]).run()
    assert "Nothing was asked" in said(experiments)


def test_a_click_starts_a_job_in_the_background_that_a_second_click_cancels(saved, tmp_path, monkeypatch):
    page = opened("experiments", saved, tmp_path, monkeypatch)
    page.selectbox(key="experiments-recipe").set_value("paper").run()
    button(page, "Run the 20 open plans").click().run()
    assert not page.exception
    button(page, "Cancel this run").click().run()
    end = time.monotonic() + WAIT
    while "Stopped as you asked" not in said(page):
        assert time.monotonic() < end, said(page)
        time.sleep(0.5)
        page.run()
    assert not page.exception
    assert button(page, "Go on with the 20 open plans")


def test_a_cancel_stops_the_run_it_names_even_if_the_page_cannot_be_drawn(saved, tmp_path, monkeypatch):
    theirs = jobs.Job(tmp_path / "jobs" / "somebody-elses")
    write_json(theirs.folder / "status.json", {"state": "running", "done": 1, "steps": 2, "what": "start"})
    page = opened("experiments", saved, tmp_path, monkeypatch)
    page.selectbox(key="experiments-recipe").set_value("paper").run()
    with FileLock(theirs.folder / "lock"):  # so that it lives
        button(page, "Run the 20 open plans").click().run()
        cancels = [one.label for one in page.button if "Cancel" in one.label]
        assert cancels == ["Cancel this run", "Cancel that run"]
        (mine,) = (job for job in jobs.live(tmp_path) if job != theirs)

        def spoilt(*given):
            raise GroundplanError("Something is wrong now.")

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(desk, "plan_statuses", spoilt)
            button(page, "Cancel this run").click().run()
        assert "Something is wrong now" in said(page)
        assert mine.stopping()
        assert not theirs.stopping()
        page.run()
        button(page, "Cancel that run").click().run()
        assert theirs.stopping()
        assert button(page, "Cancel that run").disabled  # it was heard
    end = time.monotonic() + WAIT
    while mine.status().live:
        assert time.monotonic() < end, mine.status()
        time.sleep(0.2)
    assert mine.status().state == "cancelled"


def test_a_backtest_lets_every_past_season_play_the_target(experiments):
    experiments.toggle(key="experiments-backtest").set_value(True).run()
    assert not experiments.exception
    assert "**2018, 2019, 2020** play the target" in said(experiments)
    assert "0 of 57 plans are answered" in said(experiments)


def test_a_trip_is_told_why_it_gains_or_loses(compare):
    compare.button_group(key="compare-behind").set_value("Why").run()
    assert not compare.exception
    assert "Hellinger distance" in said(compare)
    assert "points** over staying at home" in said(compare)


def test_the_comparison_says_the_answer_and_draws_the_zero_shot_line(compare):
    assert not compare.exception
    assert "staying at home" in said(compare).lower()
    assert "Simulated data" in said(compare)
    assert len(compare.selectbox(key="compare-comparison").options) == 2
    assert len(compare.dataframe[0].value) == 13


@pytest.mark.parametrize(("key", "value"), [("compare-axis", "parcels"), ("compare-score", "voted")])
def test_axis_and_score_can_be_changed(compare, key, value):
    compare.segmented_control(key=key).set_value(value).run()
    assert not compare.exception
    assert "staying at home" in said(compare).lower()


def test_classes_and_confusions_of_two_plans_stand_side_by_side(compare):
    compare.segmented_control(key="compare-behind").set_value("Classes").run()
    assert not compare.exception
    assert "changes most" in said(compare)
    compare.segmented_control(key="compare-method").set_value("scratch").run()
    assert not compare.exception
    compare.segmented_control(key="compare-behind").set_value("Confusion").run()
    compare.selectbox(key="compare-another").set_value(compare.selectbox(key="compare-one").options[3]).run()
    assert not compare.exception
    assert "was mapped as" in said(compare) or "nothing was mistaken" in said(compare)


def test_with_nothing_answered_the_comparison_points_to_the_experiments(saved, tmp_path, monkeypatch):
    page = opened("compare", saved, tmp_path, monkeypatch)
    assert not page.exception
    assert "No plan of this study is answered yet" in said(page)


def test_a_damaged_outcome_is_named_and_the_others_are_shown(saved, workspace, tmp_path, monkeypatch):
    (tmp_path / "outcomes").mkdir()
    for number, path in enumerate(sorted((workspace / "outcomes").glob("*.json"))):
        text = path.read_text()
        (tmp_path / "outcomes" / path.name).write_text(text if number else text[:50])
    page = opened("compare", saved, tmp_path, monkeypatch)
    assert not page.exception
    assert "is damaged" in said(page)
    assert page.dataframe


def test_the_pages_open_load_and_draw_without_importing_torch(saved, workspace):
    code = f"""
import os, sys
os.environ["GROUNDPLAN_STUDY"], os.environ["GROUNDPLAN_WORKSPACE"] = {str(saved)!r}, {str(workspace)!r}
from streamlit.testing.v1 import AppTest
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
    monkeypatch.delenv("GROUNDPLAN_STUDY", raising=False)
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path))
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT).run()
    page.switch_page("pages/experiments.py").run()
    page.pills(key="experiments-methods").set_value(list(OF_THE_STUDY)).run()
    assert not page.exception
    assert "**13 of 13 plans are answered**" in [one.value for one in page.markdown]
    assert not [one for one in page.button if "open plan" in one.label]


def test_the_price_of_convenience_is_told_at_equal_count_and_at_equal_cost(compare):
    compare.segmented_control(key="compare-behind").set_value("Price of convenience").run()
    assert not compare.exception
    assert re.search(r"At \d+ parcels", said(compare))
    assert re.search(r"at about [\d,]+ €", said(compare), re.IGNORECASE)


def test_the_studys_own_table_stands_beside_the_answers(compare):
    compare.segmented_control(key="compare-behind").set_value("The study").run()
    assert not compare.exception
    table = compare.dataframe[0].value
    assert list(table["study"]) == [0.78, 0.74, 0.79, 0.83, 0.69, 0.73, 0.78]
    assert table["ours"].notna().all()


def test_every_chart_shows_its_numbers_where_tables_are_asked_for(compare):
    assert len(compare.dataframe) == 1
    compare.toggle(key="tables").set_value(True).run()
    assert not compare.exception
    assert {"method", "design", "macro F1", "from", "to"} <= set(compare.dataframe[0].value.columns)


def test_learners_are_compared_in_a_table_of_their_own(compare):
    compare.button_group(key="compare-behind").set_value("Learners").run()
    assert not compare.exception
    table = compare.dataframe[0].value
    assert set(table["best"]) == {"cnn1d"}
    assert len(table) == 13
