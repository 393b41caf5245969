"""The time, asked for in one place."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from auditflow.domain.clock import Clock, FixedClock, SystemClock, local_date

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_fixed_clock_stands_still_until_moved():
    clock: Clock = FixedClock(NOON)
    assert clock.now() == clock.now() == NOON


def test_fixed_clock_moves():
    clock = FixedClock(NOON)
    assert clock.advance(timedelta(hours=4)) == clock.now() == NOON + timedelta(hours=4)
    clock.set(NOON)
    assert clock.now() == NOON


def test_fixed_clock_is_in_utc_whatever_it_was_set_to():
    clock = FixedClock(datetime(2026, 12, 1, 14, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        FixedClock(datetime(2026, 12, 1))
    with pytest.raises(ValueError, match="no time zone"):
        FixedClock(NOON).set(datetime(2026, 12, 1))


def test_system_clock_is_aware_and_in_utc():
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_local_date_is_the_day_in_england():
    assert local_date(datetime(2026, 6, 15, 23, 30, tzinfo=UTC)) == date(2026, 6, 16)
    assert local_date(datetime(2026, 12, 15, 23, 30, tzinfo=UTC)) == date(2026, 12, 15)
