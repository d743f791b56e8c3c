"""Day sheets on paper: pages for each day and crew, every parcel, its replacement and codes to get there."""

import datetime as dt
import io
import re

import numpy as np
import pytest
import segno
from pypdf import PdfReader

from engine.decisions.routed import routed_trip
from engine.decisions.trip import TripRequest, replaced_by
from engine.experiments.archive import Archive
from engine.fieldwork.calendar import Calendar, dated
from engine.fieldwork.costs import Tariff
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.exports import ExportError, directions, geo
from engine.sampling.limits import Limit
from engine.views import field_files
from engine.views.day_map import DayOnMap, day_map
from engine.views.day_sheets import day_sheets_pdf, draw_code
from engine.views.report.paper import Paper
from engine.views.stop_list import stop_list
from tests import made_up

STUDY = made_up.study(parcels=60, times=3, pixels=1)
FRIDAY = Calendar(dt.date(2026, 5, 15))
MADE_ON = dt.date(2026, 1, 1)


@pytest.fixture(scope="module", autouse=True)
def workspace(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    request = TripRequest(
        "2021", STUDY.departure, "random", Limit("parcels", 25), Tariff(), driving=CrewLimits(2, False)
    )
    return routed_trip(STUDY, request, Archive(tmp_path_factory.mktemp("trips")))


@pytest.fixture(scope="module")
def pages(made):
    content = day_sheets_pdf(STUDY, made, dated(made.itinerary, FRIDAY), MADE_ON)
    return [(page, page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def titles(day, made):
    return f"Day {day.number} of {made.days}", f"crew {day.crew} of {made.crews}"


def test_every_day_of_every_crew_has_a_page_with_its_date_parcels_and_replacements(made, pages):
    instead = replaced_by(made.trip)
    for day in dated(made.itinerary, FRIDAY).days:
        own = "\n".join(text for _, text in pages if all(title in text for title in titles(day, made)))
        assert f"{FRIDAY.date(day.number):%a} {FRIDAY.date(day.number).day} May 2026" in own
        assert set(day.parcels) <= set(re.findall(r"p2021-\d{4}", own))
        assert {instead[parcel] for parcel in day.parcels} <= set(re.findall(r"p2021-\d{4}", own))
        assert "simulated data" in own


def test_every_stop_and_every_day_can_be_navigated_from_its_page(made, pages):
    linked = {note.get_object()["/A"]["/URI"] for page, _ in pages for note in page.get("/Annots", [])}
    stops = [stop for day in made.itinerary.days for stop in day.stops]
    assert {geo(stop) for stop in stops} <= linked
    assert sum("google.com/maps/dir" in url for url in linked) >= len(made.itinerary.days)


def test_a_code_drawn_is_the_code_meant():
    """Its rectangles, put on the grid of modules again, are the matrix of the standard."""

    class Noted(Paper):
        def rect(self, x, y, w, h, **how):
            drawn.append((x, y, w, h))

    drawn, side = [], 25.0
    paper = Noted("A code", "simulated", MADE_ON)
    paper.add_page()
    draw_code(paper, "geo:45.25000,19.85000", 10.0, 20.0, side)
    matrix = np.array([[*row] for row in segno.make_qr("geo:45.25000,19.85000", error="m").matrix])
    again, module = np.zeros_like(matrix), side / len(matrix)
    for x, y, width, _ in drawn:
        row, first = round((y - 20.0) / module), round((x - 10.0) / module)
        again[row, first : first + round(width / module)] = 1
    assert (again == matrix).all()


def test_days_without_dates_and_trips_without_replacements_have_sheets_too(made):
    everything = TripRequest(
        "2021", STUDY.departure, "radius", Limit("km", 1e5), Tariff(), driving=CrewLimits(9, False)
    )
    whole = routed_trip(STUDY, everything, Archive(field_files.Path("/nowhere")))
    assert whole.trip.spare.empty
    texts = [page.extract_text() for page in PdfReader(
        io.BytesIO(day_sheets_pdf(STUDY, whole, whole.itinerary, MADE_ON))
    ).pages]  # fmt: skip
    found = {name for text in texts for name in re.findall(r"p2021-\d{4}", text)}
    assert found == set(whole.parcels)
    assert f"Day 1 of {whole.days} · crew 1" in texts[0]


def test_the_map_shows_the_stops_even_where_the_day_only_drives_back(made):
    day = made.itinerary.days[0]
    home = (STUDY.departure.lon, STUDY.departure.lat), STUDY.departure.title
    around, nobody = np.array([[19.8, 45.2], [19.9, 45.3]]), np.empty((0, 2))
    drawn = day_map(DayOnMap(day, home[0], home[0], home, around, nobody), 144, 88)
    assert f"{len(day.stops)} numbered stop" in drawn.alt
    assert (drawn.width, drawn.height) == pytest.approx((144, 88))
    empty = type(day)(2, 1, (), 9.0, 30.0, 0.5)
    assert (
        "0 numbered stops"
        in day_map(DayOnMap(empty, (20.0, 45.4), home[0], home, around, nobody), 144, 88).alt
    )


def test_the_list_for_a_phone_has_every_stop_with_its_parcels_and_a_link(made):
    from engine.fieldwork.exports import day_sheets

    sheets, instead = day_sheets(made.itinerary, made.trip.wanted, made.trip.spare), replaced_by(made.trip)
    for day in made.itinerary.days:
        own = sheets[(sheets["day"] == day.number) & (sheets["crew"] == day.crew)]
        listed = stop_list(day, own)
        assert [stop.number for stop in listed] == [*range(1, len(day.stops) + 1)]
        assert [stop.url for stop in listed] == [directions(stop) for stop in day.stops]
        assert {(name, other) for stop in listed for name, other, _ in stop.parcels} == {
            (name, instead[name]) for name in day.parcels
        }


def test_the_folder_and_the_archive_hold_the_same_files_with_the_sheets_first(made, tmp_path):
    written = field_files.write(STUDY, made, tmp_path / "field", FRIDAY)
    assert written[0].name == "day-sheets.pdf"
    assert written[0].read_bytes().startswith(b"%PDF")
    assert set(field_files.packed(STUDY, made)) == {"field-plan.zip", *(path.name for path in written)}
    assert "2026-05-15" in (tmp_path / "field" / "day-sheets.csv").read_text()


def test_a_trip_that_visits_nothing_writes_nothing(made, tmp_path):
    nothing = type(made)(made.trip, type(made.itinerary)(STUDY.departure, Tariff(), (), (), made.cost))
    with pytest.raises(ExportError, match="visits nothing"):
        field_files.write(STUDY, nothing, tmp_path / "field")
    assert not (tmp_path / "field").exists()
