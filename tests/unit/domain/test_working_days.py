"""England's working days and the ends of days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.working_days import (
    add_working_days,
    due_after,
    end_of_day,
    is_working_day,
    start_of_day,
    working_days_between,
    working_days_late,
)

CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
closures = st.frozensets(days, max_size=30)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2026, 12, 26), False),
        (date(2026, 12, 28), False),
        (date(2026, 12, 29), True),
    ],
)
def test_working_day_at_christmas(day, working):
    assert is_working_day(day, CHRISTMAS) is working


def test_five_working_days_over_easter():
    assert add_working_days(date(2026, 4, 1), 5, EASTER) == date(2026, 4, 10)
    assert add_working_days(date(2026, 4, 1), 5) == date(2026, 4, 8)


def test_closure_days_of_the_council_count_as_closed():
    closed = CHRISTMAS | {date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)}
    assert add_working_days(date(2026, 12, 24), 1, closed) == date(2027, 1, 4)


def test_zero_days_is_the_day_itself_or_the_next_working_day():
    assert add_working_days(date(2026, 12, 24), 0, CHRISTMAS) == date(2026, 12, 24)
    assert add_working_days(date(2026, 12, 25), 0, CHRISTMAS) == date(2026, 12, 29)


def test_backwards():
    assert add_working_days(date(2026, 12, 29), -1, CHRISTMAS) == date(2026, 12, 24)


@given(days, st.integers(1, 60), closures)
def test_adding_and_counting_agree(day, count, closed):
    later = add_working_days(day, count, closed)
    assert is_working_day(later, closed)
    assert working_days_between(day, later, closed) == count
    assert working_days_between(later, day, closed) == -count
    assert working_days_between(day, later - timedelta(days=1), closed) == count - 1


@given(days, days, days, closures)
def test_counts_add_up(a, b, c, closed):
    whole = working_days_between(a, c, closed)
    assert working_days_between(a, b, closed) + working_days_between(b, c, closed) == whole


def test_end_of_day_follows_summer_time():
    assert end_of_day(date(2026, 12, 14)) == datetime(2026, 12, 14, 23, 59, 59, 999999, tzinfo=UTC)
    assert end_of_day(date(2026, 6, 14)) == datetime(2026, 6, 14, 22, 59, 59, 999999, tzinfo=UTC)
    assert start_of_day(date(2026, 6, 14)) == datetime(2026, 6, 13, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23)])
def test_days_when_the_clocks_change(day, hours):
    assert end_of_day(day) - start_of_day(day) == timedelta(hours=hours) - timedelta(microseconds=1)


@given(days)
def test_days_meet_without_a_gap(day):
    assert end_of_day(day).tzinfo is UTC
    assert end_of_day(day) + timedelta(microseconds=1) == start_of_day(day + timedelta(days=1))


def test_due_counts_from_the_day_in_england():
    late_evening_utc = datetime(2026, 6, 15, 23, 30, tzinfo=UTC)  # already the 16th in England
    assert due_after(late_evening_utc, 1) == end_of_day(date(2026, 6, 17))


def test_lateness_in_working_days():
    due = end_of_day(date(2026, 12, 24))
    assert working_days_late(due, due, CHRISTMAS) == 0
    assert working_days_late(due, due + timedelta(seconds=1), CHRISTMAS) == 0
    assert working_days_late(due, datetime(2026, 12, 28, 12, tzinfo=UTC), CHRISTMAS) == 0
    assert working_days_late(due, datetime(2026, 12, 30, 12, tzinfo=UTC), CHRISTMAS) == 2


def test_an_instant_is_not_a_day_and_an_instant_needs_a_zone():
    with pytest.raises(TypeError, match="local_date"):
        is_working_day(datetime(2026, 4, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="no time zone"):
        due_after(datetime(2026, 4, 1), 1)
