import dataclasses

import pytest

from engine.experiments.archive import Archive
from engine.experiments.plan import grid
from engine.experiments.run import answer
from engine.learning.methods.groundplan import BEFORE
from engine.views.member_weights import member_weights
from tests import made_up
from tests.made_up import TINY


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    study = made_up.study(parcels=40)
    plans = grid(study, "2021", study.departure, [30], ["radius"], ["scratch"], "cnn1d", TINY, repeats=1)
    return answer(study, plans, Archive(tmp_path_factory.mktemp("archive")))[0]


def voting(outcome, past: float):
    return dataclasses.replace(outcome, member_weights={"network, past": past, "boosted, both": 1 - past})


@pytest.mark.parametrize(
    ("past", "title"),
    [
        ((0.9,), "The vote stays close to past seasons, which count 90 %"),
        ((0.2, 0.3), "The vote moves on from past seasons, which on their own count 20 % to 30 %"),
        ((0.02, 0.05), "The vote leaves past seasons behind; on their own they count 2 % to 5 %"),
    ],
)
def test_the_title_says_how_far_trips_moved_from_the_past(outcome, past, title):
    chart = member_weights([voting(outcome, one) for one in past], dark=False)
    assert chart is not None
    assert chart.title == title
    assert list(chart.table["past seasons"]) == pytest.approx(list(past))


def test_bars_are_full(outcome):
    chart = member_weights([dataclasses.replace(outcome, member_weights=dict(BEFORE))], dark=True)
    assert chart is not None
    assert sum(bar.x[0] for bar in chart.figure.data) == pytest.approx(1)


def test_where_nothing_votes_there_is_no_chart(outcome):
    assert member_weights([outcome], dark=False) is None
