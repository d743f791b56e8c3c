"""The recommended trip of an open season keeps the budget once it is routed."""

import numpy as np
import pytest

from engine.decisions.outlook_wording import bills_sentence
from engine.decisions.routed import kept_trip, routed_trip
from engine.decisions.routed_outlook import gain_of_routed, routed_outlook
from engine.fieldwork.costs import Tariff
from engine.fieldwork.estimate import estimate
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


def test_kept_trips_bill_their_choices_and_what_is_settled_is_found_again(archive):
    """However often it is asked, the same trips show the same money."""
    outcomes = gained(archive.outcomes(STUDY), 8)

    def found():
        return asked(archive, outcomes, value_of_point=1e4)

    routed_trip(STUDY, found().choices[-1].trip.request, archive)
    kept = [kept_trip(STUDY, choice.trip.request, archive) for choice in found().choices]
    assert any(kept)
    for choice, made in zip(found().choices, kept, strict=True):
        bill = estimate(choice.trip.wanted, STUDY.departure, Tariff()) if made is None else made.cost
        assert (choice.forecast.money, choice.routed) == (bill.money.likely, made is not None)
    settled, routed = routed_outlook(STUDY, found(), archive)
    after = found()
    assert [each.forecast for each in after.choices] == [each.forecast for each in settled.choices]
    assert after.recommended.forecast == settled.recommended.forecast
    assert after.recommended.forecast.money == routed.cost.money.likely
    gain = gain_of_routed(STUDY, after, routed, archive)
    assert gain.forecast is None or gain.forecast.money == after.recommended.forecast.money
    count = sum(each.routed for each in after.choices)
    assert str(count) in bills_sentence(after) or count == len(after.choices)


def test_where_no_trip_is_recommended_none_is_routed(archive):
    found = asked(archive, gained(archive.outcomes(STUDY), -8))
    assert routed_outlook(STUDY, found, archive) == (found, None)
