"""What scenarios side by side come to, in a sentence or two."""

from __future__ import annotations

from collections.abc import Sequence

from engine.decisions.scenario_result import Result
from engine.decisions.texts import listed, money, points
from engine.domain import Estimate


def verdict(results: Sequence[Result]) -> str:
    """Which scenario is cheapest and which gains most, as far as intervals let one say.

    Parameters
    ----------
    results
        Of at least two scenarios.
    """
    return " ".join(filter(None, [_cheapest(results), _best(results)]))


def _cheapest(results: Sequence[Result]) -> str:
    currencies = {result.scenario.request.tariff.currency for result in results}
    going = [result for result in results if result.scenario.visits]
    if len(currencies) > 1 or len(going) < 2:
        return ""
    least = min(going, key=lambda result: result.cost.money.likely)
    rest = [result.cost.money.likely for result in going if result is not least]
    currency = currencies.pop()
    apart = round(min(rest)) - round(least.cost.money.likely)
    if not apart:
        return "The cheapest trips cost the same."
    estimated = "" if all(result.routed for result in going) else ", by estimates"
    return (
        f"{least.scenario.name} is the cheapest trip: {money(least.cost.money.likely, currency)}, "
        f"{money(apart, currency)} less than the next{estimated}."
    )


def _best(results: Sequence[Result]) -> str:
    """Which gains most over no trip; only gains in one score, of one season, can be compared."""
    asked = {(result.scenario.request.target, result.scenario.metric) for result in results}
    going = [result for result in results if result.scenario.visits]
    if len(asked) > 1 or not going:
        return ""
    if all(result.tested for result in going):
        return _most("gains", [(result.scenario.name, _in_points(result.tested)) for result in going])
    if all(result.forecast for result in going):
        gains = [(result.scenario.name, result.forecast) for result in going]
        return _most("is forecast to gain", gains)
    missing = [result.scenario.name for result in going if not (result.tested or result.forecast)]
    return f"The gain of {listed(missing)} is not known yet." if missing else ""


def _most(gains_verb: str, gains: Sequence[tuple[str, Estimate | None]]) -> str:
    known = [(name, gain) for name, gain in gains if gain]
    name, best = max(known, key=lambda item: item[1].value)
    sentence = f"{name} {gains_verb} most: {points(best, 1.0)}"
    if len(known) == 1:
        return f"{name} {gains_verb} {points(best, 1.0)}."
    alike = [other for other, gain in known if other != name and gain.high >= best.low]
    if not alike:
        return f"{sentence}, clearly more than the others."
    others = "those of the others" if len(alike) > 1 else f"that of {alike[0]}"
    return f"{sentence}, but its interval overlaps {others}."


def _in_points(gain: Estimate | None) -> Estimate | None:
    if gain is None:
        return None
    return Estimate(100 * gain.value, 100 * gain.low, 100 * gain.high, gain.level)
