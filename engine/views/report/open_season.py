"""What the report of an open season says: a forecast, its evidence, and the trip that it recommends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import engine
from engine.decisions.class_mix import ClassMix
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.outlook_wording import (
    basis_sentence,
    bills_sentence,
    choice_title,
    missed_sentence,
    outlook_headline,
    outlook_reasons,
)
from engine.decisions.report_wording import Passage
from engine.decisions.routed import RoutedTrip
from engine.decisions.trip import Trip
from engine.decisions.trip_gain import TripGain
from engine.decisions.wording import clean, label_of, listed, plain, points
from engine.domain import LEVEL, Departure, Estimate, Study
from engine.fieldwork.currencies import sign_of
from engine.fieldwork.tour import Itinerary
from engine.learning.methods import BASELINE, method_by_name
from engine.sampling import DESIGNS
from engine.views.report import tables
from engine.views.report.tables import Table

CHOSEN = "This trip was chosen by hand. Recommended, for these reasons:"


@dataclass(frozen=True, eq=False)
class OpenReport:
    """The outlook of an open season with all that a reader needs to believe it.

    Parameters
    ----------
    routed, gain
        The trip, and what it may be expected to give; None where none is recommended, nor chosen.
    mix
        What stands in for the classes of the season.
    folder
        Where the study lies, for the command that makes the report again.
    made_on
        The only thing in it that the clock decides.
    chosen
        A trip chosen by hand, instead of the recommended one.
    """

    study: Study
    outlook: Outlook
    routed: RoutedTrip | None
    gain: TripGain | None
    mix: ClassMix
    folder: str
    made_on: dt.date
    chosen: Choice | None = None

    @property
    def choice(self) -> Choice | None:
        """The trip with its forecast: chosen, or recommended; None where there is none."""
        return self.chosen or self.outlook.recommended

    @property
    def trip(self) -> Trip | None:
        """The parcels of the trip; None where there is none."""
        return self.choice.trip if self.choice else None

    @property
    def itinerary(self) -> Itinerary | None:
        """The day tours of the trip; None where there is none."""
        return self.routed.itinerary if self.routed else None

    @property
    def departure(self) -> Departure:
        """Where trips start."""
        return self.outlook.departure

    @property
    def target(self) -> str:
        """Label of the season."""
        return self.outlook.target

    @property
    def title(self) -> str:
        """Study, season and departure."""
        state = "without labels yet" if self.study.is_open(self.target) else "partly labelled"
        return f"{clean(self.study.name)}: {self.target}, {state}, from {clean(self.departure.title, 48)}"

    @property
    def data(self) -> str:
        """Whether the data are simulated or measured, in two words."""
        return f"{self.study.provenance} data".capitalize()

    @property
    def headline(self) -> str:
        """What to do, or which trip was chosen."""
        return clean(outlook_headline(self.outlook, self.chosen), 200)

    @property
    def reasons(self) -> tuple[str, ...]:
        """On which evidence."""
        missed = missed_sentence(self.mix, self.trip.wanted["parcel_id"]) if self.trip else ""
        by_hand = f"{CHOSEN} {outlook_headline(self.outlook)}." if self.chosen else ""
        said = (by_hand, *outlook_reasons(self.study, self.outlook), missed)
        return tuple(clean(reason, 400) for reason in said if reason)

    @property
    def classes(self) -> Table | None:
        """What the trip holds of each class, as far as that is expected; None without a trip."""
        if self.trip is None:
            return None
        inside = self.mix.parcels["parcel_id"].isin(self.trip.wanted["parcel_id"]).to_numpy()
        counts = self.mix.counts(inside)
        rows = [
            (plain(clean(str(crop), 32)), f"{within:,}", f"{total:,}")
            for crop, within, total in counts[["crop", "within", "total"]].to_numpy(object)
        ]
        note = basis_sentence(self.mix.basis, self.mix.season)
        return Table("Expected classes of the trip", ("Class", "Trip", "Season"), tuple(rows), note=note)


def facts(report: OpenReport) -> tuple[tuple[str, str, str], ...]:
    """The numbers of the outlook: what, how much, and how sure or of what kind.

    Parameters
    ----------
    report
        Of an open season.
    """
    best, sign = report.choice, sign_of(report.outlook.tariff.currency)
    seasons = len({gain.season for gain in report.outlook.past.gains})
    evidence = ("Backtest seasons", f"{seasons}", f"{len(report.outlook.past.gains)} trips measured")
    if best is None:
        level = _level_box(report.outlook.choices[0].forecast.level) if report.outlook.choices else []
        nobody = ("Trip", "none", "map without a trip"), ("Cost", f"0 {sign}", "no field trip")
        return (*nobody, *level, evidence)
    row, design = best.forecast, label_of(DESIGNS[best.forecast.design])
    gain = f"{row.gain.low:+.1f} to {row.gain.high:+.1f} points, {row.gain.level:.0%}"
    boxes = [
        ("Forecast gain", f"{row.gain.value:+.1f}", gain),
        ("Probability of a gain", f"{row.probability_of_gain:.0%}", "over the map without a trip"),
        *_level_box(row.level),
        ("Parcels to visit", f"{row.parcels:,}", design),
    ]
    if report.itinerary is not None and report.itinerary.days:
        bill = report.itinerary.cost.money
        boxes.append(("Cost, routed", f"{bill.likely:,.0f} {sign}", f"{bill.low:,.0f} to {bill.high:,.0f}"))
    return (*boxes, evidence)


def _level_box(level: Estimate | None) -> list[tuple[str, str, str]]:
    """The forecast score of the map without a trip."""
    if level is None:
        return []
    return [("Without a trip", f"{level.value:.1%}", f"{level.low:.1%} to {level.high:.1%}")]


def forecasts(report: OpenReport) -> Table:
    """Every trip that was backtested, with its forecast.

    Parameters
    ----------
    report
        Of an open season.
    """
    outlook, sign = report.outlook, sign_of(report.outlook.tariff.currency)
    valued = outlook.value_of_point is not None

    def row(choice: Choice) -> tuple[str, ...]:
        forecast = choice.forecast
        cells = [
            choice_title(choice),
            f"{forecast.money:,.0f}",
            points(forecast.gain, 1.0),
            f"{forecast.probability_of_gain:.0%}",
        ]
        return (*cells, *([f"{forecast.probability_worth_cost or 0:.0%}"] if valued else []))

    name = report.choice.name if report.choice else None
    marked = next((i for i, each in enumerate(outlook.choices) if each.name == name), None)
    heads = (
        "Trip",
        f"Cost, {sign}",
        f"Forecast gain ({LEVEL:.0%})",
        "Gains",
        *(["Worth its cost"] if valued else []),
    )
    note = bills_sentence(outlook)
    rows = tuple(row(choice) for choice in outlook.choices)
    return Table("The trips that were backtested", heads, rows, 1, marked, note)


def gains(report: OpenReport) -> Table:
    """What the forecast rests on.

    Parameters
    ----------
    report
        Of an open season.
    """
    rows = tuple(
        (gain.season, gain.design, f"{gain.parcels:,}", f"{gain.points:+.1f}", f"{gain.error:.1f}")
        for gain in sorted(
            report.outlook.past.gains, key=lambda gain: (gain.season, gain.design, gain.parcels)
        )
    )
    heads = ("Season", "Design", "Parcels", "Gain, points", "Standard error")
    return Table("What such trips gained in earlier seasons", heads, rows, words=2)


def bill(report: OpenReport) -> Table | None:
    """The bill of the itinerary; None where nobody goes.

    Parameters
    ----------
    report
        Of an open season.
    """
    planned = report.itinerary
    if planned is None or not planned.days:
        return None
    cost = planned.cost
    items = [(name.capitalize(), str(item)) for name, item in cost.items.items() if item.high > 0]
    note = f"{cost.km} km, {cost.hours} hours, {cost.crew_days} crew-days."
    rows = (*items, ("All", str(cost.money)))
    return Table(
        f"The bill, {sign_of(cost.currency)}", ("Item", "Likely (low to high)"), rows, 1, len(items), note
    )


def every_table(report: OpenReport) -> tuple[Table, ...]:
    """All tables, in the order in which they are read.

    Parameters
    ----------
    report
        Of an open season.
    """
    days, rates = tables.days(report), tables.rates(report.outlook.tariff)
    found = (forecasts(report), gains(report), report.classes, days, bill(report), rates)
    return tuple(table for table in found if table is not None)


def passages(report: OpenReport) -> tuple[Passage, ...]:
    """How the numbers were computed.

    Parameters
    ----------
    report
        Of an open season.
    """
    baseline = label_of(method_by_name(BASELINE))
    return (
        Passage(
            "Backtest",
            "Each earlier season with labels stands in for this one: models learn from the others, trips are "
            "drawn and tested in it, and what they gain over the map without a trip is measured.",
        ),
        Passage("Without a trip", f"The map that source models alone make ({baseline}). It is free."),
        Passage(
            "Forecast",
            "A linear mixed model of these gains: design, size, season, and what the map without a trip "
            "expects of itself by its calibrated probabilities. Designs are pooled partially. Few seasons "
            f"make wide intervals; {LEVEL:.0%} of new seasons should fall within them.",
        ),
        Passage("Gain", f"In points of {report.outlook.metric.title}. A point is 0.01."),
    )


def provenance(report: OpenReport) -> tuple[str, ...]:
    """Where data and numbers come from.

    Parameters
    ----------
    report
        Of an open season.
    """
    study = report.study
    first = "The data are measured: crop labels and satellite series are observations."
    if study.provenance == "simulated":
        first = "The data are simulated: landscape, crops and satellite series are computed, not observed."
    count, known = len(study.parcels_in(report.target)), study.known_already(report.target)
    labels = f"{known:,} of them with a label" if known else "none with a label"
    return (
        first,
        f"Source: {clean(study.source, 500) or 'not stated'}.",
        f"Season {report.target}: {count:,} parcels, {labels}. No label of it was used.",
        f"Seasons with labels before it: {listed(list(study.seasons_before(report.target)), 12)}.",
        f"Fingerprint of the study: {clean(study.fingerprint, 64)}. Groundplan {engine.__version__}.",
    )


LIMITS = (
    "A forecast holds for seasons like those before. Weather, crops and prices of this one may differ.",
    "Once labels are home, ingest the study again with them: what the trip gained can then be tested.",
    "Unless a road server was used, roads are straight lines times the detour of the tariff.",
)
