"""Disputes that nobody decided: passed up to the director, and at the round's end the first grade published."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import GuardRefused, WrongState
from auditflow.models import CaseAudit, Deadline, Dispute
from auditflow.queries.dispute import find_open_dispute, get_open_dispute, list_first_domains, list_undecided
from auditflow.services.act import Act
from auditflow.services.decider_grades import keep_domain_grades
from auditflow.services.transitions import Outcome, Request, apply

UNDECIDED = "Nobody decided by the end of the round: the first grade stands, marked as disputed."


def escalate_dispute(session: Session, case_audit_id: int, act: Act) -> Outcome:
    """The system passes a dispute up to the director: not decided in time, or nobody else may decide it.

    The time limit stays on record as passed: at the end of the round it lets the first grade be published.
    """
    dispute = get_open_dispute(session, case_audit_id)
    with session.begin_nested():
        outcome = apply(
            session,
            Request(
                "case_audit",
                case_audit_id,
                "escalate_to_director",
                act.by_system("escalate"),
                details={"dispute": dispute.id},
            ),
        )
        if not outcome.repeated:
            dispute.escalated_at = act.at
            session.flush()
        _notice(session, case_audit_id, act.at)
    return outcome


def _notice(session: Session, case_audit_id: int, at: datetime) -> None:
    session.execute(
        sa.update(Deadline)
        .where(
            Deadline.subject_type == "case_audit",
            Deadline.subject_id == case_audit_id,
            Deadline.key == "determine",
            Deadline.due_at <= at,
        )
        .values(noticed_at=at)
    )


def publish_first_grade(session: Session, case_audit_id: int, act: Act) -> Outcome:
    """At the end of the round the first grades of an undecided, overdue dispute are published, marked as disputed.

    With the overall grade those of the domains: what a moderator changed is what nobody decided.
    """
    dispute = find_open_dispute(session, case_audit_id)
    audit = session.get_one(CaseAudit, case_audit_id)
    grade, domains = audit.first_grade, list_first_domains(session, case_audit_id)
    with session.begin_nested():
        outcome = apply(
            session,
            Request(
                "case_audit",
                case_audit_id,
                "publish_first_grade",
                act.by_system(f"dispute-{case_audit_id}"),
                details={"dispute": dispute.id if dispute else None, "grade": grade, "domains": domains},
                changes={"published_grade": grade, "published_disputed": True, "agreed_at": act.at},
            ),
        )
        if not outcome.repeated:
            keep_domain_grades(session, case_audit_id, domains)
            _note_undecided(session, dispute, grade, act)
    return outcome


def _note_undecided(session: Session, dispute: Dispute | None, grade: int | None, act: Act) -> None:
    if dispute is not None:
        dispute.decided_at, dispute.grade, dispute.decision = act.at, grade, UNDECIDED
        session.flush()


def publish_undecided(session: Session, round_id: int, act: Act) -> list[int]:
    """Call when a round begins reporting and before it closes: publish the first grade of each overdue dispute.

    Returns the case audits it published; those whose time has not run out are left alone.
    """
    published = []
    for case_audit_id in list_undecided(session, round_id):
        try:
            publish_first_grade(session, case_audit_id, act)
        except (GuardRefused, WrongState):
            continue
        published.append(case_audit_id)
    return published
