"""The answers of an audit in words, page by page: for checking them, and for reading what was submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditflow.domain.answers import part, text_of
from auditflow.domain.audit_tool import (
    AuditTool,
    Kind,
    Section,
    grade_of,
    list_sections,
    party_field,
    question_field,
    section_answers,
)
from auditflow.domain.grades import Grade

SAID = {"yes": "Yes", "partly": "Partly", "no": "No", "na": "Not applicable"}
BLANK = "Not answered yet"

Row = dict[str, Any]


def answer_groups(
    tool: AuditTool, answers: Mapping[str, Any], case_type: str | None, *, main: bool
) -> list[dict[str, Any]]:
    """One group a page: its key, title, grade in words, and rows of (label, words, id of the field)."""
    return [
        {
            "key": section.key,
            "title": section.title,
            "grade": grade_words(section_answers(answers, section)),
            "rows": list(_rows(tool, section, section_answers(answers, section))),
        }
        for section in list_sections(tool, case_type, grading_only=not main)
    ]


def grade_words(given: Mapping[str, Any]) -> str:
    """A grade by its short name, “Not applicable”, or that there is none yet."""
    grade = grade_of(given)
    return grade.short_name if isinstance(grade, Grade) else ("Not applicable" if grade else BLANK)


def _rows(tool: AuditTool, section: Section, given: Mapping[str, Any]) -> Iterator[Row]:
    if section.kind is Kind.PARTICIPATION:
        yield from _people(tool, given)
        return
    said = part(given, "questions")
    for question in section.questions:
        yield _row(question.text, SAID.get(text_of(said, question.key), ""), question_field(question.key))
    yield _row("Grade", grade_words(given), "grade")
    texts = {"reason": tool.overall.reason}
    if section.kind is Kind.DOMAIN:
        judged = tool.judgement
        texts = {"reason": judged.reason, "evidence": judged.evidence, "difference": judged.difference}
    for name, words in texts.items():
        yield _row(words.label, text_of(given, name), name)


def _people(tool: AuditTool, given: Mapping[str, Any]) -> Iterator[Row]:
    for party in tool.participation.parties:
        theirs = part(given, party.key)
        took = text_of(theirs, "took_part")
        yield _row(f"{party.title}: {party.took_part.label}", SAID.get(took, ""), party_field(party.key, "took_part"))
        for name in {"yes": ("who", "how", "view"), "no": ("why_not",)}.get(took, ()):
            words = party.words(name)
            yield _row(f"{party.title}: {words.label}", text_of(theirs, name), party_field(party.key, name))


def _row(label: str, words: str, field: str) -> Row:
    return {"label": label, "words": words or BLANK, "field": field}
