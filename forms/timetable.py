"""Forms of the timetable: a day on which the council is closed, and the council's own time limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from wtforms import Field

from forms.base import ChangeForm
from forms.dates import DateField
from forms.fields import HiddenField, TextField, WholeNumberField
from forms.validators import Between, Needed
from workflows.time_limits import TIME_LIMITS

__all__ = ["AddClosureDayForm", "RemoveClosureDayForm", "TimeLimitsForm", "time_limits_form"]


class AddClosureDayForm(ChangeForm):
    """One day on which the council is closed."""

    day = DateField("Day", [Needed("Enter the day on which the council is closed.")])
    name = TextField("Why it is closed", [Needed("Say why the council is closed, like “Christmas closure”.")])


class RemoveClosureDayForm(ChangeForm):
    """The day that is a working day again, as an ISO date."""

    day = HiddenField("Day")

    def closed(self) -> date | None:
        """The day; None if what was sent is no date."""
        try:
            return date.fromisoformat(self.day.data or "")
        except ValueError:
            return None


class TimeLimitsForm(ChangeForm):
    """Every figure that a council may change. Made by `time_limits_form`."""

    def figures(self) -> dict[str, int]:
        """What was typed, by setting; an empty box is the figure as shipped."""
        return {key: self[key].data for key in TIME_LIMITS if self[key].data is not None}


def time_limits_form(words: Mapping[str, str]) -> type[TimeLimitsForm]:
    """The form with each time limit asked in these words, by setting."""
    fields: dict[str, Field] = {
        key: WholeNumberField(
            words[key],
            [Between(1, limit.most, f"Enter a number of {limit.unit} from 1 to {limit.most}.")],
            description=f"{limit.unit.capitalize()}; usually {limit.figure}.",
        )
        for key, limit in TIME_LIMITS.items()
    }
    return type("ThisTimeLimitsForm", (TimeLimitsForm,), fields)
