"""The sentences of an advice: its rule in a line, and a sentence for each of its claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.decisions.advice import Advice
from engine.decisions.claims import Claim, claims
from engine.decisions.run_wording import provisional_sentence
from engine.decisions.wording import (
    CANNOT_SHOW,
    counted,
    label_of,
    listed,
    money,
    points,
    title_of,
    within_budget,
)
from engine.learning.methods import OF_THE_STUDY


def rule_sentence(score: str, currency: str, value_of_point: float | None, budget: float | None) -> str:
    """The rule by which one of several options is advised, in a line.

    Parameters
    ----------
    score
        The score that decides, or its forecast, within a sentence.
    currency
        Code of the tariff's currency.
    value_of_point, budget
        Money; None where not stated.
    """
    what = f"whose {score} the data cannot tell from the best"
    if value_of_point is not None:
        worth = money(value_of_point, currency)
        what = f"whose surplus, at {worth} a point of {score}, the data cannot tell from the largest"
    within = "" if budget is None else f" within {money(budget, currency)}"
    return f"Rule: the cheapest option{within} {what} (within one standard error of the difference)."


def rule(advice: Advice, currency: str) -> str:
    """The rule of an advice, in a line.

    Parameters
    ----------
    advice, currency
        For one season and departure; code of the tariff's currency.
    """
    return rule_sentence(advice.metric.title, currency, advice.value_of_point, advice.budget)


def reasons(advice: Advice, currency: str = "") -> tuple[str, ...]:
    """Why this is the advice, a sentence or two each; the rule comes last.

    Parameters
    ----------
    advice, currency
        For one season and departure; code of the tariff's currency.
    """
    provisional = provisional_sentence([option.outcome for option in advice.payable])
    said = claims(advice)
    own = [claim for claim in said if claim.kind == "losing" and claim.beside is advice.baseline]
    others = [claim for claim in said if claim.kind == "losing" and claim not in own]
    plain = [_sentence(claim, advice, currency) for claim in said if claim.kind != "losing"]
    return tuple(
        sentence
        for sentence in (
            f"{provisional} The advice may change." if provisional else "",
            *plain,
            _losing(own, advice),
            _losing_beside(others, advice),
            rule(advice, currency),
        )
        if sentence
    )


def claim_sentence(claim: Claim, advice: Advice, currency: str) -> str:
    """What a claim says.

    Parameters
    ----------
    claim
        One of ``advice``.
    advice, currency
        For one season and departure; code of the tariff's currency.
    """
    return _losing([claim], advice) if claim.kind == "losing" else _sentence(claim, advice, currency)


def _sentence(claim: Claim, advice: Advice, currency: str) -> str:
    say: dict[str, Callable[[Claim, Advice, str], str]] = {
        "no baseline": _no_baseline,
        "gain": _gain,
        "no trip": _no_trip,
        "cheapest alike": _cheapest_alike,
        "no trips": lambda *_: "No trip with this score is answered yet.",
        "nothing fits": _nothing_fits,
        "over budget": _over_budget,
        "one more day": _one_more_day,
        "price": _price,
    }
    return say[claim.kind](claim, advice, currency)


def _no_baseline(claim: Claim, advice: Advice, currency: str) -> str:
    return "The map without a trip is not answered yet, so trips are compared with each other."


def _gain(claim: Claim, advice: Advice, currency: str) -> str:
    assert claim.change is not None
    assert claim.beside is not None
    sentences = [f"It gains {points(claim.change)} over the map without a trip, {claim.beside.f1}."]
    if claim.change.low <= 0:
        sentences.append(f"The interval includes no gain. {CANNOT_SHOW}")
    if advice.value_of_point is not None and advice.probability_worth_cost is not None:
        sentences.append(f"It is worth its cost with a probability of {advice.probability_worth_cost:.0%}.")
    return " ".join(sentences)


def _no_trip(claim: Claim, advice: Advice, currency: str) -> str:
    best, baseline, change = claim.option, claim.beside, claim.change
    assert best is not None
    assert baseline is not None
    assert change is not None
    return (
        f"The trip that scores most{within_budget(advice)}, {title_of(best.outcome)}, has {best.f1} for an "
        f"estimated {money(best.money.likely, currency)}: {points(change)} beside the map without a trip, "
        f"{baseline.f1}."
    )


def _cheapest_alike(claim: Claim, advice: Advice, currency: str) -> str:
    best, change, extra = claim.option, claim.change, claim.money
    assert best is not None
    assert change is not None
    assert extra is not None
    valued = advice.value_of_point is not None
    most, what = ("has the largest surplus", "surpluses") if valued else ("scores most", "scores")
    return (
        f"{title_of(best.outcome)} {most}{within_budget(advice)}: {points(change)} beside the recommended "
        f"option, {_more(extra, currency)}. The two {what} are within a standard error of each other."
    )


def _nothing_fits(claim: Claim, advice: Advice, currency: str) -> str:
    assert claim.money is not None
    budget = money(claim.money, currency)
    if claim.option is None:
        return f"No tried trip fits {budget}, and none scores more than the map without a trip."
    cost = money(claim.option.money.likely, currency)
    return (
        f"No tried trip fits {budget}; the cheapest that scores more than the map without a trip costs an "
        f"estimated {cost} ({title_of(claim.option.outcome)}: {claim.option.f1})."
    )


def _over_budget(claim: Claim, advice: Advice, currency: str) -> str:
    assert claim.money is not None
    verb = "costs" if claim.count == 1 else "cost"
    return f"{claim.count} of {claim.of} tried trips {verb} more than {money(claim.money, currency)}."


def _one_more_day(claim: Claim, advice: Advice, currency: str) -> str:
    assert claim.option is not None
    assert claim.beside is not None
    assert claim.change is not None
    assert claim.money is not None
    doubt = "" if claim.change.low > 0 or claim.change.high < 0 else f" {CANNOT_SHOW}"
    return (
        f"One more day ({claim.option.crew_days:.0f} instead of {claim.beside.crew_days:.0f}, "
        f"{_more(claim.money, currency)}) changes {advice.metric.title} by {points(claim.change)}.{doubt}"
    )


def _price(claim: Claim, advice: Advice, currency: str) -> str:
    assert claim.option is not None
    assert claim.beside is not None
    assert claim.money is not None
    value = advice.value_of_point
    worth = ""
    if value is not None:
        than = "more than" if claim.money > value else "no more than"
        worth = f", {than} the {money(value, currency)} that it is worth"
    return (
        f"From {title_of(claim.beside.outcome)} to {title_of(claim.option.outcome)}, a point costs about "
        f"{money(claim.money, currency)}{worth}."
    )


def _losing(said: Sequence[Claim], advice: Advice) -> str:
    """What trips of methods score beside the map without a trip."""
    return " ".join(
        f"{claim.count} of {counted(claim.of or 0, 'trip')}{within_budget(advice)} by {_method(claim)} "
        f"{'scores' if claim.count == 1 else 'score'} below {_free(claim)}."
        for claim in said
    )


def _losing_beside(said: Sequence[Claim], advice: Advice) -> str:
    """The same of methods with another baseline, in a sentence of their own."""
    names = {claim.option.plan.method.name for claim in said if claim.option}
    whose = "the study's methods" if names <= set(OF_THE_STUDY) else "other methods"
    sentences = []
    for free in dict.fromkeys(_free(claim) for claim in said):
        each = listed(
            [
                f"{claim.count} of {claim.of or 0} by {_method(claim)}"
                for claim in said
                if _free(claim) == free
            ]
        )
        sentences.append(f"Trips of {whose}{within_budget(advice)} that score below {free}: {each}.")
    return " ".join(sentences)


def _method(claim: Claim) -> str:
    assert claim.option is not None
    return label_of(claim.option.plan.method)


def _free(claim: Claim) -> str:
    assert claim.beside is not None
    return f"{title_of(claim.beside.outcome)}, {claim.beside.f1}"


def _more(amount: float, currency: str) -> str:
    """A difference of two estimated bills."""
    return f"an estimated {money(abs(amount), currency)} {'more' if amount >= 0 else 'less'}"
