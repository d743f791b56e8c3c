"""What a server gives to whom, where users are told apart: by a proxy's header, or by a login."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from engine.users import User, user_of, workspace_of
from pages import _gate as gate
from pages import _users as users

HEADER = "X-User"
FILE = f"parcels-{'0' * 32}.geojson"


@pytest.fixture
def owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gate.Owners:
    found = gate.Owners()
    manager = SimpleNamespace(**{users.GUARD: found})
    monkeypatch.setattr(gate.runtime, "exists", lambda: True)
    monkeypatch.setattr(gate.runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=manager))
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path))
    return found


@pytest.fixture
def client(owners: gate.Owners) -> TestClient:
    """Something that answers every address, behind the gate."""

    async def anything(_: object) -> PlainTextResponse:
        return PlainTextResponse("yours")

    routes = [gate.map_route(), Route("/{rest:path}", anything, methods=["GET", "PUT", "DELETE"])]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(gate.Gate)]))


def by_proxy(name: str) -> User:
    return user_of(users.PROXY, name)


def statuses(client: TestClient, paths: list[str], **headers: str) -> list[int]:
    return [client.get(path, headers=headers).status_code for path in paths]


def test_a_proxy_must_name_everybody_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(users.HEADER, HEADER)
    assert client.get("/").status_code == 403
    assert client.get("/", headers={HEADER: " "}).status_code == 403
    assert client.get("/", headers=[(HEADER, "ana"), (HEADER, "bo")]).status_code == 403
    assert client.get("/", headers={HEADER: "ana"}).status_code == 200
    assert client.get("/_stcore/health").status_code == 200  # whether the server is alive


def test_files_go_to_whose_they_are_and_what_is_not_known_to_nobody(
    client: TestClient, owners: gate.Owners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(users.HEADER, HEADER)
    ana = by_proxy("ana")
    owners.note("f1", ana.id)
    owners.note("session", ana.id)
    assert statuses(client, ["/media/f1.csv", "/media/f2.csv"], **{HEADER: "ana"}) == [200, 404]
    assert statuses(client, ["/media/f1.csv", "/media//f1.csv", "/media/x/f1"], **{HEADER: "bo"}) == [404] * 3
    for name, status in {"ana": 200, "bo": 404}.items():
        for method in ("PUT", "DELETE"):
            answer = client.request(method, "/_stcore/upload_file/session/1", headers={HEADER: name})
            assert answer.status_code == status
    closed = [
        "/_stcore/metrics",
        "/_stcore/agent/x",
        "/app/static/parcels-1.geojson",
        "/app/static/../x",
        "/app",
    ]
    assert set(statuses(client, closed, **{HEADER: "ana"})) == {404}
    assert set(statuses(client, ["/app/static/logo.svg", "/_stcore/stream"], **{HEADER: "ana"})) == {200}


def test_a_map_lies_in_the_folder_of_whoever_asks(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(users.HEADER, HEADER)
    path = workspace_of(tmp_path, by_proxy("ana")) / users.MAPS / FILE
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    (path.parents[1] / "secret.json").write_text("{}")
    wanted = [f"/app/maps/{name}" for name in (FILE, "..%2Fsecret.json", "secret.json")]
    assert statuses(client, wanted, **{HEADER: "ana"}) == [200, 404, 404]
    assert statuses(client, wanted, **{HEADER: "bo"}) == [404, 404, 404]


def test_a_login_is_known_by_a_cookie_that_nobody_can_make(
    client: TestClient, owners: gate.Owners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(users.HEADER, raising=False)
    monkeypatch.setattr(users, "get_secrets_auth_section", lambda: {"client_id": "x"})
    monkeypatch.setattr(
        "streamlit.web.server.starlette.starlette_websocket.get_cookie_secret",
        lambda: "the secret of the server",
    )
    claims = {"iss": "https://id", "sub": "1", "email": "ana@example.org", "is_logged_in": True}
    ana = users.user_of_claims(claims)
    assert ana is not None
    owners.note("f1", ana.id)

    def asked(secret: str, **changes: object) -> list[int]:
        cookie = create_signed_value(secret, USER_COOKIE_NAME, json.dumps({**claims, **changes})).decode()
        return statuses(client, ["/", "/media/f1.csv"], cookie=f"{USER_COOKIE_NAME}={cookie}")

    assert asked("the secret of the server") == [200, 200]
    assert asked("the secret of the server", email="other@example.org") == [200, 200]  # the subject counts
    assert asked("the secret of the server", sub="2") == [200, 404]
    assert asked("the secret of the server", iss="https://other") == [200, 404]
    assert asked("the secret of the server", is_logged_in=False) == [200, 404]
    assert asked("another secret") == [200, 404]
    assert statuses(client, ["/", "/media/f1.csv"]) == [200, 404]


def test_where_users_are_not_told_apart_everything_is_passed_on(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(users.HEADER, raising=False)
    assert statuses(client, ["/", "/media/f1.csv", "/app/static/parcels-1.geojson"]) == [200, 200, 200]
