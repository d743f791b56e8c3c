"""The recommended trip of an open season keeps the budget once it is routed."""

import numpy as np
import pytest

from engine.decisions.routed_outlook import routed_outlook
from tests.decisions.test_outlook import STUDY, archive, asked, default_method, gained

__all__ = ["archive", "default_method"]  # fixtures


def test_the_recommended_trip_takes_its_routed_bill(archive):
    found = asked(archive, gained(archive.outcomes(STUDY), 8), value_of_point=1e4)
    settled, routed = routed_outlook(STUDY, found, archive)
    assert settled.recommended.forecast.money == routed.cost.money.likely
    assert set(routed.parcels) == set(settled.recommended.trip.wanted["parcel_id"])
    assert len(settled.choices) == len(found.choices)
    assert settled.recommended.routed
    best = max(settled.choices, key=lambda each: each.surplus(1e4))
    assert settled.best is best
    apart = np.hypot(best.within_season, settled.recommended.within_season)
    assert best.surplus(1e4) - settled.recommended.surplus(1e4) <= 1e4 * apart


@pytest.mark.parametrize("share", [0.999, 1.001])
def test_a_budget_is_kept_by_the_routed_bill(archive, share):
    outcomes = gained(archive.outcomes(STUDY), 8)
    _, dearest = routed_outlook(STUDY, asked(archive, outcomes, value_of_point=1e4), archive)
    budget = share * dearest.cost.money.likely
    settled, routed = routed_outlook(
        STUDY, asked(archive, outcomes, value_of_point=1e4, budget=budget), archive
    )
    assert routed is None or routed.cost.money.likely <= budget
    assert (share > 1) <= (routed is not None)
    assert (settled.recommended is None) == (routed is None)


def test_where_no_trip_is_recommended_none_is_routed(archive):
    found = asked(archive, gained(archive.outcomes(STUDY), -8))
    assert routed_outlook(STUDY, found, archive) == (found, None)
