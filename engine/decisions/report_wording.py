"""The longer texts of a report and of a diagnosis: how the numbers came about, where the data come from,
what is not shown, and what a trip lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import engine
from engine.decisions.advice import Advice
from engine.decisions.claim_wording import rule_sentence
from engine.decisions.decision import Decision
from engine.decisions.diagnosis import Diagnosis
from engine.decisions.metric_wording import left_out_sentence
from engine.decisions.outlook_wording import basis_sentence
from engine.decisions.prices import steps
from engine.decisions.wording import (
    clean,
    counted,
    listed,
    money,
    plain,
    question_title,
    weights_sentence,
    within_budget,
)
from engine.domain import LEVEL, Study
from engine.experiments.outcome import Outcome, trips_of
from engine.experiments.scores import MACRO_F1, same_test
from engine.fieldwork.tour import Itinerary
from engine.learning.methods import DEFAULT


class Passage(NamedTuple):
    """A few sentences under a title."""

    title: str
    text: str


METHODS: dict[str, Passage] = {
    DEFAULT: Passage(
        "Groundplan ensemble",
        "Combines a network and two kinds of trees, each trained on source seasons, on source and target "
        "together, and on this season's visited parcels alone. Cross-validation on the visited parcels sets "
        "the weights, so misleading source seasons lose their say and a poor trip changes little.",
    ),
    "transfer": Passage(
        "Transfer (fine-tuned)",
        "The study's method: the zero-shot network continues training on the visited parcels. It adapts to "
        "the weather and the sowing dates of this season, and may forget the classes that the trip lacks.",
    ),
    "scratch": Passage(
        "From scratch",
        "A model trained on the visited parcels alone. Beside transfer it shows what the source seasons are "
        "worth.",
    ),
}
LIMITS = (
    "Estimated bills were within 4% of routed ones for circles and 10% for other designs on the demo; long "
    "trips far out cost more than estimated. The range of a bill is not a confidence interval.",
)


def methods(decision: Decision, value_of_point: float | None, budget: float | None) -> tuple[Passage, ...]:
    """How the numbers were computed, a few sentences a term.

    Parameters
    ----------
    decision
        The comparison and the advice that the report is about.
    value_of_point
        Money that one point is worth; None where it is not stated.
    budget
        Money at most, by the likely rates; None where there is no limit.
    """
    question = decision.question
    shared = f", all from {counted(question.source_models, 'source model')}" if question.source_models else ""
    used = {outcome.plan.method.name for outcome in decision.outcomes}
    return (
        Passage(
            "Without a trip",
            "Models are trained on the satellite series and crop labels of other seasons "
            f"({listed(question.sources, 8) or 'no other season'}) and map {question.target} unchanged: one "
            "network, as in the study (zero-shot), or an ensemble of a network and trees. This is free, and "
            "every trip has to beat it.",
        ),
        *(passage for name, passage in METHODS.items() if name in used),
        Passage(
            "Macro F1",
            "F1 of a crop combines how much of it the map finds with how much of what the map calls so is "
            "right, from 0 to 1. Macro F1 is the plain mean over the crops, here over pixels: a rare crop "
            "counts as much as a common one. A point is 0.01.",
        ),
        *_deciding(decision),
        Passage(
            "Interval",
            f"The numbers in brackets are a {LEVEL:.0%} interval. It combines the chance in "
            f"training ({question.repeats} repeats{shared}) with that of the test area (bootstrap of blocks "
            f"of 20 km). {_of_gains(decision)}",
        ),
        Passage("Test", _tested(decision)),
        Passage(
            "Cost",
            "Each trip is billed by the tariff at the end of this report. Tables and trade-off use an "
            "estimate of its tours; the itinerary plans them stop by stop. A bill ranges from all rates at "
            "their low end to all at their high end.",
        ),
        Passage("Recommendation", _recommended(decision, value_of_point, budget)),
    )


def _deciding(decision: Decision) -> tuple[Passage, ...]:
    """What is compared, where it is not the macro F1 over pixels."""
    metric = decision.metric
    if metric == MACRO_F1:
        return ()
    text = f"This report compares plans by {metric.title}, from 0 to 1; a point is 0.01 of it."
    return (Passage("The score that decides", text),)


def _of_gains(decision: Decision) -> str:
    advice = decision.advice
    best, baseline = advice.recommended, advice.baseline
    if baseline is None or best is baseline or same_test(best.outcome, baseline.outcome):
        return (
            "Differences are paired: both plans are scored on the same resampled blocks, and repeats of the "
            "same seed are subtracted, so a difference can be clear although two intervals overlap."
        )
    return (
        "The interval of a gain treats both scores as independent, though both are tested on the same "
        "parcels. The true interval is narrower, so this report errs towards “can't show a difference”."
    )


def _tested(decision: Decision) -> str:
    question = decision.question
    which = "half of the ground" if question.test == "far-half" else "all of the ground"
    return (
        f"All plans are tested on the same {decision.outcomes[0].test_parcels:,} parcels: {which} beyond "
        f"{question.beyond_km:g} km of the departure. No trip visits them, and all parcels of a field are on "
        "the same side."
    )


def _recommended(decision: Decision, value_of_point: float | None, budget: float | None) -> str:
    line = rule_sentence(decision.metric.title, decision.tariff.currency, value_of_point, budget)
    return (
        f"{line} Differences are paired where both outcomes keep counts (the one-standard-error "
        "rule, Breiman et al. 1984). The map without a trip is an option like any other."
    )


def provenance(study: Study, decision: Decision) -> tuple[str, ...]:
    """Where data and numbers come from; the first sentence says whether they are simulated or measured.

    Parameters
    ----------
    study
        Of the report.
    decision
        The comparison and the advice that the report is about.
    """
    first = "The data are measured: crop labels and satellite series are observations."
    if study.provenance == "simulated":
        first = "The data are simulated: landscape, crops and satellite series are computed, not observed."
    season = study.parcels_in(decision.question.target)
    crops = [plain(clean(name, 32)) for name in study.legend.names]
    recorded = sorted(decision.advice.recommended.outcome.versions.items())
    versions = ", ".join(f"{name} {clean(str(version), 40)}" for name, version in recorded)
    return (
        first,
        f"Source: {clean(study.source, 500) or 'not stated'}.",
        f"Seasons {listed([season.label for season in study.seasons], 12)}; {len(season):,} parcels surveyed "
        f"in {decision.question.target}; {len(crops)} class{'es' * (len(crops) != 1)}: {listed(crops, 12)}.",
        f"The comparison holds {len(decision.outcomes)} answered plans: "
        f"{clean(question_title(decision.question), 400)}.",
        f"Fingerprint of the study: {clean(study.fingerprint, 64)}. Groundplan {engine.__version__}. "
        f"Computed with {clean(versions, 300) or 'versions that were not recorded'}.",
    )


def limits(study: Study, decision: Decision, itinerary: Itinerary | None) -> tuple[str, ...]:
    """What the numbers do not show.

    Parameters
    ----------
    study
        Of the report.
    decision
        The comparison and the advice that the report is about.
    itinerary
        Of the recommended trip; None where there is none.
    """
    question, trips = decision.question, trips_of(decision.outcomes)
    return tuple(
        limit
        for limit in (
            _limit_of_data(study),
            f"The labels of {question.target} were there when this was computed. In another season weather, "
            "crops and prices differ, and so may the gain of a trip.",
            f"The best of {len(trips)} trips tested on the same parcels looks somewhat better than it is. "
            "The rule takes the cheaper one where plans are close."
            if trips
            else "",
            f"Scores hold beyond {question.beyond_km:g} km of the departure. Nearer to it, where trips go, a "
            "map may be better.",
            *_limit_of_metric(decision),
            *LIMITS,
            *_limits_of_means(question.recipe.name, itinerary),
            *(clean(remark, 300) for remark in remarks(decision.advice.recommended.outcome)),
        )
        if limit
    )


def _limit_of_metric(decision: Decision) -> tuple[str, ...]:
    weights = (
        "Macro F1 gives all classes equal weight. It is not the share of the area that is mapped correctly."
    )
    left = left_out_sentence(len(decision.left_out), decision.metric)
    return (weights if decision.metric.name in ("pixel", "parcel") else "", left)


def _limit_of_data(study: Study) -> str:
    if study.provenance == "simulated":
        return (
            "The data are simulated. They show how the question is answered, not what real fields would "
            "give; no number here was measured on a field."
        )
    return (
        "The crop labels are taken as true. Wrong labels and misplaced outlines lower every score, that of "
        "the best plan too."
    )


def _limits_of_means(recipe: str, itinerary: Itinerary | None) -> Sequence[str]:
    sentences = []
    if itinerary is not None and itinerary.days:
        sentences.append(
            "Unless a road server was used, roads are straight lines times the detour of the tariff. Closed "
            "roads, fences and the weather are not considered."
        )
    if recipe == "quick":
        sentences.append("The recipe quick understates what large trips gain. Use it to try, not to decide.")
    return sentences


def remarks(outcome: Outcome) -> tuple[str, ...]:
    """What a reader of the score must know: its notes, and what each member of an ensemble counts.

    Parameters
    ----------
    outcome
        The answer that the reader looks at.
    """
    if not outcome.member_weights:
        return outcome.notes
    return (*outcome.notes, weights_sentence(outcome.member_weights, outcome.plan.learner))


def price_sentence(advice: Advice, currency: str) -> str:
    """What a point of the score costs along the convex frontier; without a full stop.

    Parameters
    ----------
    advice
        With the options that were compared.
    currency
        Code of the tariff's currency, for example ``EUR``.
    """
    every = steps(advice.payable)
    if not every:
        return f"No option{within_budget(advice)} scores more than the cheapest: no money buys a point"
    known = [step.price for step in every if step.price is not None]
    if not known:
        return "The data can't show what a point costs: no step of the frontier is a clear gain"
    least = f"The cheapest points cost about {money(known[0], currency)} each"
    return least if len(known) == 1 else f"{least}, the dearest about {money(known[-1], currency)}"


def _class_sentences(diagnosis: Diagnosis) -> Iterator[str]:
    """What a trip lacks of the area's classes, and by what these are known."""
    trip, random, basis = diagnosis.trip, diagnosis.random, diagnosis.classes
    if basis == "unknown" or trip.mix is None or trip.missing is None:
        yield "Classes that it misses: not known yet, for this season has no labels."
        return
    if basis != "labels":
        yield basis_sentence(basis, diagnosis.season)
    if diagnosis.lacks:
        missed = "" if random.missing is None else f"; a random sample would miss {random.missing:.0%}"
        yield (
            f"No visited parcel has {listed(diagnosis.lacks, len(diagnosis.lacks))}. {trip.missing:.0%} of "
            f"the area's parcels do{missed}."
        )
    else:
        yield "The trip has every class of the area."
    beside = "" if random.mix is None else f"; a random sample's is {random.mix:.2f}"
    yield (
        f"The class mix of the trip is {trip.mix:.2f} from the area's{beside} (Hellinger distance: 0 the "
        "same, 1 nothing in common)."
    )


def diagnosis_sentences(diagnosis: Diagnosis) -> tuple[str, ...]:
    """What the area has that a trip lacks, classes first.

    Parameters
    ----------
    diagnosis
        The figures of a trip and of its area.
    """
    trip, random = diagnosis.trip, diagnosis.random
    sentences = list(_class_sentences(diagnosis))
    if trip.outside is not None and random.outside is not None:
        sentences.append(
            f"{trip.outside:.0%} of the area's parcels are unlike any visited one (outside the area of "
            f"applicability); for a random sample {random.outside:.0%}."
        )
    if trip.features is not None and random.features is not None:
        sentences.append(
            f"The series of trip and area are {trip.features:.3f} apart; those of a random sample "
            f"{random.features:.3f} (energy distance, 0 to 1)."
        )
    elif not diagnosis.has_series:
        sentences.append("Series are not compared: this season has none yet.")
    else:
        sentences.append(
            "Only classes are compared: the series of this season are not simulated yet. Run a plan of this "
            "season to compare them too."
        )
    return tuple(sentences)
