"""Text of data stays text on every page: nothing of it is drawn, linked, fetched or run."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.studies.store import open_study, save_study
from pages._text import plain
from tests import made_up
from tests.made_up import TINY
from tests.pages import hostile
from tests.pages.driving import PAGES, go_to, open_app


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        return save_study(hostile.study(patch), tmp_path_factory.mktemp("studies") / "![f](http:a.b)")


@pytest.fixture(scope="module")
def workspace(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    study = open_study(saved)
    plans = made_up.grid(
        study, "2021", study.departure, [20, 30], ["radius", "random"], ["transfer"], "cnn1d", TINY, repeats=1
    )
    run_plans(study, plans, Archive(folder))
    return folder


@pytest.fixture
def app(saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_app(saved, workspace, monkeypatch)


@pytest.mark.parametrize("page", PAGES)
def test_no_name_of_the_data_is_live_on_a_page(app: AppTest, page: str) -> None:
    go_to(app, page)
    app.toggle(key="tables").set_value(True).run()
    assert not app.exception, app.exception
    live = dict.fromkeys(hostile.live_texts(app), "")
    for key in [control.key for control in app.segmented_control]:
        if key not in [control.key for control in app.segmented_control]:
            continue
        for option in app.segmented_control(key=key).options[1:4]:
            app.segmented_control(key=key).set_value(option).run()
            assert not app.exception, app.exception
            live |= dict.fromkeys(hostile.live_texts(app), f"{key}={option}")
    assert not live, "\n".join(f"{where}: {text[:300]}" for text, where in live.items())


def test_the_check_itself_finds_live_text_and_passes_escaped_text() -> None:
    names = [*hostile.CROPS, hostile.NAME, hostile.SOURCE, hostile.TOWN, hostile.ID.format("p2021-0001")]
    for name in names:
        assert hostile.LIVE.search(name), name
        assert not hostile.LIVE.search(plain(name)), plain(name)


def test_text_stays_in_one_line_and_begins_no_list() -> None:
    assert plain("a\n# b\r\n\x00c") == r"a \# b c"
    for begin in ("- a", "1. a", "12) a", "=== a", "+ a", "> a"):
        assert "\\" in plain(begin)[:4]
    assert plain("3.5 ha") == "3\\.5 ha" or plain("3.5 ha") == "3.5 ha"
