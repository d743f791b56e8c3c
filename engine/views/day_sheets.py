"""Day sheets on paper: of each day and crew a map, the stops with room to write, and codes to navigate by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import segno

from engine.decisions.routed import RoutedTrip
from engine.decisions.wording import clean, counted, label_of
from engine.domain import Study
from engine.fieldwork.calendar import ENGLISH, written_date
from engine.fieldwork.exports import day_sheets, geo, map_links
from engine.fieldwork.tour import DAY_START_H, Day, Itinerary, clock, ways_of
from engine.views import palette
from engine.views.day_map import DayOnMap, day_map
from engine.views.report.paper import MARGIN, TOP, Paper
from engine.views.report.pictures import INK, MUTED, WIDE

MAP_HEIGHT = 88.0  # mm
OBSERVER = 54.0  # room for a name beside the title
CODE = 27.0  # side of a code that navigates a leg, mm
GEO = 12.5  # of one that shows a stop
BESIDE = CODE + 3  # for the codes at the side of the map
ROW, ROW_WITH_CODE, HEAD = 10.0, 16.0, 6.0  # heights of the table's rows
KEY = (
    "Numbers: stops. Diamond: the last night. Crosses: replacements. Dots: other parcels. Ways are straight."
)
MOST_CODES = 3  # beside the map; a day of more legs is navigated stop by stop
COLUMNS = (  # head, width in mm
    ("Stop", 9.0), ("Arrival", 13.0), ("Place", 16.0), ("Parcel, longitude, latitude", 42.0),
    ("Crop found", 30.0), ("Instead, if not visited", 42.0), ("Note", 22.0),
)  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """A row of the table; stop, arrival and code stand on the first row of a stop only."""

    stop: str
    arrival: str
    code: str
    parcel: tuple[str, str]
    instead: tuple[str, str]


class Sheets(Paper):
    """A4 sheets whose head names the day that they belong to."""

    day_title = ""

    def header(self) -> None:
        """The day, and whether its data are simulated or measured."""
        self.set_y(9)
        self.write_look("B", 8, MUTED)
        self.cell(130, 5, self._fitting(f"{self.day_title} · {self.named}", 130))
        self.set_x(MARGIN)
        self.cell(WIDE, 5, self.data, align="R")
        self.set_xy(MARGIN, TOP + 2)

    def footer(self) -> None:
        """Which page this is; the document is as long as its days are many."""
        self.set_y(-13)
        self.write_look("", 7.5, MUTED)
        self.set_x(MARGIN)
        self.cell(WIDE, 5, f"page {self.page_no()}", align="R")


def day_sheets_pdf(
    study: Study, made: RoutedTrip, itinerary: Itinerary, made_on: dt.date, language: str = ENGLISH
) -> bytes:
    """Day sheets as PDF: every day of every crew begins on a page of its own.

    Codes beside the map open the way of a leg in Google Maps, which runs on every phone and takes nine
    waypoints. The small code of a stop is a ``geo:`` address, which map apps open without network.

    Parameters
    ----------
    study
        With the season, its parcels and its name.
    made
        The trip, with its replacements.
    itinerary
        Its day tours, perhaps with dates.
    made_on
        The day that the file states.
    language
        In which dates are written, of `engine.fieldwork.calendar.languages`.
    """
    request = made.request
    many = counted(len(made.parcels), "parcel")
    what = f"{study.name}, {request.target} · {label_of(made.trip.design)}, {many}"
    paper = Sheets(f"{what} from {request.departure.title}", f"{study.provenance} data", made_on)
    paper.set_title(f"Day sheets: {paper.named}")
    table = day_sheets(itinerary, made.trip.wanted, made.trip.spare)
    season = study.parcels_in(request.target)[["lon", "lat"]].to_numpy(np.float64)
    for day, start, end in ways_of(itinerary):
        rows = table[(table["day"] == day.number) & (table["crew"] == day.crew)]
        spare = made.trip.spare[made.trip.spare["parcel_id"].isin(rows["replacement"])] if len(rows) else None
        beside = np.empty((0, 2)) if spare is None else spare[["lon", "lat"]].to_numpy(np.float64)
        start_at = (request.departure.lon, request.departure.lat), request.departure.title
        paper.day_title = _title(day, itinerary, made.crews, language)
        paper.add_page()
        _head(paper, day, request.departure.title)
        _map_and_codes(paper, DayOnMap(day, start, end, start_at, season, beside), itinerary)
        _table(paper, [*_lines(day, rows, made.trip.spare)])
    return bytes(paper.output())


def _title(day: Day, itinerary: Itinerary, crews: int, language: str) -> str:
    parts = [f"Day {day.number} of {itinerary.calendar_days}", written_date(day.date, language)]
    return " · ".join([*filter(None, parts), *([f"crew {day.crew} of {crews}"] if crews > 1 else [])])


def _head(paper: Sheets, day: Day, departure: str) -> None:
    """Which day it is, where it leads, and who drives it."""
    paper.start_section(paper.day_title)
    paper.write_look("", 8.5)
    paper.set_x(MARGIN + WIDE - OBSERVER)
    paper.cell(OBSERVER, 7, "Observer: " + "_" * 20, align="R")
    paper.set_x(MARGIN)
    paper.write_look("B", 13)
    paper.multi_cell(WIDE - OBSERVER, 7, paper.day_title, align="L", new_x="LMARGIN", new_y="NEXT")
    back = "the night is spent near the last stop" if day.away else f"back in {clean(departure, 40)}"
    paper.paragraph(paper.named)
    paper.paragraph(
        f"{counted(len(day.parcels), 'parcel')} at {counted(len(day.stops), 'stop')}, {day.km:.0f} km, "
        f"{clock(DAY_START_H)} to {clock(day.end_h)}; {back}."
    )
    paper.ln(1.5)


def _map_and_codes(paper: Sheets, of_day: DayOnMap, itinerary: Itinerary) -> None:
    top = paper.y
    paper.picture(day_map(of_day, WIDE - BESIDE, MAP_HEIGHT))
    below = paper.y
    day = of_day.day
    legs = [leg for leg in map_links(itinerary) if (leg["day"], leg["crew"]) == (day.number, day.crew)]
    for place, leg in enumerate(legs[:MOST_CODES] if len(legs) <= MOST_CODES else []):
        y = top + place * (MAP_HEIGHT / MOST_CODES + 0.5)
        draw_code(paper, leg["url"], MARGIN + WIDE - CODE + 1, y, CODE - 2)
        paper.set_xy(MARGIN + WIDE - CODE, y + CODE - 2)
        paper.write_look("", 6.5, MUTED)
        paper.cell(
            CODE, 3.4, "Navigate" + (f", leg {leg['leg']} of {len(legs)}" if len(legs) > 1 else ""), align="C"
        )
    paper.set_xy(MARGIN, below)
    paper.paragraph(KEY, 7, MUTED)
    paper.ln(1.5)


def _lines(day: Day, rows: pd.DataFrame, spare: pd.DataFrame) -> Iterator[_Line]:
    """The rows of the table."""
    places = [] if spare.empty else spare[["parcel_id", "lon", "lat"]].to_numpy(object).tolist()
    place = {str(name): (float(lon), float(lat)) for name, lon, lat in places}
    before = 0
    for row in rows.to_dict("records"):
        number, instead = int(row["stop"]), str(row["replacement"])
        where = ""
        if instead:
            lon, lat = place[instead]
            where = f"{lon:.5f}, {lat:.5f} ({row['replacement_km']:.1f} km)"
        first = number != before
        before = number
        yield _Line(
            f"{number}" if first else "",
            str(row["arrival"]) if first else "",
            geo(day.stops[number - 1]) if first else "",
            (str(row["parcel_id"]), f"{row['lon']:.5f}, {row['lat']:.5f}"),
            (instead, where),
        )


def _table(paper: Sheets, lines: Sequence[_Line]) -> None:
    _heads(paper)
    for line in lines:
        height = ROW_WITH_CODE if line.code else ROW
        if paper.room < height:
            paper.add_page()
            _heads(paper)
        _row(paper, line, height)


def _heads(paper: Sheets) -> None:
    paper.write_look("B", 7.5)
    for head, width in COLUMNS:
        paper.cell(width, HEAD, head)
    paper.ln(HEAD)


def _row(paper: Sheets, line: _Line, height: float) -> None:
    """A row under a line, with an empty box for the crop and room for a note."""
    x, y = MARGIN, paper.y
    paper.set_draw_color(*palette.rgb(INK if line.code else MUTED))
    paper.set_line_width(0.3 if line.code else 0.1)
    paper.line(MARGIN, y, MARGIN + WIDE, y)
    cells = ((line.stop, ""), (line.arrival, ""), ("", ""), line.parcel, None, line.instead, ("", ""))
    for (head, width), cell in zip(COLUMNS, cells, strict=True):
        if cell is None:
            paper.set_draw_color(*palette.rgb(INK))
            paper.set_line_width(0.25)
            paper.rect(x, y + 1.2, width - 3, height - 2.4)
        else:
            _words(paper, cell, x, y + 1.4, width, bold=head == "Stop")
        if head == "Place" and line.code:
            draw_code(paper, line.code, x, y + (height - GEO) / 2, GEO)
        x += width
    paper.set_xy(MARGIN, y + height)


def _words(paper: Sheets, words: tuple[str, str], x: float, y: float, width: float, bold: bool) -> None:
    for place, (text, size) in enumerate(zip(words, (11.0 if bold else 8.5, 6.5), strict=True)):
        paper.set_xy(x, y + 4.2 * place)
        paper.write_look("B" if bold or not place else "", size)
        while paper.get_string_width(text) > width - 1 and size > 5:
            size -= 0.25
            paper.write_look("B" if bold or not place else "", size)
        paper.cell(width, 4, text)


def draw_code(paper: Paper, text: str, x: float, y: float, side: float) -> None:
    """A QR code (ISO/IEC 18004) as vectors, which is also a link.

    Parameters
    ----------
    paper
        The document; its position does not change.
    text
        What the code says.
    x, y, side
        Left and upper edge on the page and length of a side, mm; white around it is the caller's.
    """
    matrix = np.array([[*row] for row in segno.make_qr(text, error="m").matrix], dtype=bool)  # [row, column]
    module = side / len(matrix)
    paper.set_fill_color(0, 0, 0)
    for row, dark in enumerate(matrix):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(int)))
        for first, after in edges.reshape(-1, 2):
            paper.rect(
                x + first * module, y + row * module, (after - first) * module, module * 1.02, style="F"
            )
    paper.link(x, y, side, side, text)
