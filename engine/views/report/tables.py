"""The tables of a report, as text, for paper and screen."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.metric_wording import axis_title
from engine.decisions.options import Option
from engine.decisions.prices import prices
from engine.decisions.wording import clean, counted, label_of, money, plain, plan_title
from engine.domain import Estimate
from engine.experiments.outcome import trips_of
from engine.fieldwork.costs import RATES, Range, Tariff, exactly
from engine.fieldwork.currencies import sign_of
from engine.fieldwork.tour import DAY_START_H, clock
from engine.views.chart import rows_of
from engine.views.class_f1 import class_f1_frame
from engine.views.report.content import OnMap, Report


@dataclass(frozen=True)
class Table:
    """A table to read.

    Parameters
    ----------
    words
        Number of leading columns that hold words; the others hold numbers and stand to the right.
    marked
        The row to stress.
    note
        What stands below it.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    marked: int | None = None
    note: str = ""

    @property
    def numbers(self) -> tuple[bool, ...]:
        """Whether each column holds numbers."""
        return tuple(place >= self.words for place in range(len(self.heads)))

    def cut(self, most: int, where: str) -> Table:
        """At most so many rows, the stressed one among them; the note says where the others are."""
        if len(self.rows) <= most:
            return self
        marked = self.marked or 0
        first = max(0, min(marked - most // 2, len(self.rows) - most))
        left = len(self.rows) - most
        note = " ".join(filter(None, [self.note, f"{left} more row{'s' * (left > 1)}: see {where}."]))
        at = None if self.marked is None else marked - first
        return dataclasses.replace(self, rows=self.rows[first : first + most], marked=at, note=note)


def score(f1: Estimate | None) -> str:
    """A score with its interval, or a dash.

    Parameters
    ----------
    f1
        With its interval; None where there is none.
    """
    return str(f1) if f1 else "–"


def facts(report: Report) -> tuple[tuple[str, str, str], ...]:
    """The numbers of the decision: what, how much, and how sure or of what kind.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.

    Returns
    -------
    A label, a value and a detail for each number.
    """
    best, gain = report.advice.recommended, report.advice.gain
    bill, sign = best.money, sign_of(report.currency)
    boxes = [
        (
            axis_title(report.decision.metric),
            f"{best.f1.value:.1%}",
            f"{best.f1.low:.1%} to {best.f1.high:.1%}",
        )
    ]
    if gain:
        interval = f"{100 * gain.low:+.1f} to {100 * gain.high:+.1f} points"
        boxes.append(("Gain over no trip", f"{100 * gain.value:+.1f}", interval))
    if not best.visits:
        tested, beyond = f"{best.outcome.test_parcels:,}", f"parcels beyond {best.plan.test.beyond_km:g} km"
        return (*boxes, ("Cost", f"0 {sign}", "no field trip"), ("Tested on", tested, beyond))
    design = label_of(best.plan.design)
    if report.routed and not report.by_hand:
        cost, days = report.routed.cost, report.routed.days
        return (
            *boxes,
            ("Parcels to visit", f"{len(report.routed.parcels):,}", design),
            ("Days", f"{days}", f"{cost.km.likely:,.0f} km, routed"),
            ("Cost", f"{cost.money.likely:,.0f} {sign}", f"{cost.money.low:,.0f} to {cost.money.high:,.0f}"),
        )
    return (
        *boxes,
        ("Parcels to visit", f"{best.outcome.parcels:,}", design),
        ("Crew-days", f"{math.ceil(best.crew_days)}", f"{best.km.likely:,.0f} km, estimated"),
        ("Cost", f"{bill.likely:,.0f} {sign}", f"estimated, {bill.low:,.0f} to {bill.high:,.0f}"),
    )


def options(report: Report) -> Table:
    """What is not beaten in both cost and macro F1, and what each further point costs.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    advice, sign = report.advice, sign_of(report.currency)
    price_of = prices(advice.payable)
    methods = {label_of(option.plan.method) for option in trips_of(advice.pareto)}
    method = methods.pop() if len(methods) == 1 else ""
    rows = [
        (
            _plan_name(option, method),
            f"{option.outcome.parcels:,}",
            _days(option),
            str(option.money),
            score(option.f1),
            f"{price:,.0f}" if (price := price_of.get(option.plan.key)) else "–",
        )
        for option in advice.pareto
    ]
    return Table(
        f"Plans that no other beats in both cost and {advice.metric.title}",
        (
            method or "Plan",
            "Parcels",
            "Days",
            f"Estimate, {sign}",
            axis_title(advice.metric),
            f"{sign} a point",
        ),
        tuple(rows),
        marked=advice.pareto.index(advice.recommended) if advice.recommended in advice.pareto else None,
        note=f"Bold: recommended. Bills are estimates. Last column: {sign} for each point more than the plan "
        "before it on the convex frontier; a dash off it, and where the data can't show a difference.",
    )


def alternatives(report: Report) -> tuple[Table, ...]:
    """The recommended trip beside other designs at equal count and at equal cost, where there are any.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    best, all_options = report.advice.recommended, report.decision.options
    if not best.visits:
        return ()
    bases = {
        f"Other designs at equal count, {counted(best.outcome.parcels, 'parcel')}": equal_count,
        f"Other designs at equal cost, an estimated {money(best.money.likely, report.currency)}": equal_cost,
    }
    beside = {title: basis(all_options, best) for title, basis in bases.items()}
    return tuple(_beside(title, rows, best, report) for title, rows in beside.items() if len(rows) > 1)


def _beside(title: str, rows: Sequence[Option], best: Option, report: Report) -> Table:
    return Table(
        title,
        (
            "Design",
            "Parcels",
            "Days",
            "km",
            f"Estimate, {sign_of(report.currency)}",
            axis_title(best.metric),
        ),
        tuple(
            (
                label_of(option.plan.design),
                f"{option.outcome.parcels:,}",
                _days(option),
                f"{option.km.likely:,.0f}",
                str(option.money),
                score(option.f1),
            )
            for option in rows
        ),
        marked=next(row for row, option in enumerate(rows) if option is best),
    )


def classes(report: Report) -> Table:
    """What is visited of each class, and how well it is mapped without a trip and as recommended.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    arms = report.arms
    f1 = class_f1_frame([outcome for _, outcome in arms], report.decision.metric.per)
    interval = f1.set_index(["key", "crop"])["interval"]
    rows = [
        (
            plain(clean(row.crop, 32)),
            f"{row.within:,}",
            f"{row.total:,}",
            f"{row.ha_within:,.0f}",
            *(interval.get((outcome.plan.key, row.crop), "–") for _, outcome in arms),
        )
        for row in rows_of(report.coverage)
    ]
    heads = ("Class", "Parcels", "of", "ha", *(f"F1 {name}" for name, _ in arms))
    return Table(f"Classes, by the {report.subject}", heads, tuple(rows))


def days(report: OnMap) -> Table | None:
    """The itinerary, a row a day.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    planned = report.itinerary
    if planned is None or not planned.days:
        return None
    crews = max(day.crew for day in planned.days) > 1
    rows = [
        (
            str(day.number),
            *([str(day.crew)] if crews else []),
            f"{len(day.stops)}",
            f"{len(day.parcels)}",
            f"{day.km:,.0f}",
            f"{day.drive_h:.1f}",
            clock(day.end_h) + (", away" if day.away else ""),
        )
        for day in planned.days
    ]
    note = f"Every day begins at {clock(DAY_START_H)}; stop by stop in itinerary.csv."
    if planned.left_out:
        note += f" {counted(len(planned.left_out), 'parcel')} need more than a day and are left out."
    heads = ("Day", *(["Crew"] if crews else []), "Stops", "Parcels", "km", "Hours driven", "Back")
    return Table("Day by day", heads, tuple(rows), words=1, note=note)


def bill(report: Report) -> Table | None:
    """The bill of the itinerary, beside the estimate that the decision used.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    planned = report.itinerary
    if planned is None or not planned.days:
        return None
    cost, sign = planned.cost, sign_of(planned.cost.currency)
    rows = [
        (name.capitalize(), *_ends(item))
        for name, item in sorted(cost.items.items(), key=lambda item: -item[1].likely)
        if item.high > 0
    ]
    rows.append(("All", *_ends(cost.money)))
    note = f"Routed: {cost.km} km, {cost.hours} hours, {cost.crew_days} crew-days."
    if not report.by_hand:
        estimate = report.advice.recommended.money
        note += f" Options were compared by estimates: this one's was {estimate} {sign}."
    return Table(f"The bill, {sign}", ("Item", "Likely", "Low", "High"), tuple(rows), 1, len(rows) - 1, note)


def tariff(report: Report) -> Table:
    """Every rate.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    return rates(report.decision.tariff)


def rates(tariff: Tariff) -> Table:
    """Every rate of a tariff.

    Parameters
    ----------
    tariff
        By which trips are billed.
    """
    currency = clean(tariff.currency, 12)
    cells = [(rate.title(currency), _rate(exactly(getattr(tariff, name)))) for name, rate in RATES.items()]
    half = -(-len(cells) // 2)  # side by side: a rate is short
    cells += [("", "")] * (2 * half - len(cells))
    rows = tuple((*left, *right) for left, right in zip(cells[:half], cells[half:], strict=True))
    title = f"The tariff {clean(tariff.name, 40)}, money in {currency}"
    note = "Likely (low to high). Every rate is an input, not a result."
    return Table(title, ("Rate", "", "Rate", ""), rows, words=4, note=note)


def _plan_name(option: Option, method: str) -> str:
    """The plan without its method where that is said elsewhere."""
    if not option.visits:
        return "Without a trip"
    name = plan_title(option.plan).removeprefix(f"{method}, ")
    return name[:1].upper() + name[1:]


def _rate(rate: Range) -> str:
    return f"{rate.likely:g}" if rate.low == rate.high else f"{rate.likely:g} ({rate.low:g} to {rate.high:g})"


def _ends(amount: Range) -> tuple[str, str, str]:
    if amount.low == amount.high:
        return f"{amount.likely:,.0f}", "", ""
    return f"{amount.likely:,.0f}", f"{amount.low:,.0f}", f"{amount.high:,.0f}"


def _days(option: Option) -> str:
    return f"{option.crew_days:.1f}" if option.crew_days else "–"
