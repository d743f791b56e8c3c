"""The tables of a report, as text, for paper and screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.options import Option, marginal_price
from engine.decisions.wording import clean, money, plain
from engine.domain import Estimate
from engine.fieldwork.costs import Range, exactly, sign_of
from engine.fieldwork.tour import START_H, clock
from engine.views.report.content import Report

RATES = {
    "per_km": "Driving, per km",
    "per_hour": "Wage of a person, per hour",
    "crew": "People in a car",
    "allowance": "Allowance, per person and day",
    "lodging": "Lodging, per person and night away",
    "minutes_per_parcel": "Minutes at a parcel",
    "minutes_first_stop": "Minutes to get ready each morning",
    "road_km_h": "Speed on roads, km/h",
    "field_km_h": "Speed on field tracks, km/h",
    "field_km": "Field track to a stop, km",
    "detour": "Road over straight line",
    "hours_per_day": "Longest day, hours",
    "fixed": "Fixed costs",
}


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
    """A score with its interval, or a dash."""
    return str(f1) if f1 else "–"


def facts(report: Report) -> tuple[tuple[str, str, str], ...]:
    """The numbers of the decision: what, how much, and how sure or of what kind."""
    best, advice = report.advice.recommended, report.advice
    bill, sign = best.money, sign_of(report.currency)
    shown = [("Macro F1", f"{best.f1.value:.2f}", f"{best.f1.low:.2f} to {best.f1.high:.2f}")]
    if advice.gain:
        gain = advice.gain
        interval = f"{100 * gain.low:+.1f} to {100 * gain.high:+.1f} points"
        shown.append(("Gain over staying", f"{100 * gain.value:+.1f}", interval))
    if not best.visits:
        tested = f"{best.outcome.test_parcels:,}"
        return (*shown, ("Cost", f"0 {sign}", "nobody goes"), ("Tested on", tested, "parcels far away"))
    days = f"{best.crew_days:.0f}"
    return (
        *shown,
        ("Parcels to visit", f"{best.outcome.parcels:,}", best.outcome.plan.design.description),
        ("Crew-days", days, f"{best.km.likely:,.0f} km, estimated"),
        ("Cost", f"{bill.likely:,.0f} {sign}", f"{bill.low:,.0f} to {bill.high:,.0f}"),
    )


def options(report: Report) -> Table:
    """What is not beaten in both cost and macro F1, and what each further point costs."""
    advice, sign = report.advice, sign_of(report.currency)
    prices = ["–", *(f"{price:,.0f}" for price in marginal_price(advice.pareto))]
    rows = [
        (_named(one), f"{one.outcome.parcels:,}", _days(one), str(one.money), score(one.f1), price)
        for one, price in zip(advice.pareto, prices, strict=True)
    ]
    marked = advice.pareto.index(advice.recommended) if advice.recommended in advice.pareto else None
    return Table(
        "Plans that no other beats in both cost and macro F1",
        ("Plan", "Parcels", "Days", f"Cost, {sign}", "Macro F1", f"{sign} a point"),
        tuple(rows),
        marked=marked,
        note=f"Bold: recommended. The last column: {sign} for each point of macro F1 above the row before.",
    )


def alternatives(report: Report) -> tuple[Table, ...]:
    """The recommended trip beside other designs at equal count and at equal cost, where there are any."""
    best = report.advice.recommended
    if not best.visits:
        return ()
    bases = {
        f"Other designs at equal count, {best.outcome.parcels:,} parcels": equal_count,
        f"Other designs at equal cost, about {money(best.money.likely, report.currency)}": equal_cost,
    }
    found = {title: basis(report.decision.options, best) for title, basis in bases.items()}
    return tuple(_beside(title, rows, best, report) for title, rows in found.items() if len(rows) > 1)


def _beside(title: str, rows: Sequence[Option], best: Option, report: Report) -> Table:
    return Table(
        title,
        ("Design", "Parcels", "Days", "km", f"Cost, {sign_of(report.currency)}", "Macro F1"),
        tuple(
            (
                one.outcome.plan.design.description.capitalize(),
                f"{one.outcome.parcels:,}",
                _days(one),
                f"{one.km.likely:,.0f}",
                str(one.money),
                score(one.f1),
            )
            for one in rows
        ),
        marked=next(row for row, one in enumerate(rows) if one is best),
    )


def classes(report: Report) -> Table:
    """What is visited of each class, and how well it is mapped at home and with the recommendation."""
    best, home = report.advice.recommended.outcome, report.advice.baseline
    scores = [best.per_class] if home is None or not best.visits else [home.outcome.per_class, best.per_class]
    heads = {1: ("F1",), 2: ("F1 at home", "F1 recommended")}[len(scores)]
    return Table(
        f"Classes, by the {report.subject}",
        ("Class", "Parcels", "of", "ha", *heads),
        tuple(
            (
                plain(clean(crop, 32)),
                f"{within:,}",
                f"{total:,}",
                f"{ha:,.0f}",
                *(score(f1.get(crop)) for f1 in scores),
            )
            for crop, within, total, ha in report.coverage.itertuples(index=False, name=None)
        ),
    )


def days(report: Report) -> Table | None:
    """The itinerary, a row a day."""
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
    note = f"Every day begins at {clock(START_H)}; stop by stop in itinerary.csv."
    if planned.left_out:
        note += f" No day is long enough for {len(planned.left_out):,} of the parcels; they are left out."
    heads = ("Day", *(["Crew"] if crews else []), "Stops", "Parcels", "km", "Hours driven", "Back")
    return Table("Day by day", heads, tuple(rows), words=1, note=note)


def bill(report: Report) -> Table | None:
    """The bill of the itinerary, beside the estimate that the decision used."""
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
    note = f"{cost.km} km, {cost.hours} hours, {cost.crew_days} crew-days."
    if not report.own:
        note += f" The decision rests on the estimate of {report.advice.recommended.money} {sign}."
    return Table(f"The bill, {sign}", ("Item", "Likely", "Low", "High"), tuple(rows), 1, len(rows) - 1, note)


def tariff(report: Report) -> Table:
    """Every rate."""
    rates = report.decision.tariff
    known = [(words, _rate(exactly(getattr(rates, name)))) for name, words in RATES.items()]
    half = -(-len(known) // 2)  # side by side: a rate is short
    known += [("", "")] * (2 * half - len(known))
    rows = tuple((*left, *right) for left, right in zip(known[:half], known[half:], strict=True))
    title = f"The tariff {clean(rates.name, 40)}, money in {clean(rates.currency, 12)}"
    note = "Likely (low to high). Every rate is an input, none a finding."
    return Table(title, ("Rate", "", "Rate", ""), rows, words=4, note=note)


def _rate(one: Range) -> str:
    return f"{one.likely:g}" if one.low == one.high else f"{one.likely:g} ({one.low:g} to {one.high:g})"


def _ends(one: Range) -> tuple[str, str, str]:
    if one.low == one.high:
        return f"{one.likely:,.0f}", "", ""
    return f"{one.likely:,.0f}", f"{one.low:,.0f}", f"{one.high:,.0f}"


def _named(one: Option) -> str:
    plan = one.outcome.plan
    if not one.visits:
        return "Staying at home"
    return f"{plan.method.name.capitalize()}, {plan.design.name} {plan.design.equivalent_radius_km:.3g} km"


def _days(one: Option) -> str:
    return f"{one.crew_days:.1f}" if one.crew_days else "–"
