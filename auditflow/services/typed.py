"""What people typed, checked before it is kept: words that must be there, dates that can be kept."""

from __future__ import annotations

from datetime import date, timedelta

from auditflow.domain.clock import local_date
from auditflow.domain.errors import BadInput
from auditflow.services.act import Act

LONGEST = 20_000
YEAR = timedelta(days=366)


def words(text: str, field: str, sentence: str, *, longest: int = LONGEST) -> str:
    """`text` without blank edges. Raises BadInput with `sentence` for none, and for more than `longest` characters."""
    said = text.strip()
    if not said:
        raise BadInput(sentence, field=field)
    if len(said) > longest:
        raise BadInput(f"This must be {longest:,} characters or fewer. It has {len(said):,}.", field=field)
    return said


def due_date(due_on: date | None, act: Act) -> date:
    """The date, if somebody could keep it: from today to a year ahead. Raises BadInput."""
    today = local_date(act.at)
    if due_on is None:
        raise BadInput("Set the date by which it will be done.", field="due_on")
    if due_on < today:
        raise BadInput("The date by which it will be done must be today or later.", field="due_on")
    if due_on > today + YEAR:
        raise BadInput("The date by which it will be done must be within a year.", field="due_on")
    return due_on
