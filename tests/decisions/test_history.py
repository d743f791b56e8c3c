"""What backtests measured: which of them a forecast rests on, and what is pooled."""

import pytest

from engine.decisions.forecast import Gain
from engine.decisions.history import History, evidence

PAST = History(
    tuple(
        Gain(season, design, parcels, 2.0, 0.5, 80.0, 1.0, 90.0)
        for season in ("2019", "2018")
        for design in ("radius", "random")
        for parcels in ((100, 200, 300) if design == "radius" else (100, 200))
    )
)


def test_evidence_names_seasons_in_order_and_how_many_sizes_each_design_has():
    found = evidence(PAST, "radius", 150)
    assert found.seasons == ("2018", "2019")
    assert dict(found.sizes) == {"radius": 3, "random": 2}


@pytest.mark.parametrize(
    ("design", "parcels", "pooled"),
    [
        ("radius", 100, ""),
        ("radius", 400, ""),
        ("radius", 500, "size"),
        ("random", 30, "size"),
        ("clusters", 100, "design"),
    ],
)
def test_what_was_not_backtested_itself_is_said_to_be_pooled(design, parcels, pooled):
    assert evidence(PAST, design, parcels).pooled == pooled


def test_what_the_map_expects_is_evidence_only_where_both_the_season_and_its_past_have_it():
    assert not evidence(PAST, "radius", 100).expected_f1
    assert evidence(History(PAST.gains, 88.0), "radius", 100).expected_f1
    unmeasured = tuple(Gain("2019", "radius", 100, 2.0, 0.5) for _ in range(2))
    assert not evidence(History(unmeasured, 88.0), "radius", 100).expected_f1
