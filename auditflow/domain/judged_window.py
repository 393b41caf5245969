"""Which days of a record an audit looks at, and which it judges.

A window of m months that ends on a record date starts on the day after the same date m months earlier (the
last day of a shorter month), so that windows which follow each other neither overlap nor leave a gap.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from auditflow.domain.errors import BadInput
from auditflow.domain.tool_definition import Window

__all__ = ["JudgedWindow", "judged_window", "months_before"]


@dataclass(frozen=True)
class JudgedWindow:
    """Days, all of them included: read from `look_from`, judge from `judge_from`, both up to `until`."""

    look_from: date
    judge_from: date
    until: date
    guidance: str


def judged_window(window: Window, record_date: date, *, baseline: date | None = None) -> JudgedWindow:
    """The window of an audit of the record as it stood on `record_date`.

    `baseline` is the record date of the audit that this one repeats: judgement then starts the day after it.
    Raises BadInput when the baseline is not earlier than the record date.
    """
    look_from = months_before(record_date, window.look_back_months) + timedelta(days=1)
    if baseline is None:
        judge_from = months_before(record_date, window.judge_months) + timedelta(days=1)
        return JudgedWindow(look_from, judge_from, record_date, window.guidance)
    if baseline >= record_date:
        raise BadInput(
            f"The records of the re-audit are read as they stood on {_say(record_date)}; that must be later "
            f"than {_say(baseline)}, the date of the first audit.",
            field="record_date",
        )
    judge_from = baseline + timedelta(days=1)
    guidance = window.re_audit_guidance.replace("{judge_from}", _say(judge_from))
    return JudgedWindow(min(look_from, judge_from), judge_from, record_date, guidance)


def months_before(day: date, months: int) -> date:
    """The same day of the month, `months` earlier; the last day of that month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _say(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"
