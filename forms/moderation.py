"""What a moderator sends: comments on items, the decision about the practice, the view of the audit itself.

A draft may have gaps; `check` asks what the chosen answer needs, so that a page without JavaScript may show
every field.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from wtforms.fields import SelectChoice

from auditflow.domain.grades import Grade
from forms.base import ChangeForm
from forms.fields import HiddenField, LongTextField, RadioField, SelectField
from forms.validators import Needed

__all__ = ["ChooseModeratorForm", "DecideModerationForm", "HandBackForm", "SendOnForm", "decide_form"]

_YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("partly", "Partly"), SelectChoice("no", "No")]
_GRADES = [SelectChoice(str(grade.value), grade.short_name) for grade in sorted(Grade, reverse=True)]
_NONE = SelectChoice("none", "Not applicable")
VIEW = ("evidence", "follows", "difference")


class DecideModerationForm(ChangeForm):
    """Two questions, never merged: what grade the practice deserves, and how good the audit is.

    `version` is the draft's number, `task` the version of the moderation. Build the class with `decide_form`.
    """

    items: ClassVar[tuple[str, ...]] = ()
    domains: ClassVar[tuple[str, ...]] = ()

    task = HiddenField("Task")
    choice = RadioField("1. The practice", description="What grade does the practice in this record deserve?")
    overall = RadioField("New overall grade", choices=_GRADES)
    reason = LongTextField(
        "Reason for the change", description="The auditor reads this. Name the domain and the entry in the record."
    )
    evidence = RadioField("Could you find the evidence?", choices=_YES_NO)
    follows = RadioField("Does each grade follow from its reason?", choices=_YES_NO)
    difference = RadioField("Is the difference for the child clear?", choices=_YES_NO)
    feedback = LongTextField("Feedback to the auditor (optional)")

    def check(self) -> bool:
        """Whether everything is there that the chosen answer needs; what is missing is an error of its field."""
        before = len(self.error_list())
        if not self.choice.data:
            self.add_error("Choose whether you confirm, change or return the audit.", "choice")
        elif self.choice.data == "return":
            if not any(self.comments().values()):
                self.add_error("Write at least one comment on an item before you return the audit.", "choice")
        else:
            self._check_grades()
            for name in VIEW:
                if not self[name].data:
                    self.add_error(f"About the audit: answer “{self[name].label.text}”", name)
        return len(self.error_list()) == before

    def _check_grades(self) -> None:
        if self.choice.data != "change":
            return
        if not self.overall.data:
            self.add_error("Choose the new overall grade.", "overall")
        if not self.reason.data:
            self.add_error("Give the reason for the change: the auditor reads it.", "reason")

    def comments(self) -> dict[str, str]:
        """Item -> the comment as typed."""
        return {item: self[f"comment_{item}"].data or "" for item in self.items}

    def grades(self) -> dict[str, int | None]:
        """Domain -> the grade chosen; None is not applicable. One that was not sent is left out."""
        chosen = {key: self[f"grade_{key}"].data for key in self.domains}
        return {key: None if value == "none" else int(value) for key, value in chosen.items() if value}

    def view(self) -> dict[str, str]:
        """The view of the audit itself."""
        return {name: self[name].data for name in (*VIEW, "feedback") if self[name].data}


def decide_form(
    domains: Mapping[str, tuple[str, int | None]],
    items: Iterable[tuple[str, str]],
    choices: Iterable[tuple[str, str, str]],
    overall: int,
) -> type[DecideModerationForm]:
    """The form for one submission.

    `domains` are key -> (title, the auditor's grade), `items` what can be commented as (key, title),
    `choices` the answers open now as (value, words, hint), `overall` the auditor's overall grade.
    """
    named = list(items)
    fields: dict[str, Any] = {
        f"grade_{key}": SelectField(
            title, choices=_GRADES if grade is not None else [_NONE, *_GRADES], default=str(grade or "none")
        )
        for key, (title, grade) in domains.items()
    }
    fields |= {f"comment_{key}": LongTextField(f"Your comment on {title}") for key, title in named}
    answers = [SelectChoice(value, words, {"hint": hint} if hint else {}) for value, words, hint in choices]
    fields["choice"] = RadioField(
        "1. The practice", description="What grade does the practice in this record deserve?", choices=answers
    )
    fields["overall"] = RadioField("New overall grade", choices=_GRADES, default=str(overall))
    fields |= {"items": tuple(key for key, _ in named), "domains": tuple(domains)}
    return type("DecideModerationForm", (DecideModerationForm,), fields)


class HandBackForm(ChangeForm):
    """A moderator gives a task back."""

    reason = LongTextField(
        "Why do you hand it back?",
        [Needed("Say why you hand it back.")],
        description="For example a conflict of interest, or leave. The quality assurance lead reads this.",
        max_length=2_000,
    )


class ChooseModeratorForm(ChangeForm):
    """The QA lead chooses who moderates."""

    person_id = SelectField("Who should moderate it?", [Needed("Choose who should moderate it.")])
    reason = LongTextField("Why is it moved?", max_length=2_000)

    def offer(self, people: Iterable[tuple[str, str]], *, moving: bool) -> None:
        """Fill in who can be chosen; `moving` asks for the reason as well."""
        self.person_id.choices = [SelectChoice("", "Choose a person")] + [SelectChoice(k, w) for k, w in people]
        if moving:
            self.reason.validators = [Needed("Say why it is moved.")]


class SendOnForm(ChangeForm):
    """The QA lead sends on an audit that went back and is not answered."""

    reason = LongTextField(
        "Why is it decided without the auditor?",
        [Needed("Say why it is decided without the auditor.")],
        description="The moderator and the auditor read this.",
        max_length=2_000,
    )
