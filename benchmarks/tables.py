"""The tables of docs/results.md, as lines of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean

from benchmarks.claims import claim_tables
from benchmarks.forecasts import forecast_tables
from benchmarks.rows import ROOT, Place, Row
from engine.domain import Estimate
from engine.learning.methods import DEFAULT, METHODS

RESULTS_PAGE = ROOT / "docs" / "results.md"
BEGIN, END = "<!-- benchmarks/methods.py -->", "<!-- end -->"


def points_of(estimate: Estimate, digits: int = 0) -> str:
    """A score with its interval in points, as ``44.7 (14 to 76)``."""
    low, high = (f"{100 * end:.{digits}f}" for end in (estimate.low, estimate.high))
    return f"{100 * estimate.value:.1f} ({low} to {high})"


def markdown_row(cells: Iterable[object]) -> str:
    """Cells between bars."""
    return "| " + " | ".join(f"{cell}" for cell in cells) + " |"


def write_tables(rows: Sequence[Row], page: Path = RESULTS_PAGE) -> None:
    """Put the tables between the two marks of a page."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{tables(rows)}\n{END}{after}", encoding="utf-8")


def tables(rows: Sequence[Row]) -> str:
    """What the trip gains, the claims, the forecast, then a table a place."""
    if any(row.part == "methods" and row.method == DEFAULT for row in rows):
        lines = [*claim_tables(rows), *forecast_tables(rows)]
    else:
        lines = ["No outcome of the ensemble yet.", ""]
    for place in dict.fromkeys(row.place for row in rows):
        if place.part != "seasons":
            lines += _place_table(place, [row for row in rows if row.place == place])
    return "\n".join(lines)


def _place_table(place: Place, rows: Sequence[Row]) -> list[str]:
    """Methods down, trips across."""
    recipe = ", recipe quick, 2 repeats" if place.part == "learners" else ""
    trips = dict.fromkeys(
        (row.design, row.equivalent_radius_km, row.parcels) for row in rows if row.equivalent_radius_km
    )
    heads = [f"{design} {km:g} km ({parcels})" for design, km, parcels in trips]
    lines = [
        f"**{place.study}, target {place.target}**, {rows[0].test_parcels} test parcels{recipe}",
        "",
        markdown_row(["method", "no trip", *heads, "overall accuracy", "calibration error"]),
        "|---" * (len(heads) + 4) + "|",
    ]
    for method in METHODS:
        by_trip = {(row.design, row.equivalent_radius_km): row for row in rows if row.method == method}
        if by_trip:
            no_trip = next((row for row in by_trip.values() if row.equivalent_radius_km is None), None)
            scores = [no_trip, *(by_trip.get((design, km)) for design, km, _ in trips)]
            circles = [row for row in by_trip.values() if row.design != "random"]
            cells = [points_of(row.macro_f1) if row else "" for row in scores]
            cells.append(_mean([row.overall_accuracy for row in circles]))
            cells.append(_mean([row.calibration_error for row in circles]))
            lines.append(markdown_row([method, *cells]))
    return [*lines, ""]


def _mean(estimates: Sequence[Estimate | None]) -> str:
    """Mean of those that were measured, points."""
    values = [estimate.value for estimate in estimates if estimate]
    return f"{100 * mean(values):.1f}" if values else ""
