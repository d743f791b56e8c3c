"""The names of scores."""

import pytest

from engine.decisions.metric_wording import axis_title, left_out_sentence
from engine.experiments.scores import Metric


@pytest.mark.parametrize(
    ("metric", "title"),
    [
        (Metric(), "Per-pixel F1 (macro)"),
        (Metric("parcel"), "Per-parcel F1 (macro)"),
        (Metric("accuracy"), "Accuracy"),
        (Metric("accuracy-parcel"), "Per-parcel accuracy"),
        (Metric("crops", ("sugar_beet",)), "F1 of sugar beet"),
        (Metric("crops", ("maize", "wheat", "rice")), "F1 of maize, wheat and rice"),
    ],
)
def test_a_score_is_named_on_an_axis(metric, title):
    assert axis_title(metric) == title


def test_outcomes_that_are_left_out_are_counted():
    assert left_out_sentence(0, Metric("accuracy")) == ""
    one, many = (left_out_sentence(count, Metric("accuracy")) for count in (1, 1200))
    assert one.startswith("1 outcome of this comparison can't give overall accuracy and is left out")
    assert many.startswith("1,200 outcomes of this comparison can't give overall accuracy and are left out")
