"""The report of a season without labels: a forecast, its evidence and the trip, and never a score of it."""

import datetime as dt
import json
import shlex
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from PIL import Image

from engine.decisions.backtest import TripForecast
from engine.decisions.class_mix import class_mix
from engine.decisions.forecast import Gain
from engine.decisions.history import History
from engine.decisions.interpolation import Interpolation
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.routed import RoutedTrip
from engine.decisions.trip import TripRequest, trip
from engine.decisions.trip_gain import TripGain
from engine.domain import Estimate
from engine.experiments.archive import Archive
from engine.fieldwork.costs import Tariff
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.solver import Effort
from engine.sampling.limits import Limit
from engine.views.report import files as report_files
from engine.views.report import open_record, open_season
from engine.views.report.open_season import OpenReport
from engine.views.report.preview import preview_of, size_text
from engine.views.report.record import NAME
from tests import made_up

STUDY = made_up.without_labels(made_up.study(parcels=60, times=6, pixels=2), "2021")


LEVEL_OF_MAP = Estimate(0.71, 0.6, 0.8)


def report_of(tmp_path, going, value=1000.0):
    tariff = Tariff()
    request = TripRequest("2021", STUDY.departure, "random", Limit("parcels", 12), tariff)
    chosen = trip(STUDY, request, Archive(tmp_path))
    gain = Estimate(2.5, -1.0, 6.0, 0.9)
    choice = Choice(chosen, TripForecast("random", 25.0, 12, 500.0, gain, 0.88, 0.8, 2, LEVEL_OF_MAP))
    gains = (Gain("2019", "random", 12, 2.0, 0.5), Gain("2020", "random", 12, 3.0, 0.5))
    found = Outlook(
        "2021", STUDY.departure, tariff, "ensemble", value, None, History(gains), (choice,),
        choice, choice if going else None, 0, ("stratified",),
    )  # fmt: skip
    routed = expected = None
    if going:
        planned = plan_days(chosen.wanted, STUDY.departure, tariff, effort=Effort(10))
        routed = RoutedTrip(chosen, planned, "0123456789abcdef")
        unknown = Interpolation(None, "random")
        expected = TripGain(unknown, None, None, choice.forecast, STUDY.departure)
    return OpenReport(STUDY, found, routed, expected, class_mix(STUDY, "2021"), "STUDY", dt.date(2026, 5, 1))


def test_all_files_tell_of_the_forecast_and_the_trip(tmp_path):
    report = report_of(tmp_path, going=True)
    files = report_files.made(report)
    assert set(files) == {
        "report.pdf", "report.html", "forecast.csv", "parcels.csv", "itinerary.csv", "report.gpkg",
        "decision.json", "report.zip",
    }  # fmt: skip
    html = files["report.html"].decode()
    for words in ("+2.5", "71.0%", "no labels yet", "mix of 2020", "data:image/svg+xml", "stratified", "88%"):
        assert words in html
    assert "<script" not in html
    assert files["report.pdf"].startswith(b"%PDF")
    parcels = pd.read_csv(BytesIO(files["parcels.csv"]))
    assert parcels["crop"].isna().all()
    assert parcels["visited"].sum() == 12
    facts = json.loads(files["decision.json"])
    assert facts["target"] == "2021"
    assert len(facts["visits"]) == 12
    assert facts["routed_trip"]["visits"] == facts["visits"]
    assert facts["routed_trip"]["forecast"]["gain"] == facts["recommended"]["gain"]
    assert set(ZipFile(BytesIO(files["report.zip"])).namelist()) == set(files) - {"report.zip"}
    assert report_files.made(report) == files


def test_the_preview_is_the_first_page_and_all_that_is_in_the_report(tmp_path):
    files = report_files.made(report_of(tmp_path, going=True))
    seen = preview_of(files)
    picture = Image.open(BytesIO(seen.page))
    assert picture.format == "PNG"
    assert picture.height / picture.width == pytest.approx(297 / 210, rel=0.01)  # A4
    assert len(set(picture.convert("L").tobytes())) > 50  # it is no blank page
    assert seen.sections[0] == "Forecast"
    assert "How to make this report again" in seen.sections
    assert dict(seen.sizes) == {name: len(content) for name, content in files.items()}
    assert seen.title == f"The first of {seen.pages} pages"
    assert [size_text(size) for size in (10, 1_234, 2_345_678)] == ["1 kB", "1 kB", "2.3 MB"]


def test_without_a_trip_there_is_no_itinerary(tmp_path):
    report = report_of(tmp_path, going=False)
    written = {path.name for path in report_files.write(report, tmp_path / "out")}
    assert "itinerary.csv" not in written
    assert "No field trip" in (tmp_path / "out" / "report.html").read_text()
    assert report.classes is None
    assert open_season.bill(report) is None


@pytest.mark.parametrize("value", [None, 1000.0])
def test_the_record_states_the_aims_and_the_command_that_reads_it(tmp_path, value):
    report = report_of(tmp_path, going=True, value=value)
    words = shlex.split(open_record.command(report))
    assert words == ["python", "-m", "engine", "report", "STUDY", "--from", NAME, "--out", "report"]
    facts = json.loads(open_record.written(report))
    assert (facts["value_of_point"], facts["budget"], facts["command"]) == (value, None, shlex.join(words))
    assert [gain["points"] for gain in facts["gains"]] == [2.0, 3.0]
