"""Forms for a re-audit of a round."""

from __future__ import annotations

from forms.base import ChangeForm, CreateForm
from forms.dates import DateField
from forms.fields import RadioField, TextField
from forms.validators import LAST_BEFORE_FIRST, Needed, NotBefore

__all__ = ["PlanReAuditForm", "TakeCasesForm"]


class PlanReAuditForm(CreateForm):
    """Name, dates, list, and which of the cases."""

    name = TextField("Name of the re-audit", [Needed("Enter a name for the re-audit.")])
    starts_on = DateField("First day", [Needed("Enter the first day of the re-audit.")])
    ends_on = DateField(
        "Last day",
        [Needed("Enter the last day of the re-audit."), NotBefore("starts_on", LAST_BEFORE_FIRST)],
        description="By this day every audit should be agreed.",
    )
    record_date = DateField(
        "Records are read as they were on",
        [Needed("Enter the day up to which records are read.")],
        description="Work is judged from the day after the first audit’s record date up to this day.",
    )
    frame_id = RadioField(
        "Case list",
        [Needed("Choose a case list.")],
        description="A later list says who has each case now. It does not change which cases are audited.",
    )
    cases = RadioField(
        "Which cases?",
        [Needed("Choose which cases are audited again.")],
        choices=[
            ("all", "All of them", {"hint": "The grades before and after can be compared."}),
            (
                "poor",
                "Only those that were not yet good",
                {
                    "hint": "Some would come out better whatever was done, so no percentage is given for before and "
                    "after."
                },
            ),
        ],
    )


class TakeCasesForm(ChangeForm):
    """The page that takes the same cases has nothing but its button."""
