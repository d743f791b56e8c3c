"""One question to a server, whose answer may take neither long nor much memory."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.domain import GroundplanError
from engine.parsing import json_of

if TYPE_CHECKING:
    import httpx

ANSWER_S = 60.0  # from the question to the last byte
SILENCE_S = 20.0
MOST_REDIRECTS = 3


class ServerError(GroundplanError):
    """A server that does not answer as it should."""


@dataclass(frozen=True)
class Reply:
    """What a server answered.

    Parameters
    ----------
    status
        Code and reason.
    answer
        Its JSON; None where it sent something else.
    """

    status: str
    answer: Any


def ask(url: str, body: dict[str, Any] | None, most_bytes: int) -> Reply:
    """Ask a server, with the body of a POST or by GET.

    Parameters
    ----------
    url
        The whole address.
    body
        Sent as JSON; None asks by GET.
    most_bytes
        Of the unpacked answer.

    Raises
    ------
    ServerError
        Where it does not answer within `ANSWER_S`, answers more than that, or sends to another host.
    """
    found: list[Reply | BaseException] = []

    def work() -> None:
        try:
            found.append(asyncio.run(_limited(url, body, most_bytes)))
        except BaseException as error:  # told to who asked, in whose thread it belongs
            found.append(error)

    thread = threading.Thread(target=work, daemon=True)  # an event loop of its own, also in a notebook
    thread.start()
    thread.join(ANSWER_S + SILENCE_S)
    if not found:
        raise ServerError(f"{url[:80]} does not answer within {ANSWER_S:.0f} s.")
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


async def _limited(url: str, body: dict[str, Any] | None, most_bytes: int) -> Reply:
    try:
        async with asyncio.timeout(ANSWER_S):
            return await _answer(url, body, most_bytes)
    except TimeoutError:
        raise ServerError(f"its answer was not complete within {ANSWER_S:.0f} s") from None


async def _answer(url: str, body: dict[str, Any] | None, most_bytes: int) -> Reply:
    import httpx

    method, address = "POST" if body else "GET", url
    headers = {"Accept-Encoding": "identity"}
    try:
        async with httpx.AsyncClient(timeout=SILENCE_S, headers=headers) as client:
            for _ in range(MOST_REDIRECTS + 1):
                async with client.stream(method, address, json=body) as reply:
                    if reply.next_request is None:
                        content = await _content(reply, most_bytes)
                        return Reply(f"{reply.status_code} {reply.reason_phrase}", _parsed(content))
                    if reply.next_request.url.host != reply.url.host:
                        raise ServerError(f"it sends on to another host, {reply.next_request.url.host}")
                    address = str(reply.next_request.url)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
        raise ServerError(str(error) or type(error).__name__) from error
    raise ServerError(f"it sends on more than {MOST_REDIRECTS} times")


async def _content(reply: httpx.Response, most_bytes: int) -> bytes:
    content = bytearray()
    async for part in reply.aiter_bytes():
        content += part
        if len(content) > most_bytes:
            raise ServerError(f"it answers more than {most_bytes / 1e6:,.0f} MB")
    return bytes(content)


def _parsed(content: bytes) -> Any:
    try:
        return json_of(content)
    except ValueError:
        return None
