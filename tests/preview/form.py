"""A form with every kind of field, for the preview and the tests."""

from __future__ import annotations

from datetime import date

from forms.base import ChangeForm
from forms.dates import DateField, TimeField
from forms.fields import (
    CheckboxesField,
    CheckboxField,
    CountedTextField,
    EmailField,
    LongTextField,
    PasswordField,
    RadioField,
    SelectField,
    TextField,
    UploadField,
    WholeNumberField,
)
from forms.validators import Between, DateBetween, Needed, NeededIf

GRADES = [
    ("4", "Outstanding", {"hint": "The record is full of this child, and the plan shows what the child asked for."}),
    ("3", "Good", {"hint": "The child is seen alone, by someone they know, and was told what came of their wishes."}),
    ("2", "Requires improvement", {"hint": "The child is seen, but views are brief, old or in professional words."}),
    ("1", "Inadequate", {"hint": "Decisions are made without anyone knowing what the child lives with."}),
    ("na", "Not applicable", {"hint": "This is not a grade. Say why in the reason.", "class": "app-na"}),
]
ANSWERS = [("yes", "Yes"), ("partly", "Partly"), ("no", "No"), ("na", "Not applicable")]


class EveryWidgetForm(ChangeForm):
    """Invented questions, one of each kind."""

    name = TextField(
        "Name of the round", [Needed("Enter the name of the round.")], description="For example, Baseline."
    )
    email = EmailField("Email address", [Needed("Enter an e-mail address.")])
    password = PasswordField("Password", [Needed("Enter your password.")])
    size = WholeNumberField("Sample size", [Needed("Enter the sample size."), Between(1, 500)])
    share = WholeNumberField("Share that is moderated", [Between(10, 100)])
    ends = DateField(
        "End date",
        [Needed("Enter the end date."), DateBetween(date(2026, 12, 1), date(2027, 3, 31))],
        description="For example, 18 12 2026.",
    )
    told_at = TimeField("When you told them")
    seen = RadioField(
        "Was the child seen alone?", [Needed("Select whether the child was seen alone.")], choices=ANSWERS
    )
    grade = RadioField("Grade", [Needed("Select a grade.")], choices=GRADES)
    decision = RadioField(
        "What do you decide?",
        [Needed("Select what you decide.")],
        choices=[("confirm", "Confirm Good"), ("change", "Change the grade")],
    )
    why = LongTextField("Reason for the change", [NeededIf("decision", {"change"}, "Enter the reason for the change.")])
    reason = LongTextField(
        "Reason for the grade", [Needed("Enter the reason for the grade.")], description="Why this grade?"
    )
    note = CountedTextField("Feedback to the auditor", max_length=200)
    team = SelectField(
        "Team",
        [Needed("Select a team.")],
        choices=[("", "Choose a team"), ("1", "Assessment East"), ("2", "Assessment West")],
    )
    took_part = CheckboxesField(
        "Who took part?",
        [Needed("Select who took part.")],
        choices=[("child", "The child", {"hint": "Spoken to, or seen"}), ("parent", "A parent")],
    )
    sure = CheckboxField("I do not hold this case and never did", [Needed("Confirm that you do not hold this case.")])
    upload = UploadField("Case list", [Needed("Choose a case list.")], extensions=(".csv", ".xlsx"))
