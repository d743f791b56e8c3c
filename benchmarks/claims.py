"""What is claimed of the Groundplan ensemble, checked against the rows of ``benchmarks/methods.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks.forecasts import (
    VALUES_OF_A_POINT,
    ForecastCheck,
    constant_width,
    coverage,
    forecast_checks,
    mean_regrets,
)
from benchmarks.rows import FERGANA, LANDSCAPE, Row
from engine.learning.methods import BASELINE, DEFAULT

RADII = (20.0, 25.0, 30.0)
OPPONENTS = ("zero-shot", "transfer", "scratch", "joint")
LEAST_COVERED = 0.8  # share of gains that the forecast's intervals must hold
FEW_TESTED = "2015"  # Fergana's season with 68 test parcels
LEVEL_TARGETS, LEAST_LEVEL = ("2016", "2017", "2018"), 56.0

Cell = dict[str, Row]  # rows by method of one place and radius, those without a trip included


@dataclass(frozen=True)
class Claim:
    """What is claimed, what the rows show, and whether they keep it."""

    claim: str
    evidence: str
    kept: bool


def claim_tables(rows: Sequence[Row]) -> list[str]:
    """Lines of Markdown: the gain over the baseline, then claim by claim."""
    methods = [row for row in rows if row.part == "methods"]
    lines = ["| claim | found | kept |", "|---|---|---|"]
    for claim in claims(methods, rows):
        lines.append(f"| {claim.claim} | {claim.evidence} | {'yes' if claim.kept else '**no**'} |")
    return [*_gain_table(methods), *lines, ""]


def claims(methods: Sequence[Row], rows: Sequence[Row]) -> list[Claim]:
    """Every claim that the rows can decide.

    Parameters
    ----------
    methods
        The rows of the part ``methods``.
    rows
        All rows.
    """
    circles = [row for row in methods if row.design in ("radius", "no-visit")]
    cells = _cells(circles)
    decided = [
        _never_below_zero_shot(cells),
        _above_transfer(cells, LANDSCAPE, 2.0),
        _above_transfer(cells, FERGANA, 5.0),
        _near_the_best(cells),
        _insensitive_to_design(methods),
        _level_on_fergana(circles),
        _forecast_covers(rows),
        _forecast_is_narrow(rows),
        _forecast_pays(rows),
    ]
    return [claim for claim in decided if claim]


def _gain_table(methods: Sequence[Row]) -> list[str]:
    """What a trip gains over the map without a trip by the same method."""
    lines = [
        f"**What a trip gains over the baseline** (`{DEFAULT}` less `{BASELINE}`, points of macro F1; mean "
        "over targets and seeds, and the lowest and highest of them)",
        "",
        "| data | design | " + " | ".join(f"{km:g} km" for km in RADII) + " |",
        "|---|---|--:|--:|--:|",
    ]
    gains: dict[tuple[str, str, float | None], list[float]] = {}
    for row in methods:
        if row.method == DEFAULT and row.baseline is not None:
            trip = (row.data, row.design, row.equivalent_radius_km)
            gains.setdefault(trip, []).append(100 * (row.macro_f1.value - row.baseline))
    for data in dict.fromkeys(row.data for row in methods):
        for design in ("radius", "random"):
            cells = [_spread(gains.get((data, design, km), [])) for km in RADII]
            if any(cells):
                lines.append(f"| {data} | {design} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _spread(gains: Sequence[float]) -> str:
    return f"{mean(gains):+.1f} ({min(gains):+.1f} to {max(gains):+.1f})" if gains else ""


def _never_below_zero_shot(cells: Sequence[Cell]) -> Claim | None:
    compared = [cell for cell in cells if DEFAULT in cell and "zero-shot" in cell]
    if not compared:
        return None
    worst = min(compared, key=lambda cell: _lead(cell, "zero-shot"))
    below = [cell for cell in compared if _is_below_zero_shot(cell)]
    row = worst[DEFAULT]
    place = f"{row.place.study}, {row.target}, {row.equivalent_radius_km:g} km"
    return Claim(
        "never more than 1 point below zero-shot in any cell (Fergana 2015: its interval reaches it)",
        f"worst {_lead(worst, 'zero-shot'):+.1f} in {place}; below in {len(below)} of {len(compared)} cells",
        not below,
    )


def _is_below_zero_shot(cell: Cell) -> bool:
    """More than a point below zero-shot; where few parcels test, its interval does not reach it."""
    row, zero_shot = cell[DEFAULT], cell["zero-shot"].macro_f1.value
    if row.data.startswith(FERGANA) and row.target == FEW_TESTED:
        return row.macro_f1.high < zero_shot
    return row.macro_f1.value < zero_shot - 0.01


def _above_transfer(cells: Sequence[Cell], data: str, least: float) -> Claim | None:
    compared = [cell for cell in cells if DEFAULT in cell and "transfer" in cell]
    leads = [_lead(cell, "transfer") for cell in compared if cell[DEFAULT].data == data]
    if not leads:
        return None
    evidence = f"{mean(leads):+.1f} over {len(leads)} cells"
    return Claim(f"{data}: at least {least:g} above transfer", evidence, mean(leads) >= least)


def _near_the_best(cells: Sequence[Cell]) -> Claim | None:
    """By target, where every opponent was measured."""
    targets: dict[str, list[Cell]] = {}
    for cell in cells:
        if DEFAULT in cell:
            row = cell[DEFAULT]
            seed = "" if row.seed is None else f" {row.seed}"
            targets.setdefault(f"{row.data}{seed} {row.target}", []).append(cell)
    leads = []
    for target, own in targets.items():
        points = {
            method: [cell[method].macro_f1.value for cell in own if method in cell]
            for method in (*OPPONENTS, DEFAULT)
        }
        if all(points.values()):
            best = max(OPPONENTS, key=lambda method, points=points: mean(points[method]))
            leads.append((100 * (mean(points[DEFAULT]) - mean(points[best])), target, best))
    if not leads:
        return None
    least, target, best = min(leads)
    return Claim(
        "at most 1 point below the best of zero-shot, transfer, scratch, joint, by target",
        f"worst {least:+.1f} ({target}, against {best}) of {len(leads)} targets",
        least >= -1,
    )


def _insensitive_to_design(methods: Sequence[Row]) -> Claim | None:
    gaps = {method: _random_above_circle(methods, method) for method in ("transfer", DEFAULT)}
    if not all(gaps.values()):
        return None
    ensemble, transfer = mean(gaps[DEFAULT]), mean(gaps["transfer"])
    return Claim(
        "landscape: radius to random at most a third of transfer's gap",
        f"{ensemble:.1f} against {transfer:.1f}",
        ensemble <= transfer / 3,
    )


def _random_above_circle(methods: Sequence[Row], method: str) -> list[float]:
    """As many random parcels less the circle, points, in every landscape and radius."""
    own = [row for row in methods if row.data == LANDSCAPE and row.method == method]
    circles = {(row.seed, row.equivalent_radius_km): row.points for row in own if row.design == "radius"}
    return [
        row.points - circles[row.seed, row.equivalent_radius_km]
        for row in own
        if row.design == "random" and (row.seed, row.equivalent_radius_km) in circles
    ]


def _level_on_fergana(circles: Sequence[Row]) -> Claim | None:
    level = [
        row.points
        for row in circles
        if (row.data, row.method) == (FERGANA, DEFAULT) and row.target in LEVEL_TARGETS
    ]
    if not level:
        return None
    claim = f"Fergana 2016 to 2018: macro F1 of at least {LEAST_LEVEL:g}"
    return Claim(claim, f"{mean(level):.1f}", mean(level) >= LEAST_LEVEL)


def _forecast_covers(rows: Sequence[Row]) -> Claim | None:
    by_study = _checks_by_study(rows)
    if not by_study:
        return None
    covered = [coverage(checks) for checks in by_study.values()]
    return Claim(
        "the forecast's interval holds the gain in at least 80 % of cells, in every study",
        ", ".join(f"{study} {share:.0%}" for study, share in zip(by_study, covered, strict=True)),
        min(covered) >= LEAST_COVERED,
    )


def _forecast_is_narrow(rows: Sequence[Row]) -> Claim | None:
    by_study = _checks_by_study(rows)
    if not by_study:
        return None
    widths = {
        study: (mean(check.width for check in checks), constant_width(checks))
        for study, checks in by_study.items()
    }
    return Claim(
        "it is narrower than the best constant interval that leaves the season out, in every study",
        ", ".join(f"{study} {own:.1f} against {constant:.1f}" for study, (own, constant) in widths.items()),
        all(own < constant for own, constant in widths.values()),
    )


def _forecast_pays(rows: Sequence[Row]) -> Claim | None:
    if not _checks_by_study(rows):
        return None
    found = {value: mean_regrets(rows, value) for value in VALUES_OF_A_POINT}
    return Claim(
        "its regret is at most that of never and of always going, at each value of a point",
        ", ".join(f"{value}: {by[0]:,.0f}, {by[2]:,.0f}, {by[3]:,.0f}" for value, by in found.items()),
        all(followed <= min(never, always) for followed, _, never, always in found.values()),
    )


def _checks_by_study(rows: Sequence[Row]) -> dict[str, list[ForecastCheck]]:
    by_study: dict[str, list[ForecastCheck]] = {}
    for check in forecast_checks(rows):
        by_study.setdefault(check.study, []).append(check)
    return by_study


def _lead(cell: Cell, opponent: str) -> float:
    """The ensemble less another method, points."""
    return 100 * (cell[DEFAULT].macro_f1.value - cell[opponent].macro_f1.value)


def _cells(rows: Sequence[Row]) -> list[Cell]:
    """Of every place and radius."""
    places = dict.fromkeys((row.place, row.equivalent_radius_km) for row in rows if row.equivalent_radius_km)
    return [
        {row.method: row for row in rows if row.place == place and row.equivalent_radius_km in (None, km)}
        for place, km in places
    ]
