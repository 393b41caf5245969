"""Validators with sentences of our own. Each is a small callable: `validator(form, field)`.

Messages follow one pattern: say what to do ("Enter the reason"), not what is forbidden.
"""

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.form import BaseForm as AnyForm
from wtforms.validators import StopValidation, ValidationError

__all__ = ["LAST_BEFORE_FIRST", "Between", "DateBetween", "Email", "Needed", "NeededIf", "NotBefore"]

LAST_BEFORE_FIRST = "The last day must be the same as or after the first day."

_EMAIL = re.compile(r"[^\s@<>\"(),:;\\]+@[^\s@.<>\"(),:;\\]+(\.[^\s@.<>\"(),:;\\]+)+")


def _missing(field: Field) -> bool:
    return field.data is None or field.data is False or (isinstance(field.data, str | list) and not field.data)


class Needed:
    """An answer is needed; the message says what to do. One already refused for another reason is left."""

    def __init__(self, message: str):
        self.message = message

    def __call__(self, form: AnyForm, field: Field) -> None:
        """Stop at a missing answer."""
        if _missing(field):
            raise StopValidation(None if field.errors else self.message)


class NeededIf(Needed):
    """Needed only when another field has one of some answers, such as a reason when the grade is changed.

    When it does not, later validators are skipped, so that a hidden field left empty is never refused.
    """

    def __init__(self, other: str, answers: Collection[Any] | Callable[[Any], bool], message: str):
        super().__init__(message)
        self.other = other
        self.applies = answers if callable(answers) else answers.__contains__

    def __call__(self, form: AnyForm, field: Field) -> None:
        """Stop at a missing answer when the other field asks for one."""
        if self.applies(form[self.other].data):
            super().__call__(form, field)
        elif _missing(field):
            raise StopValidation()


class Between:
    """A number from `low` to `high`, both allowed; either may be None."""

    def __init__(self, low: int | None, high: int | None, message: str = ""):
        self.low, self.high, self.message = low, high, message

    def __call__(self, form: AnyForm, field: Field) -> None:
        """Refuse a number outside the limits."""
        if field.data is None:
            return
        if self.low is not None and field.data < self.low:
            raise ValidationError(self.message or f"{field.label.text} must be {self.low:,} or more.")
        if self.high is not None and field.data > self.high:
            raise ValidationError(self.message or f"{field.label.text} must be {self.high:,} or fewer.")


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


class NotBefore:
    """A day that is the same as or after the day in another field."""

    def __init__(self, first: str, message: str):
        self.first, self.message = first, message

    def __call__(self, form: AnyForm, field: Field) -> None:
        """Refuse an earlier day; where either is missing there is nothing to compare."""
        first = form[self.first].data
        if first is not None and field.data is not None and field.data < first:
            raise ValidationError(self.message)


class DateBetween:
    """A date from `first` to `last`, both allowed; either may be None or a function that gives the day."""

    def __init__(
        self,
        first: date | Callable[[], date] | None = None,
        last: date | Callable[[], date] | None = None,
        message: str = "",
    ):
        self.first, self.last, self.message = first, last, message

    def __call__(self, form: AnyForm, field: Field) -> None:
        """Refuse a date outside the limits."""
        first = self.first() if callable(self.first) else self.first
        last = self.last() if callable(self.last) else self.last
        if field.data is None:
            return
        if first is not None and field.data < first:
            raise ValidationError(self.message or f"{field.label.text} must be {_words(first)} or later.")
        if last is not None and field.data > last:
            raise ValidationError(self.message or f"{field.label.text} must be {_words(last)} or earlier.")


class Email:
    """Looks like an e-mail address. Whether it receives mail only a message can tell."""

    def __call__(self, form: AnyForm, field: Field) -> None:
        """Refuse what cannot be an address."""
        if field.data and not _EMAIL.fullmatch(field.data):
            raise ValidationError("Enter an e-mail address in the correct format, like name@example.com.")
