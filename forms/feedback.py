"""What a practitioner sends, and the button that shares the feedback."""

from forms.base import ChangeForm
from forms.fields import LongTextField
from forms.validators import Needed

__all__ = ["ReadOutcomeForm", "ReflectForm", "ShareFeedbackForm"]


class ReflectForm(ChangeForm):
    """The practitioner's own view of the work."""

    reflection = LongTextField(
        "Your reflection",
        [Needed("Write your reflection first.")],
        description="What went well for this child, what was hard, what would you do differently? "
        "The auditor and the moderator read this.",
    )


class ReadOutcomeForm(ChangeForm):
    """One button: I have read this."""


class ShareFeedbackForm(ChangeForm):
    """One button: share the feedback."""
