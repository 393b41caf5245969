"""What people send about an action: one small form for each move."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields import SelectChoice

from forms.base import ChangeForm
from forms.dates import DateField
from forms.fields import LongTextField, RadioField, SelectField
from forms.validators import Needed, NeededIf

__all__ = [
    "AcceptActionForm",
    "AskCannotDoForm",
    "ChangeActionDateForm",
    "CompleteActionForm",
    "DeclineActionForm",
    "ReassignActionForm",
    "ReopenActionForm",
    "UpholdActionForm",
    "VerifyActionForm",
    "WithdrawActionForm",
]

SHORT = 2_000


class AcceptActionForm(ChangeForm):
    """The owner accepts."""

    due_on = DateField("By when will it be done?", [Needed("Set the date by which it will be done.")])
    reason = LongTextField(
        "Why it needs more time",
        description="Only if your date is later than the one proposed. It is still overdue from the first date.",
        max_length=SHORT,
    )


class DeclineActionForm(ChangeForm):
    """The owner declines."""

    reason = LongTextField(
        "Why do you decline it?",
        [Needed("Say why you decline it.")],
        description="The head of service reads this and decides whether the action stands.",
        max_length=SHORT,
    )


class UpholdActionForm(ChangeForm):
    """The head of service keeps a declined action."""


class WithdrawActionForm(ChangeForm):
    """The head of service lets a declined action go; or whoever proposed it takes it back, and says why."""

    reason = LongTextField(
        "Why do you take it back?", description="Its owner and the auditor read this.", max_length=SHORT
    )


class ReassignActionForm(ChangeForm):
    """Another owner."""

    owner_id = SelectField("New owner", [Needed("Choose the new owner.")])
    reason = LongTextField(
        "Why somebody else should do it", [Needed("Say why somebody else should do it.")], max_length=SHORT
    )

    def offer(self, owners: Iterable[tuple[str, str]]) -> None:
        """Fill in who can be chosen."""
        self.owner_id.choices = [SelectChoice("", "Choose a person"), *(SelectChoice(*owner) for owner in owners)]


class ChangeActionDateForm(ChangeForm):
    """A new date."""

    due_on = DateField("New date", [Needed("Set the new date.")])
    reason = LongTextField("Why it needs another date", [Needed("Say why it needs another date.")], max_length=SHORT)


class CompleteActionForm(ChangeForm):
    """What was done."""

    done_text = LongTextField("What was done?", [Needed("Say what was done.")])
    done_evidence = LongTextField(
        "Evidence",
        [Needed("Give the evidence: where another person can see that it was done.")],
        description="Date and kind of entry in the record. Another person must be able to find it.",
    )


class AskCannotDoForm(ChangeForm):
    """The owner asks to be let off."""

    reason = LongTextField(
        "Why can it not be done?",
        [Needed("Say why it cannot be done.")],
        description="The head of service decides. Until then the action is still to be done.",
        max_length=SHORT,
    )


class ReopenActionForm(ChangeForm):
    """It is not done after all."""

    reason = LongTextField(
        "What is still to be done?",
        [Needed("Say what is still to be done.")],
        description="The owner reads this.",
        max_length=SHORT,
    )


DIFFERENCES = (
    ("yes", "Yes", {"hint": "Something is better for the child because of it."}),
    ("partly", "In part", {"hint": "Something is better, but not all that was hoped for."}),
    ("no", "No", {"hint": "It was done and nothing is better for the child."}),
)


class VerifyActionForm(ChangeForm):
    """Whether the action made a difference; “no” asks what follows."""

    difference = RadioField(
        "Did it make a difference for the child?",
        [Needed("Say whether it made a difference.")],
        choices=DIFFERENCES,
    )
    how_known = LongTextField(
        "How do you know?",
        [Needed("Say how you know.")],
        description="What you read, whom you asked, what the child or the family says.",
    )
    what_follows = RadioField(
        "What follows?",
        [NeededIf("difference", ["no"], "Say what follows, since it made no difference.")],
        choices=(("follow_up", "A further action"), ("nothing", "Nothing more can be done")),
    )
    follow_up_text = LongTextField(
        "What has to be done now?",
        [NeededIf("what_follows", ["follow_up"], "Say what has to be done now.")],
        max_length=SHORT,
    )
    follow_up_due_on = DateField("By when?", [NeededIf("what_follows", ["follow_up"], "Set the date for it.")])
    reason = LongTextField(
        "Why is there no further action?",
        [NeededIf("what_follows", ["nothing"], "Say why there is no further action.")],
        description="Only the head of service may decide this.",
        max_length=SHORT,
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What follows counts only where there was no difference, whatever the page sent along."""
        if self.difference.data != "no":
            self.what_follows.data = ""
        return bool(super().validate(*args, **kwargs))

    def offer(self, *, may_end: bool) -> None:
        """Only the head of service may end it without a further action; for others there is one answer."""
        if not may_end:
            self.what_follows.choices = [SelectChoice("follow_up", "A further action")]
