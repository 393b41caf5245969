"""Days that a round may have, and those that nobody can have meant."""

from __future__ import annotations

from datetime import date

import pytest

from auditflow.domain.errors import BadInput
from auditflow.domain.round_dates import check_round_dates

TODAY = date(2026, 11, 2)
GOOD = {"starts_on": date(2026, 11, 2), "ends_on": date(2026, 11, 27), "record_date": date(2026, 10, 23)}


def test_usual_days_are_taken_and_so_are_a_past_and_a_long_round() -> None:
    check_round_dates(**GOOD, today=TODAY)
    check_round_dates(date(2022, 1, 10), date(2023, 12, 1), date(2021, 12, 1), TODAY)


@pytest.mark.parametrize(
    ("days", "field", "sentence"),
    [
        ({"ends_on": date(2026, 11, 1)}, "ends_on", "the same as or after"),
        ({"ends_on": date(9999, 12, 31)}, "ends_on", "2 years at most"),
        ({"starts_on": date(2062, 11, 2), "ends_on": date(2062, 11, 27)}, "starts_on", "within 5 years of today"),
        ({"starts_on": date(1926, 11, 2)}, "starts_on", "within 5 years of today"),
        ({"record_date": date(1900, 1, 1)}, "record_date", "5 years before the round"),
        ({"record_date": date(2026, 11, 28)}, "record_date", "by the last day"),
    ],
)
def test_a_slip_of_the_pen_is_a_sentence_at_its_day(days: dict[str, date], field: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as refused:
        check_round_dates(**{**GOOD, **days}, today=TODAY)
    assert refused.value.field == field
