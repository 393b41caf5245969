"""An audit as its moderator reads it: section by section, with what was said about it before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.answers import part, text_of
from auditflow.domain.audit_tool import AuditTool, find_section
from auditflow.domain.grades import Grade
from auditflow.models import CaseAudit, Moderation, ModerationComment, Submission
from auditflow.queries.audit_tool import get_round_tool
from auditflow.queries.case_audit_actions import CaseAction, list_case_actions

GOOD = 3


@dataclass(frozen=True, slots=True)
class DomainView:
    """One domain of a submission; `grade` None is not applicable. `less` are the questions not answered yes."""

    key: str
    number: int
    title: str
    grade: int | None
    texts: tuple[tuple[str, str], ...]
    less: tuple[tuple[str, str], ...]
    before: tuple[ModerationComment, ...]

    @property
    def grade_words(self) -> str:
        """The grade in words."""
        return grade_words(self.grade)


@dataclass(frozen=True, slots=True)
class ModerationSheet:
    """What a moderator sees of one submission."""

    audit: CaseAudit
    submission: Submission
    tool: AuditTool
    domains: tuple[DomainView, ...]
    overall_reason: str
    overall_before: tuple[ModerationComment, ...]
    participation: tuple[tuple[str, str], ...]
    actions: tuple[CaseAction, ...]

    @property
    def grade_words(self) -> str:
        """The auditor's overall grade in words."""
        return Grade(self.submission.overall_grade).short_name

    @property
    def first(self) -> list[DomainView]:
        """The domains that are not Good: these come open."""
        return [domain for domain in self.domains if domain.grade is not None and domain.grade != GOOD]

    @property
    def others(self) -> list[DomainView]:
        """The rest."""
        return [domain for domain in self.domains if domain.grade is None or domain.grade == GOOD]


def read_moderation_sheet(session: Session, task: Moderation) -> ModerationSheet:
    """The sheet of a task, with what was said when earlier submissions went back."""
    audit = session.get_one(CaseAudit, task.case_audit_id)
    return read_submission(session, audit, session.get_one(Submission, task.submission_id), _earlier(session, task))


def read_submission(
    session: Session,
    audit: CaseAudit,
    submission: Submission,
    earlier: Mapping[str, tuple[ModerationComment, ...]] | None = None,
    *,
    answers: Mapping[str, Any] | None = None,
) -> ModerationSheet:
    """One submission as somebody else than its auditor reads it; `answers` are those after corrections."""
    tool, before = get_round_tool(session, audit.round_id), earlier or {}
    said = submission.answers if answers is None else answers
    domains = tuple(
        _domain(tool, audit, key, number, said, before) for number, key in enumerate(part(said, "domains"), 1)
    )
    return ModerationSheet(
        audit=audit,
        submission=submission,
        tool=tool,
        domains=domains,
        overall_reason=text_of(part(said, "overall"), "reason"),
        overall_before=before.get("overall", ()),
        participation=tuple(_parties(tool, said)),
        actions=list_case_actions(session, audit).own,
    )


def grade_words(grade: int | None) -> str:
    """A grade in words; None is not applicable."""
    return Grade(grade).short_name if grade else "Not applicable"


def domain_title(tool: AuditTool, key: str) -> str:
    """What a domain is called; its key if the tool does not know it."""
    domain = tool.domain(key)
    return domain.title if domain else key.replace("_", " ").capitalize()


def _domain(
    tool: AuditTool,
    audit: CaseAudit,
    key: str,
    number: int,
    answers: Mapping[str, Any],
    earlier: Mapping[str, tuple[ModerationComment, ...]],
) -> DomainView:
    given = part(answers, "domains", key)
    grade = given.get("grade")
    labels = {name: getattr(tool.judgement, name).label for name in ("reason", "evidence", "difference")}
    return DomainView(
        key=key,
        number=number,
        title=domain_title(tool, key),
        grade=grade if isinstance(grade, int) else None,
        texts=tuple((labels[name], text_of(given, name)) for name in labels if text_of(given, name)),
        less=tuple(_less_than_yes(tool, audit, key, part(given, "questions"))),
        before=earlier.get(key, ()),
    )


def _less_than_yes(tool: AuditTool, audit: CaseAudit, key: str, said: Mapping[str, Any]) -> list[tuple[str, str]]:
    section = find_section(tool, key, audit.case_type)
    words = {"partly": "Partly", "no": "No"}
    asked = section.questions if section else ()
    return [(q.text, words[said[q.key]]) for q in asked if said.get(q.key) in words]


def _parties(tool: AuditTool, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for party in tool.participation.parties:
        said = part(answers, "participation", party.key)
        if text_of(said, "took_part") == "yes":
            names = ("who", "how", "view")
            found.append((party.title, "\n".join(text_of(said, name) for name in names if text_of(said, name))))
        elif text_of(said, "took_part") == "no":
            found.append((party.title, f"Did not take part: {text_of(said, 'why_not')}"))
    return found


def _earlier(session: Session, task: Moderation) -> dict[str, tuple[ModerationComment, ...]]:
    """The comments with which earlier submissions of this audit went back, by item, with the answers."""
    rows = session.scalars(
        sa.select(ModerationComment)
        .join(Moderation, Moderation.id == ModerationComment.moderation_id)
        .where(
            Moderation.case_audit_id == task.case_audit_id,
            Moderation.id < task.id,
            Moderation.decision == "return",
        )
        .order_by(ModerationComment.id)
    )
    found: dict[str, tuple[ModerationComment, ...]] = {}
    for row in rows:
        found[row.item] = (*found.get(row.item, ()), row)
    return found
