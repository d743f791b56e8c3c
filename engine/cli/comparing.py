"""Commands that set answers and trips side by side: compare answers, say what a trip lacks."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

import pandas as pd

from engine.cli import shared
from engine.cli.decisions import not_answered
from engine.cli.shared import of_study, opened, print_json
from engine.decisions import lesson_wording, published, report_wording, rows, wording
from engine.decisions.alternatives import equal_cost, equal_count, largest_circle
from engine.decisions.compared import compared_rows, compared_table
from engine.decisions.comparison import comparisons
from engine.decisions.decision import able, fullest
from engine.decisions.diagnosis import diagnosis_of_plan
from engine.decisions.lesson_rows import lesson_row
from engine.decisions.metric_wording import left_out_sentence
from engine.decisions.options import Option, priced
from engine.decisions.run_wording import provisional_sentence
from engine.decisions.study_experiment import experiment, lessons
from engine.domain import Departure, PlanError, Study
from engine.experiments.checks import nothing_to_test
from engine.experiments.outcome import Outcome, trips_of
from engine.experiments.plan import GridRequest, grid
from engine.experiments.provisional import current_outcomes
from engine.fieldwork.costs import read_tariff
from engine.learning.recipes import recipe_by_name


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Options of ``compare``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _compare)
    shared.add_tariff(parser)
    text = "the trip to compare with other designs (default: the largest circle)"
    shared.add_metric(parser)
    parser.add_argument("--beside", metavar="KEY", help=text)
    text = "the published study's experiment and its three lessons, where they are answered"
    parser.add_argument("--study", action="store_true", help=text)


def _in_percent(table: pd.DataFrame) -> str:
    """Outcomes as text: scores in percent, gains in points."""
    shares = ("macro_f1", "overall_accuracy", "score")
    formats = {str(name): _share for name in table if str(name).startswith(shares)}
    gains = {str(name): _gain for name in table if str(name).startswith("gain")}
    return str(table.to_string(index=False, float_format="%.3f", formatters={**formats, **gains}, na_rep="-"))


def _share(value: float) -> str:
    return f"{100 * value:.1f}"


def _gain(value: float) -> str:
    return f"{100 * value:+.1f}"


def _compare(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    answered = current_outcomes(study, archive, archive.outcomes(study))
    if options.study:
        return _the_study(study, answered, departure, options)
    comparison = fullest(study, answered, options.target, departure)
    if comparison is None:
        if study.is_open(options.target):
            raise PlanError(nothing_to_test(study, options.target))
        raise not_answered(options.target, departure, "compare them")
    question, metric = comparison[0], shared.metric_of(options)
    outcomes, left_out = able(comparison[1], metric)
    tariff = read_tariff(options.tariff)
    choices = priced(study, outcomes, tariff, metric)
    reference = _by_key(choices, options.beside) if options.beside else largest_circle(choices)
    title = wording.question_title(question)
    if not options.json:
        print(f"{study.name}, {study.provenance} data; {title}")
        table = compared_table(choices).drop(columns=["key", "target", "test_parcels", "seconds"])
        print(f"Scores in percent, gains in points.\n{_in_percent(table)}")
        for sentence in (provisional_sentence(outcomes), left_out_sentence(len(left_out), metric)):
            if sentence:
                print(sentence)
        return 0
    learners = rows.learner_table(comparisons(study, answered), question, metric)
    facts = {
        "question": title,
        "currency": tariff.currency,
        "metric": rows.metric_row(metric),
        "left_out": len(left_out),
        "provisional": any(outcome.provisional for outcome in outcomes),
        "outcomes": compared_rows(choices),
        "alternatives": reference
        and {
            "reference": reference.plan.key,
            "equal_count": [option.plan.key for option in equal_count(choices, reference)],
            "equal_cost": [option.plan.key for option in equal_cost(choices, reference)],
        },
        "learners": json.loads(learners.to_json(orient="records")),
        "published": json.loads(published.published_table(outcomes).to_json(orient="records")),
    }
    return print_json({**of_study(study), **facts})


def _the_study(
    study: Study, answered: Sequence[Outcome], departure: Departure, options: argparse.Namespace
) -> int:
    study.season(options.target)
    found = experiment(comparisons(study, answered), options.target, departure)
    if found is None:
        raise PlanError(lesson_wording.NOT_ANSWERED)
    tariff = read_tariff(options.tariff)
    taught = lessons(found)
    table = published.published_table(found.outcomes)
    season = lesson_wording.season_sentence(study, found, options.target, departure)
    if options.json:
        facts = {
            "target": found.question.target,
            "season": season,
            "question": wording.question_title(found.question),
            "currency": tariff.currency,
            "provisional": any(outcome.provisional for outcome in found.outcomes),
            "outcomes": compared_rows(priced(study, found.outcomes, tariff)),
            "published": json.loads(table.to_json(orient="records")),
            "lessons": [lesson_row(lesson) for lesson in taught],
        }
        return print_json({**of_study(study), **facts})
    print(f"{study.name}, {study.provenance} data. {season}")
    said = f"{lesson_wording.answered_sentence(found)} {lesson_wording.lessons_sentence(taught)}."
    print(said.lstrip())
    for lesson in taught:
        print(f"\n{lesson.number}. {lesson_wording.lesson_title(lesson)} Here: {lesson.found}.")
        print(f"   Study: {lesson_wording.study_sentence(lesson)}")
        print("\n".join(f"   Here: {sentence}" for sentence in lesson_wording.here_sentences(lesson)))
    shares = table.rename(columns={"published": "score_published", "random": "score_random"})
    shares = shares.rename(columns={"random_minus_circle": "gain_random_minus_circle"})
    print(f"\nScores in percent, gains in points.\n{_in_percent(shares)}\n{lesson_wording.SOURCE}")
    return 0


def _by_key(options: Sequence[Option], key: str) -> Option:
    for option in trips_of(options):
        if option.plan.key == key:
            return option
    raise PlanError(f"No trip of this comparison has the key {key}. The command without --beside lists them.")


def add_diagnose(parser: argparse.ArgumentParser) -> None:
    """Options of ``diagnose``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _diagnose)
    shared.add_designs(parser, shared.USUAL_RADII)
    shared.add_recipe(parser)


def _diagnose(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    recipe = recipe_by_name(options.recipe)
    request = GridRequest(
        options.target, departure, options.radius, options.design, ["scratch"], "cnn1d", recipe
    )
    plans = grid(study, request)
    diagnoses = [(plan, diagnosis_of_plan(study, plan, archive)) for plan in plans]
    if options.json:
        facts = {"target": options.target, "diagnoses": [rows.diagnosis_row(*pair) for pair in diagnoses]}
        return print_json({**of_study(study), **facts})
    print(f"{study.name}, {study.provenance} data; {options.target} from {departure.title}")
    for plan, diagnosis in diagnoses:
        parcels = wording.counted(diagnosis.parcels, "parcel")
        print(f"\n{plan.design.name} {plan.design.equivalent_radius_km:g} km, {parcels}")
        print("\n".join(f"- {sentence}" for sentence in report_wording.diagnosis_sentences(diagnosis)))
    return 0
