"""How comparisons are told apart on a list, and what is said of all their outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.decisions.comparison import Question
from engine.decisions.texts import counted, listed
from engine.decisions.wording import label_of
from engine.experiments.outcome import Outcome
from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS

TESTS = {"far-half": "the test half beyond", "far-all": "all parcels beyond"}


def shared_sentence(question: Question) -> str:
    """What all outcomes of a comparison have in common, but for season and departure.

    Parameters
    ----------
    question
        What the comparison asks.
    """
    text = "; ".join(_phrases(question).values())
    return f"All have in common: {text}."


def question_titles(answers: Mapping[Question, Sequence[Outcome]]) -> dict[str, Question]:
    """Comparisons of one season and departure by short titles that name only what tells them apart.

    Parameters
    ----------
    answers
        Outcomes by comparison.
    """
    phrases = {question: _phrases(question) for question in answers}
    telling = [part for part in _PARTS if len({each[part] for each in phrases.values()}) > 1]
    titles = {}
    for question, outcomes in answers.items():
        parts = ", ".join(phrases[question][part] for part in telling)
        count = counted(len(outcomes), "outcome")
        titles[f"{parts[:1].upper()}{parts[1:]} ({count})" if parts else count] = question
    return titles


def untried_sentence(outcomes: Sequence[Outcome], drawn: Sequence[Outcome], family: str) -> str:
    """Which methods of a comparison have no panel, and why; empty where all have one.

    Parameters
    ----------
    outcomes, drawn
        Of the comparison, and those of them that are drawn.
    family
        Label of the family that is drawn.
    """
    tried = {outcome.plan.method.name for outcome in drawn}
    missing = [
        label_of(METHODS[name])
        for name in dict.fromkeys(outcome.plan.method.name for outcome in outcomes)
        if name not in tried
    ]
    if not missing:
        return ""
    verb = "was" if len(missing) == 1 else "were"
    return f"{listed(missing)} {verb} not tried with these designs ({family[:1].lower()}{family[1:]})."


_PARTS = ("sources", "learner", "recipe", "test", "repeats", "seed", "models")


def _phrases(question: Question) -> dict[str, str]:
    sources = f"source seasons {', '.join(question.sources)}" if question.sources else "no source season"
    models = question.source_models
    return {
        "sources": sources,
        "learner": label_of(LEARNERS[question.learner]),
        "recipe": f"recipe {question.recipe.name}",
        "test": f"tested on {TESTS[question.test]} {question.beyond_km:g} km",
        "repeats": counted(question.repeats, "repeat"),
        "seed": f"seed {question.seed}",
        "models": counted(models, "source model") if models else "a source model each repeat",
    }
