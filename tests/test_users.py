"""Users are told apart by who vouches for them, and what they do is written down."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from engine import audit
from engine.files import WriteError, pool_folder, workspaces_of
from engine.users import User, UserError, find_user, note_user, owner_name, user_of, users, workspace_of


def test_a_user_has_a_workspace_below_the_servers_which_shares_its_slots(tmp_path: Path) -> None:
    ana = user_of("https://id.example.org", "4711", "ana@example.org")
    place = workspace_of(tmp_path, ana)
    place.mkdir(parents=True)
    note_user(tmp_path, ana)
    assert pool_folder(place) == tmp_path.resolve()
    assert workspaces_of(tmp_path) == (tmp_path, place)
    assert workspace_of(tmp_path, None) == tmp_path
    assert users(tmp_path) == (ana,)
    assert find_user(tmp_path, "ana@example.org") == find_user(tmp_path, ana.id) == ana
    assert (owner_name(place), owner_name(tmp_path)) == ("ana@example.org", "")


def test_equal_names_of_two_issuers_are_two_users(tmp_path: Path) -> None:
    pair = [user_of(f"https://{issuer}", "1", "ana") for issuer in ("a", "b")]
    for user in pair:
        note_user(tmp_path, user)
    assert len({user.id for user in pair}) == 2
    with pytest.raises(UserError, match="Give the id"):
        find_user(tmp_path, "ana")
    with pytest.raises(UserError, match="Choose among ana"):
        find_user(tmp_path, "bo")


@pytest.mark.parametrize("subject", ["", " \n", "x" * 1000])
def test_whoever_has_no_name_is_no_user(subject: str) -> None:
    with pytest.raises(UserError):
        user_of("https://a", subject)


@pytest.mark.parametrize("subject", ["../../etc", "/root", "a\0b", "users"])
def test_no_name_leads_out_of_the_folder_of_users(subject: str, tmp_path: Path) -> None:
    assert workspace_of(tmp_path, user_of("https://a", subject)).parent == tmp_path / "users"


def test_a_damaged_note_of_a_user_hides_nobody_else(tmp_path: Path) -> None:
    ana = user_of("https://a", "1", "ana")
    note_user(tmp_path, ana)
    (tmp_path / "users" / "other.json").write_text("[]")
    assert users(tmp_path) == (ana,)


def test_the_log_has_a_line_a_file_and_nothing_of_its_content(tmp_path: Path) -> None:
    sent = tmp_path / "1.csv"
    sent.write_text("secret crops")
    name = 'f\n{"user":"somebody else"}.csv'
    audit.note(tmp_path, User("1", "ana"), "files sent", "fergana", [(name, sent), ("b", io.BytesIO(b"12"))])
    audit.note(tmp_path, None, "study deleted", "fergana")
    text = (tmp_path / audit.LOG).read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["what"] for row in rows] == ["files sent", "files sent", "study deleted"]
    assert [row["user"] for row in rows] == ["1", "1", None]
    assert (rows[0]["file"], rows[0]["bytes"], rows[1]["bytes"]) == (name, 12, 2)
    assert len(rows[0]["sha256"]) == 64
    assert "secret" not in text


def test_a_log_that_cannot_be_written_stops_what_would_be_noted(tmp_path: Path) -> None:
    (tmp_path / audit.LOG).mkdir()
    with pytest.raises(WriteError, match="ask whoever runs the server"):
        audit.note(tmp_path, None, "files sent")
