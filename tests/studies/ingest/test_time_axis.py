"""The regular time axis keeps what it was given and invents nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.domain import Season, StudyError
from engine.studies.ingest.time_axis import Window, fill_gaps, regular, revisit, slot_days, slots_of

VALUES = st.floats(-40, 5, width=32)
GRIDS = arrays.arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 20)), elements=VALUES)


def holes(grid: np.ndarray, seed: int) -> np.ndarray:
    """Where values are seen: at least once in each row."""
    rng = np.random.default_rng(seed)
    seen = rng.random(grid.shape) < 0.5
    seen[np.arange(len(grid)), rng.integers(0, grid.shape[1], len(grid))] = True
    return seen


@given(GRIDS, st.booleans(), st.randoms(use_true_random=False))
def test_a_series_on_the_grid_comes_back_unchanged(grid, in_decibel, random):
    series, slot = np.divmod(np.arange(grid.size), grid.shape[1])
    order = np.array(random.sample(range(grid.size), grid.size))
    out, missing = regular(series[order], slot[order], grid.ravel()[order], *grid.shape, in_decibel)
    np.testing.assert_allclose(out, grid, atol=1e-4)
    assert missing == 0


@given(st.integers(2, 30), st.floats(-1, 1), st.floats(-20, 0), st.integers(0, 1000))
def test_a_linear_series_is_reproduced_between_its_ends(slots, slope, start, seed):
    line = np.float32(start + slope * np.arange(slots))[None]
    seen = holes(line, seed)
    seen[:, [0, -1]] = True
    np.testing.assert_allclose(fill_gaps(np.where(seen, line, np.nan)), line, atol=1e-4)


@given(GRIDS, st.integers(0, 1000))
def test_no_gap_is_left_and_nothing_exceeds_what_was_seen(grid, seed):
    broken = np.where(holes(grid, seed), grid, np.float32(np.nan))
    out = fill_gaps(broken)
    assert np.isfinite(out).all()
    assert (out <= np.nanmax(broken, axis=1, keepdims=True) + 1e-4).all()
    assert (out >= np.nanmin(broken, axis=1, keepdims=True) - 1e-4).all()
    np.testing.assert_array_equal(out[np.isfinite(broken)], broken[np.isfinite(broken)])


def test_the_ends_are_held():
    np.testing.assert_array_equal(fill_gaps(np.float32([[np.nan, 1, np.nan, 3, np.nan]])), [[1, 1, 2, 3, 3]])


def test_decibels_are_averaged_as_power_and_indices_plainly():
    series, slot = np.zeros(2, np.int64), np.zeros(2, np.int64)
    power, _ = regular(series, slot, np.float32([-10, -20]), 1, 1, in_decibel=True)
    index, _ = regular(series, slot, np.float32([0.2, 0.4]), 1, 1, in_decibel=False)
    assert power[0, 0] == pytest.approx(10 * np.log10(0.055))
    assert index[0, 0] == pytest.approx(0.3)


def test_the_share_of_empty_slots_is_told():
    _, missing = regular(np.zeros(1, np.int64), np.zeros(1, np.int64), np.float32([1]), 1, 4, False)
    assert missing == 0.75


@given(st.integers(1, 40), st.sampled_from([("03-01", "10-31"), ("11-01", "06-30"), ("01-01", "12-31")]))
@settings(deadline=None)
def test_the_axis_is_the_same_in_leap_years(step, window):
    alone = [slot_days([Window(*window).season(label)], step) for label in ("2019", "2020")]
    both = slot_days([Window(*window).season("2019"), Window(*window).season("2020")], step)
    np.testing.assert_array_equal(both, min(alone, key=len))


def test_a_slot_takes_the_days_around_it_within_the_window():
    season = Season(dt.date(2020, 3, 1), dt.date(2020, 3, 31), "2020")
    day = np.array([-1, 0, 4, 5, 14, 15, 30, 31])
    np.testing.assert_array_equal(
        slots_of(day, np.array([0, 10, 20, 30]), season, 10), [-1, 0, 0, 1, 1, 2, 3, -1]
    )


def test_a_window_over_new_year_belongs_to_the_harvest_after_it():
    window = Window("10-15", "07-31")
    assert window.season("2021") == Season(dt.date(2020, 10, 15), dt.date(2021, 7, 31), "2021")
    time = np.array(["2020-10-14", "2020-10-15", "2021-07-31"], dtype="datetime64[D]")
    np.testing.assert_array_equal(window.harvest_years(time), [2020, 2021, 2021])


@pytest.mark.parametrize("day", ["02-29", "13-01", "1 March", ""])
def test_a_window_day_exists_in_every_year(day):
    with pytest.raises(StudyError, match="not a day of every year"):
        Window(day, "10-31")


def test_the_revisit_interval_is_within_series():
    series, day = np.array([0, 1, 0, 1, 0, 1]), np.array([0, 3, 10, 13, 20, 23])
    assert revisit(series, day) == 10
