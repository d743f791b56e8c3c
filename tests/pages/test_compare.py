"""The page Compare."""

import dataclasses
import json
import re
import shutil

import pytest

import engine
from engine.experiments.codec import to_json
from engine.experiments.plan import plan_to_json
from engine.experiments.records import read_outcome
from tests.pages.driving import go_to, open_page, texts

VIEWS = ["Table", "Price of convenience", "Classes", "Confusion", "Why", "Learners"]


@pytest.fixture
def compare(saved, workspace, monkeypatch):
    return open_page(saved, workspace, monkeypatch, "compare")


def show(compare, view):
    compare.segmented_control(key="compare-behind").set_value(view).run()
    assert not compare.exception
    assert not compare.error
    return compare


def test_the_comparison_says_the_answer_and_draws_the_line_without_a_trip(compare):
    assert not compare.exception
    assert "without a trip" in texts(compare).lower()
    assert "Simulated data" in texts(compare)
    assert compare.selectbox(key="compare-comparison").options == [
        "Seed 0 (13 outcomes)",
        "Seed 1 (13 outcomes)",
    ]
    assert len(compare.dataframe[0].value) == 13


@pytest.mark.parametrize(("key", "value"), [("compare-axis", "parcels"), ("metric", "parcel")])
def test_axis_and_score_can_be_changed(compare, key, value):
    widget = compare.selectbox if key == "metric" else compare.segmented_control
    widget(key=key).set_value(value).run()
    assert not compare.exception
    assert "without a trip" in texts(compare).lower()


def test_every_view_opens_by_a_click_with_both_scores_and_other_rates(compare):
    assert compare.segmented_control(key="compare-behind").options == VIEWS
    for view in VIEWS:
        show(compare, view)
        assert compare.dataframe or compare.get("plotly_chart")
    compare.selectbox(key="metric").set_value("parcel").run()
    compare.selectbox(key="tariff").set_value("western").run()
    compare.selectbox(key="compare-comparison").set_value(
        compare.selectbox(key="compare-comparison").options[1]
    ).run()
    for view in VIEWS:
        show(compare, view)


def test_the_other_axes_draw_every_trip(compare):
    for axis in ("radius", "parcels", "cost"):
        compare.segmented_control(key="compare-axis").set_value(axis).run()
        assert not compare.exception
        assert len(compare.get("plotly_chart")) == 1


def test_tables_show_the_labels_of_methods_and_designs(compare):
    table = compare.dataframe[0].value
    assert set(table["method"]) == {"Zero-shot (no field trip)", "Transfer (fine-tuned)", "From scratch"}
    assert set(table["design"]) == {"No field trip", "Circle", "Random sample"}


def test_the_diagnosis_says_why_a_trip_gains_or_loses(compare):
    show(compare, "Why")
    assert "Hellinger distance" in texts(compare)
    assert re.search(r"\*\*[+-]\d+\.\d points \(.*\)\*\* over the map without a trip", texts(compare))


def test_another_trip_has_another_diagnosis(compare):
    show(compare, "Why")
    before = texts(compare)
    box = compare.selectbox(key="compare-why")
    box.set_value(box.options[-1]).run()
    assert not compare.exception
    assert texts(compare) != before


def test_classes_and_confusions_of_two_plans_stand_side_by_side(compare):
    show(compare, "Classes")
    assert "changes most" in texts(compare)
    assert compare.segmented_control(key="compare-method").options == [
        "Transfer (fine-tuned)",
        "From scratch",
    ]
    compare.segmented_control(key="compare-method").set_value("scratch").run()
    assert not compare.exception
    show(compare, "Confusion")
    compare.selectbox(key="compare-another").set_value(compare.selectbox(key="compare-one").options[3]).run()
    assert not compare.exception
    assert "was mapped as" in texts(compare) or "nothing was mistaken" in texts(compare)


def test_with_nothing_answered_the_comparison_points_to_the_experiments(saved, tmp_path, monkeypatch):
    page = open_page(saved, tmp_path, monkeypatch, "compare")
    assert not page.exception
    assert "No plan of this study is answered yet" in texts(page)
    assert page.get("page_link")


def test_a_damaged_outcome_is_named_and_the_others_are_shown(saved, workspace, tmp_path, monkeypatch):
    (tmp_path / "outcomes").mkdir()
    for number, path in enumerate(sorted((workspace / "outcomes").glob("*.json"))):
        text = path.read_text()
        (tmp_path / "outcomes" / path.name).write_text(text if number else text[:50])
    page = open_page(saved, tmp_path, monkeypatch, "compare")
    assert not page.exception
    assert "is damaged" in texts(page)
    assert page.dataframe


def test_the_price_of_convenience_is_told_at_equal_count_and_at_equal_cost(compare):
    show(compare, "Price of convenience")
    assert re.search(r"At \d+ parcels", texts(compare))
    assert re.search(r"at an estimated [\d,]+ €", texts(compare), re.IGNORECASE)
    box = compare.selectbox(key="compare-beside")
    assert "circle, 30 km" in box.value
    box.set_value(box.options[-1]).run()
    assert not compare.exception
    assert re.search(r"At \d+ parcels", texts(compare))


