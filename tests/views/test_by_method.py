"""Panels of methods, and the study's experiment, drawn from the demo's outcomes."""

from pathlib import Path

import pytest

from engine.decisions.comparison import comparisons
from engine.decisions.decision import decide
from engine.decisions.options import priced
from engine.decisions.published import CIRCLE, RADII_KM
from engine.decisions.selection import families_of, in_family
from engine.decisions.study_experiment import experiment, lessons
from engine.experiments.archive import Archive
from engine.fieldwork.costs import Tariff
from engine.sampling.families import CONVENIENCE
from engine.studies import store
from engine.views.by_method import Marked, by_method
from engine.views.curves import Look
from engine.views.facets import MOST_SERIES, arrange, facets
from engine.views.study_experiment import PUBLISHED, number_sign, study_experiment

DEMO = Path(__file__).parents[2] / "data" / "vojvodina-demo"


@pytest.fixture(scope="module")
def demo():
    study, archive = store.open_study(DEMO), Archive(DEMO)
    return study, tuple(archive.outcomes(study))


@pytest.fixture(scope="module")
def decision(demo):
    study, outcomes = demo
    return decide(study, outcomes, "2021", study.departure, Tariff())


def of_family(decision, family):
    drawn = in_family(decision.outcomes, family)
    return [option for option in decision.options if option.outcome in drawn]


def curves(figure):
    return [trace for trace in figure.data if trace.mode == "lines+markers"]


def test_every_trip_of_the_demo_is_in_a_panel_and_none_has_more_curves_than_the_eye_can_follow(decision):
    drawn = set()
    for family in families_of(decision.outcomes):
        options = of_family(decision, family)
        figure = by_method(options, "cost", False, "EUR").figure
        panels = [trace.xaxis for trace in curves(figure)]
        assert max(panels.count(panel) for panel in panels) <= MOST_SERIES
        drawn |= {point[-1] for trace in curves(figure) for point in trace.customdata}
        named = [trace.name for trace in figure.data if trace.showlegend]
        assert len(named) == len(set(named))
    assert drawn == {option.plan.key for option in decision.options if option.visits}


def test_all_panels_share_an_axis_that_holds_the_values_and_little_else(decision):
    options = of_family(decision, CONVENIENCE)
    figure = by_method(options, "radius", False, "EUR").figure
    titles = [title.text for title in figure.layout.annotations if title.yanchor == "bottom"]
    assert titles == ["Transfer (fine-tuned)", "From scratch", "Groundplan ensemble"]
    low = min(option.f1.low for option in options)
    high = max(option.f1.high for option in options)
    bottom, top = figure.layout.yaxis.range
    assert bottom < low < high < top
    assert top - bottom < 1.2 * (high - low)
    assert figure.layout.yaxis2.matches == "y"
    assert figure.layout.yaxis.tickformat.endswith("p")  # percent


def test_the_marked_trip_is_ringed_in_its_own_panel(decision):
    best = decision.advice.recommended
    options = of_family(decision, best.plan.design.families[0])
    figure = by_method(options, "cost", True, "EUR", Marked(best, "recommended")).figure
    (mark,) = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert (mark.x[0], mark.y[0], mark.text[0]) == (best.money.likely, best.f1.value, "recommended")
    other = by_method(of_family(decision, CONVENIENCE), "cost", True, "EUR", Marked(best, "recommended"))
    assert not [trace for trace in other.figure.data if trace.mode == "markers+text"]


def test_on_a_phone_panels_stand_one_above_the_other_and_the_legend_below_them_all(decision):
    options = of_family(decision, CONVENIENCE)
    wide, narrow = (by_method(options, "cost", False, "EUR", None, phone).figure for phone in (False, True))
    assert len({axis.domain for axis in wide.select_yaxes()}) == 1
    assert len({axis.domain for axis in narrow.select_yaxes()}) == 3
    assert narrow.layout.height > 2 * wide.layout.height - 200
    legend = narrow.layout.legend
    assert (legend.yref, legend.y, legend.yanchor) == ("container", 0, "bottom")


def test_maps_without_a_trip_have_a_panel_where_nothing_else_is_answered(decision):
    free = [option for option in decision.options if not option.visits]
    chart = by_method(free, "cost", False, "EUR")
    assert len(chart.figure.data) == 2
    assert chart.title.startswith("Without a trip: ")


def test_empty_panels_take_any_values():
    panels = facets({"a": "A", "b": "B"}, narrow=False)
    arrange(panels, ([5.0, 5.0], "km"), ([0.5, 0.5], "F1"), dark=False)
    low, high = panels.figure.layout.xaxis.range
    assert low < 5 < high
    assert Look("A", {}).band


def test_the_experiment_of_the_study_ties_each_lesson_to_its_points(demo):
    study, outcomes = demo
    found = experiment(comparisons(study, outcomes), "2022", study.departure)
    assert (found.question.target, len(found.outcomes)) == ("2021", 13)
    options, taught = priced(study, found.outcomes, Tariff()), lessons(found)
    chart = study_experiment(options, taught, "radius", False, "EUR")
    texts = [note.text for note in chart.figure.layout.annotations]
    assert sum(number_sign(1) in text for text in texts) == len(RADII_KM)
    assert sum(number_sign(2) in text for text in texts) == len(CIRCLE) * len(RADII_KM)
    assert sum(number_sign(3) in text for text in texts) == 2 * len(CIRCLE)
    study_points = [y for trace in chart.figure.data if trace.name == PUBLISHED for y in trace.y]
    assert study_points == [f1 for sizes in CIRCLE.values() for f1 in sizes.values()]
    by_cost = study_experiment(options, taught, "cost", True, "EUR", narrow=True).figure
    ours = {point[-1]: x for trace in curves(by_cost) if trace.name != PUBLISHED
            for x, point in zip(trace.x, trace.customdata, strict=True)}  # fmt: skip
    assert ours == {option.plan.key: option.money.likely for option in options if option.visits}
