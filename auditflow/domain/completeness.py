"""What is still missing from an audit, and how far it has come.

Missing answers never stop anyone leaving a page; they stop submission, and feed the list of what is left.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from auditflow.domain.answers import NOT_APPLICABLE, QUESTION_ANSWERS, Answers, is_blank, part, text_of
from auditflow.domain.grades import Grade
from auditflow.domain.tool_definition import AuditTool, Party, Words
from auditflow.domain.tool_sections import (
    Finding,
    Kind,
    Section,
    findings,
    grade_of,
    list_sections,
    party_field,
    question_field,
    section_answers,
)

__all__ = ["Completeness", "Missing", "Progress", "Status", "completeness", "unanswered"]


@dataclass(frozen=True)
class Missing:
    """One answer that is not there: its page, its field, what to call it, and the id on the page to go to."""

    section: str
    field: str
    label: str
    anchor: str


class Status(StrEnum):
    """How far one page of the audit has come."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    CANNOT_START = "cannot_start"


@dataclass(frozen=True)
class Progress:
    """One page: its status, how many answers are left, and its grade (or "na", or None) if it has one."""

    section: Section
    status: Status
    left: int
    grade: Grade | str | None


@dataclass(frozen=True)
class Completeness:
    """The whole audit: each page's progress and every missing answer, in the order of the pages."""

    progress: tuple[Progress, ...]
    missing: tuple[Missing, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, so that the audit may be submitted."""
        return not self.missing

    @property
    def domains(self) -> int:
        """How many domains are asked."""
        return sum(page.section.kind is Kind.DOMAIN for page in self.progress)

    @property
    def domains_finished(self) -> int:
        """How many of them have nothing missing."""
        return sum(page.section.kind is Kind.DOMAIN and page.left == 0 for page in self.progress)

    @property
    def next_section(self) -> Section | None:
        """The first page with something missing, or None."""
        return next((page.section for page in self.progress if page.left), None)


def unanswered(
    tool: AuditTool,
    answers: Answers,
    case_type: str | None,
    *,
    answered_findings: Collection[str] = (),
    grading_only: bool = False,
) -> list[Missing]:
    """Every answer that submission needs and that is not there, in the order of the pages.

    `answered_findings` are the keys of findings (see `findings`) that an action answers. `grading_only` is
    for audits that only measure or align grades: no participation and no actions. Answers of the wrong
    shape count as missing; nothing here raises.
    """
    pages = _pages(tool, answers, case_type, answered_findings, grading_only)
    return [missing for page in pages for missing in page.missing]


def completeness(
    tool: AuditTool,
    answers: Answers,
    case_type: str | None,
    *,
    answered_findings: Collection[str] = (),
    grading_only: bool = False,
) -> Completeness:
    """How far an audit has come, page by page; the arguments are those of `unanswered`.

    The overall grade cannot be started before every domain is finished, but what was typed there counts.
    """
    pages = _pages(tool, answers, case_type, answered_findings, grading_only)
    domains_left = any(page.missing for page in pages if page.section.kind is Kind.DOMAIN)
    progress = tuple(_progress(page, domains_left=domains_left) for page in pages)
    return Completeness(progress, tuple(missing for page in pages for missing in page.missing))


class _Page(NamedTuple):
    """One page with what was said on it and what is missing from it."""

    section: Section
    given: Mapping[str, Any]
    started: bool
    missing: tuple[Missing, ...]


def _pages(
    tool: AuditTool, answers: Answers, case_type: str | None, answered: Collection[str], grading_only: bool
) -> list[_Page]:
    blank = _blank_pages(tool, case_type, grading_only)
    given = [section_answers(answers, page.section) for page in blank]
    started = [_says_something(said) for said in given]
    if not any(started):
        return list(blank)
    open_findings = [] if grading_only else _open_findings(tool, answers, case_type, answered)
    return [
        _Page(page.section, said, True, tuple(_section_missing(tool, page.section, said, open_findings)))
        if begun
        else page
        for page, said, begun in zip(blank, given, started, strict=True)
    ]


@lru_cache(maxsize=512)
def _blank_pages(tool: AuditTool, case_type: str | None, grading_only: bool) -> tuple[_Page, ...]:
    """The pages on which nothing was said: all is missing from them and nothing was found, whatever the audit."""
    sections = list_sections(tool, case_type, grading_only=grading_only)
    return tuple(_Page(section, {}, False, tuple(_section_missing(tool, section, {}, []))) for section in sections)


def _progress(page: _Page, *, domains_left: bool) -> Progress:
    left = len(page.missing)
    status = _status(left, started=page.started)
    if page.section.kind is Kind.OVERALL and status is Status.NOT_STARTED and domains_left:
        status = Status.CANNOT_START
    return Progress(page.section, status, left, grade_of(page.given))


def _open_findings(
    tool: AuditTool, answers: Answers, case_type: str | None, answered: Collection[str]
) -> list[Finding]:
    return [finding for finding in findings(tool, answers, case_type) if finding.key not in answered]


def _status(left: int, *, started: bool) -> Status:
    if left == 0:
        return Status.COMPLETE
    return Status.IN_PROGRESS if started else Status.NOT_STARTED


def _says_something(value: object) -> bool:
    if not isinstance(value, dict):
        return value is not None and value != ""
    # Blanks are passed over before the call: this looks at every answer of an audit on each of its pages.
    return any(item is not None and item != "" and _says_something(item) for item in value.values())


def _section_missing(
    tool: AuditTool, section: Section, given: Mapping[str, Any], open_findings: list[Finding]
) -> Iterator[Missing]:
    if section.kind is Kind.DOMAIN:
        yield from _domain_missing(tool, section, given)
    elif section.kind is Kind.PARTICIPATION:
        for party in tool.participation.parties:
            yield from _party_missing(section, party, part(given, party.key))
    else:
        yield from _overall_missing(tool, section, given)
    for finding in open_findings:
        if finding.section == section.key:
            yield Missing(section.key, f"action.{finding.field}", f"An action: {finding.label}", "action")


def _domain_missing(tool: AuditTool, section: Section, given: Mapping[str, Any]) -> Iterator[Missing]:
    grade = grade_of(given)
    not_applicable = grade == NOT_APPLICABLE and section.may_be_not_applicable
    if not not_applicable:
        yield from _questions_missing(section, part(given, "questions"))
    if grade == NOT_APPLICABLE and not section.may_be_not_applicable:
        yield Missing(section.key, "grade", "Grade (this domain applies to every case like this one)", "grade")
    elif grade is None:
        yield Missing(section.key, "grade", "Grade", "grade")
    asked = {"reason": tool.judgement.reason}
    if not not_applicable:
        asked |= {"evidence": tool.judgement.evidence, "difference": tool.judgement.difference}
    yield from _texts_missing(section, asked, given)


def _questions_missing(section: Section, said: Mapping[str, Any]) -> Iterator[Missing]:
    for question in section.questions:
        if said.get(question.key) not in QUESTION_ANSWERS:
            field = question_field(question.key)
            yield Missing(section.key, field, question.text, field)


def _texts_missing(section: Section, asked: dict[str, Words], given: Mapping[str, Any]) -> Iterator[Missing]:
    for field, words in asked.items():
        if is_blank(text_of(given, field)):
            yield Missing(section.key, field, words.label, field)


def _party_missing(section: Section, party: Party, given: Mapping[str, Any]) -> Iterator[Missing]:
    needed = {"yes": ("who", "how"), "no": ("why_not",)}.get(text_of(given, "took_part"))
    if needed is None:
        field = party_field(party.key, "took_part")
        yield Missing(section.key, field, party.took_part.label, field)
        return
    for name in needed:
        if is_blank(text_of(given, name)):
            field = party_field(party.key, name)
            yield Missing(section.key, field, f"{party.title}: {party.words(name).label}", field)


def _overall_missing(tool: AuditTool, section: Section, given: Mapping[str, Any]) -> Iterator[Missing]:
    if not isinstance(grade_of(given), Grade):
        yield Missing(section.key, "grade", tool.overall.title, "grade")
    yield from _texts_missing(section, {"reason": tool.overall.reason}, given)
