"""The plan page, run by Streamlit without a browser."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.studies import store
from tests import made_up

PAGE = str(Path(__file__).parents[2] / "pages" / "plan.py")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store.save_study(made_up.study(), tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture
def page(saved: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("GROUNDPLAN_STUDY", str(saved))
    return AppTest.from_file(PAGE, default_timeout=60).run()


def said(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.header, *page.markdown, *page.error])


def money(page: AppTest) -> float:
    found = re.search(r"for ([\d,]+) EUR", said(page))
    assert found, said(page)
    return float(found[1].replace(",", ""))


def test_a_farther_trip_costs_more(page: AppTest) -> None:
    assert not page.exception
    near = money(page)
    page.slider(key="radius").set_value(50).run()
    assert not page.exception
    assert money(page) > near


def test_dearer_wages_make_the_trip_dearer(page: AppTest) -> None:
    before = money(page)
    page.number_input(key="default-per_hour").set_value(100.0).run()
    assert not page.exception
    assert money(page) > 2 * before


def test_day_tours_are_planned_on_request_and_forgotten_with_another_question(page: AppTest) -> None:
    button = next(one for one in page.button if one.label == "Plan the day tours")
    button.click().run()
    assert not page.exception
    tours = page.dataframe[0].value
    assert tours["parcels"].sum() == int(re.search(r"\*\*(\d+) parcels in", said(page))[1])
    assert any("Routed" in one.value for one in page.caption)
    page.slider(key="radius").set_value(30).run()
    assert not any("Routed" in one.value for one in page.caption)


def test_a_circle_without_parcels_says_what_to_do(page: AppTest) -> None:
    page.slider(key="radius").set_value(1).run()
    assert not page.exception
    assert "Choose a larger radius or another departure" in page.error[0].value
