"""One visitor of the app without a browser: a websocket client that speaks Streamlit's protocol.

It does what Streamlit's own front end does as far as the server notices: it sends the values of all widgets,
names the messages that it has kept, runs again the parts of a page that ask for it every second, and fetches
the files of maps.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

STATIC = re.compile(r"app/static/[\w./-]+")
ENDED = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
ALERT_ERROR = 1
PATIENCE_S = 120.0


@dataclass
class Widget:
    """A widget as the page last drew it."""

    kind: str
    drawn: Any
    fragment: str


@dataclass
class Step:
    """From a change to the end of the run that answers it.

    Parameters
    ----------
    page, what
        Where it was made, and what was changed.
    began, seconds
        When, since 1970, and how long it took.
    """

    page: str
    what: str
    began: float
    seconds: float


@dataclass
class Person:
    """A session of the app.

    Parameters
    ----------
    address
        Of the app, ``http://host:port``.
    steps, faults, refusals
        What happened so far: steps, exceptions and lost connections, and errors told in words.
    """

    address: str
    steps: list[Step] = field(default_factory=list)
    polls: int = 0
    received: int = 0
    faults: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    widgets: dict[str, Widget] = field(default_factory=dict)
    values: dict[str, WidgetState] = field(default_factory=dict)
    page: str = "overview"
    _pages: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, ForwardMsg] = field(default_factory=dict)
    _timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _fetched: set[str] = field(default_factory=set)
    _fetches: list[asyncio.Task[None]] = field(default_factory=list)
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _drawn: set[str] = field(default_factory=set)

    async def visit(self, walk: Callable[[Person], Any]) -> None:
        """Open the app, walk through it, and leave."""
        url = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        async with (
            connect(url, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE_S) as socket,  # type: ignore[list-item]
            httpx.AsyncClient(base_url=self.address, timeout=PATIENCE_S) as files,
        ):
            self._socket: ClientConnection = socket
            self._files = files
            self._reader = reader = asyncio.create_task(self._read())
            try:
                await walk(self)
            finally:
                for task in (*self._timers.values(), *self._fetches):
                    task.cancel()
                reader.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await reader

    async def open(self, page: str) -> None:
        """Go to a page."""
        self.page = page
        await self._step("open", self._request(page_hash=self._pages.get(page, ""), forget=True))

    async def set(self, key: str, value: Any) -> bool:
        """Change a widget of the page; False where the page has none of this key."""
        widget = self.widgets.get(key)
        if widget is None:
            return False
        self.values[widget.drawn.id] = _state(widget, value)
        request = self._request(page_hash=self._pages.get(self.page, ""), fragment=widget.fragment)
        await self._step(key, request)
        return True

    @property
    def waits(self) -> bool:
        """Whether a part of the page is run again every second."""
        return bool(self._timers)

    def options(self, key: str) -> list[Any]:
        """What a widget offers."""
        widget = self.widgets[key]
        if widget.kind == "button_group":
            return [option.content for option in widget.drawn.options]
        return list(widget.drawn.options)

    async def _step(self, what: str, request: BackMsg) -> None:
        began, clock = time.time(), time.perf_counter()
        async with self._busy:
            await self._run(request)
        self.steps.append(Step(self.page, what, began, time.perf_counter() - clock))

    async def _run(self, request: BackMsg) -> None:
        if self._reader.done():
            raise ConnectionError(self.faults[-1])
        self._ended.clear()
        await self._socket.send(request.SerializeToString())
        await asyncio.wait_for(self._ended.wait(), PATIENCE_S)

    def _request(
        self, page_hash: str, fragment: str = "", auto: bool = False, forget: bool = False
    ) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script
        state.page_script_hash, state.fragment_id, state.is_auto_rerun = page_hash, fragment, auto
        if not forget:
            state.widget_states.widgets.extend(self.values.values())
        state.cached_message_hashes.extend(self._kept)
        state.context_info.timezone, state.context_info.locale = "Europe/Belgrade", "en"
        state.context_info.color_scheme, state.context_info.url = "light", self.address
        return message

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                self.received += len(data)
                message = ForwardMsg()
                message.ParseFromString(data)
                self._take(message)
            self.faults.append("the server hung up")
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")
        self._ended.set()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            original = self._kept[message.ref_hash]
            if original.WhichOneof("type") == "delta":
                self._draw(original)
            return
        if message.metadata.cacheable:
            self._kept[message.hash] = message
        if kind == "delta":
            self._draw(message)
        elif kind == "navigation":
            self._pages = {
                page.url_pathname or "overview": page.page_script_hash
                for page in message.navigation.app_pages
            }
        elif kind == "new_session":
            self._drawn.clear()
            if not message.metadata.run.fragment_ids:
                self._stop(list(self._timers))
        elif kind == "auto_rerun":
            self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop(list(message.stop_auto_rerun.fragment_ids))
        elif kind == "script_finished" and message.script_finished in ENDED:
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self.widgets = {
                    key: widget for key, widget in self.widgets.items() if widget.drawn.id in self._drawn
                }
                self.values = {name: value for name, value in self.values.items() if name in self._drawn}
            self._ended.set()

    def _draw(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.faults.append(f"{self.page}: {element.exception.type} {element.exception.message}")
        elif kind == "alert" and element.alert.format == ALERT_ERROR:
            self.refusals.append(f"{self.page}: {element.alert.body[:120]}")
        elif kind == "deck_gl_json_chart":
            for name in STATIC.findall(element.deck_gl_json_chart.json):
                if name not in self._fetched:
                    self._fetched.add(name)
                    self._fetches.append(asyncio.create_task(self._fetch(name)))
        elif kind in VALUES:
            drawn = getattr(element, kind)
            widget = Widget(kind, drawn, message.delta.fragment_id)
            self.widgets[drawn.id.split("-", 2)[-1]] = widget
            self._drawn.add(drawn.id)
            if drawn.set_value or drawn.id not in self.values:
                self.values[drawn.id] = _state(widget, VALUES[kind](drawn))

    async def _fetch(self, name: str) -> None:
        try:
            (await self._files.get(f"/{name}")).raise_for_status()
        except httpx.HTTPError as error:
            self.faults.append(f"{name}: {type(error).__name__} {error}")

    def _repeat(self, fragment: str, interval: float) -> None:
        async def poll() -> None:
            while True:
                await asyncio.sleep(interval)
                async with self._busy:
                    self.polls += 1
                    request = self._request(self._pages.get(self.page, ""), fragment, auto=True)
                    await asyncio.shield(self._run(request))

        self._stop([fragment])
        self._timers[fragment] = asyncio.create_task(poll())

    def _stop(self, fragments: list[str]) -> None:
        for fragment in fragments:
            if fragment in self._timers:
                self._timers.pop(fragment).cancel()


def _state(widget: Widget, value: Any) -> WidgetState:
    state = WidgetState(id=widget.drawn.id)
    match widget.kind:
        case "slider":
            state.double_array_value.data.extend([float(value)])
        case "selectbox":
            if value is not None:
                state.string_value = value
        case "button_group":
            state.string_array_value.data.extend(value if isinstance(value, list) else [value])
        case "number_input":
            if value is not None:
                state.double_value = float(value)
        case _:
            state.bool_value = bool(value)
    return state


def _selected(drawn: Any) -> str | None:
    if drawn.set_value:
        return str(drawn.raw_value) if drawn.HasField("raw_value") else None
    return str(drawn.options[drawn.default]) if drawn.HasField("default") and drawn.options else None


def _numbered(drawn: Any) -> float | None:
    name = "value" if drawn.set_value else "default"
    return float(getattr(drawn, name)) if drawn.HasField(name) else None


VALUES: dict[str, Callable[[Any], Any]] = {  # what a widget holds when it is first drawn
    "slider": lambda drawn: (drawn.value if drawn.set_value else drawn.default)[0],
    "selectbox": _selected,
    "button_group": lambda drawn: (
        list(drawn.raw_values)
        if drawn.set_value
        else [drawn.options[index].content for index in drawn.default]
    ),
    "number_input": _numbered,
    "checkbox": lambda drawn: drawn.value if drawn.set_value else drawn.default,
}


async def think(seconds: float, luck: random.Random) -> None:
    """Look at the page for a while, on average for so long."""
    await asyncio.sleep(luck.expovariate(1 / seconds) if seconds else 0)
