"""Outcomes and options as rows: the one set of column names of JSON, CSV, tables on pages and reports.

A row is nested as in JSON: an estimate is ``{"value", "low", "high", "level"}``, a range ``{"likely", "low",
"high"}``. `flat` makes one line of it for a table: ``macro_f1_pixel``, ``macro_f1_pixel_low``,
``macro_f1_pixel_high``, ``money``, ``money_low`` and so on. What has no value is None. `docs/contracts.md`
lists every column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.decisions.advice import Advice
from engine.decisions.comparison import Question
from engine.decisions.evidence_wording import evidence_sentence
from engine.decisions.options import Option
from engine.domain import Estimate
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.scores import MACRO_F1, Metric, lacking, score_of
from engine.fieldwork.costs import Cost
from engine.learning.learners import LEARNERS

if TYPE_CHECKING:
    from engine.decisions.backtest import TripForecast
    from engine.decisions.diagnosis import Diagnosis

OUTCOME_COLUMNS = (
    "key", "target", "method", "design", "equivalent_radius_km", "parcels", "test_parcels",
    "macro_f1_pixel", "macro_f1_pixel_low", "macro_f1_pixel_high",
    "macro_f1_parcel", "macro_f1_parcel_low", "macro_f1_parcel_high",
    "overall_accuracy", "calibration_error", "seconds",
)  # fmt: skip
OPTION_COLUMNS = (
    *OUTCOME_COLUMNS[:-3], "crew_days", "km", "money", "money_low", "money_high", "provenance",
)  # fmt: skip


def estimate_row(estimate: Estimate | None) -> dict[str, float] | None:
    """An estimate as JSON.

    Parameters
    ----------
    estimate
        With its interval, if there is one.
    """
    return asdict(estimate) if estimate else None


def plan_row(plan: Plan) -> dict[str, Any]:
    """What was asked: the columns that name a plan.

    Parameters
    ----------
    plan
        The question to a study.
    """
    return {
        "key": plan.key,
        "target": plan.target,
        "method": plan.method.name,
        "design": plan.design.name,
        "equivalent_radius_km": plan.design.equivalent_radius_km or None,
    }


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """An outcome with every score, nested.

    Parameters
    ----------
    outcome
        The answer of one plan.
    """
    plan = outcome.plan
    return {
        **plan_row(plan),
        "parcels": outcome.parcels,
        "test_parcels": outcome.test_parcels,
        "macro_f1_pixel": estimate_row(outcome.macro_f1),
        "macro_f1_parcel": estimate_row(outcome.macro_f1_parcel),
        "overall_accuracy": estimate_row(outcome.overall_accuracy),
        "calibration_error": estimate_row(outcome.calibration_error),
        "seconds": round(outcome.seconds, 3),
        "study": outcome.study_name,
        "provenance": outcome.provenance,
        "learner": plan.learner,
        "recipe": plan.recipe.name,
        "test": plan.test.kind,
        "beyond_km": plan.test.beyond_km,
        "repeats": list(outcome.repeats),
        "finished": outcome.finished,
        "asked": plan.repeats,
        "provisional": outcome.provisional,
        "per_class": {name: estimate_row(f1) for name, f1 in outcome.per_class.items()},
        "member_weights": outcome.member_weights,
        "notes": list(outcome.notes),
    }


def option_row(option: Option) -> dict[str, Any]:
    """An outcome with the likely bill of its trip, nested.

    Parameters
    ----------
    option
        The answer with the bill of its trip.
    """
    return {
        **outcome_row(option.outcome),
        "crew_days": option.crew_days,
        "km": asdict(option.km),
        "money": asdict(option.money),
        "score": estimate_row(option.f1),
    }


def metric_row(metric: Metric) -> dict[str, Any]:
    """The score that decides.

    Parameters
    ----------
    metric
        The score.
    """
    return {"name": metric.name, "crops": list(metric.crops)}


def bill_row(bill: Cost) -> dict[str, Any]:
    """A bill, nested.

    Parameters
    ----------
    bill
        Of one trip; money is added to its parts.
    """
    return {**asdict(bill), "money": asdict(bill.money)}


def forecast_row(forecast: TripForecast) -> dict[str, Any]:
    """The forecast of a trip, nested; its gain is in points (0.01 of the score), its level runs from 0 to 1.

    Parameters
    ----------
    forecast
        Of one trip.
    """
    return {
        **vars(forecast),
        "gain": estimate_row(forecast.gain),
        "level": estimate_row(forecast.level),
        "pooled": forecast.evidence.pooled or None,
        "evidence": evidence_sentence(forecast.evidence, forecast.design),
    }


def diagnosis_row(plan: Plan, diagnosis: Diagnosis) -> dict[str, Any]:
    """What stands between a trip and its area; ``..._random`` is the same of a random sample.

    Parameters
    ----------
    plan, diagnosis
        What was asked, and how its trip differs from the area.
    """
    row = {
        "design": plan.design.name,
        "equivalent_radius_km": plan.design.equivalent_radius_km or None,
        "parcels": diagnosis.parcels,
        "area_parcels": diagnosis.area_parcels,
        "classes": diagnosis.classes,
        "classes_of": diagnosis.season or None,
        "lacks": list(diagnosis.lacks),
    }
    random = asdict(diagnosis.random)
    for name, value in asdict(diagnosis.trip).items():
        row |= {name: value, f"{name}_random": random[name]}
    return row


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row on one line: values with their ends; lists and tables are left out.

    Parameters
    ----------
    row
        A nested row, as `outcome_row` gives it.
    """
    line: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and {"low", "high"} <= set(value):
            middle = value["likely"] if "likely" in value else value["value"]
            line |= {name: middle, f"{name}_low": value["low"], f"{name}_high": value["high"]}
        elif not isinstance(value, dict | list):
            line[name] = value
    return line


