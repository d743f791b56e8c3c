"""What plans are usually run for: each purpose names its plans, so that nobody combines them by hand."""

from __future__ import annotations

from dataclasses import dataclass

from engine.decisions.backtest import backtests
from engine.decisions.published import RADII_KM
from engine.domain import Departure, PlanError, Study
from engine.experiments.checks import nothing_to_test
from engine.experiments.plan import GridRequest, Plan, grid
from engine.learning.methods import ASKED_BY_DEFAULT, BASELINE, DEFAULT, OF_THE_STUDY, without_past
from engine.learning.recipes import Recipe
from engine.sampling import DESIGNS

CIRCLE_AND_RANDOM = ("radius", "random")
LEARNER = "cnn1d"
BACKTEST_REPEATS = 2  # seasons differ more than repeats


@dataclass(frozen=True)
class Purpose:
    """A question that many plans answer together.

    Parameters
    ----------
    label, description
        Its short name, and what it tells, in a sentence.
    methods, designs
        By name, each design at the study's radii; None for every design.
    repeats
        Of each plan.
    forecast
        Whether the seasons before the target are asked, to forecast the target; else the target itself.
    """

    label: str
    description: str
    methods: tuple[str, ...]
    designs: tuple[str, ...] | None
    repeats: int = 5
    forecast: bool = False


PURPOSES: dict[str, Purpose] = {
    "study": Purpose(
        "Reproduce the study",
        "Zero-shot, transfer and from scratch, by circle and at random: is a short trip worse than none?",
        OF_THE_STUDY,
        CIRCLE_AND_RANDOM,
    ),
    "designs": Purpose(
        "Compare designs",
        "The Groundplan ensemble with every design: where should parcels be visited?",
        (BASELINE, DEFAULT),
        None,
    ),
    "forecast": Purpose(
        "Fill the gaps of the forecast",
        "Trips of every design in each season before this one: what will a trip gain?",
        (BASELINE, DEFAULT),
        None,
        repeats=BACKTEST_REPEATS,
        forecast=True,
    ),
}


FIRST = "first"  # the name of the purpose of `first_plans`
TESTED_FIRST = Purpose(
    "First answers",
    "Every usual method by circle and at random: what does a trip from here buy?",
    ASKED_BY_DEFAULT,
    CIRCLE_AND_RANDOM,
)
FORECAST_FIRST = Purpose(
    "First forecast",
    "Circles and random samples in each season before this one: what will a trip from here gain?",
    (BASELINE, DEFAULT),
    CIRCLE_AND_RANDOM,
    repeats=BACKTEST_REPEATS,
    forecast=True,
)


def purposes_of(study: Study, target: str) -> tuple[str, ...]:
    """Ids of the purposes that a season can serve, the usual one first.

    Parameters
    ----------
    study, target
        The study; label of the season.
    """
    backtested = len(study.seasons_before(target)) > 1
    if study.is_open(target):
        return ("forecast",) if backtested else ()
    if not study.other_seasons(target):
        return ("study",)
    return ("study", "designs", *(("forecast",) if backtested else ()))


def first_plans(study: Study, target: str, departure: Departure, recipe: Recipe) -> tuple[Plan, ...]:
    """The plans to run where nothing is answered yet: tests, or for a season without labels backtests.

    Parameters
    ----------
    study, target, departure, recipe
        As for `plans_for`.
    """
    purpose = FORECAST_FIRST if study.is_open(target) else TESTED_FIRST
    return plans_for(study, purpose, target, departure, recipe)


def plans_for(
    study: Study, purpose: Purpose, target: str, departure: Departure, recipe: Recipe
) -> tuple[Plan, ...]:
    """The plans of a purpose.

    Parameters
    ----------
    study
        With its seasons.
    purpose
        One of `PURPOSES`, or the first.
    target, departure
        Label of the season; where trips start.
    recipe
        By which is trained.

    Raises
    ------
    PlanError
        Where the season cannot serve it; with what can be asked.
    """
    if study.is_open(target) and not purpose.forecast:
        raise PlanError(nothing_to_test(study, target))
    past = purpose.forecast or study.other_seasons(target)
    methods = purpose.methods if past else without_past(purpose.methods)
    if not methods:
        raise PlanError(
            f"There is no other season with labels, so nothing can be transferred to {target}. Add seasons, "
            "or run --method scratch."
        )
    designs = purpose.designs or tuple(DESIGNS)
    request = GridRequest(
        target, departure, RADII_KM, designs, methods, LEARNER, recipe, repeats=purpose.repeats
    )
    plans = grid(study, request)
    return backtests(study, plans) if purpose.forecast else plans
