"""The pages of an audit as forms, built from an audit tool: one section a page.

A section's form checks only what was typed: a draft may have gaps. What is missing is asked for when the
audit is submitted (`auditflow.domain.audit_tool.unanswered`); its anchors are the ids of these fields.

    Page = section_form(tool, "risk", case.case_type)
    form = Page(data=Page.initial(draft), version=number)              on GET
    form = Page(request.form, data=Page.initial(draft))                 on POST
    form.answers()                                                     the section's part of the answers
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from wtforms import Field
from wtforms.fields import SelectChoice
from wtforms.form import BaseForm as AnyForm
from wtforms.validators import StopValidation

from auditflow.domain.answers import NOT_APPLICABLE, part, text_of
from auditflow.domain.audit_tool import (
    LONGEST_TEXT,
    AuditTool,
    Descriptors,
    Kind,
    Party,
    Section,
    Words,
    find_section,
    grade_of,
    party_field,
    question_field,
)
from auditflow.domain.errors import NotFound
from auditflow.domain.grades import Grade
from auditflow.domain.tool_definition import PARTIES, PARTY_FIELDS
from auditflow.domain.whole_number import read_whole_number
from forms.base import ChangeForm
from forms.fields import LongTextField, RadioField

__all__ = ["SectionForm", "section_form"]

_TOOK_PART = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
_ANSWERS = [
    SelectChoice("yes", "Yes"),
    SelectChoice("partly", "Partly"),
    SelectChoice("no", "No"),
    SelectChoice(NOT_APPLICABLE, "Not applicable"),
]
_DOMAIN_TEXTS = ("reason", "evidence", "difference")
_ELSEWHERE = {"grade", *_DOMAIN_TEXTS, *(party_field(party, field) for party in PARTIES for field in PARTY_FIELDS)}


class AnswerField(LongTextField):
    """Words of an answer. A page always sends the field, if only blank: one that did not arrive is refused
    with a sentence and shown as it was saved, so that half a page never wipes out what was written.
    """

    def pre_validate(self, form: AnyForm) -> None:
        """Refuse what did not arrive and what is too long."""
        if self.raw_data == []:
            self.data = self.object_data or ""
            raise StopValidation(f"{self.label.text}: this did not arrive. What was saved is shown; send it again.")
        super().pre_validate(form)


class SectionForm(ChangeForm):
    """One page of an audit; `section` says which. Build its class with `section_form`."""

    section: ClassVar[Section]
    title: ClassVar[str]

    @classmethod
    def initial(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The fields' values for the section's part of some answers; what is not sound is left blank."""
        raise NotImplementedError

    def answers(self) -> dict[str, Any]:
        """The section's part of the answers, as plain data."""
        raise NotImplementedError

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Take what was sent, and remember answers to what this page does not ask."""
        super().process(formdata, *args, **kwargs)
        self.strangers = [name for name in formdata or () if name not in self and _is_answer(name)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse what was not asked, as well as what the fields refuse."""
        sound = bool(super().validate(extra_validators))
        for name in self.strangers[:3]:
            self.form_errors.append(f"An answer was sent to “{name[:40]}”, which this page does not ask.")
        return sound and not self.strangers


