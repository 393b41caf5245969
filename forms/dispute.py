"""What is sent about a contested grade: the challenge, the decision, handing it on."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from wtforms.fields import SelectChoice

from auditflow.domain.grades import Grade
from forms.base import ChangeForm
from forms.fields import LongTextField, RadioField, SelectField
from forms.validators import Needed

__all__ = ["ChallengeGradeForm", "DetermineDisputeForm", "HandDisputeForm", "determine_form"]

_GRADES = [SelectChoice(str(grade.value), grade.short_name) for grade in sorted(Grade, reverse=True)]


class ChallengeGradeForm(ChangeForm):
    """The manager of the case's team contests the grade, once."""

    reason = LongTextField(
        "Why do you challenge the grade?",
        [Needed("Say why you challenge the grade: whoever decides reads it.")],
        description="Point to what is in the record. Write for the practitioner too.",
    )


class DetermineDisputeForm(ChangeForm):
    """Somebody outside both decides. Build the class with `determine_form`."""

    domains: ClassVar[tuple[str, ...]] = ()
    current: ClassVar[Mapping[str, int]] = {}

    grade = RadioField("What is the overall grade?", [Needed("Decide the overall grade.")], choices=_GRADES)
    reason = LongTextField(
        "Why?",
        [Needed("Give the reason for your decision: everybody concerned reads it.")],
        description="The auditor, the moderator and the service read this.",
    )

    def changed(self) -> dict[str, int]:
        """Domain -> the grade decided, where it differs from the one in use."""
        chosen = {key: self[f"grade_{key}"].data for key in self.domains}
        return {key: int(value) for key, value in chosen.items() if value and int(value) != self.current[key]}


def determine_form(domains: Mapping[str, tuple[str, int]]) -> type[DetermineDisputeForm]:
    """The form for one audit: `domains` are key -> (title, the grade in use)."""
    fields: dict[str, Any] = {
        f"grade_{key}": SelectField(title, choices=_GRADES, default=str(grade))
        for key, (title, grade) in domains.items()
    }
    fields |= {"domains": tuple(domains), "current": {key: grade for key, (_, grade) in domains.items()}}
    return type("DetermineDisputeForm", (DetermineDisputeForm,), fields)


class HandDisputeForm(ChangeForm):
    """The director hands a dispute to an external moderator."""

    person_id = SelectField("External moderator", [Needed("Choose the external moderator.")])

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Fill in who can be chosen."""
        self.person_id.choices = [SelectChoice("", "Choose a person")] + [SelectChoice(k, w) for k, w in people]
