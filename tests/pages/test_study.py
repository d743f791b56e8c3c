"""The page Study."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.studies import store
from tests import made_up
from tests.pages.driving import texts

PAGE = str(Path(__file__).parents[2] / "pages" / "study.py")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    folder = store.save_study(made_up.study(unseen_crop=True), tmp_path / "made-up")
    monkeypatch.setenv("GROUNDPLAN_STUDY", str(folder))
    return AppTest.from_file(PAGE, default_timeout=60).run()


def test_the_classes_are_counted(page: AppTest) -> None:
    assert not page.exception
    assert "1 of 4 classes is not in every season" in texts(page)


def test_the_seasons_are_listed_with_what_they_hold(page: AppTest) -> None:
    table = page.dataframe[0].value
    assert list(table["season"]) == ["2018", "2019", "2020", "2021"]
    assert (table["pixels"] == 240).all()


def test_another_season_shows_its_own_profiles(page: AppTest) -> None:
    assert "look most alike in 2021" in texts(page)
    page.selectbox(key="season").set_value("2018").run()
    assert not page.exception
    assert "look most alike in 2018" in texts(page)
