"""What a server gives to whom, where users are told apart: `server.py` puts this before Streamlit.

Streamlit serves its files to whoever knows their address. Here each address is checked first: a file of a
page goes to the user in whose session it was made, a map to the user in whose folder it lies, and what is not
known to be harmless goes to nobody.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from engine.files import workspace
from engine.users import User, workspace_of
from pages import _users as users

MOST_KNOWN = 200_000  # files and sessions of which is remembered whose they are; older ones are nobody's
NAME = re.compile(r"(?:ground|places|parcels)-[0-9a-f]{32}\.(?:geo)?json")
SHIPPED = ("app/static/logo.svg", "app/static/mark.svg")
OPEN = ("_stcore/health", "_stcore/host-config", "_stcore/stream")
PARTS = "_stcore/bidi-components/"  # of Streamlit's own widgets
UPLOADS, MEDIA = "_stcore/upload_file/", "media/"
GUARDED = ("_stcore", "media", "app")  # all else is Streamlit's own page, the same for everybody
REFUSED = 1008  # that a websocket is closed for: policy
UNKNOWN = (
    "The proxy before this server does not say who you are. Open Groundplan at the address that you were "
    "given, or have the proxy set the header that GROUNDPLAN_USER_HEADER names, once."
)
NOT_YOURS = "There is nothing here for you. Open the page anew, and log in if you are asked to."


class Owners:
    """Whose the files and the sessions of a server are."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, set[str]] = OrderedDict()
        self._lock = Lock()

    def note(self, thing: str, user: str) -> None:
        """Remember that a file or a session is a user's, by id; equal files of two users are both's."""
        with self._lock:
            self._known.setdefault(thing, set()).add(user)
            self._known.move_to_end(thing)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)

    def of(self, thing: str) -> tuple[str, ...]:
        """Ids of the users whose a file or a session is."""
        with self._lock:
            return tuple(self._known.get(thing, ()))

    def have(self, thing: str, user: User | None) -> bool:
        """Whether a file or a session is a user's."""
        return user is not None and user.id in self.of(thing)


def guard() -> None:
    """Note from now on in whose session each file is made that Streamlit serves."""
    owners, manager = Owners(), runtime.get_instance().media_file_mgr
    add, add_later, execute = manager.add, manager.add_deferred, manager.execute_deferred

    def noted(make: Callable[..., str]) -> Callable[..., str]:
        @wraps(make)
        def making(*args: Any, **kwargs: Any) -> str:
            made, context = make(*args, **kwargs), get_script_run_ctx()
            user = users.user_of_claims(context.user_info) if context else None
            if user is not None:
                owners.note(_file(made), user.id)
            return made

        return making

    def executing(file_id: str) -> str:
        made = execute(file_id)
        for user in owners.of(file_id):
            owners.note(_file(made), user)
        return made

    changed: Any = manager
    changed.add, changed.add_deferred, changed.execute_deferred = noted(add), noted(add_later), executing
    setattr(changed, users.GUARD, owners)


def note_session(user: User) -> None:
    """Note whose the session is that runs: only they send files to it."""
    context, owners = get_script_run_ctx(), _owners()
    if context is not None and owners is not None:
        owners.note(context.session_id, user.id)


def _owners() -> Owners | None:
    return getattr(runtime.get_instance().media_file_mgr, users.GUARD, None) if users.guarded() else None


class Gate:
    """Passes on what somebody may ask for, where users are told apart.

    Parameters
    ----------
    app
        Streamlit.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] not in ("http", "websocket") or not users.apart():
            await self.app(scope, receive, send)
            return
        path, user = _path(scope), asker(scope)
        if users.header() and user is None and path != OPEN[0]:
            refusal = PlainTextResponse(UNKNOWN, 403)
        elif not _may(path, user):
            refusal = PlainTextResponse(NOT_YOURS, 404)
        else:
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": REFUSED})
        else:
            await refusal(scope, receive, send)


def asker(scope: Scope) -> User | None:
    """Who sends a request; None where nobody says so, or the proxy's header is there twice.

    Parameters
    ----------
    scope
        Of the request, as ASGI describes it.
    """
    connection = HTTPConnection(scope)
    if users.header():
        named = connection.headers.getlist(users.header())
        return users.user_of_claims({users.CLAIM: named[0]}) if len(named) == 1 else None
    try:
        cookie = _get_signed_cookie_with_chunks(dict(connection.cookies), USER_COOKIE_NAME)
        claims = json.loads(cookie) if cookie else {}
    except ValueError:
        return None
    return users.user_of_claims(claims) if isinstance(claims, dict) else None


async def map_file(request: Request) -> Response:
    """A file for a map: of those in the asker's own folder.

    Parameters
    ----------
    request
        With the ``name`` of the file in its path.
    """
    user, name = asker(request.scope), request.path_params["name"]
    if user is not None and users.apart() and NAME.fullmatch(name):
        path = workspace_of(workspace(), user) / users.MAPS / name
        if path.is_file():
            return FileResponse(
                path, headers={"Cache-Control": "private", "X-Content-Type-Options": "nosniff"}
            )
    return PlainTextResponse(NOT_YOURS, 404)


def map_route() -> Route:
    """The address of files for maps."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return Route("/" + "/".join(filter(None, (base, users.MAPS_URL, "{name}"))), map_file)


def trust_header() -> None:
    """Have Streamlit know the user whom the proxy names, so that nobody goes on with another's session."""
    if users.header():
        config.set_option("server.trustedUserHeaders", {users.header(): users.CLAIM}, users.HEADER)


def _path(scope: Scope) -> str:
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = str(scope["path"]).lstrip("/")
    return path.removeprefix(base).lstrip("/") if base else path


def _may(path: str, user: User | None) -> bool:
    """Whether somebody may ask for an address; what is not known to be harmless is refused."""
    owners = _owners()
    if path.split("/")[0] not in GUARDED or path in (*OPEN, *SHIPPED) or path.startswith(PARTS):
        return True
    if path.startswith(f"{users.MAPS_URL}/"):
        return user is not None and bool(NAME.fullmatch(path.removeprefix(f"{users.MAPS_URL}/")))
    if owners is not None and path.startswith(MEDIA):
        return owners.have(_file(path), user)
    if owners is not None and path.startswith(UPLOADS):
        return owners.have(path.removeprefix(UPLOADS).split("/")[0], user)
    return False


def _file(address: str) -> str:
    """The id of a file, of its address."""
    return address.rpartition("/")[2].partition(".")[0]
