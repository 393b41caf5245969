"""The form of a control chart: the measure, its months, and where its limits are calculated anew."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from wtforms.validators import ValidationError

from auditflow.domain.month import read_day
from forms.base import CreateForm
from forms.fields import HiddenField, LongTextField, RadioField, TextField, UploadField
from forms.validators import Needed, NeededIf

__all__ = ["MOST_CHARACTERS", "RECALCULATIONS", "DrawControlChartForm", "TypedRecalculation"]

MOST_CHARACTERS = 100_000
"""Of the rows; twenty years of months have about 5,000."""
RECALCULATIONS = (1, 2, 3)
"""Places for them on the form: limits that change more often say nothing about the usual ups and downs."""
_DIRECTIONS = {"higher": "up", "lower": "down"}


class TypedRecalculation(NamedTuple):
    """A recalculation as it was typed: the fields' number, the month (as `domain.month` counts) and the reason."""

    number: int
    month: int
    reason: str


class _AMonth:
    """What was typed, if anything, names a month."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse words that are no month."""
        if field.data and read_day(field.data) is None:
            raise ValidationError("Enter the month like 2026-03 or Mar 2026.")


def _since(number: int) -> TextField:
    return TextField(
        "From which month",
        [NeededIf(f"reason_{number}", bool, "Enter the month from which the limits are calculated anew."), _AMonth()],
        max_length=40,
    )


def _reason(number: int) -> TextField:
    return TextField(
        "Reason",
        [NeededIf(f"since_{number}", bool, "Enter the reason: what changed in that month, and why it will last.")],
        max_length=300,
    )


class DrawControlChartForm(CreateForm):
    """A measure and its months. Nothing of it is kept, so the page carries it all."""

    name = TextField("Name of the measure", [Needed("Enter the name of the measure.")], max_length=100)
    file = UploadField(
        "File with the months",
        extensions=(".csv", ".txt", ".tsv"),
        description="A CSV file with a row for each month. In Excel, save the sheet as “CSV UTF-8”.",
    )
    rows = LongTextField(
        "Or paste the rows",
        max_length=MOST_CHARACTERS,
        description="The names of the two columns first, “month,value”, then a row for each month, like "
        "“2026-01,85.5”. Leave out months without a figure.",
    )
    unit = RadioField(
        "What the figures are",
        [Needed("Choose whether the figures are percentages or numbers.")],
        choices=[("percent", "Percentages, from 0 to 100"), ("number", "Numbers, such as days or cases")],
    )
    better = RadioField(
        "Which way is better",
        [Needed("Choose which way is better.")],
        choices=[("higher", "Higher"), ("lower", "Lower"), ("neither", "Neither")],
    )
    target = TextField("Target (optional)", max_length=20)
    since_1, reason_1 = _since(1), _reason(1)
    since_2, reason_2 = _since(2), _reason(2)
    since_3, reason_3 = _since(3), _reason(3)
    taken = HiddenField("Rows taken from a file")

    def take_rows(self, text: str) -> None:
        """Put the text of a file into the box, so that it need not be chosen again."""
        self.rows.data = self.rows.read(text)
        self.taken.data = _digest(self.rows.data)

    def rows_sent(self) -> bytes:
        """The rows in the box, as a file would have them."""
        return (self.rows.data or "").encode()

    @property
    def direction(self) -> str | None:
        """Which way is better as the statistics have it: up, down or None."""
        return _DIRECTIONS.get(self.better.data)

    def recalculations(self) -> list[TypedRecalculation]:
        """Those that are filled in, once `validate()` has passed."""
        found = []
        for number in RECALCULATIONS:
            if day := read_day(self[f"since_{number}"].data or ""):
                found.append(TypedRecalculation(number, day[0], self[f"reason_{number}"].data))
        return found

    def recalculation_fields(self) -> list[tuple[Any, Any]]:
        """Month and reason of each place for a recalculation."""
        return [(self[f"since_{number}"], self[f"reason_{number}"]) for number in RECALCULATIONS]

    def has_rows_of_its_own(self) -> bool:
        """Whether somebody typed into the box; rows that were put there from a file may be replaced by another."""
        return bool(self.rows.data) and self.taken.data != _digest(self.rows.data)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Months are needed, from one place; a target needs a direction."""
        good = bool(super().validate(*args, **kwargs))
        if not self.file.data and not self.rows.data and not self.file.errors and not self.rows.errors:
            self.add_error("Choose a file with the months, or paste its rows.", "file")
            good = False
        if self.file.data and self.has_rows_of_its_own():
            self.add_error("There are rows here as well as a file. Empty this box, or send it without a file.", "rows")
            good = False
        if self.target.data and self.better.data == "neither":
            self.add_error("Choose higher or lower: a target needs a direction.", "better")
            good = False
        return good


def _digest(text: str) -> str:
    """Marks rows as they were put into the box; lines end differently on their way through a browser."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
