"""What a trip may be expected to give is what answers say, and no more."""

import dataclasses

import pytest

from engine.decisions.interpolation import interpolated
from engine.decisions.published import published_table
from engine.decisions.trip_wording import interpolation_basis
from engine.domain import Estimate
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from tests import made_up
from tests.made_up import grid


@pytest.fixture(scope="module")
def row(tmp_path_factory):
    """Circles of 10, 20 and 30 km that score 0.6, 0.7 and 0.9."""
    study = made_up.study(parcels=80, times=6, pixels=2)
    plans = grid(
        study, "2021", study.departure, [10, 20, 30], ["radius"], ["transfer"], "random-forest",
        made_up.TINY, repeats=1,
    )  # fmt: skip
    scores = ((0.6, 0.02), (0.7, 0.04), (0.9, 0.02))
    return [
        dataclasses.replace(outcome, macro_f1=Estimate(f1, f1 - half, f1 + half))
        for outcome, (f1, half) in zip(
            run_plans(study, plans, Archive(tmp_path_factory.mktemp("a"))), scores, strict=True
        )
    ]


def test_a_size_that_was_answered_gives_its_score(row):
    guess = interpolated(row, "radius", 20.0)
    assert guess.f1 == row[1].macro_f1
    assert "answered at this size" in interpolation_basis(guess)


def test_a_size_between_two_lies_between_them_and_its_interval_holds_both(row):
    guess = interpolated(row, "radius", 25.0)
    assert guess.f1.value == pytest.approx(0.8)
    assert guess.f1.low == min(outcome.macro_f1.low for outcome in row[1:])
    assert guess.f1.high == max(outcome.macro_f1.high for outcome in row[1:])
    assert "20 km (70.0%) and 30 km (90.0%)" in interpolation_basis(guess)


@pytest.mark.parametrize("km", [5.0, 35.0])
def test_beyond_the_answered_sizes_nothing_is_said(row, km):
    guess = interpolated(row, "radius", km)
    assert guess.f1 is None
    assert interpolation_basis(guess) == "answered for 10 to 30 km only"


def test_a_design_that_nobody_answered_is_not_guessed(row):
    assert interpolated(row, "transects", 20.0).f1 is None
    assert interpolated([], "radius", 20.0).f1 is None


def test_the_study_stands_beside_what_is_answered_and_leaves_the_rest_open(row):
    table = (
        published_table(row)
        .fillna({"equivalent_radius_km": 0.0})
        .set_index(["method", "equivalent_radius_km"])
    )
    assert table.loc[("transfer", 30.0), "published"] == 0.83
    assert table.loc[("transfer", 30.0), "macro_f1_pixel"] == pytest.approx(0.9)
    assert table.loc[("scratch", 30.0)].drop("published").isna().all()
    assert table.loc[("zero-shot", 0.0), "published"] == 0.78
