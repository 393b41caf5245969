"""Which days an audit looks at, and which it judges."""

from datetime import date

import pytest

from auditflow.domain.audit_tool import judged_window
from auditflow.domain.errors import BadInput
from auditflow.domain.tool_definition import Window

USUAL = Window(12, 6, "Judge the last 6.", "Judge from {judge_from}.")


@pytest.mark.parametrize(
    ("record_date", "look_from", "judge_from"),
    [
        (date(2026, 12, 1), date(2025, 12, 2), date(2026, 6, 2)),
        (date(2026, 8, 31), date(2025, 9, 1), date(2026, 3, 1)),
        (date(2024, 2, 29), date(2023, 3, 1), date(2023, 8, 30)),
    ],
)
def test_look_at_twelve_months_and_judge_six(record_date, look_from, judge_from):
    window = judged_window(USUAL, record_date)
    assert (window.look_from, window.judge_from, window.until) == (look_from, judge_from, record_date)
    assert window.guidance == "Judge the last 6."


def test_a_re_audit_judges_from_the_day_after_the_baseline():
    window = judged_window(USUAL, date(2027, 3, 1), baseline=date(2026, 12, 1))
    assert window.judge_from == date(2026, 12, 2)
    assert window.guidance == "Judge from 2 December 2026."


def test_a_re_audit_long_after_its_baseline_looks_at_all_that_it_judges():
    window = judged_window(Window(3, 1, "g", "{judge_from}"), date(2027, 3, 1), baseline=date(2026, 3, 1))
    assert window.look_from == window.judge_from == date(2026, 3, 2)


def test_a_re_audit_is_later_than_its_baseline():
    with pytest.raises(BadInput, match="later than 1 December 2026"):
        judged_window(USUAL, date(2026, 12, 1), baseline=date(2026, 12, 1))
