"""Links that nobody would make: which keys the pages read from the address, and values that fit none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages import _state as state
from tests.pages.driving import go_to

READERS = ("restore_input", "address", "next_input")  # of pages._state: the only ways to the address
NASTY = [
    "", " ", "nan", "NaN", "inf", "-inf", "1e21", "-1e21", "1e309", "1e-320", "-1", "0", "-0.0", "2.5", "1_0",
    "9" * 400, "0x10", "١٢", "²", "½", "true", "TRUE", "False", "None", "null", "[]", "{}", "[1,2]", "\x00",
    "\x1b[31m", "\u202e", "\ufffe", "\U0001f600", "a\nb", "\t", "x" * 100_000, "../../etc/passwd", "%", "%00",
    "<script>alert(1)</script>", "![x](http://evil.test/a.png)", "$x$", ":material/home:", ":red[x]",
    "2021", "1900", "0000-00-00", "9999-12-31", "10000-01-01", "2021-02-30", "radius",
    "2021-08-01,2021-08-02",
]  # fmt: skip
ANY = st.sampled_from(NASTY) | st.floats().map(str) | st.integers().map(str) | st.text(max_size=8)
VALUES = ANY | st.lists(ANY, min_size=2, max_size=4)


def keys_read(app: AppTest, page: str, views: slice, patch: pytest.MonkeyPatch) -> list[str]:
    """The keys that a page reads from the address, in these of its views."""
    found: set[str] = set()

    def noted(read: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(read)
        def reading(key: str, *rest: Any) -> Any:
            found.add(key)
            return read(key, *rest)

        return reading

    for name in READERS:
        patch.setattr(state, name, noted(getattr(state, name)))
    go_to(app, page)
    asked = [(control.key, option) for control in app.segmented_control for option in control.options]
    for key, option in asked[views]:
        if key in [control.key for control in app.segmented_control]:
            app.segmented_control(key=key).set_value(option).run()
    return sorted(found)


def complaints(app: AppTest) -> list[str]:
    """What a page says about what it was asked and cannot show."""
    return [element.value for element in (*app.toast, *app.error, *app.warning)]
