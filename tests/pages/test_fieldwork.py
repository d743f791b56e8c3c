"""The page Fieldwork."""

import datetime as dt
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.studies import store
from tests import made_up
from tests.pages.driving import open_app, texts, until_final


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store.save_study(made_up.study(parcels=60), tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture
def app(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_app(saved, tmp_path, monkeypatch)


def on(app: AppTest, page: str) -> AppTest:
    shown = app.switch_page(f"pages/{page}.py").run()
    assert not shown.exception
    return until_final(shown)


def test_opened_cold_it_takes_the_usual_trip_and_the_recommended_one_only_where_there_is_one(app):
    field = on(app, "fieldwork")
    assert "parcels (circle) in 2021" in texts(field)
    field.segmented_control(key="fieldwork-trip").set_value("recommended").run()
    assert not field.exception
    assert "No trip from Novi Sad in 2021 is answered yet" in texts(field)


def test_it_takes_the_trip_of_the_plan_page_into_the_field(app):
    plan = on(app, "plan")
    plan.slider(key="radius").set_value(30).run()
    wanted = int(re.search(r"\*\*(\d+) parcels\*\* to visit", texts(plan))[1])
    field = on(plan, "fieldwork")
    assert f"**{wanted} parcels (circle)" in texts(field)
    field.segmented_control(key="fieldwork-show").set_value("table").run()
    sheet = field.dataframe[0].value
    assert list(sheet["stop"]) == sorted(sheet["stop"])
    assert sheet["replacement"].str.len().gt(0).all()
    assert "google.com/maps/dir" in texts(field)


def test_every_day_has_its_own_sheet_and_together_they_hold_every_parcel(app):
    plan = on(app, "plan")
    plan.slider(key="radius").set_value(45).run()
    field = on(plan, "fieldwork")
    days = int(re.search(r": (\d+) days", texts(field))[1])
    assert days > 1
    seen = []
    for number in range(1, days + 1):
        field.segmented_control(key="fieldwork-show").set_value("table")
        field.segmented_control(key="fieldwork-day").set_value(f"day {number}").run()
        assert not field.exception
        seen += list(field.dataframe[0].value["parcel_id"])
    wanted = int(re.search(r"\*\*(\d+) parcels", texts(field))[1])
    assert len(seen) == len(set(seen)) == wanted


def test_stops_are_listed_with_a_link_each_and_dates_follow_the_working_days(app):
    plan = on(app, "plan")
    plan.slider(key="radius").set_value(45).run()
    field = on(plan, "fieldwork")
    first = re.findall(
        r"(\d+)\. \*\*(\d\d:\d\d)\*\* · \[navigate\]\(https://www.google.com/maps/dir/", texts(field)
    )
    assert [int(number) for number, _ in first] == [*range(1, len(first) + 1)]
    assert [arrival for _, arrival in first] == sorted(arrival for _, arrival in first)
    assert ", else p2021" in texts(field)
    field.date_input(key="fieldwork-start").set_value(dt.date(2026, 5, 15)).run()
    assert not field.exception
    assert "**Fri 15 May 2026**" in texts(field)
    field.segmented_control(key="fieldwork-day").set_value("day 2").run()
    assert "**Mon 18 May 2026**" in texts(field)


def test_on_the_day_itself_it_opens_that_day(app, monkeypatch):
    monkeypatch.setattr("pages._state.today", lambda: dt.date(2026, 5, 18))
    plan = on(app, "plan")
    plan.slider(key="radius").set_value(45).run()
    app.query_params["fieldwork-start"] = "2026-05-15"
    field = on(plan, "fieldwork")
    assert "**Mon 18 May 2026**" in texts(field)
