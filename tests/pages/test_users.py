"""Pages of two users: each has a workspace, opens what they may, and sees nothing of the other's cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.domain import Departure
from engine.studies import sharing, shelf, store
from engine.users import User, note_user, user_of, users, workspace_of
from pages import _entry as entry
from pages import _gate as gate
from pages import _state as state
from pages import _users as at_work
from pages._text import plain
from tests import made_up
from tests.pages.driving import button, go_to, new_app, texts

ANA, BO = (user_of("https://id", name, f"{name}@example.org") for name in ("ana", "bo"))


@pytest.fixture
def come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[User | None], AppTest]:
    """The app as somebody sees it who is logged in, or is not."""
    monkeypatch.setattr(at_work, "apart", lambda: True)
    monkeypatch.setattr(at_work, "guarded", lambda: True)
    monkeypatch.setattr(gate, "note_session", lambda _: None)
    app = new_app(None, tmp_path, monkeypatch)

    def as_seen_by(user: User | None) -> AppTest:
        monkeypatch.setattr(at_work, "user_of_claims", lambda _: user)
        return app

    return as_seen_by


def study_of(user: User, workspace: Path, name: str, departure: Departure) -> Path:
    note_user(workspace, user)
    study = replace(made_up.study(parcels=40, times=4, pixels=1), name=name, departure=departure)
    return store.save_study(study, workspace_of(workspace, user) / shelf.FOLDER / "fields")


def test_without_a_login_every_address_shows_the_login_and_nothing_else(
    come: Callable[[User | None], AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(None).run()
    for page in ("overview", "study"):
        app = go_to(come(None), page)
        assert [each.label for each in app.button] == ["Log in"]
        assert texts(app) == "Groundplan\nLog in to see your studies."
        assert not app.exception
    monkeypatch.setattr(at_work, "guarded", lambda: False)
    app = go_to(come(ANA), "study")
    assert app.error[0].value == at_work.UNGUARDED
    assert not app.button
    assert not (tmp_path / "users").exists()


def test_equal_data_of_two_users_show_each_their_own_name_and_departure(
    come: Callable[[User | None], AppTest], tmp_path: Path
) -> None:
    folders = {
        ANA: study_of(ANA, tmp_path, "Anas Felder", Departure(19.1, 45.2, "Anas Hof")),
        BO: study_of(BO, tmp_path, "Bos polja", Departure(20.1, 45.4, "Bos Hof")),
    }
    said = {}
    for user, folder in folders.items():
        app = come(user).run()
        app.session_state[state.FOLDER] = str(folder)
        seen = go_to(app, "plan")
        towns = [option for box in seen.selectbox for option in box.options]
        said[user] = f"{texts(seen)} {towns}"
        assert not seen.exception
    assert "Anas Felder" in said[ANA]
    assert "Anas Hof" in said[ANA]
    assert "Bos polja" in said[BO]
    assert "Bos Hof" in said[BO]
    assert "Anas" not in said[BO]
    assert set(users(tmp_path)) == {ANA, BO}


def test_anothers_study_opens_only_while_it_is_shared_and_then_only_to_look_at(
    come: Callable[[User | None], AppTest], tmp_path: Path
) -> None:
    folder = study_of(ANA, tmp_path, "Anas Felder", Departure(19.1, 45.2, "Anas Hof"))
    app = go_to(come(BO).run(), "study", **{"study-view": "all"})
    app.text_input(key=_typed(app)).set_value(str(folder))
    button(app, "Open").click()
    app.run()
    assert plain(state.NOT_YOURS) in [each.value for each in app.error]
    assert "Anas" not in texts(app)

    sharing.share(workspace_of(tmp_path, ANA), "fields")
    app.run()
    assert f"shared by {plain('ana@example.org')}" in texts(app)
    app.button(key="study-shelf-open-shared-0").click().run()
    assert "Anas Felder" in texts(app)
    app = go_to(app, "fieldwork", **{"fieldwork-view": "bring back"})
    assert "takes no labels from you" in texts(app)
    sharing.unshare(workspace_of(tmp_path, ANA), "fields")
    app = go_to(app, "plan")
    assert plain(state.NOT_YOURS) in [each.value for each in app.error]
    assert "Anas" not in texts(app)
    assert not app.exception


def _typed(app: AppTest) -> str:
    return next(str(each.key) for each in app.text_input if each.label == "Study folder")


def test_the_entry_lets_everybody_in_where_users_are_not_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "apart", lambda: False)
    assert entry.may_enter()
    assert entry.let_in()
    assert at_work.current() is None