def test_the_experiment_of_the_study_is_a_view_with_its_lessons_and_figures(compare):
    compare.segmented_control(key="compare-view").set_value("study").run()
    assert not compare.exception
    said = texts(compare)
    for sign, title in zip("①②③", ("A short trip", "The circle costs 3 to 9", "More samples"), strict=True):
        assert f"**{sign} {title}" in said
    assert said.count(":gray[Here:]") == said.count(":gray[Study:]") == 3
    table = compare.dataframe[0].value
    assert list(table["published"]) == [78, 74, 79, 83, 69, 73, 78]  # percent
    assert table["macro_f1_pixel"].notna().all()
    for axis in ("cost", "radius"):
        compare.segmented_control(key="compare-study-axis").set_value(axis).run()
        assert not compare.exception
        assert len(compare.get("plotly_chart")) == 1


def test_a_link_opens_the_experiment_and_the_overview_has_it(compare, saved, tmp_path, monkeypatch):
    overview = go_to(compare, "overview")
    (link,) = [link for link in overview.get("page_link") if link.proto.label == "The study's experiment"]
    assert link.proto.query_string == "compare-view=study"
    linked = go_to(overview, "compare", **{"compare-view": "study"})
    assert "The circle costs 3 to 9" in texts(linked)
    empty = open_page(saved, tmp_path, monkeypatch, "compare", **{"compare-view": "study"})
    assert not empty.exception
    assert "No trip of the study's experiment is answered yet" in texts(empty)
    assert list(empty.dataframe[0].value["published"]) == [78, 74, 79, 83, 69, 73, 78]


def test_a_season_without_answers_is_said_and_what_is_shown_instead(compare):
    assert "Shown is" not in texts(compare)
    compare.selectbox(key="season").set_value("2019").run()
    assert "No plan for 2019 from Novi Sad is answered. Shown is 2021 from Novi Sad." in texts(compare)
    assert compare.get("plotly_chart")
    compare.segmented_control(key="compare-view").set_value("study").run()
    assert "not answered for 2019 from Novi Sad. Shown is 2021 from Novi Sad." in texts(compare)


def test_keys_and_seconds_are_details_of_the_table(compare):
    def columns():
        how = json.loads(compare.dataframe[0].proto.columns)
        return {name for name in compare.dataframe[0].value if not (how.get(name) or {}).get("hidden")}

    assert not {"key", "seconds", "target"} & columns()
    compare.toggle(key="compare-details").set_value(True).run()
    assert not compare.exception
    assert {"key", "seconds"} <= columns()
    assert "All have in common" in texts(compare)


def test_fewer_methods_have_fewer_panels_and_none_chosen_shows_all(compare):
    compare.pills(key="compare-methods").set_value(["scratch"]).run()
    assert set(compare.dataframe[0].value["method"]) == {"Zero-shot (no field trip)", "From scratch"}
    compare.pills(key="compare-methods").set_value([]).run()
    assert not compare.exception
    assert len(compare.dataframe[0].value) == 13


def test_every_chart_shows_its_numbers_where_tables_are_asked_for(compare):
    assert len(compare.dataframe) == 1
    compare.toggle(key="tables").set_value(True).run()
    assert not compare.exception
    scores = {"macro_f1_pixel", "macro_f1_pixel_low", "macro_f1_pixel_high"}
    assert {"method", "design"} | scores <= set(compare.dataframe[0].value.columns)


def test_learners_are_compared_in_a_table_of_their_own(compare):
    show(compare, "Learners")
    table = compare.dataframe[0].value
    assert set(table["best"]) == {"cnn1d"}
    assert len(table) == 13


def test_the_metric_decides_on_overview_and_compare_alike(compare):
    compare.selectbox(key="metric").set_value("accuracy-parcel").run()
    assert not compare.exception
    table = compare.dataframe[0].value
    assert {"score", "gain", "gain_low", "gain_high"} <= set(table)
    compare.selectbox(key="metric").set_value("crops").run()
    assert not compare.exception
    assert compare.pills(key="metric-crops").value == ["maize"]
    for view in VIEWS:
        show(compare, view)
    overview = go_to(compare, "overview")
    assert not overview.exception
    assert overview.selectbox(key="metric").value == "crops"
    assert "F1 of maize" in texts(overview)


def test_outcomes_without_counts_say_what_they_cannot_give(saved, workspace, tmp_path, monkeypatch):
    old = shutil.copytree(workspace, tmp_path / "old")
    for path in old.glob("outcomes/*.json"):
        outcome = dataclasses.replace(read_outcome(path), counts=None)
        head = {"format": 2, "engine": engine.__version__, "key": path.stem}
        path.write_text(json.dumps({**head, **to_json(outcome), "plan": plan_to_json(outcome.plan)}))
    compare = open_page(saved, old, monkeypatch, "compare")
    compare.selectbox(key="metric").set_value("accuracy-parcel").run()
    assert not compare.exception
    assert "stored without counts by test block" in compare.error[0].value
    compare.selectbox(key="metric").set_value("accuracy").run()
    assert not compare.error