def outcome_table(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """One row an outcome, with `OUTCOME_COLUMNS`, sorted by method, design and size. Where one is
    provisional, the column ``repeats`` says how many of its repeats each rests on: ``2 of 5``.

    Parameters
    ----------
    outcomes
        Answers, of any comparison.
    """
    frame = table_of([outcome_row(outcome) for outcome in outcomes], OUTCOME_COLUMNS)
    return frame.sort_values(["method", "design", "equivalent_radius_km"], kind="stable", ignore_index=True)


def option_table(options: Iterable[Option]) -> pd.DataFrame:
    """One row an option, with `OPTION_COLUMNS` and ``repeats`` as in `outcome_table`, in the order given.

    Parameters
    ----------
    options
        Answers with the bills of their trips.
    """
    return table_of([option_row(option) for option in options], OPTION_COLUMNS)


def decision_table(
    options: Sequence[Option], advice: Advice, currency: str, per_class: bool = True
) -> pd.DataFrame:
    """Every option of a decision, as a report writes it.

    Parameters
    ----------
    options, advice, currency
        Of one decision; the currency is that of its tariff.
    per_class
        With three columns a class (``f1_<class>``, ``..._low``, ``..._high``), empty where not tested.

    Returns
    -------
    One row an option: `OPTION_COLUMNS`, ``currency``, ``pareto`` and ``recommended``. Scores are rounded to
    5 digits, days to 3, km to 1, money to 2.
    """
    digits = {"crew_days": 3, "km": 1} | dict.fromkeys(("money", "money_low", "money_high"), 2)
    frame = option_table(options)
    scores = [name for name in frame.columns if name.startswith("macro_f1")]
    frame = frame.round(digits | dict.fromkeys(scores, 5)).assign(
        currency=[currency if option.visits else "" for option in options],
        pareto=[option in advice.pareto for option in options],
        recommended=[option == advice.recommended for option in options],
    )
    return frame.join(_class_scores(options)) if per_class else frame


def _class_scores(options: Sequence[Option]) -> pd.DataFrame:
    lines = []
    for option in options:
        line: dict[str, float | None] = {}
        for name in option.outcome.classes:
            f1 = option.outcome.per_class.get(name)
            for end in ("value", "low", "high"):
                column = f"f1_{name}" if end == "value" else f"f1_{name}_{end}"
                line[column] = round(getattr(f1, end), 5) if f1 else None
        lines.append(line)
    return pd.DataFrame(lines)


def learner_table(
    asked: Mapping[Question, Sequence[Outcome]], question: Question, metric: Metric = MACRO_F1
) -> pd.DataFrame:
    """Learners side by side: comparisons that agree in all but the learner.

    Parameters
    ----------
    asked, question
        Outcomes by comparison, and the comparison whose learners are wanted.
    metric
        The score; outcomes that can't give it are passed over.

    Returns
    -------
    One row a plan that some learner answered, the columns ``method``, ``design``, ``equivalent_radius_km``,
    and for each learner its score; last ``best``, the learner whose score is highest.
    """
    rows: dict[tuple[Any, ...], dict[str, float]] = {}
    names = ("method", "design", "equivalent_radius_km")
    for asked_question, outcomes in asked.items():
        if replace(asked_question, learner=question.learner) == question:
            for outcome in outcomes:
                if lacking(outcome, metric):
                    continue
                place = tuple(plan_row(outcome.plan)[name] for name in names)
                rows.setdefault(place, {})[outcome.plan.learner] = score_of(outcome, metric).value
    learners = [name for name in LEARNERS if any(name in scores for scores in rows.values())]
    return pd.DataFrame(
        [
            (*place, *(scores.get(name) for name in learners), max(scores, key=lambda name: scores[name]))
            for place, scores in rows.items()
        ],
        columns=[*names, *learners, "best"],
    )


def table_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Nested rows of outcomes as a table, with ``repeats`` where one is provisional, see `outcome_table`.

    Parameters
    ----------
    rows
        As `outcome_row` gives them.
    columns
        To keep, in their order.
    """
    frame = pd.DataFrame([flat(row) for row in rows], columns=list(columns))
    if any(row["provisional"] for row in rows):
        behind = frame.columns.get_loc("parcels")
        assert isinstance(behind, int)
        frame.insert(behind + 1, "repeats", [f"{row['finished']} of {row['asked']}" for row in rows])
    return frame
