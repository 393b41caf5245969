"""Between which days a round may lie: wide enough for any council, narrow enough that a slip of the pen is found."""

from datetime import date, timedelta

from auditflow.domain.errors import BadInput

__all__ = ["check_round_dates"]

_YEAR = timedelta(days=366)
_NEAR, _LONGEST, _BACK = 5, 2, 5
"""Years: from today to the first day, from the first day to the last, from the day of the records to the first day."""


def check_round_dates(starts_on: date, ends_on: date, record_date: date, today: date) -> None:
    """Raises BadInput, naming the day at fault, for days that no round can have been meant to have."""
    if ends_on < starts_on:
        raise BadInput("The end date must be the same as or after the start date.", field="ends_on")
    if abs(starts_on - today) > _NEAR * _YEAR:
        raise BadInput(f"The first day must be within {_NEAR} years of today. Check its year.", field="starts_on")
    if ends_on - starts_on > _LONGEST * _YEAR:
        raise BadInput(f"A round may last {_LONGEST} years at most. Check the year of its last day.", field="ends_on")
    if record_date > ends_on:
        raise BadInput("Records can only be read as they were by the last day of the round.", field="record_date")
    if starts_on - record_date > _BACK * _YEAR:
        sentence = f"Records may be read as they were up to {_BACK} years before the round. Check the year."
        raise BadInput(sentence, field="record_date")
