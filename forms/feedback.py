"""What a practitioner sends."""

from forms.base import ChangeForm
from forms.fields import LongTextField
from forms.validators import Needed

__all__ = ["ReflectForm"]


class ReflectForm(ChangeForm):
    """The practitioner's own view of the work."""

    reflection = LongTextField(
        "Your reflection",
        [Needed("Write your reflection first.")],
        description="What went well for this child, what was hard, what would you do differently? "
        "The auditor and the moderator read this.",
    )
