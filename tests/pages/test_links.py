"""Links: they carry ids, old ids become today's, and what is no more is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.learning.methods import METHODS
from engine.learning.methods import OLD_IDS as OLD_METHODS
from engine.sampling import DESIGNS
from engine.sampling import OLD_NAMES as OLD_DESIGNS
from tests.pages.driving import PAGES, go_to, new_app, open_page, texts

OLD_KEYS = {
    "axis": "cost", "score": "voted", "map": "day tours", "methods": "groundplan", "designs": "corridors",
    "radii": "20", "voters": "1", "trip": "recommended", "behind": "Why", "home": "1", "seed": "x",
}  # fmt: skip


@pytest.fixture
def app(saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return new_app(saved, workspace, monkeypatch)


@pytest.mark.parametrize("page", PAGES)
def test_keys_of_earlier_versions_are_passed_over(
    saved: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    app = open_page(saved, workspace, monkeypatch, page, **OLD_KEYS)
    assert not app.exception, app.exception
    assert not app.error
    assert not app.toast


@pytest.mark.parametrize("old", [old for old, new in OLD_DESIGNS.items() if new in DESIGNS])
def test_the_old_id_of_a_design_becomes_todays(app: AppTest, old: str) -> None:
    go_to(app, "plan", design=old)
    assert not app.exception
    assert not app.toast
    assert app.selectbox(key="design").value == OLD_DESIGNS[old]
    go_to(app, "experiments", **{"experiments-designs": ["radius", old]})
    assert app.pills(key="experiments-designs").value == ["radius", OLD_DESIGNS[old]]
    assert not app.toast


@pytest.mark.parametrize(("linked", "named"), [("none", "no-visit"), ("<script>", r"\<script\>")])
def test_a_design_that_no_page_offers_gives_way_to_the_default_and_the_page_says_so(
    app: AppTest, linked: str, named: str
) -> None:
    go_to(app, "plan", design=linked)
    assert not app.exception
    assert app.selectbox(key="design").value == "radius"
    assert f"design = '{named}', which is not available. Shown is Circle." in app.toast[0].value
    assert "design" not in app.query_params


def test_old_ids_of_methods_become_todays(app: AppTest) -> None:
    go_to(app, "experiments", **{"experiments-methods": list(OLD_METHODS)})
    assert not app.exception
    assert not app.toast
    assert set(app.pills(key="experiments-methods").value) == set(OLD_METHODS.values())
    assert set(OLD_METHODS.values()) <= METHODS.keys()


def test_old_words_for_sources_and_scores_become_todays(app: AppTest) -> None:
    go_to(app, "experiments", **{"experiments-source": "past"})
    assert app.selectbox(key="experiments-source").value == "earlier"
    assert not app.toast
    for old, score in (("voted", "parcel"), ("parcels", "parcel"), ("pixels", "pixel")):
        go_to(app, "study")
        go_to(app, "compare", **{"compare-score": old})
        assert not app.exception
        assert app.selectbox(key="metric").value == score
        assert not app.toast


def test_labels_are_shown_and_ids_are_written_into_the_address(app: AppTest) -> None:
    plan = go_to(app, "plan", limit="parcels")
    box = plan.selectbox(key="design")
    assert "Random sample" in box.options
    box.set_value("random").run()
    assert plan.query_params["design"] == "random"
    assert plan.query_params["limit"] == "parcels"
    plan.selectbox(key="design").set_value("radius").run()
    assert "design" not in plan.query_params
    methods = go_to(app, "experiments", **{"experiments-purpose": "own"}).pills(key="experiments-methods")
    assert "Zero-shot (no field trip)" in methods.options
    methods.set_value(["scratch", "ensemble"]).run()
    assert app.query_params["experiments-methods"] == ["scratch", "ensemble"]
    app.pills(key="experiments-methods").set_value([]).run()
    assert app.query_params["experiments-methods"] == ""
    assert "Nothing was asked" in texts(app)


def test_a_design_chosen_on_one_page_is_that_of_the_next(app: AppTest) -> None:
    go_to(app, "plan").selectbox(key="design").set_value("clusters").run()
    go_to(app, "fieldwork")
    assert app.selectbox(key="design").value == "clusters"
    assert app.query_params["design"] == "clusters"
