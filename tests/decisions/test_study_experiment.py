"""The study's experiment is found where it is answered; its lessons are said as the outcomes show them."""

import dataclasses

import pytest

from engine.decisions.comparison import comparisons
from engine.decisions.lesson_rows import lesson_row
from engine.decisions.lesson_wording import (
    answered_sentence,
    here_sentences,
    lessons_sentence,
    season_sentence,
)
from engine.decisions.published import RADII_KM
from engine.decisions.study_experiment import Experiment, experiment, lessons
from engine.domain import Departure
from engine.sampling.random import Random
from tests.decisions.options_of import STUDY, option
from tests.made_up import without_labels

HALF = 0.005


def outcome(method, f1, km=20.0, design=None):
    made = option(method, 0, f1, HALF, km).outcome
    plan = dataclasses.replace(made.plan, design=design(km)) if design else made.plan
    return dataclasses.replace(made, plan=plan)


def answered(circles, randoms, free=0.78, method="transfer"):
    """Trips of one method that score so at 20, 25 and 30 km, beside zero-shot."""
    trips = [outcome(method, f1, km) for km, f1 in zip(RADII_KM, circles, strict=True)]
    spread = [outcome(method, f1, km, Random) for km, f1 in zip(RADII_KM, randoms, strict=True)]
    return [outcome("zero-shot", free), *trips, *spread]


def found(outcomes):
    (question,) = comparisons(STUDY, outcomes)
    return Experiment(question, tuple(outcomes))


def test_lessons_that_the_outcomes_show_are_shown():
    short, circle, more = lessons(found(answered([0.74, 0.79, 0.83], [0.83, 0.85, 0.86])))
    assert [lesson.found for lesson in (short, circle, more)] == ["shown"] * 3
    assert here_sentences(short)[0] == (
        "20 km against no trip: -4.0 points (-4.7 to -3.3). The trip makes the map worse."
    )
    assert here_sentences(circle) == ["Transfer (fine-tuned): 3.0 to 9.0 points; all intervals are above 0."]
    assert here_sentences(more) == [
        "Transfer (fine-tuned), from 20 to 30 km: -6.0 points (-7.0 to -5.0). It shrinks."
    ]
    assert lessons_sentence((short, circle, more)) == "Of the study's 3 lessons, 3 are shown here"


def test_lessons_that_the_outcomes_contradict_are_not_shown():
    taught = lessons(found(answered([0.83, 0.85, 0.86], [0.82, 0.84, 0.88])))
    assert [lesson.found for lesson in taught] == ["not shown", "partly shown", "not shown"]
    assert "The trip makes the map better." in here_sentences(taught[0])[0]
    assert here_sentences(taught[1])[0].endswith("1 of 3 intervals is above 0.")
    assert "It grows." in here_sentences(taught[2])[0]


def test_what_an_interval_leaves_open_is_unclear():
    short, *_ = lessons(found(answered([0.779, 0.79, 0.83], [0.83, 0.85, 0.86])))
    assert short.found == "unclear"
    assert "The interval includes 0" in here_sentences(short)[0]


def test_a_gap_outside_the_range_of_the_study_is_said():
    _, circle, _ = lessons(found(answered([0.65, 0.69, 0.78], [0.80, 0.83, 0.84], method="scratch")))
    assert here_sentences(circle) == [
        "From scratch: 6.0 to 15.0 points; all intervals are above 0.",
        "2 of 3 lie outside the study's range.",
    ]


def test_every_finding_names_the_plans_that_it_compares():
    outcomes = answered([0.74, 0.79, 0.83], [0.83, 0.85, 0.86])
    keys = {each.plan.key for each in outcomes}
    rows = [lesson_row(lesson) for lesson in lessons(found(outcomes))]
    assert [len(row["findings"]) for row in rows] == [3, 3, 1]
    assert all(set(finding["keys"]) <= keys for row in rows for finding in row["findings"])
    first = rows[0]["findings"][0]
    assert first["change"]["value"] == pytest.approx(0.04)
    assert first["equivalent_radius_km"] == [20.0]


def test_what_is_not_answered_is_said_to_be_so():
    outcomes = answered([0.74, 0.79, 0.83], [0.83, 0.85, 0.86])[:2]
    taught = lessons(found(outcomes))
    assert [lesson.found for lesson in taught] == ["shown", "not answered", "not answered"]
    assert here_sentences(taught[1]) == ["Its plans are not answered yet."]
    assert answered_sentence(found(outcomes)) == "2 of its 13 plans are answered."


def test_the_season_asked_for_is_shown_else_the_one_where_most_is_answered():
    outcomes = answered([0.74, 0.79, 0.83], [0.83, 0.85, 0.86])
    answers = comparisons(STUDY, [*outcomes, outcome("ensemble", 0.9, 10)])
    here = experiment(answers, "2021", STUDY.departure)
    assert len(here.outcomes) == 7  # the ensemble is not of the study
    assert season_sentence(STUDY, here, "2021", STUDY.departure) == "Season 2021 from Novi Sad."
    elsewhere = experiment(answers, "2020", Departure(20.0, 45.5, "Zrenjanin"))
    assert elsewhere == here
    said = season_sentence(STUDY, here, "2020", STUDY.departure)
    assert said == "The study's methods are not answered for 2020 from Novi Sad. Shown is 2021 from Novi Sad."
    open_study = without_labels(STUDY, "2020")
    assert season_sentence(open_study, here, "2020", STUDY.departure).startswith("2020 has no labels")


def test_without_a_trip_of_the_study_there_is_no_experiment():
    answers = comparisons(STUDY, [outcome("zero-shot", 0.78), outcome("ensemble", 0.9)])
    assert experiment(answers, "2021", STUDY.departure) is None
