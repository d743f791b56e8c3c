"""Days of an itinerary fall on the working days from a start."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import PlanError
from engine.fieldwork.calendar import WEEKDAYS, Calendar, dated, working_days, written_date
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.itinerary import plan_days
from tests.fieldwork.test_itinerary import CENTRE, QUICK, TARIFF, scattered

DATES = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


@given(DATES, st.sets(st.sampled_from(WEEKDAYS), min_size=1), st.integers(1, 40))
def test_days_are_the_working_days_from_the_start_without_a_gap(start, working, count):
    calendar = Calendar(start, tuple(working))
    dates, date = [], start
    while len(dates) < count:
        if WEEKDAYS[date.weekday()] in working:
            dates.append(date)
        date += dt.timedelta(1)
    assert [calendar.date(number) for number in range(1, count + 1)] == dates


def test_a_weekend_is_free_unless_it_is_asked_for():
    friday = dt.date(2026, 5, 15)
    assert Calendar(friday).date(2) == dt.date(2026, 5, 18)
    assert Calendar(friday, WEEKDAYS).date(2) == dt.date(2026, 5, 16)


def test_a_date_is_written_for_people():
    assert written_date("2026-05-08") == "Fri 8 May 2026"
    assert written_date("") == ""


def test_crews_of_one_day_share_its_date_and_all_else_stays():
    planned = plan_days(scattered(40), CENTRE, TARIFF, CrewLimits(2, False), effort=QUICK)
    made = dated(planned, Calendar(dt.date(2026, 5, 15)))
    assert {(day.number, day.date) for day in made.days if day.number < 3} == {
        (1, "2026-05-15"), (2, "2026-05-18"),
    }  # fmt: skip
    assert made.parcels == planned.parcels
    assert dated(planned, None) == planned


def test_working_days_are_read_however_they_are_written():
    assert working_days("Tuesday, mon ,SAT,tue") == ("mon", "tue", "sat")


@pytest.mark.parametrize(
    ("text", "fault"), [("", "never starts"), ("mon,xyz", "'xyz' is no day of the week")]
)
def test_days_that_no_week_has_are_refused_with_a_cure(text, fault):
    with pytest.raises(PlanError, match=fault) as error:
        working_days(text)
    assert "Give some of mon, tue" in str(error.value)


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "Mon 18 May 2026"), ("fr", "lun. 18 mai 2026"), ("sr_Latn", "pon 18 maj 2026")],
)
def test_dates_are_written_in_the_language_that_is_asked_for(language, written):
    assert written_date("2026-05-18", language) == written
    assert Calendar(dt.date(2026, 5, 18), language=language).date(1) == dt.date(2026, 5, 18)


def test_a_language_that_nobody_speaks_is_refused_with_a_cure():
    with pytest.raises(PlanError, match="'xx' is no language of dates"):
        Calendar(dt.date(2026, 5, 18), language="xx")
