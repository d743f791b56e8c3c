"""Any link gives a view and at most one message, whatever stands in its address.

`GROUNDPLAN_MANY=1` tries all keys of all views with many values.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from tests.pages.addresses import NASTY, VALUES, complaints, keys_read
from tests.pages.driving import PAGES, new_app, open_page

MANY = bool(os.environ.get("GROUNDPLAN_MANY"))
VIEWS = slice(None) if MANY else slice(-2, None)
EXAMPLES = 300 if MANY else 4


@pytest.mark.parametrize("page", PAGES)
def test_any_values_of_any_widgets_give_a_view_and_at_most_one_message(
    saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    app = new_app(saved, workspace, monkeypatch)
    with monkeypatch.context() as patch:
        keys = keys_read(app, page, VIEWS, patch)
    assert "tables" in keys

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(st.dictionaries(st.sampled_from(keys), VALUES, min_size=1, max_size=4))
    def opened(address: dict[str, str | list[str]]) -> None:
        view = open_page(saved, workspace, monkeypatch, page, **address)
        assert not view.exception, (address, view.exception)
        assert len(view.toast) <= 1
        assert (
            len(view.error) <= 1
        )  # of what is asked for and available, such as a place far from all parcels
        assert view.header or view.subheader

    opened()


KNOWN = [
    ("overview", "overview-against", ""),
    ("overview", "default-per_km", "1e21"),
    ("overview", "default-crew", "nan"),
    ("overview", "lat", "91"),
    ("overview", "lon", "-inf"),
    ("plan", "crews", "inf"),
    ("plan", "radius", "9" * 400),
    ("plan", "design", ["", "\x00"]),
    ("plan", "pinned", "x" * 100_000),
    ("experiments", "experiments-repeats", "1e309"),
    ("experiments", "experiments-seed", "-1"),
    ("fieldwork", "fieldwork-start", "0000-00-00"),
    ("compare", "season", "1900"),
    ("crop_map", "crop_map-recipe", "²"),
]


@pytest.mark.parametrize(("page", "key", "value"), KNOWN)
def test_a_value_that_fits_nothing_is_replaced_in_at_most_one_message(
    saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, page: str, key: str, value: str | list[str]
) -> None:
    view = open_page(saved, workspace, monkeypatch, page, **{key: value})
    assert not view.exception, view.exception
    before = complaints(open_page(saved, workspace, monkeypatch, page))
    assert len(set(complaints(view)) - set(before)) <= 1
    view.run()
    assert not view.exception, view.exception
    assert not view.toast  # said once


def test_what_a_link_asks_in_vain_is_said_in_one_message(
    saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"season": "1900", "design": NASTY[-5], "crews": "inf", "most": "nan", "limit": "[x](http://a.b)"}
    view: AppTest = open_page(saved, workspace, monkeypatch, "plan", **asked)
    assert len(view.toast) == 1
    said = view.toast[0].value
    assert said.startswith("The link asks for 5 things that are not available\\:")
    assert said.endswith("and 2 more.")
    assert view.selectbox(key="crews").value == "1"
    assert view.selectbox(key="season").value == "2021"
