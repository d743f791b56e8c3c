"""From opening the demo to files in the hand, without reading anything."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import gpxpy
import pandas as pd
import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_S, Visit, served
from tests.browser.test_overview_journey import settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(None, tmp_path_factory.mktemp("workspace")) as address:
        yield address


def figures(page: Page) -> tuple[int, float, str]:
    """Parcels, money and expected macro F1 of the trip on the page Plan."""
    settle(page)
    text = page.locator("[data-testid=stMain]").inner_text()
    count = re.search(r"([\d,]+) parcels to visit", text)
    money = re.search(r"for ([\d,]+) €", text)
    f1 = re.search(r"Expected macro F1: (\S+)", text)
    assert count, text
    assert money, text
    assert f1, text
    return int(count[1].replace(",", "")), float(money[1].replace(",", "")), f1[1]


def test_a_wider_radius_changes_count_cost_and_expected_f1(demo: str, visit: Callable[..., Visit]) -> None:
    tab = visit(demo, "/plan?season=2021&radius=20")
    expect(tab.page.get_by_text("parcels to visit")).to_be_visible()
    few, cheap, low = figures(tab.page)
    slider = tab.page.get_by_role("slider", name="Radius, km")
    slider.focus()
    for _ in range(20):  # a busy page may be deaf while it is redrawn
        if slider.evaluate("handle => handle.getAttribute('aria-valuenow') ?? handle.value") == "30":
            break
        slider.press("ArrowRight")
        tab.page.wait_for_timeout(500)
    expect(tab.page).to_have_url(re.compile("radius=30"))
    expect(tab.page.get_by_text(f"{few:,} parcels to visit")).to_have_count(0)
    expect(tab.page.get_by_text(re.compile("answered at this size"))).to_be_visible()
    more, dear, high = figures(tab.page)
    assert more > few
    assert dear > cheap
    assert high >= low  # two digits
    assert not tab.complaints


def test_a_town_becomes_the_departure_and_is_in_the_address(demo: str, visit: Callable[..., Visit]) -> None:
    tab = visit(demo, "/plan")
    settle(tab.page)
    box = tab.page.get_by_role("combobox", name="Departure")
    box.click()
    box.fill("Subot")
    tab.page.keyboard.press("Enter")
    expect(tab.page).to_have_url(re.compile(r"lon=19\.6\d+&lat=46\.1"))
    again = visit(demo, tab.page.url.removeprefix(demo))
    expect(again.page.get_by_role("combobox", name="Departure")).to_have_value("Subotica")
    assert not tab.complaints


def test_a_hostile_link_is_answered_calmly_with_the_nearest_view(
    demo: str, visit: Callable[..., Visit]
) -> None:
    tab = visit(demo, "/plan?radius=999&season=1999&design=%3Cscript%3E&lon=abc&crews=-4&nonsense=1")
    told = tab.page.get_by_text(
        re.compile(r"The link asks for \d things that are not available: .* \(shown is")
    )
    expect(told.first).to_be_visible()
    expect(tab.page.get_by_role("slider", name="Radius, km")).to_have_value("60")
    expect(tab.page.get_by_text(re.compile(r"parcels to visit"))).to_be_visible()
    assert not tab.complaints


def test_an_address_keeps_ids_and_what_other_inputs_wrote_there(
    demo: str, visit: Callable[..., Visit]
) -> None:
    tab = visit(demo, "/plan?design=corridors&radius=20")
    box = tab.page.get_by_role("combobox", name="Design")
    expect(box).to_have_value("Transects")
    settle(tab.page)
    slider = tab.page.get_by_role("slider", name="Radius, km")
    slider.focus()
    slider.press("ArrowRight")
    expect(tab.page).to_have_url(re.compile("radius=21"))
    settle(tab.page)
    box.click()
    box.fill("Random")
    tab.page.keyboard.press("Enter")
    expect(tab.page).to_have_url(re.compile("design=random"))
    expect(tab.page).to_have_url(re.compile("radius=21"))
    settle(tab.page)
    tab.page.go_back()
    expect(box).to_have_value("Transects")
    again = visit(demo, "/plan?design=random&radius=21")
    expect(again.page.get_by_role("combobox", name="Design")).to_have_value("Random sample")
    assert not tab.complaints


def test_every_file_of_the_field_plan_opens_with_its_own_library(
    demo: str, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    tab = visit(demo, "/fieldwork?radius=15&fieldwork-trip=planned")
    everything = tab.page.get_by_role("button", name="Everything")
    expect(everything).to_be_visible(timeout=1000 * PATIENCE_S)  # routes are found and sheets drawn first
    settle(tab.page)

    def fetched(label: str) -> Path:
        with tab.page.expect_download() as waiting:
            tab.page.get_by_role("button", name=label, exact=True).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    sheet = pd.read_csv(fetched("Day sheets, CSV"))
    printed = pypdf.PdfReader(fetched("Day sheets to print"))
    assert len(printed.pages) >= len(sheet.groupby(["day", "crew"]))
    assert len(gpd.read_file(fetched("GeoJSON"))) == len(sheet)
    assert len(gpd.read_file(fetched("GeoPackage"), layer="parcels")) == len(sheet)
    route = gpxpy.parse(fetched("GPX, navigation").read_text(encoding="utf-8"))
    assert len(route.routes) == sheet["day"].nunique()
    assert not gpd.read_file(fetched("KML, Google Earth")).empty
    with zipfile.ZipFile(io.BytesIO(fetched("Everything").read_bytes())) as packed:
        assert packed.testzip() is None
        assert any(name.endswith("itinerary.qgs") for name in packed.namelist())
    assert not tab.complaints


def test_from_the_first_page_to_a_report_in_the_hand(
    demo: str, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    tab = visit(demo)
    expect(tab.page.get_by_text(re.compile(r"^Visit \d+ parcels"))).to_be_visible()
    tab.page.get_by_test_id("stTopNavLink").get_by_text("Report").click()
    settle(tab.page)
    held = {}
    for label in ("Report, PDF", "Report, HTML", "Everything, ZIP", "GeoPackage", "Decision, JSON"):
        with tab.page.expect_download() as waiting:
            tab.page.get_by_role("button", name=label, exact=True).click()
        held[label] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(held[label])
    paper = pypdf.PdfReader(held["Report, PDF"])
    assert 2 <= len(paper.pages) <= 6
    assert "Simulated data" in paper.pages[0].extract_text()
    assert not gpd.read_file(held["GeoPackage"], layer="parcels").empty
    assert (
        json.loads(held["Decision, JSON"].read_text(encoding="utf-8"))["study"]["provenance"] == "simulated"
    )
    with zipfile.ZipFile(held["Everything, ZIP"]) as everything:
        assert everything.testzip() is None
        assert {"report.pdf", "report.html", "itinerary.csv"} <= set(everything.namelist())
    assert not tab.complaints

    shown = visit(held["Report, HTML"].as_uri(), "")
    expect(shown.page.get_by_role("heading", level=1)).to_be_visible()
    assert not [url for url in shown.fetched if url.startswith("http")]
    assert not shown.complaints
