"""The charts of outcomes, drawn from the demo's."""

from pathlib import Path

import numpy as np
import pytest

from engine.decisions.alternatives import equal_count
from engine.decisions.decision import decide
from engine.experiments.archive import Archive
from engine.experiments.outcome import baseline_of
from engine.experiments.scores import Metric
from engine.fieldwork.costs import Tariff
from engine.studies import store
from engine.views.alternatives import alternatives
from engine.views.class_f1 import class_f1, class_f1_frame
from engine.views.confusion import confusion, confusion_frame
from engine.views.trade_off import AXES, trade_off, trade_off_frame

DEMO = Path(__file__).parents[2] / "data" / "vojvodina-demo"


@pytest.fixture(scope="module")
def decision():
    study, archive = store.open_study(DEMO), Archive(DEMO)
    return decide(study, tuple(archive.outcomes(study)), "2021", study.departure, Tariff())


@pytest.mark.parametrize("axis", list(AXES))
def test_the_map_without_a_trip_is_on_every_trade_off_chart(decision, axis):
    chart = trade_off(decision.outcomes, axis, Metric("pixel"), False, decision.options)
    baseline = baseline_of(decision.outcomes)
    levels = [shape.y0 for shape in chart.figure.layout.shapes if shape.y0 == shape.y1]
    texts = [annotation.text for annotation in chart.figure.layout.annotations]
    assert baseline.macro_f1.value in levels
    assert f"Groundplan ensemble, zero-shot (no field trip) {baseline.macro_f1.value:.1%}" in texts
    assert "Zero-shot (no field trip)" in chart.alt


def test_every_trip_is_a_point_and_the_recommended_one_is_marked(decision):
    best = decision.advice.recommended
    chart = trade_off(decision.outcomes, "cost", Metric("parcel"), True, decision.options, best, "EUR")
    curves = [trace for trace in chart.figure.data if trace.mode == "lines+markers"]
    trips = [outcome for outcome in decision.outcomes if outcome.visits]
    assert sum(len(curve.x) for curve in curves) == len(trips)
    assert all(list(curve.x) == sorted(curve.x) for curve in curves)
    (mark,) = [trace for trace in chart.figure.data if trace.mode == "markers+text"]
    assert (mark.x[0], mark.y[0]) == (best.money.likely, best.outcome.macro_f1_parcel.value)
    assert chart.figure.layout.yaxis.title.text == "Per-parcel F1 (macro)"


def test_without_options_nothing_has_a_cost(decision):
    frame = trade_off_frame(decision.outcomes, Metric("pixel"))
    assert frame["cost"].isna().all()
    assert list(frame["key"]) == [outcome.plan.key for outcome in decision.outcomes]
    assert frame["baseline"].sum() == 1


def test_a_panel_a_class_shows_the_scores_of_one_method(decision):
    chart = class_f1(decision.outcomes, "transfer", "pixel", False)
    transfer = [outcome for outcome in decision.outcomes if outcome.plan.method.name == "transfer"]
    frame = class_f1_frame(transfer, "pixel")
    assert sum(len(trace.x) for trace in chart.figure.data) == len(frame)
    assert len(chart.figure.layout.shapes) == frame["crop"].nunique()  # a line for the map without a trip
    assert "without a trip" in chart.title


def test_the_shares_of_a_true_class_add_up_to_one(decision):
    outcome = decision.outcomes[0]
    frame = confusion_frame(outcome, "parcel")
    assert np.allclose(frame.sum(axis=1), 1)
    chart = confusion(outcome, "A plan", "parcel", False)
    assert chart.title.startswith("A plan: ")
    assert [name.replace("_", " ") for name in outcome.classes] == list(frame.columns)


def test_the_best_of_the_alternatives_stands_on_top(decision):
    best = decision.advice.recommended
    beside = equal_count(decision.options, best)
    chart = alternatives(beside, best, decision.advice.baseline, "count", False, "EUR")
    assert list(chart.figure.data[0].x) == sorted(option.f1.value for option in beside)
    assert chart.title.startswith(f"At {best.outcome.parcels} parcels, ")
    alone = alternatives([best], best, None, "cost", False, "EUR")
    assert alone.title.startswith("No other design is answered at an estimated ")
