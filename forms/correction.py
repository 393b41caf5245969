"""Asking for a correction, and deciding it."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields import SelectChoice

from auditflow.domain.grades import Grade
from forms.base import ChangeForm
from forms.fields import LongTextField, RadioField, SelectField
from forms.validators import Needed

__all__ = ["DecideCorrectionForm", "RequestCorrectionForm"]

_GRADES = [SelectChoice(str(grade.value), grade.short_name) for grade in sorted(Grade, reverse=True)]


class RequestCorrectionForm(ChangeForm):
    """What should say something else. The page shows both the grade and the words; the item says which counts."""

    item = SelectField("What should be corrected?", [Needed("Choose what is to be corrected.")])
    grade = RadioField("If it is a grade: which should it be?", choices=_GRADES)
    text = LongTextField("If it is words: what should it say?")
    reason = LongTextField("Why?", [Needed("Say why it should be corrected.")], description="Point to the record.")

    def offer(self, items: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be corrected."""
        self.item.choices = [SelectChoice("", "Choose an item")] + [SelectChoice(k, w) for k, w in items]

    def value(self) -> Any:
        """The grade as a number for an item that is a grade, the words for any other."""
        if str(self.item.data).endswith(".grade"):
            return int(self.grade.data) if self.grade.data else None
        return self.text.data or ""


class DecideCorrectionForm(ChangeForm):
    """Approve or refuse; a refusal needs its reason."""

    choice = RadioField(
        "What do you decide?",
        [Needed("Choose whether you approve or refuse.")],
        choices=[
            SelectChoice("approve", "Approve", {"hint": "The corrected version stands beside the old one."}),
            SelectChoice("refuse", "Refuse", {"hint": "Nothing changes. Give the reason."}),
        ],
    )
    reason = LongTextField("Reason", description="Whoever asked reads this. Needed to refuse.")
