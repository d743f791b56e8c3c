"""Somebody brings a GeoPackage and a CSV, and gets to a forecast without the command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect
from shapely.geometry import box

from engine.experiments import jobs
from tests.browser.conftest import Visit, served
from tests.browser.pictures import SCREENS, photograph
from tests.browser.test_overview_journey import settle

pytestmark = pytest.mark.browser
CROPS = ("maize", "wheat", "soybean")
PARCELS = 60  # a season
FIRST_FORECAST_MS = 240_000


def files(folder: Path) -> tuple[Path, Path]:
    """Parcels of three seasons, the last without crops, and series whose dates have an odd name."""
    random = np.random.default_rng(0)
    fields, rows = [], []
    for season in (2019, 2020, 2021):
        for number in range(PARCELS):
            name, crop = f"p{season}-{number}", CROPS[number % 3]
            x, y = 19.3 + 0.12 * (number % 10), 45.0 + 0.12 * (number // 10) + 0.004 * (season - 2019)
            fields.append((name, season, crop if season < 2021 else None, box(x, y, x + 0.002, y + 0.001)))
            for day in range(0, 240, 12) if season < 2021 else ():
                level = -16 + 6 * np.exp(-(((day - 60 * (1 + number % 3)) / 40) ** 2)) + random.normal()
                rows.append((name, season, pd.Timestamp(f"{season}-03-01") + pd.Timedelta(day, "D"), level))
    parcels = gpd.GeoDataFrame(fields, columns=["parcel_id", "season", "crop", "geometry"], crs="EPSG:4326")
    parcels.to_file(folder / "fields.gpkg")
    table = pd.DataFrame(rows, columns=["parcel_id", "season", "Aufnahme", "VH"])
    table.to_csv(folder / "radar.csv", index=False)
    return folder / "fields.gpkg", folder / "radar.csv"


def test_from_two_files_to_a_forecast(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    """I dropped my files, said which column is the date, made a study, and saw what its trips will gain."""
    parcels, series = files(tmp_path)
    with served(None, tmp_path) as address:
        tab = visit(address, "/study?study-view=own", width=1440)
        page = tab.page
        page.locator("input[type=file]").set_input_files([parcels, series])
        expect(page.get_by_text("must be mended")).to_be_visible()
        expect(page.get_by_text("radar.csv").first).to_be_visible()
        settle(page)
        date = page.get_by_role("combobox", name="Date", exact=True)
        date.click()
        date.fill("Aufn")
        page.get_by_role("option", name="Aufnahme").click()
        expect(date).to_have_value("Aufnahme")
        page.get_by_role("button", name="Read again").click()
        expect(page.get_by_text("The files are understood")).to_be_visible()
        page.get_by_label("Name of the study").fill("My fields")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Make the study").click()
        expect(page.get_by_text("My fields").first).to_be_visible()
        expect(page.get_by_text("60 parcels, and no series").first).to_be_visible()
        page.get_by_role("link", name="Overview", exact=True).first.click()
        settle(page)
        expect(page.get_by_role("combobox", name="Season")).to_have_value("2021")
        answers = page.get_by_role("button", name=re.compile(r"^Answer \d+ plans|^Backtest"))
        expect(answers.first).to_be_enabled()
        answers.first.click()
        without = page.get_by_test_id("stMetric").filter(has_text="Without a trip")
        expect(without).to_be_visible(timeout=FIRST_FORECAST_MS)  # from the first finished repeats
        expect(page.get_by_text(re.compile("^Backtests? of ")).first).to_be_visible()
        for job in jobs.every(tmp_path):
            job.cancel()
        assert not page.get_by_test_id("stException").count()
        assert not tab.complaints
        SCREENS.mkdir(parents=True, exist_ok=True)
        photograph(page, SCREENS / "from_two_files_to_a_forecast.png")
