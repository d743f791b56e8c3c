"""A study whose every name would be drawn, linked, fetched or run if a page took it for more than text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from engine.domain import Study
from tests import made_up

HOST = "evil.test"
CROPS = [
    f"![crop](http://{HOST}/crop.png)",
    f"<img src=http://{HOST}/c.png onerror=alert(1)>",
    "[crop](javascript:alert(1))",
    ":red[crop] $x$ :material/home:",
]
NAME = (
    f"Study <script>alert(1)</script> ![s](http://{HOST}/s.png) www.{HOST} :material/warning: `code` **bold**"
)
SOURCE = f"- [source](http://{HOST}) <b>bold</b> $y$ :blue-badge[x] http://{HOST}/source"
TOWN = f"![town](http://{HOST}/t.png):green[town]"
ID = "![{0}](http://" + HOST + "/p.png)<i>{0}</i>:red[{0}]$z$"
LIVE = re.compile(  # what Markdown would take for more than text; a backslash or a word joiner undoes each
    r"(?<!\\)!\[(crop|s|town|p\d+)|(?<!\\)<(img|script|b>|i>)|(?<!\\)\[(crop|source)(?<!\\)\]|"
    r"(?<![\w\\]):(red|green|blue-badge)(?<!\\)\[|(?<!\\)\$[xyz](?<!\\)\$|(?<!\\):material/(home|warning)|"
    r"(?<!\\)`code|(?<!\\)\*\*bold"
)
HTML = re.compile(r"<(img|script|b>|i>)")  # in HTML of our own, where Markdown means nothing
PLAIN = {
    "options",
    "value",
    "default",
    "data",
    "spec",
    "json",
    "figure",
    "columns",
    "placeholder",
    "string_value",
}
PLAIN |= {
    "id",
    "raw_value",
    "element_id",
    "raw_values",
    "file_name",
    "url",
    "user_key",
    "config",
    "query_string",
    "alt",
}


def study(patch: pytest.MonkeyPatch) -> Study:
    """A made-up study with such names."""
    patch.setattr(made_up, "CROPS", CROPS)
    made = made_up.study(parcels=60, times=6, pixels=2, noise_db=4, unseen_crop=True)
    parcels = made.parcels.assign(parcel_id=[ID.format(name) for name in made.parcels["parcel_id"]])
    departure = replace(made.departure, name=TOWN)
    return replace(made, name=NAME, source=SOURCE, parcels=parcels, departure=departure)


def live_texts(app: AppTest) -> list[str]:
    """Texts of a page that Streamlit draws as Markdown and that hold live text of the data."""
    found = []
    for element in app._tree:
        proto = getattr(element, "proto", None)
        if isinstance(proto, Message):
            live = HTML if proto.DESCRIPTOR.name == "Html" else LIVE
            found += [text for text in _texts(proto) if live.search(text)]
    return found


def _texts(proto: Message) -> Iterator[str]:
    for field, value in proto.ListFields():
        if field.name in PLAIN and proto.DESCRIPTOR.name not in ("ButtonGroup", "Option"):
            continue
        values: Any = value if field.is_repeated else [value]
        for each in values:
            if isinstance(each, Message):
                yield from _texts(each)
            elif isinstance(each, str):
                yield each
