"""An identity provider by OpenID Connect on this machine, whose login is a choice between two people."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.browser.conftest import PATIENCE_S, free_port

CLIENT = "groundplan"
PEOPLE = {"ana": "ana@example.org", "bo": "bo@example.org"}


class Provider:
    """Keeps who logs in, by the code that the app exchanges for a token."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.key = RSAKey.generate_key(2048, parameters={"kid": "1"})
        self.asked: dict[str, tuple[str, str]] = {}  # person and nonce, by code

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def configuration(self, _: Request) -> Response:
        ends = {"authorization": "authorize", "token": "token"}
        return JSONResponse(
            {
                "issuer": self.address,
                "jwks_uri": f"{self.address}/keys",
                **{f"{name}_endpoint": f"{self.address}/{path}" for name, path in ends.items()},
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
            }
        )

    async def keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        if asked.get("person") not in PEOPLE:
            ways = {person: str(request.url.include_query_params(person=person)) for person in PEOPLE}
            links = (f'<p><a href="{escape(way)}">{person}</a></p>' for person, way in ways.items())
            return HTMLResponse("".join(links))
        code = secrets.token_urlsafe()
        self.asked[code] = asked["person"], asked.get("nonce", "")
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    async def token(self, request: Request) -> Response:
        form = await request.form()
        person, nonce = self.asked.pop(str(form["code"]))
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "sub": f"1-{person}", "iat": now, "exp": now + 600}
        claims |= {"nonce": nonce, "email": PEOPLE[person]}
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
        return JSONResponse({"access_token": "none", "token_type": "Bearer", "id_token": signed})


@contextmanager
def provided() -> Iterator[str]:
    """The provider on a free port; its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    config = uvicorn.Config(Provider(address).app(), "127.0.0.1", port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE_S
    while not server.started and time.monotonic() < end:
        time.sleep(0.05)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(10)


def secrets_of(provider: str, app: str) -> str:
    """What the app is told of the provider."""
    return f'''
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "{secrets.token_hex()}"
client_id = "{CLIENT}"
client_secret = "none"
server_metadata_url = "{provider}/.well-known/openid-configuration"
'''