class DomainForm(SectionForm):
    """Questions, grade, reason, evidence and difference for the child."""

    @classmethod
    def initial(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """See `SectionForm`."""
        said = part(given, "questions")
        questions = {question_field(question.key): text_of(said, question.key) for question in cls.section.questions}
        return {"grade": _shown(given), **_texts(given, _DOMAIN_TEXTS), **questions}

    def answers(self) -> dict[str, Any]:
        """See `SectionForm`."""
        questions = {question.key: _chosen(self[question_field(question.key)]) for question in self.section.questions}
        return {"grade": _grade(self["grade"]), **_typed(self, _DOMAIN_TEXTS), "questions": questions}


class ParticipationForm(SectionForm):
    """For each who may take part: who and how, or why not."""

    parties: ClassVar[tuple[Party, ...]]

    @classmethod
    def initial(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """See `SectionForm`."""
        return {
            party_field(party.key, name): text_of(part(given, party.key), name)
            for party in cls.parties
            for name in PARTY_FIELDS
        }

    def answers(self) -> dict[str, Any]:
        """See `SectionForm`."""
        said = {}
        for party in self.parties:
            typed = {name: self[party_field(party.key, name)].data or "" for name in PARTY_FIELDS}
            said[party.key] = {**typed, "took_part": _chosen(self[party_field(party.key, "took_part")])}
        return said


class OverallForm(SectionForm):
    """The grade of the record as a whole, and the reason."""

    @classmethod
    def initial(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """See `SectionForm`."""
        return {"grade": _shown(given), **_texts(given, ("reason",))}

    def answers(self) -> dict[str, Any]:
        """See `SectionForm`."""
        return {"grade": _grade(self["grade"]), **_typed(self, ("reason",))}


def section_form(
    tool: AuditTool, section_key: str, case_type: str | None, *, grading_only: bool = False
) -> type[SectionForm]:
    """The form class of one page for a case of that status; built once for each version of a tool.

    Raises NotFound when a case of that status has no such page.
    """
    known = tool.case_type(case_type)
    return _build(tool, section_key, known.key if known else None, grading_only)


@lru_cache(maxsize=512)
def _build(tool: AuditTool, section_key: str, status: str | None, grading_only: bool) -> type[SectionForm]:
    section = find_section(tool, section_key, status, grading_only=grading_only)
    if section is None:
        raise NotFound(f"This audit has no page called “{section_key[:40]}” for this case.", field="section")
    base, fields = _FIELDS[section.kind](tool, section)
    return type(base.__name__, (base,), {**fields, "section": section, "title": section.title})


def _domain_fields(tool: AuditTool, section: Section) -> tuple[type[SectionForm], dict[str, Any]]:
    assert section.domain is not None
    fields: dict[str, Any] = {
        question_field(question.key): RadioField(question.text, description=question.hint, choices=_ANSWERS)
        for question in section.questions
    }
    choices = _grade_choices(section.domain.grades)
    if section.may_be_not_applicable:
        hint = f"{section.domain.not_applicable_when} {tool.judgement.not_applicable}".strip()
        choices.append(SelectChoice(NOT_APPLICABLE, "Not applicable", {"hint": hint, "class": "app-na"}))
    fields["grade"] = RadioField("Grade", choices=choices)
    for name in _DOMAIN_TEXTS:
        fields[name] = _answer_field(getattr(tool.judgement, name))
    return DomainForm, fields


def _participation_fields(tool: AuditTool, _section: Section) -> tuple[type[SectionForm], dict[str, Any]]:
    parties = tool.participation.parties
    fields: dict[str, Any] = {"parties": parties}
    for party in parties:
        asked = party.took_part
        fields[party_field(party.key, "took_part")] = RadioField(
            asked.label, description=asked.hint, choices=_TOOK_PART
        )
        for name in PARTY_FIELDS[1:]:
            fields[party_field(party.key, name)] = _answer_field(party.words(name))
    return ParticipationForm, fields


def _overall_fields(tool: AuditTool, section: Section) -> tuple[type[SectionForm], dict[str, Any]]:
    grade = RadioField(section.title, description=tool.overall.guidance, choices=_grade_choices(tool.overall.grades))
    return OverallForm, {"grade": grade, "reason": _answer_field(tool.overall.reason)}


_FIELDS = {Kind.DOMAIN: _domain_fields, Kind.PARTICIPATION: _participation_fields, Kind.OVERALL: _overall_fields}


def _answer_field(words: Words) -> Any:
    return AnswerField(words.label, description=words.hint, max_length=LONGEST_TEXT)


def _grade_choices(described: Descriptors) -> list[SelectChoice]:
    """Best first; beside each grade what it looks like."""
    return [
        SelectChoice(str(grade.value), grade.short_name, {"hint": described.of(grade)})
        for grade in sorted(Grade, reverse=True)
    ]


def _is_answer(name: str) -> bool:
    """Whether a name looks like an answer of some page, rather than a button or a token."""
    return name in _ELSEWHERE or name.startswith(question_field(""))


def _shown(given: Mapping[str, Any]) -> str:
    grade = grade_of(given)
    return "" if grade is None else str(grade.value if isinstance(grade, Grade) else grade)


def _chosen(field: Field) -> str | None:
    """The answer chosen, or None: what was not offered is never kept."""
    return next((str(choice.value) for choice in field.iter_choices() if choice.value == field.data), None)


def _grade(field: Field) -> int | str | None:
    chosen = _chosen(field)
    number = read_whole_number(chosen or "")
    return chosen if number is None else number


def _texts(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: text_of(given, name) for name in names}


def _typed(form: SectionForm, names: tuple[str, ...]) -> dict[str, str]:
    return {name: form[name].data or "" for name in names}
