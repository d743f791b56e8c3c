"""Compare shows the season and departure that were asked for, or says why not, one family at a time."""

import dataclasses

import pytest

from engine.decisions.comparison import comparisons
from engine.decisions.comparison_wording import question_titles, shared_sentence, untried_sentence
from engine.decisions.selection import families_of, in_family, select, trip_like
from engine.domain import Departure
from engine.sampling import DESIGNS
from engine.sampling.families import BY_MODEL, CONVENIENCE, FAMILIES, SPREAD
from engine.views.facets import MOST_SERIES
from tests.decisions.options_of import STUDY, option
from tests.made_up import TINY, grid, without_labels

ZRENJANIN = Departure(20.39, 45.38, "Zrenjanin")


def made(method, design="radius", **changed):
    """An option of that method and design."""
    first = option(method, 100.0, 0.8)
    sized = DESIGNS[design](20.0) if first.visits else first.plan.design
    outcome = dataclasses.replace(
        first.outcome, plan=dataclasses.replace(first.plan, design=sized, **changed)
    )
    return dataclasses.replace(first, outcome=outcome)


def outcomes(*options):
    return [each.outcome for each in options]


@pytest.mark.parametrize(
    ("season", "departure", "expected"),
    [
        ("2021", STUDY.departure, ""),
        ("2021", ZRENJANIN, "No plan for 2021 from Zrenjanin is answered. Shown is 2021 from Novi Sad."),
        ("2020", STUDY.departure, "2020 has no labels, so nothing can be compared in it. Shown is 2021"),
    ],
)
def test_what_was_asked_is_shown_or_the_page_says_why_not(season, departure, expected):
    answers = comparisons(STUDY, outcomes(made("transfer"), made("zero-shot")))
    found = select(without_labels(STUDY, "2020"), answers, season, departure)
    assert found.instead.startswith(expected)
    assert bool(found.instead) == bool(expected)
    assert [question.target for question in found.questions] == ["2021"]


def test_the_departure_counts_more_than_the_season():
    (plan,) = grid(STUDY, "2020", STUDY.departure, [20], ["radius"], ["transfer"], "cnn1d", TINY)
    near = made("transfer")
    near = dataclasses.replace(near, outcome=dataclasses.replace(near.outcome, plan=plan))
    far = [made("scratch", departure=ZRENJANIN), made("transfer", departure=ZRENJANIN)]
    answers = comparisons(STUDY, outcomes(near, *far))
    (question,) = select(STUDY, answers, "2021", STUDY.departure).questions
    assert (question.target, question.departure) == ("2020", STUDY.departure)


def test_comparisons_are_named_by_what_tells_them_apart():
    answers = comparisons(STUDY, outcomes(made("transfer"), made("zero-shot"), made("transfer", seed=3)))
    assert list(question_titles(answers)) == ["Seed 0 (2 outcomes)", "Seed 3 (1 outcome)"]
    assert "1D-CNN" in shared_sentence(next(iter(answers)))


def test_a_family_has_its_methods_with_the_circle_beside_them():
    all_of_them = outcomes(
        made("zero-shot"),
        made("transfer"),
        made("transfer", "random"),
        made("ensemble"),
        made("ensemble", "random"),
        made("ensemble", "balanced"),
        made("ensemble", "embedding"),
    )
    assert families_of(all_of_them) == [CONVENIENCE, SPREAD, BY_MODEL]
    drawn = in_family(all_of_them, SPREAD)
    assert [(each.plan.method.name, each.plan.design.name) for each in drawn] == [
        ("zero-shot", "no-visit"),
        ("ensemble", "radius"),
        ("ensemble", "random"),
        ("ensemble", "balanced"),
    ]
    assert untried_sentence(all_of_them, drawn, SPREAD.label) == (
        "Transfer (fine-tuned) was not tried with these designs (spread over the area)."
    )
    assert len(in_family(all_of_them, CONVENIENCE)) == 5
    assert untried_sentence(all_of_them, all_of_them, SPREAD.label) == ""


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_no_family_has_more_designs_than_the_eye_can_follow(family):
    members = [design for design in DESIGNS.values() if family in design.families]
    assert len({*members, DESIGNS["radius"]}) <= MOST_SERIES


def test_a_trip_of_another_season_is_marked_by_its_design_and_size():
    options = [made("zero-shot"), made("transfer", "random"), made("ensemble", "random"), made("ensemble")]
    assert trip_like(options, "random-20") is options[2]
    assert trip_like(options, "random-25") is None
