import dataclasses

import pytest

from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning.member_weights import PRIOR_WEIGHTS
from engine.views.member_weights import member_weights
from tests import made_up
from tests.made_up import TINY, grid


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    study = made_up.study(parcels=40)
    plans = grid(study, "2021", study.departure, [30], ["radius"], ["scratch"], "cnn1d", TINY, repeats=1)
    return run_plans(study, plans, Archive(tmp_path_factory.mktemp("archive")))[0]


def weighted(outcome, source: float):
    return dataclasses.replace(
        outcome, member_weights={"learner, source": source, "boosted, joint": 1 - source}
    )


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ((0.9,), "The ensemble stays close to source seasons: alone, they count 90%"),
        ((0.2, 0.3), "The ensemble moves away from source seasons: alone, they count 20% to 30%"),
        ((0.02, 0.05), "The ensemble leaves source seasons behind: alone, they count 2% to 5%"),
    ],
)
def test_the_title_says_how_much_source_seasons_alone_count(outcome, source, title):
    chart = member_weights([weighted(outcome, share) for share in source], dark=False)
    assert chart is not None
    assert chart.title == title
    assert list(chart.table["source seasons"]) == pytest.approx(list(source))


def test_bars_are_full(outcome):
    chart = member_weights([dataclasses.replace(outcome, member_weights=dict(PRIOR_WEIGHTS))], dark=True)
    assert chart is not None
    assert sum(bar.x[0] for bar in chart.figure.data) == pytest.approx(1)


def test_without_an_ensemble_there_is_no_chart(outcome):
    assert member_weights([outcome], dark=False) is None
