"""Open the overview, move the radius, see the count change; on a cold server, a phone, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.views.maps.scales import DESKTOP, PHONE
from tests.browser.conftest import PATIENCE_S, Visit

pytestmark = pytest.mark.browser

QUESTION = "What should we do this season?"
COUNT = re.compile(r"(\d+) of 80 parcels lie within (\d+) km of Novi Sad")
PAGES = {
    "/": QUESTION,
    "/plan": "Where would we go?",
    "/experiments": "What is a trip worth?",
    "/compare": "How do the options differ?",
    "/scenarios": "Which plan do we prefer?",
    "/fieldwork": "What do we take into the field?",
    "/crop_map": "What did we get?",
    "/report": "What do we tell the others?",
    "/study": "What do we know?",
}

COLD = ["/plan", "/scenarios", "/"]  # one with a map, of a fresh server; one that keeps files; the first page
TITLES = [
    "Overview",
    "Plan",
    "Experiments",
    "Compare",
    "Scenarios",
    "Fieldwork",
    "Crop map",
    "Report",
    "Study",
]


def within(page: Page, km: int) -> int:
    """The live count, once it speaks of that radius."""
    line = page.get_by_text(re.compile(rf"\d+ of 80 parcels lie within {km} km"))
    expect(line).to_be_visible()
    match = COUNT.search(line.inner_text())
    assert match
    return int(match[1])


def settle(page: Page) -> None:
    """Wait until the app has drawn what it wants to draw."""
    still = ("data-test-script-state", "notRunning")
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(*still)
    page.wait_for_timeout(500)
    # A slow machine may have begun another run only now, and hold places for charts still on their way.
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(*still)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def test_a_cold_deep_link_opens_the_app(
    serve: Callable[[Path | None], str], visit: Callable[..., Visit], study_folder: Path
) -> None:
    """The first request of a fresh server goes to that page, and app.py still opens the door; new visitors
    go straight to others.
    """
    address = serve(study_folder)
    for path in COLD:
        with closing(visit(address, path)) as tab:
            expect(tab.page.get_by_role("heading", name=PAGES[path])).to_be_visible()
            settle(tab.page)
            expect(tab.page).to_have_title(re.compile(rf"^({'|'.join(TITLES)}) · Groundplan$"))
            expect(tab.page.get_by_test_id("stHeaderLogo")).to_be_visible()
            links = tab.page.get_by_test_id("stTopNavLink").all_inner_texts()
            assert links == TITLES
            assert not tab.page.get_by_text("Page not found").count()
            assert not tab.complaints


def test_moving_the_radius_changes_the_count(app: str, visit: Callable[..., Visit]) -> None:
    tab = visit(app)
    few = within(tab.page, 25)
    settle(tab.page)
    slider = tab.page.get_by_role("slider", name="Radius, km")
    slider.focus()
    for _ in range(15):
        slider.press("ArrowRight")
    many = within(tab.page, 40)
    assert many > few
    settle(tab.page)
    parcels = [url for url in tab.fetched if re.search(r"/app/static/parcels-[0-9a-f]{32}\.geojson$", url)]
    assert len(parcels) == 1, "The parcels are fetched once for all radii."
    assert "radius=40" in tab.page.url
    assert not tab.complaints


def test_a_link_carries_the_question_from_page_to_page(app: str, visit: Callable[..., Visit]) -> None:
    tab = visit(app, "/?radius=40&season=2019&lon=19.9")
    expect(tab.page.get_by_text(re.compile(r"lie within 40 km of 19\.900, 45\.255 in 2019"))).to_be_visible()
    settle(tab.page)
    tab.page.get_by_test_id("stTopNavLink").get_by_text("Experiments").click()
    expect(tab.page.get_by_role("heading", name=PAGES["/experiments"])).to_be_visible()
    settle(tab.page)
    tab.page.get_by_role("button", name="Coordinates").click()
    expect(tab.page.get_by_label("Departure, longitude")).to_have_value("19.900")
    tab.page.get_by_test_id("stTopNavLink").get_by_text("Overview").click()
    expect(tab.page.get_by_text(re.compile(r"within 40 km of 19\.900, 45\.255 in 2019"))).to_be_visible()
    assert not tab.complaints


def test_the_address_of_the_first_page_under_its_own_name_lands_there(
    app: str, visit: Callable[..., Visit]
) -> None:
    tab = visit(app, "/overview?radius=40&axis=cost")
    expect(tab.page.get_by_role("heading", name=QUESTION)).to_be_visible()
    within(tab.page, 40)


@pytest.mark.parametrize(("width", "height"), [(1440, DESKTOP[1]), (390, PHONE[1])])
def test_a_phone_has_a_map_of_its_own_size_and_the_view_can_be_reset(
    app: str, visit: Callable[..., Visit], width: int, height: int
) -> None:
    tab = visit(app, "/plan", width=width)
    chart = tab.page.get_by_test_id("stDeckGlJsonChart").first
    chart.wait_for(timeout=1000 * PATIENCE_S)
    expect(chart).to_have_css("height", f"{height}px")
    expect(tab.page.get_by_role("note", name="Legend of the map")).to_contain_text("departure")
    tab.page.get_by_role("button", name="Reset view").click()
    settle(tab.page)
    expect(chart).to_have_css("height", f"{height}px")
    assert not tab.complaints


def test_a_fresh_clone_shows_map_and_trade_off_of_the_simulated_demo_without_a_click(
    serve: Callable[[Path | None], str], visit: Callable[..., Visit], study_folder: Path
) -> None:
    tab = visit(serve(None))
    expect(tab.page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(tab.page.get_by_text("simulated", exact=True)).to_be_visible()
    expect(tab.page.locator("[data-testid=stDeckGlJsonChart] canvas").first).to_be_visible()
    expect(tab.page.locator("[data-testid=stPlotlyChart]").first).to_be_visible()
    expect(tab.page.get_by_text("map without a trip", exact=True).first).to_be_visible()
    settle(tab.page)
    tab.page.get_by_role("button", name="Open another study").click()
    tab.page.get_by_label("Study folder").fill(str(study_folder))
    tab.page.get_by_test_id("stBaseButton-secondaryFormSubmit").click()
    assert within(tab.page, 25) > 0
    assert not tab.complaints
