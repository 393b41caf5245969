"""Which parts of an audit tool a case is asked about, by its status, and in what order.

A status that the tool does not know (or none) is asked everything: what is required for every known status is
required, the rest may be marked not applicable. Nothing is dropped because a list spelt a status differently.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from auditflow.domain.answers import NOT_APPLICABLE, Answers, part
from auditflow.domain.grades import Grade
from auditflow.domain.tool_definition import AuditTool, Domain, Question

__all__ = [
    "GRADES",
    "OVERALL",
    "PARTICIPATION",
    "Applicability",
    "Finding",
    "Kind",
    "Section",
    "applicability",
    "asked_questions",
    "find_section",
    "findings",
    "grade_of",
    "list_sections",
    "party_field",
    "question_field",
    "section_answers",
]

GRADES = frozenset(grade.value for grade in Grade)
PARTICIPATION = "participation"
OVERALL = "overall"


class Applicability(StrEnum):
    """Whether a domain is graded for a status."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NOT_ASKED = "not_asked"


class Kind(StrEnum):
    """What a section asks for."""

    DOMAIN = "domain"
    PARTICIPATION = PARTICIPATION
    OVERALL = OVERALL


@dataclass(frozen=True)
class Section:
    """One page of an audit. `number` of `count` places a domain among those asked; 0 for other sections."""

    key: str
    title: str
    short_title: str
    lead: str
    kind: Kind
    number: int = 0
    count: int = 0
    domain: Domain | None = None
    questions: tuple[Question, ...] = ()
    may_be_not_applicable: bool = False


@dataclass(frozen=True)
class Finding:
    """Something an audit found that needs an action: a grade below Good, or a "no".

    `key` names it in links from actions: "risk" and "overall" for grades, "risk.safety_plan" for a "no".
    """

    key: str
    section: str
    field: str
    label: str


def applicability(tool: AuditTool, case_type: str | None) -> dict[str, Applicability]:
    """Whether each domain is asked for a case of that status: domain keys in the tool's order."""
    known = tool.case_type(case_type)
    return {domain.key: _applies(tool, domain, known.key if known else None) for domain in tool.domains}


def _applies(tool: AuditTool, domain: Domain, status: str | None) -> Applicability:
    if status is None:
        everywhere = all(kind.key in domain.required_for for kind in tool.case_types)
        return Applicability.REQUIRED if everywhere else Applicability.OPTIONAL
    if status in domain.required_for:
        return Applicability.REQUIRED
    return Applicability.OPTIONAL if status in domain.optional_for else Applicability.NOT_ASKED


def asked_questions(tool: AuditTool, domain: Domain, case_type: str | None) -> tuple[Question, ...]:
    """The questions of a domain that are asked for a status, in order."""
    known = tool.case_type(case_type)
    return tuple(
        question
        for question in domain.questions
        if known is None or not question.applies_to or known.key in question.applies_to
    )


@lru_cache(maxsize=512)
def list_sections(tool: AuditTool, case_type: str | None, *, grading_only: bool = False) -> tuple[Section, ...]:
    """The pages of an audit, in order: domains asked, then who took part, then the overall grade.

    `grading_only` leaves participation out: audits that only measure or align grades ask nobody anything.
    """
    applies = applicability(tool, case_type)
    asked = [domain for domain in tool.domains if applies[domain.key] is not Applicability.NOT_ASKED]
    domains = [
        Section(
            domain.key,
            domain.title,
            domain.short_title,
            domain.lead,
            Kind.DOMAIN,
            number=place,
            count=len(asked),
            domain=domain,
            questions=asked_questions(tool, domain, case_type),
            may_be_not_applicable=applies[domain.key] is Applicability.OPTIONAL,
        )
        for place, domain in enumerate(asked, start=1)
    ]
    people, overall = tool.participation, tool.overall
    last = [Section(OVERALL, overall.title, overall.title, overall.lead, Kind.OVERALL)]
    if people.parties and not grading_only:
        last.insert(0, Section(PARTICIPATION, people.title, people.title, people.lead, Kind.PARTICIPATION))
    return (*domains, *last)


def find_section(tool: AuditTool, key: str, case_type: str | None, *, grading_only: bool = False) -> Section | None:
    """The page with that key, or None if a case of that status has no such page."""
    pages = list_sections(tool, case_type, grading_only=grading_only)
    return next((section for section in pages if section.key == key), None)


def section_answers(answers: Answers, section: Section) -> Mapping[str, Any]:
    """The part of the answers that belongs to a page; an empty one if nothing is there yet."""
    return part(answers, "domains", section.key) if section.kind is Kind.DOMAIN else part(answers, section.key)


def question_field(key: str) -> str:
    """The name of a question's field on its page."""
    return f"q_{key}"


def party_field(party: str, field: str) -> str:
    """The name of a participation field on its page."""
    return f"{party}_{field}"


def grade_of(given: Mapping[str, Any]) -> Grade | str | None:
    """The grade in one part of the answers: a Grade, "na", or None if there is none that is valid."""
    value = given.get("grade")
    if value == NOT_APPLICABLE:
        return NOT_APPLICABLE
    if isinstance(value, int) and not isinstance(value, bool) and value in GRADES:
        return Grade(value)
    return None


def findings(tool: AuditTool, answers: Answers, case_type: str | None) -> list[Finding]:
    """What needs an action: each grade below Good and each "no", in the order of the pages.

    An overall grade below Good is one only where no domain explains it.
    """
    found: list[Finding] = []
    for section in list_sections(tool, case_type):
        given = section_answers(answers, section)
        if section.kind is Kind.DOMAIN:
            found += _domain_findings(section, given)
        elif section.kind is Kind.OVERALL and not found:
            found += _grade_finding(section, given)
    return found


def _domain_findings(section: Section, given: Mapping[str, Any]) -> list[Finding]:
    if grade_of(given) == NOT_APPLICABLE:
        return []
    said = part(given, "questions")
    noes = [
        Finding(f"{section.key}.{question.key}", section.key, question_field(question.key), question.text)
        for question in section.questions
        if said.get(question.key) == "no"
    ]
    return noes + _grade_finding(section, given)


def _grade_finding(section: Section, given: Mapping[str, Any]) -> list[Finding]:
    grade = grade_of(given)
    if not isinstance(grade, Grade) or grade.good_or_better:
        return []
    label = f"{section.title}: {grade.short_name}"
    return [Finding(section.key, section.key, "grade", label)]
