"""What people send about an immediate concern."""

from datetime import datetime

from auditflow.domain.clock import LONDON
from forms.base import ChangeForm, CreateForm
from forms.dates import DateField, TimeField
from forms.fields import CheckboxField, LongTextField, TextField
from forms.validators import Needed

__all__ = [
    "AcknowledgeConcernForm",
    "MarkRaisedInErrorForm",
    "RaiseConcernForm",
    "ReRaiseConcernForm",
    "ResolveConcernForm",
]


class RaiseConcernForm(CreateForm):
    """A concern, after phoning."""

    spoken_to = TextField(
        "Whom did you speak to?",
        [Needed("Say whom you spoke to.")],
        description="Name and role. If nobody answered, say whom you tried, and keep trying.",
    )
    spoken_on = DateField("On which day?", [Needed("Say on which day you spoke to them.")])
    spoken_time = TimeField(
        "At what time?", [Needed("Say at what time you spoke to them.")], description="For example, 14:30."
    )
    concern = LongTextField(
        "What worries you about the child?",
        [Needed("Say what worries you.")],
        description="What you read, where in the record, and what you fear could happen. Do not name the child.",
    )
    about_manager = CheckboxField(
        "The concern is about the team manager or the deputy",
        description="They will not be told. It goes straight to the head of service.",
    )

    def spoken_at(self) -> datetime:
        """Day and time together; England's time. Call it on a form that is valid."""
        assert self.spoken_on.data is not None
        assert self.spoken_time.data is not None
        return datetime.combine(self.spoken_on.data, self.spoken_time.data, LONDON)


class AcknowledgeConcernForm(ChangeForm):
    """Somebody acts on it."""


class ResolveConcernForm(ChangeForm):
    """What was done for the child."""

    resolution = LongTextField(
        "What was done for the child?",
        [Needed("Say what was done for the child.")],
        description="Who saw the child and when, what was decided, and why the child is safe now.",
    )


class ReRaiseConcernForm(ChangeForm):
    """It was not resolved after all."""

    reason = LongTextField(
        "Why may the child still be unsafe?",
        [Needed("Say why the child may still be unsafe.")],
        description="Phone first. Everybody up to the director is told at once.",
    )


class MarkRaisedInErrorForm(ChangeForm):
    """It was raised in error."""

    reason = LongTextField(
        "Why was it raised in error?",
        [Needed("Say why it was raised in error.")],
        description="Whoever raised it reads this.",
    )
