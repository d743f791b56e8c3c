"""The sentences about an open season: what to do, on which evidence, and what the classes rest on."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from engine.decisions.claim_wording import rule_sentence
from engine.decisions.class_mix import Basis, ClassMix
from engine.decisions.evidence_wording import evidence_sentence, level_sentence, pooling_sentence
from engine.decisions.missed import missed_classes
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.trip_wording import known_sentence
from engine.decisions.wording import counted, label_of, listed, lowered, money, plain, points
from engine.domain import Study
from engine.sampling import DESIGNS


def basis_sentence(basis: Basis, season: str = "") -> str:
    """What class counts are of; empty where they are of labels.

    Parameters
    ----------
    basis
        See `engine.decisions.class_mix.ClassMix`.
    season
        The last season with labels, where the basis is one of it.
    """
    return {
        "labels": "",
        "predicted": "The classes are predicted by the source model: these parcels have no labels yet.",
        "same fields": f"The classes are those of {season} at the same fields: there are no labels yet.",
        "last season": f"The classes are the mix of {season} in all: these parcels have no labels yet.",
        "unknown": "The classes are not known yet.",
    }[basis]


def choice_title(choice: Choice) -> str:
    """A trip of an open season in a few words.

    Parameters
    ----------
    choice
        The trip with its forecast.
    """
    request, row = choice.trip.request, choice.forecast
    design = lowered(label_of(DESIGNS[request.design]))
    return f"{design} {row.equivalent_radius_km:.3g} km, {counted(row.parcels, 'parcel')}"


def outlook_headline(outlook: Outlook, chosen: Choice | None = None) -> str:
    """What to do in an open season, or what a trip chosen by hand is.

    Parameters
    ----------
    outlook
        Its trips, forecast.
    chosen
        Another trip than the recommended one.
    """
    trip, place, currency = chosen or outlook.recommended, outlook.departure.title, outlook.tariff.currency
    if trip is None:
        return f"Map {outlook.target} without a trip: {_why_not(outlook)}"
    gain = points(trip.forecast.gain, 1.0)
    start = f"Chosen, from {place}" if chosen else f"Go from {place}"
    return f"{start}: {choice_title(trip)}, for {_bill(trip, currency)}. Forecast: {gain}"


def _why_not(outlook: Outlook) -> str:
    """Why nobody goes; within a sentence."""
    currency, limit = outlook.tariff.currency, outlook.budget
    if not outlook.choices:
        return "no backtested trip can be planned here yet"
    if outlook.best is None and limit is not None:
        bills = [_bill(choice, currency) for choice in outlook.choices[:1]]
        return f"no backtested trip fits {money(limit, currency)}; the cheapest costs {bills[0]}"
    within = "" if limit is None else f" within {money(limit, currency)}"
    if outlook.value_of_point is not None:
        value = money(outlook.value_of_point, currency)
        return f"at {value} a point no backtested trip{within} is expected to be worth its cost"
    return f"no backtested trip{within} has a clear gain to expect"


def _bill(choice: Choice, currency: str) -> str:
    """The money of a trip, called an estimate until it is routed."""
    cost = money(choice.forecast.money, currency)
    return f"{cost}, routed" if choice.routed else f"an estimated {cost}"


def bills_sentence(outlook: Outlook) -> str:
    """Which bills are those of routed trips, and which are estimates.

    Parameters
    ----------
    outlook
        Its trips, forecast.
    """
    routed, every = sum(choice.routed for choice in outlook.choices), len(outlook.choices)
    if not routed:
        return "Bills are estimates."
    if routed == every:
        return "All bills are of routed trips."
    return f"Of {every} bills {routed} {'are' if routed > 1 else 'is'} routed; the others are estimates."


def outlook_rule(outlook: Outlook) -> str:
    """The rule by which the trip of an open season is advised, in a line.

    Parameters
    ----------
    outlook
        Its trips, forecast.
    """
    score = f"forecast gain in {outlook.metric.title}"
    value, budget = outlook.value_of_point, outlook.budget
    line = rule_sentence(score, outlook.tariff.currency, value, budget)
    return line if value is None else f"{line} Nobody goes where no surplus is expected."


def outlook_reasons(study: Study, outlook: Outlook) -> tuple[str, ...]:
    """On which evidence, and what is not known.

    Parameters
    ----------
    study
        With its seasons.
    outlook
        Its trips, forecast.
    """
    best, currency = outlook.recommended, outlook.tariff.currency
    reasons = []
    if best is not None:
        row = best.forecast
        gain = f"A gain has a probability of {row.probability_of_gain:.0%}"
        if row.probability_worth_cost is not None and outlook.value_of_point is not None:
            value = money(outlook.value_of_point, currency)
            gain += f"; that it is worth its cost at {value} a point, {row.probability_worth_cost:.0%}"
        reasons.append(f"{gain}. The interval holds the gain with {row.gain.level:.0%}.")
    reasons += [*_beside_the_best(outlook), *_evidence(study, outlook), *_of_the_budget(outlook)]
    if outlook.not_ready:
        left_out = listed([lowered(label_of(DESIGNS[name])) for name in outlook.not_ready])
        designs = "This design" if len(outlook.not_ready) == 1 else "These designs"
        asks = "asks" if len(outlook.not_ready) == 1 else "ask"
        why = f"{asks} source models what they see in {outlook.target}, which has no series yet"
        if outlook.has_series:
            untrained = f"{asks} source models of {outlook.target} that are not trained"
            why = f"{untrained}; run --backtest with them trains them"
        reasons.append(f"Left out: {left_out}. {designs} {why}.")
    if outlook.without_parcels:
        sizes = [f"{lowered(label_of(DESIGNS[name]))} {km:g} km" for name, km in outlook.without_parcels]
        reasons.append(f"Left out, because no parcel to visit lies within: {listed(sizes, 8)}.")
    return (*reasons, outlook_rule(outlook))


def _beside_the_best(outlook: Outlook) -> Iterator[str]:
    """The trip with the most to expect, where another or none is advised."""
    best, chosen, currency = outlook.best, outlook.recommended, outlook.tariff.currency
    if best is None or best is chosen:
        return
    most = "largest expected gain" if outlook.value_of_point is None else "largest expected surplus"
    within = "" if outlook.budget is None else " within the budget"
    gain = f"{points(best.forecast.gain, 1.0)} for {_bill(best, currency)}"
    title = choice_title(best)
    sentence = f"{title[:1].upper()}{title[1:]}, has the {most}{within}: {gain}."
    if chosen is not None:
        yield f"{sentence} The two are within a standard error of each other."
    elif outlook.value_of_point is not None:
        value = money(outlook.value_of_point, currency)
        yield f"{sentence} At {value} a point that is not expected to be worth its cost."
    elif best.forecast.gain.value > 0:
        yield f"{sentence} That is within a standard error of no gain."
    else:
        yield sentence


def _of_the_budget(outlook: Outlook) -> Iterator[str]:
    if outlook.beyond_budget and outlook.budget is not None:
        limit = money(outlook.budget, outlook.tariff.currency)
        verb = "costs" if outlook.beyond_budget == 1 else "cost"
        tried = counted(len(outlook.choices), "backtested trip")
        yield f"{outlook.beyond_budget} of {tried} {verb} more than the budget of {limit}."


def missed_sentence(mix: ClassMix, visited: Collection[str]) -> str:
    """The classes that a trip will miss, with their share of the season's parcels; empty where it has all.

    Parameters
    ----------
    mix
        Classes of the season's parcels, or what stands in for them.
    visited
        Ids of the parcels of the trip.
    """
    if mix.basis == "unknown":
        return "Which classes the trip will miss is not known yet: its parcels have no labels."
    missed = missed_classes(mix, visited)
    if not missed:
        return ""
    verb = "has" if mix.basis == "labels" else "is expected to have"
    names = {
        count: listed(
            [f"{plain(each.crop)} ({_percent(each.share)})" for each in missed if each.visited == count], 12
        )
        for count in (0, 1)
    }
    parts = [f"none {verb} {names[0]}"] * bool(names[0]) + [f"only one {verb} {names[1]}"] * bool(names[1])
    basis = basis_sentence(mix.basis, mix.season)
    counted_as = f"Of the visited parcels {'; '.join(parts)} (share of the season's parcels)."
    return f"{counted_as} {basis}".rstrip()


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 else "under 1%"


def _evidence(study: Study, outlook: Outlook) -> list[str]:
    """How good the map is without a trip, and on which backtests the forecast rests."""
    first = outlook.recommended or outlook.best or next(iter(outlook.choices), None)
    known = known_sentence(study, outlook.target)
    found = [f"Season {outlook.target} has no labels yet: this is a forecast, and nothing was tested in it."]
    if known:
        found = [f"This is a forecast: no trip was tested on the first labels of {outlook.target}. {known}"]
    elif not study.is_open(outlook.target):
        found = [f"This is what was forecast for {outlook.target} before it had labels."]
    if first is None:
        return found
    level, basis = first.forecast.level, first.forecast.evidence
    designs = pooling_sentence(tuple(name for name, _ in basis.sizes))
    rests = evidence_sentence(basis, first.forecast.design)
    return [
        *([level_sentence(level, outlook.metric.title)] if level else []),
        f"{rests} {designs}".rstrip(),
        *found,
    ]


def mix_sentence(mix: ClassMix, table: pd.DataFrame) -> str:
    """What class counts are of, and the counts.

    Parameters
    ----------
    mix
        What stands in for the classes of the season.
    table
        Its counts, as `ClassMix.counts` gives them.
    """
    held = ", ".join(f"{crop} {within:,}" for crop, within in table[["crop", "within"]].to_numpy(object))
    return basis_sentence(mix.basis, mix.season) + (f" That gives {held}." if held else "")
