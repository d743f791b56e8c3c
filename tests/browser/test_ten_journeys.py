"""Ten journeys through the demo, on desktops and phones, in the light and in the dark.

Each begins with the sentence that a user should be able to say after it. A picture of where it ends is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from engine.files import demo_folder
from engine.studies.store import open_study
from tests.browser.conftest import Visit, served
from tests.browser.pictures import SCREENS, photograph
from tests.browser.test_overview_journey import settle

pytestmark = pytest.mark.browser
DESKTOP, PHONE, DARK_DESKTOP, LIGHT_PHONE = ("light", 1440), ("dark", 390), ("dark", 1440), ("light", 390)
Open = Callable[..., Page]


def seen_in(*views: tuple[str, int]) -> pytest.MarkDecorator:
    """The journey in these views."""
    return pytest.mark.parametrize("walk", views, indirect=True, ids=[f"{t}-{w}" for t, w in views])


@pytest.fixture(scope="module")
def demo(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(None, tmp_path_factory.mktemp("workspace")) as address:
        yield address


@pytest.fixture
def walk(request: pytest.FixtureRequest, demo: str, visit: Callable[..., Visit]) -> Iterator[Open]:
    """Open a page of the demo; at the end nothing complained, nothing is cropped, and a picture is taken."""
    theme, width = request.param
    tabs: list[Visit] = []

    def go(path: str = "/") -> Page:
        tab = visit(demo, path, width=width, theme=theme)
        tabs.append(tab)
        settle(tab.page)
        return tab.page

    yield go
    for tab in tabs:
        assert not tab.complaints
        assert not tab.page.get_by_test_id("stException").count()
        assert tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    SCREENS.mkdir(parents=True, exist_ok=True)
    journey = request.node.originalname.removeprefix("test_")
    photograph(tabs[-1].page, SCREENS / f"{journey}-{theme}-{width}.png")


def turn_to(page: Page, title: str) -> None:
    """Another page by the navigation, which a phone hides."""
    link = page.get_by_role("link", name=title, exact=True).first
    phone = (page.viewport_size or {}).get("width", 0) < 640
    if phone:
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(link).to_be_in_viewport()
    link.click()
    settle(page)
    if phone:
        page.get_by_test_id("stSidebar").hover()  # which shows its button
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
        expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()


def tile(page: Page, name: str) -> str:
    """The number of a tile."""
    found = page.get_by_test_id("stMetric").filter(has_text=name).first
    return found.get_by_test_id("stMetricValue").inner_text()


def said(page: Page) -> str:
    """All that the page says."""
    return page.get_by_test_id("stMain").inner_text()


@seen_in(DESKTOP, PHONE)
def test_the_decision(walk: Open) -> None:
    """I know what to do, what it costs, what it gains and how surely, and what happens without it."""
    page = walk()
    expect(page.get_by_text(re.compile(r"^Visit \d+ parcels from Novi Sad"))).to_be_visible()
    assert re.fullmatch(r"\d+", tile(page, "Days"))
    assert re.fullmatch(r"[\d,]+ €", tile(page, "Cost"))
    assert re.fullmatch(r"[+-]\d+\.\d", tile(page, "Forecast, points"))
    assert re.fullmatch(r"\d\d\.\d%", tile(page, "Without a trip"))
    text = said(page)
    assert re.search(r"A gain has a probability of \d+%", text)
    assert re.search(r"Backtests of \d+ seasons \(2017 to 2021\)", text)
    assert "Forecast" in text


@seen_in(DARK_DESKTOP, LIGHT_PHONE)
def test_another_trip(walk: Open) -> None:
    """I took a cheaper trip, and the field plan and the report are of that one."""
    page = walk("/?trip=radius-25")
    parcels, cost = tile(page, "Parcels"), tile(page, "Cost")
    expect(page.get_by_text("You chose this trip.")).to_be_visible()
    turn_to(page, "Fieldwork")
    expect(page.get_by_text(re.compile(rf"^{parcels} parcels \(circle\) in 2022"))).to_be_visible()
    assert cost in said(page)
    turn_to(page, "Report")
    headline = rf"Chosen, from Novi Sad: circle 25 km, {parcels} parcels, for {re.escape(cost)}, routed"
    expect(page.get_by_role("heading", name=re.compile(headline))).to_be_visible()


@seen_in(DESKTOP)
def test_the_study(walk: Open) -> None:
    """A short clustered trip can be worse than none; the same number at random does better."""
    page = walk("/compare?compare-view=study")
    for lesson in (
        "A short trip is worse than none",
        "The circle costs 3 to 9 points",
        "More samples shrink",
    ):
        expect(page.get_by_text(re.compile(lesson)).first).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    assert "Shown is 2021" in said(page)


@seen_in(PHONE)
def test_a_value_of_a_point(walk: Open) -> None:
    """At that value of a point no trip is worth its cost, so we map without one."""
    page = walk("/?point=1000")
    expect(page.get_by_text(re.compile(r"^Map 2022 without a trip"))).to_be_visible()
    assert tile(page, "Cost") == "0 €"
    assert "at 1,000 € a point" in said(page) or "At 1,000 € a point" in said(page)


@seen_in(LIGHT_PHONE)
def test_a_place_that_nobody_asked_about(walk: Open) -> None:
    """From Subotica nothing was backtested: I know what a trip costs, and one click computes the rest."""
    page = walk("/?lon=19.667&lat=46.1")
    expect(page.get_by_text(re.compile(r"^A trip within 25 km: \d+ parcels"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"Answer \d+ plans from here"))).to_be_visible()


@seen_in(DESKTOP)
def test_a_parcel_left_out(walk: Open) -> None:
    """I left out a parcel that I cannot reach, saw the trip change, and put it back."""
    page = walk("/plan?design=radius&limit=radius&radius=15")
    before = re.search(r"([\d,]+) parcels to visit", said(page))
    assert before
    name = str(open_study(demo_folder()).parcels_in("2022")["parcel_id"].iloc[0])
    page.get_by_label("Find a parcel").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"Leave out parcel {name}").click()
    expect(page.get_by_text(re.compile(f"Left out.*{name}"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Put .*back")).first.click()
    expect(page.get_by_text(re.compile(f"Left out.*{name}"))).to_have_count(0)


@seen_in(PHONE)
def test_a_sheet_for_each_day(walk: Open) -> None:
    """I have a sheet to print for each day, with its date."""
    page = walk("/fieldwork?fieldwork-start=2022-05-16&trip=radius-20")
    expect(page.get_by_text("Mon 16 May 2022").first).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Day sheets to print", exact=True).click()
    printed = pypdf.PdfReader(waiting.value.path())
    assert "Mon 16 May 2022" in printed.pages[0].extract_text()


@seen_in(LIGHT_PHONE)
def test_two_plans_side_by_side(walk: Open) -> None:
    """I keep two plans under their names, see what differs, and can undo."""
    page = walk("/plan?design=radius&limit=radius&radius=20")
    for name, km in (("Near", 20), ("Far", 30)):
        if km == 30:
            page = walk("/plan?design=radius&limit=radius&radius=30")
        page.get_by_role("button", name="Save as scenario").click()
        page.get_by_label("Name").last.fill(name)
        page.get_by_role("button", name="Save", exact=True).click()
        settle(page)
    turn_to(page, "Scenarios")
    for name in ("Near", "Far"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    settle(page)


@seen_in(DARK_DESKTOP)
def test_the_same_link(walk: Open) -> None:
    """I sent the link, and my colleague sees the same trip with the same numbers."""
    page = walk("/plan?design=random&limit=parcels&parcels=100&crews=2")
    first = re.search(r"[\d,]+ parcels to visit", said(page))
    assert first
    again = walk("/" + page.url.split("/", 3)[3])
    expect(again.get_by_text(first[0]).first).to_be_visible()
    expect(again.get_by_role("combobox", name="Design")).to_have_value("Random sample")
    expect(again.get_by_role("combobox", name="Crews")).to_have_value("2")


@seen_in(DARK_DESKTOP)
def test_forecast_and_hindsight(walk: Open) -> None:
    """2021 was tested on its labels; for 2022 nobody has any, so it is a forecast."""
    page = walk("/?season=2021")
    assert "Hindsight" in said(page)
    assert re.fullmatch(r"[+-]\d+\.\d", tile(page, "Gain, points"))
    page = walk("/?season=2022")
    expect(page.get_by_test_id("stMetric").filter(has_text="Forecast, points").first).to_be_visible()
    assert "Hindsight" not in said(page)
    assert re.fullmatch(r"[+-]\d+\.\d", tile(page, "Forecast, points"))
