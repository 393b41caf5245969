"""The second line of a row of My work: how far it has come, who did what, or what it is about.

A fixed number of statements a kind, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from auditflow.domain.audit_tool import AuditTool, completeness
from auditflow.domain.clock import said_when
from auditflow.domain.frame import case_type_label
from auditflow.domain.grades import Grade
from auditflow.models import (
    Action,
    ActionFinding,
    AuditRound,
    AuditToolVersion,
    CaseAudit,
    Moderation,
    ModerationComment,
    Person,
)
from auditflow.queries.audit_tool import get_tool
from auditflow.queries.case_audit_actions import UNANSWERING
from auditflow.queries.case_audit_sheet import compose_answers
from auditflow.queries.draft import Typed, list_drafts
from auditflow.queries.work import WorkItem

LONGEST = 160
NAME = aliased(Person)

Lines = dict[tuple[str, int], str]
"""The line of each item, by its kind and number; an item without one is not in it."""


def list_work_lines(session: Session, items: Iterable[WorkItem], person_id: int, at: datetime) -> Lines:
    """The second lines of these items of one person's work."""
    ids: dict[str, list[int]] = {}
    for item in items:
        ids.setdefault(item.todo.subject_type, []).append(item.subject_id)
    lines: Lines = {}
    for kind, found in (
        ("case_audit", _audit_lines(session, ids.get("case_audit", ()), person_id, at)),
        ("moderation", _moderation_lines(session, ids.get("moderation", ()))),
        ("action", _action_lines(session, ids.get("action", ()))),
    ):
        lines |= {(kind, number): line for number, line in found.items()}
    return lines


def _audit_lines(session: Session, ids: Collection[int], person_id: int, at: datetime) -> dict[int, str]:
    if not ids:
        return {}
    audits = session.scalars(sa.select(CaseAudit).where(CaseAudit.id.in_(ids))).all()
    decided = _last_decisions(session, ids)
    lines = {a.id: _not_started(a) for a in audits if a.state == "allocated"}
    lines |= _progress(session, [a for a in audits if a.state == "in_progress"], person_id, at)
    for audit in audits:
        if audit.id in decided and audit.state in ("returned", "changed"):
            lines[audit.id] = _decision_line(audit, *decided[audit.id])
        if audit.state == "disputed":
            lines[audit.id] = _dispute_line(audit)
    return lines


def _not_started(audit: CaseAudit) -> str:
    return f"{case_type_label(audit.case_type)}. Not started." if audit.case_type else "Not started."


def _progress(session: Session, audits: list[CaseAudit], person_id: int, at: datetime) -> dict[int, str]:
    if not audits:
        return {}
    tools = {
        round_id: get_tool(session, version_id, sha256)
        for round_id, version_id, sha256 in session.execute(
            sa.select(AuditRound.id, AuditToolVersion.id, AuditToolVersion.sha256)
            .join(AuditToolVersion, AuditToolVersion.id == AuditRound.tool_version_id)
            .where(AuditRound.id.in_({audit.round_id for audit in audits}))
        )
    }
    typed: dict[int, list[Typed]] = {}
    for draft in list_drafts(session, [audit.id for audit in audits], person_id):
        typed.setdefault(draft.case_audit_id, []).append(draft)
    answered = _answered(session, [audit.id for audit in audits])
    return {
        a.id: _progress_line(a, tools[a.round_id], typed.get(a.id, []), answered.get(a.id, set()), at) for a in audits
    }


def _answered(session: Session, ids: list[int]) -> dict[int, set[str]]:
    """The findings of each audit that an action answers."""
    found: dict[int, set[str]] = {}
    for audit_id, finding in session.execute(
        sa.select(ActionFinding.case_audit_id, ActionFinding.finding)
        .join(Action, Action.id == ActionFinding.action_id)
        .where(ActionFinding.case_audit_id.in_(ids), Action.state.not_in(UNANSWERING))
    ):
        found.setdefault(audit_id, set()).add(finding)
    return found


def _progress_line(audit: CaseAudit, tool: AuditTool, drafts: list[Typed], answered: set[str], at: datetime) -> str:
    only = audit.purpose != "main"
    answers = compose_answers(tool, audit.case_type, drafts, grading_only=only)
    done = completeness(tool, answers, audit.case_type, answered_findings=answered, grading_only=only)
    words = f"{done.domains_finished} of {done.domains} domains finished."
    saved = max((draft.saved_at for draft in drafts), default=None)
    return f"{words} Last saved {said_when(saved, at)}." if saved else words


def _last_decisions(session: Session, ids: Collection[int]) -> Mapping[int, tuple[Moderation, str, int]]:
    """The last decision about each audit, who made it, and how many comments it has."""
    comments = (
        sa.select(sa.func.count())
        .where(ModerationComment.moderation_id == Moderation.id)
        .correlate(Moderation)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Moderation, NAME.name, comments)
        .join(NAME, NAME.id == Moderation.moderator_id)
        .where(Moderation.case_audit_id.in_(ids), Moderation.state == "decided")
        .order_by(Moderation.id)
    )
    return {task.case_audit_id: (task, name, count) for task, name, count in rows}


def _decision_line(audit: CaseAudit, task: Moderation, moderator: str, comments: int) -> str:
    if audit.state == "returned":
        said = f"{moderator} returned it with {comments} {'comment' if comments == 1 else 'comments'}."
        return f"{said} Your grades and words are as you left them."
    if task.grade is None or task.grade == audit.first_grade:
        return f"{moderator} changed the grade of at least one domain."
    before = f" from {Grade(audit.first_grade).short_name}" if audit.first_grade else ""
    return f"{moderator} changed your grade{before} to {Grade(task.grade).short_name}."


def _dispute_line(audit: CaseAudit) -> str:
    """Which grades stand against each other; an audit that the service challenges need not have been moderated."""
    if not audit.first_grade:
        return ""
    first = Grade(audit.first_grade).short_name
    if not audit.moderated_grade:
        return f"The auditor graded it {first}."
    if audit.moderated_grade == audit.first_grade:
        return f"The auditor and the moderator graded it {first}."
    return f"The auditor graded it {first}, the moderator {Grade(audit.moderated_grade).short_name}."


def _moderation_lines(session: Session, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(
        sa.select(Moderation.id, NAME.name).join(NAME, NAME.id == Moderation.auditor_id).where(Moderation.id.in_(ids))
    )
    return {number: f"Audited by {name}." for number, name in rows}


def _action_lines(session: Session, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(sa.select(Action.id, Action.text).where(Action.id.in_(ids)))
    return {number: text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…" for number, text in rows}
