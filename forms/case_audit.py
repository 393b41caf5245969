"""What an auditor sends about an audit beside its answers: a conflict, a dispute, an action, notes, a choice."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields import SelectChoice

from forms.base import ChangeForm
from forms.dates import DateField
from forms.fields import CheckboxesField, LongTextField, RadioField, SelectField
from forms.validators import Needed

__all__ = [
    "AcceptChangeForm",
    "ChooseVersionForm",
    "DeclareConflictForm",
    "DisputeChangeForm",
    "KeepNotesForm",
    "LinkActionForm",
    "ProposeActionForm",
    "SubmitCaseAuditForm",
    "answer_comments_form",
]


class AcceptChangeForm(ChangeForm):
    """One button: accept, withdraw, start. Only the version and the key."""


class SubmitCaseAuditForm(ChangeForm):
    """Submit what was checked; the digest of it is a hidden value of the page."""


class DeclareConflictForm(ChangeForm):
    """Give a case back because of a conflict of interest."""

    reason = LongTextField(
        "What is the conflict?",
        description="For example: I know the family. The quality assurance lead reads this. Leave out private details.",
        max_length=2_000,
    )


class DisputeChangeForm(ChangeForm):
    """Contest what the moderator decided."""

    reason = LongTextField(
        "Why do you disagree?",
        [Needed("Say why you disagree: whoever decides reads it.")],
        description="Point to what is in the record.",
    )


class KeepNotesForm(ChangeForm):
    """Private notes on a case."""

    text = LongTextField("Your notes", description="Only you see them. They are not part of the audit.")


class ChooseVersionForm(ChangeForm):
    """Which of two versions of a text is kept."""

    keep = RadioField(
        "Which version do you want to keep?",
        [Needed("Choose the version that you want to keep.")],
        choices=[
            SelectChoice("stored", "The one that is saved now"),
            SelectChoice("sent", "The other one"),
        ],
    )


class ProposeActionForm(ChangeForm):
    """An action that answers one or several findings."""

    text = LongTextField(
        "What has to be done?",
        [Needed("Say what has to be done.")],
        description="Start with a verb. Say what will be different for the child.",
        max_length=2_000,
    )
    findings = CheckboxesField("What does it answer?", [Needed("Choose what the action answers.")])
    owner_id = SelectField("Who should do it?")
    due_on = DateField("By when?", [Needed("Set the date by which it will be done.")])

    def offer(self, findings: Iterable[tuple[str, str]], owners: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be chosen."""
        self.findings.choices = [SelectChoice(key, label) for key, label in findings]
        self.owner_id.choices = [SelectChoice(key, label) for key, label in owners]


class LinkActionForm(ChangeForm):
    """An action that is open already and answers findings of this audit too."""

    action_id = RadioField("Which action?", [Needed("Choose the action.")])
    findings = CheckboxesField("What does it answer?", [Needed("Choose what the action answers.")])

    def offer(self, actions: Iterable[tuple[str, str, str]], findings: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be chosen: actions as (id, text, hint)."""
        self.action_id.choices = [SelectChoice(key, label, {"hint": hint}) for key, label, hint in actions]
        self.findings.choices = [SelectChoice(key, label) for key, label in findings]


def answer_comments_form(comments: Iterable[tuple[int, str]]) -> type[ChangeForm]:
    """The form class for answering a moderator's comments: one text for each (id, what it is about)."""
    fields: dict[str, Any] = {
        f"comment_{comment_id}": LongTextField(f"Your answer on {about}") for comment_id, about in comments
    }
    return type("AnswerCommentsForm", (ChangeForm,), fields)
