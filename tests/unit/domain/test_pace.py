"""A round's pace, worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from auditflow.domain.pace import pace_of

MONDAY = date(2026, 11, 30)
FRIDAY = date(2026, 12, 18)
NONE: frozenset[date] = frozenset()


def test_the_design_s_own_example() -> None:
    # 35 agreed by Wednesday 9 December, 25 of them in the last 5 working days: 5 a day, 7 days left.
    agreed = [date(2026, 12, 1)] * 10 + [date(2026, 12, d) for d in (3, 4, 7, 8, 9) for _ in range(5)]
    pace = pace_of(agreed, 79, starts_on=MONDAY, ends_on=FRIDAY, today=date(2026, 12, 9), closed=NONE)
    assert (pace.days, pace.days_gone, pace.days_left) == (15, 8, 7)
    assert (pace.done, pace.per_day, pace.forecast, pace.missing) == (35, 5.0, 70.0, 9)
    assert pace.left == 44
    assert pace.needed == pytest.approx(44 / 7)


def test_before_the_first_day_there_is_no_forecast() -> None:
    pace = pace_of([], 80, starts_on=MONDAY, ends_on=FRIDAY, today=date(2026, 11, 27), closed=NONE)
    assert (pace.forecast, pace.days_left, pace.line, pace.missing) == (None, 15, (), 80)


def test_after_the_end_no_day_is_left() -> None:
    pace = pace_of([MONDAY] * 3, 4, starts_on=MONDAY, ends_on=FRIDAY, today=date(2026, 12, 21), closed=NONE)
    assert (pace.days_left, pace.needed, pace.forecast, pace.missing) == (0, None, 3.0, 1)


def test_the_forecast_is_never_more_than_all() -> None:
    pace = pace_of([MONDAY] * 9, 10, starts_on=MONDAY, ends_on=FRIDAY, today=MONDAY, closed=NONE)
    assert (pace.forecast, pace.missing) == (10.0, 0)


def test_weekend_agreements_count_and_closed_days_are_no_working_days() -> None:
    agreed = [date(2026, 12, 5), date(2026, 12, 7)]
    closed = frozenset({date(2026, 12, 8)})
    pace = pace_of(agreed, 10, starts_on=MONDAY, ends_on=FRIDAY, today=date(2026, 12, 9), closed=closed)
    assert (pace.days, pace.days_gone, pace.done) == (14, 7, 2)
    assert pace.per_day == pytest.approx(2 / 5)
