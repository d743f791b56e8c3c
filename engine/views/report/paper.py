"""The sheets that a report is printed on: fonts, margins, head and foot, text and tables."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import matplotlib
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, VAlign, WrapMode
from fpdf.fonts import FontFace

import engine
from engine.views import palette
from engine.views.report.pictures import ACCENT, INK, MUTED, PANEL, PAPER, WIDE, Picture
from engine.views.report.tables import Table

MARGIN, TOP, BOTTOM = 18.0, 17.0, 18.0  # mm
LINE = 4.7  # height of a line of text, mm
ROW = 5.3  # of a table
WORDS, SHORT = 62.0, 20.0  # width of columns of words where numbers leave as much; of short words, mm
LABEL = 40.0  # width of the words beside a paragraph, mm
SUBJECT = "How much ground truth to collect, where, and what accuracy it buys."
FAMILY, FIXED = "DejaVu", "DejaVuMono"


class Paper(FPDF):
    """A4 sheets with the title above and the page's number below.

    Parameters
    ----------
    title
        Of the report.
    data
        Whether simulated or measured: on every page.
    made_on
        The day that it states.
    subject
        What the document answers, for its properties.
    """

    def __init__(self, title: str, data: str, made_on: dt.date, subject: str = SUBJECT) -> None:
        super().__init__("P", "mm", "A4")
        self.named, self.data, self.made_on = title, data, made_on
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self.add_font(FAMILY, "", fonts / "DejaVuSans.ttf")
        self.add_font(FAMILY, "B", fonts / "DejaVuSans-Bold.ttf")
        self.add_font(FIXED, "", fonts / "DejaVuSansMono.ttf")
        self.set_margins(MARGIN, TOP, MARGIN)
        self.c_margin = 0.0  # text, boxes and pictures begin on one line
        self.set_auto_page_break(True, BOTTOM)
        self.set_title(title)
        self.set_subject(f"{subject} {data}.")
        self.set_author("Groundplan")
        self.set_creator(f"Groundplan {engine.__version__}")
        self.set_lang("en")
        self.set_creation_date(dt.datetime.combine(made_on, dt.time(), dt.UTC))
        self.write_look("")

    def write_look(self, style: str, size: float = 9, colour: str = INK, family: str = FAMILY) -> None:
        """The font from here on."""
        self.set_font(family, style, size)
        self.set_text_color(*palette.rgb(colour))

    def header(self) -> None:
        """What the report is about, and whether its data are simulated or measured."""
        self.set_y(9)
        self.write_look("B" if self.page == 1 else "", 8, ACCENT if self.page == 1 else MUTED)
        self.cell(130, 5, "Groundplan report" if self.page == 1 else self._fitting(self.named, 130))
        self.write_look("B", 8, ACCENT)
        self.set_x(MARGIN)
        self.cell(WIDE, 5, self.data, align="R")
        self.set_xy(MARGIN, TOP + 2)

    def footer(self) -> None:
        """When it was made, and which page this is."""
        self.set_y(-13)
        self.write_look("", 7.5, MUTED)
        self.cell(WIDE / 2, 5, f"Groundplan {engine.__version__}, {self.made_on:%Y-%m-%d}")
        # The number of pages is filled in later: as wide as it will be, not as wide as its place holder.
        self.set_x(MARGIN + WIDE - self.get_string_width(f"page {self.page_no()} of 6"))
        self.cell(30, 5, f"page {self.page_no()} of {{nb}}")

    @property
    def room(self) -> float:
        """What is left of the page, mm."""
        return float(self.h - BOTTOM - self.y)

    def section(self, title: str, needs: float = 30) -> None:
        """A heading, on the next page if less than ``needs`` mm are left below it."""
        if self.room < needs:
            self.add_page()
        if self.y > TOP + 5:
            self.ln(4)
        self.start_section(title)
        self.write_look("B", 11.5)
        self.multi_cell(WIDE, 5.6, title, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(1.5)

    def paragraph(self, text: str, size: float = 9, colour: str = INK) -> None:
        """A paragraph."""
        self.write_look("", size, colour)
        self.multi_cell(WIDE, LINE * size / 9, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def points(self, texts: tuple[str, ...]) -> None:
        """A list."""
        for text in texts:
            if self.room < 2 * LINE:
                self.add_page()
            self.write_look("B", 9, ACCENT)
            self.cell(4.5, LINE, "•")
            self.write_look("")
            self.multi_cell(WIDE - 4.5, LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")
            self.ln(0.5)

    def passage(self, title: str, text: str) -> None:
        """A paragraph with its word beside it."""
        self.write_look("")
        lines = self.multi_cell(WIDE - LABEL, LINE, text, align="L", dry_run=True, output="LINES")
        if self.room < LINE * len(lines):  # type: ignore[arg-type]
            self.add_page()
        top = self.y
        self.write_look("B", 8.5)
        self.multi_cell(LABEL - 4, LINE, title, align="L", new_x="LMARGIN", new_y="NEXT")
        beside = self.y
        self.set_xy(MARGIN + LABEL, top)
        self.write_look("")
        self.multi_cell(WIDE - LABEL, LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.set_y(max(self.y, beside) + 0.9)

    def picture(self, drawn: Picture) -> None:
        """A picture as the vectors that it is, on the next page if it does not fit."""
        if self.room < drawn.height:
            self.add_page()
        self.image(io.BytesIO(drawn.svg), x=MARGIN, w=drawn.width, h=drawn.height, alt_text=drawn.alt)
        self.ln(1.5)

    def listing(self, table: Table, size: float = 8) -> None:
        """A table under its title."""
        self.section(table.title, min(ROW * (len(table.rows) + 1) + 16, 200))
        self.write_look("", size)
        grey = FontFace(emphasis="", color=palette.rgb(MUTED), size_pt=size)
        stressed = FontFace(emphasis="B", fill_color=palette.rgb(PANEL))
        numbers = len(table.heads) - table.words
        self.set_draw_color(*palette.rgb(palette.LIGHT.line))
        self.set_line_width(0.2)
        self.set_fill_color(*palette.rgb(PAPER))  # else every row takes the last one
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=self._widths(table, size),
            text_align=("LEFT",) * table.words + ("RIGHT",) * numbers,
            headings_style=grey,
            line_height=4.1,
            padding=(0.42, 1.2),
            v_align=VAlign.M,
            width=WIDE,
            align="L",
        ) as grid:
            grid.row(table.heads)
            for place, row in enumerate(table.rows):
                grid.row(row, style=stressed if place == table.marked else None)
        if table.note:
            self.ln(1)
            self.paragraph(table.note, 7.5, MUTED)

    def command(self, lines: tuple[str, ...]) -> None:
        """What to type."""
        self.write_look("", 7.5, INK, FIXED)
        self.set_fill_color(*palette.rgb(PANEL))
        self.multi_cell(
            WIDE, 4.4, "\n".join(lines), align="L", fill=True, padding=2, new_x="LMARGIN", new_y="NEXT",
            wrapmode=WrapMode.CHAR,
        )  # fmt: skip

    def _widths(self, table: Table, size: float) -> tuple[float, ...]:
        """Columns of numbers as wide as they need; those of words share the rest."""
        columns = [*zip(table.heads, *table.rows, strict=True)]
        self.write_look("B", size)  # the stressed row is the widest
        needs = [max(self.get_string_width(cell) for cell in column) + 3.6 for column in columns]
        words, numbers = needs[: table.words], needs[table.words :]
        rest = max(WIDE - sum(numbers), 30.0)
        natural = sum(words)
        taken = min(rest, max(natural, WORDS) if natural > SHORT else natural + 6)
        spare = max(WIDE - taken - sum(numbers), 0.0) / max(len(numbers), 1)
        self.write_look("", size)
        return (*(taken * width / sum(words) for width in words), *(width + spare for width in numbers))

    def _fitting(self, text: str, width: float) -> str:
        while self.get_string_width(text) > width and len(text) > 1:
            text = text[:-2].rstrip() + "…"
        return text


def pill(paper: Paper, x: float, width: float, label: str, value: str, detail: str) -> None:
    """A number of the decision in its box.

    Parameters
    ----------
    paper
        The document; the box begins at its present height, which does not change.
    x, width
        Left edge on the page and width of the box, mm.
    label
        What the number is, above it.
    value
        The number, as text.
    detail
        Its interval or kind, below it.
    """
    top, height = paper.y, 19.0
    paper.set_fill_color(*palette.rgb(PANEL))
    paper.set_draw_color(*palette.rgb(PAPER))
    paper.rect(x, top, width, height, style="F", round_corners=True, corner_radius=1.5)
    for shift, high, style, size, colour, text in (
        (2.0, 4.0, "", 7.5, MUTED, label),
        (6.0, 7.0, "B", 14, INK, value),
        (13.2, 4.0, "", 7.5, MUTED, detail),
    ):
        paper.set_xy(x + 2.5, top + shift)
        paper.write_look(style, size, colour)
        while paper.get_string_width(text) > width - 4 and size > 5.5:
            size -= 0.25
            paper.write_look(style, size, colour)
        paper.cell(width - 4, high, text)
    paper.set_xy(MARGIN, top)
