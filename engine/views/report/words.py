"""The sentences of a report: how the numbers came about, where the data come from, what is not shown."""

from __future__ import annotations

from typing import NamedTuple

import engine
from engine.decisions.decision import Decision
from engine.domain import Study
from engine.experiments.outcome import trips_of
from engine.fieldwork.tour import Itinerary
from engine.views.charts import listed, money, plain

MOST = 80  # characters of a name


class Passage(NamedTuple):
    """A few sentences under a word."""

    title: str
    text: str


def clean(text: str, most: int = MOST) -> str:
    """A text of somebody else on one line, without control characters, cut where it is too long."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def counted(count: int, noun: str) -> str:
    """A number of things."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def methods(
    study: Study, decision: Decision, value_of_point: float | None, budget: float | None
) -> tuple[Passage, ...]:
    """How it was found out, two sentences a word."""
    question = decision.question
    past = listed(list(question.sources), 8) or "no other season"
    used = {one.plan.method.name for one in decision.outcomes}
    said = [
        Passage(
            "Staying at home",
            f"Models are trained on the satellite series and crop labels of other seasons ({past}) and map "
            f"{question.target} as they are: one network, as in the study (zero-shot), or a network and "
            "trees that vote (groundplan-home). Nobody goes into the field, so it costs "
            "nothing, and every trip has to beat it.",
        ),
        Passage(
            "Groundplan",
            "A network and two kinds of trees vote, each taught by past seasons, by past and present "
            "together, and by this season's parcels alone. What each counts is decided by parcels of the "
            "trip that it had not seen, so that a misleading past is left behind and a poor trip changes "
            "little.",
        ),
        Passage(
            "Transfer",
            "The study's method: the zero-shot network goes on learning from the parcels that a trip visits. "
            "It adapts to the weather and the sowing dates of this season, and may forget what the trip "
            "lacks.",
        ),
        Passage(
            "Scratch",
            "A model that learns from the parcels of the trip alone. Beside transfer it shows what the other "
            "seasons are worth.",
        ),
        Passage(
            "Macro F1",
            "F1 of a crop joins how much of it the map finds and how much of what the map calls so is right, "
            "from 0 to 1; macro F1 is the plain mean over the crops, here over pixels. A rare crop counts as "
            "much as a common one, and a point is 0.01.",
        ),
        Passage(
            "Interval",
            "The numbers in brackets are a 95 % interval: it joins the chance of the training "
            f"({question.repeats} repeats) with that of the test area (bootstrap of blocks of 20 km). Where "
            "two intervals overlap widely, these data can't tell which plan is better.",
        ),
        Passage("Test", _tested(decision)),
        Passage(
            "Cost",
            "Each trip is billed by the tariff at the end of this report; tables and trade-off use an "
            "estimate of its tours, the itinerary plans them stop by stop. The range of a bill is what it "
            "would be with all rates at their low or at their high end.",
        ),
        Passage("Recommendation", _recommended(decision, value_of_point, budget)),
    ]
    unused = {"Transfer": "transfer", "Scratch": "scratch", "Groundplan": "groundplan"}
    return tuple(one for one in said if unused.get(one.title, "") in {"", *used})


def _tested(decision: Decision) -> str:
    question, one = decision.question, decision.outcomes[0]
    which = "half of the ground" if question.test == "far-half" else "all of the ground"
    return (
        f"All plans are tested on the same {one.test_parcels:,} parcels, {which} beyond "
        f"{question.beyond_km:g} km of the departure. No trip visits them, and parcels of one field never "
        "stand on both sides."
    )


def _recommended(decision: Decision, value_of_point: float | None, budget: float | None) -> str:
    currency = decision.tariff.currency
    if value_of_point is not None:
        how = (
            f"With {money(value_of_point, currency)} for a point of macro F1, it is the plan with the "
            "largest surplus of value over cost."
        )
    else:
        how = (
            "Of the plans that no other beats in both cost and macro F1 it is the one where the curve bends: "
            "beyond it money buys little."
        )
    within = "" if budget is None else f" Only plans within {money(budget, currency)} are considered."
    return f"{how}{within} A trip that does not beat staying at home is never recommended."


def provenance(study: Study, decision: Decision) -> tuple[str, ...]:
    """Where data and numbers come from; the first sentence says whether they are simulated or measured."""
    if study.provenance == "simulated":
        first = "The data are simulated: landscape, crops and satellite series are computed, not observed."
    else:
        first = "The data are measured: crop labels and satellite series are observations."
    season = study.parcels_in(decision.question.target)
    source = clean(study.source, 500) or "not stated"
    crops = [plain(clean(name, 32)) for name in study.legend.names]
    best = decision.advice.recommended.outcome
    versions = ", ".join(f"{name} {clean(str(one), 40)}" for name, one in sorted(best.versions.items()))
    return (
        first,
        f"Source: {source}.",
        f"Seasons {listed([one.label for one in study.seasons], 12)}; {len(season):,} parcels surveyed in "
        f"{decision.question.target}; {len(crops)} class{'es' * (len(crops) != 1)}: {listed(crops, 12)}.",
        f"The comparison holds {len(decision.outcomes)} answered plans: "
        f"{clean(decision.question.title, 400)}.",
        f"Fingerprint of the study: {clean(study.fingerprint, 64)}. Groundplan {engine.__version__}. "
        f"Computed with {clean(versions, 300) or 'versions that were not noted'}.",
    )


def limits(study: Study, decision: Decision, itinerary: Itinerary | None) -> tuple[str, ...]:
    """What the numbers do not show."""
    question, trips = decision.question, trips_of(decision.outcomes)
    said = []
    if study.provenance == "simulated":
        said.append(
            "The data are simulated. They show how the question is answered and not what real fields would "
            "give; no number here was measured on a field."
        )
    else:
        said.append(
            "The crop labels are taken as true. Wrong labels and misplaced outlines lower every score, that "
            "of the best plan too."
        )
    said.append(
        f"This is a backtest: the labels of {question.target} are known. In another season weather, crops "
        "and prices differ, and so may the gain of a trip."
    )
    if trips:
        said.append(
            f"The best of {len(trips)} trips tried on the same test parcels looks somewhat better than it "
            "is. Where several plans are close, take the cheaper one."
        )
    said += [
        "Macro F1 gives all classes equal weight: it is not the share of the area that is mapped rightly.",
        "A gain's interval treats the two scores as independent, though both are tested on the same parcels. "
        "The true interval is narrower, so this report errs towards “can't be shown”.",
        f"Scores hold beyond {question.beyond_km:g} km of the departure. Nearer to it, where trips go, a map "
        "may be better.",
        "Estimated bills met routed ones within 4 % for circles and 10 % for other designs on the demo; "
        "long trips far out cost more than estimated. The range of a bill is no confidence interval.",
    ]
    if itinerary is not None and itinerary.days:
        said.append(
            "Unless a road server was asked, the itinerary measures roads as straight lines times the detour "
            "of the tariff. Closed roads, fences and the weather are not in it."
        )
    if question.recipe.name == "quick":
        said.append("The recipe quick understates what large trips gain. Use it to try, not to decide.")
    said += [clean(note, 300) for note in decision.advice.recommended.outcome.remarks]
    return tuple(said)
