"""SQL expressions about items that several nouns' facts share: requests, stuck items, time limits, counts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import Approval, CaseAudit, Deadline, Dispute, Moderation, Stuck, Submission
from auditflow.models.base import core
from auditflow.queries.facts.people import holds, is_head_of, reports_to, service_of_team, touches_case

Column = sa.ColumnElement[Any]

APPROVAL = core(Approval)
AUDIT = core(CaseAudit)
DEADLINE = core(Deadline)
DISPUTE = core(Dispute)
MODERATION = core(Moderation)
STUCK = core(Stuck)
SUBMISSION = core(Submission)


def request_open(subject_type: str, subject: Column) -> Column:
    """Whether a request for approval about this item waits for its answer."""
    return sa.exists(
        sa.select(1).where(
            APPROVAL.c.subject_type == subject_type, APPROVAL.c.subject_id == subject, APPROVAL.c.state == "requested"
        )
    )


def nobody_qualifies(subject_type: str, subject: Column) -> Column:
    """Whether the last check found nobody among the usual roles who may move this item."""
    return sa.exists(sa.select(1).where(STUCK.c.subject_type == subject_type, STUCK.c.subject_id == subject))


def time_over(subject_type: str, subject: Column, key: str, now: Column) -> Column:
    """Whether the time limit `key` of this item has passed; a limit that does not run has not passed."""
    return sa.exists(
        sa.select(1).where(
            DEADLINE.c.subject_type == subject_type,
            DEADLINE.c.subject_id == subject,
            DEADLINE.c.key == key,
            DEADLINE.c.due_at <= now,
        )
    )


def audited(actor: Column, audit: sa.FromClause) -> Column:
    """Whether `actor` made this audit or submitted it before somebody else did, or one who did reports to them."""
    by = SUBMISSION.c.auditor_id
    submitted = sa.exists(
        sa.select(1).where(SUBMISSION.c.case_audit_id == audit.c.id, sa.or_(by == actor, reports_to(by, actor)))
    )
    has_it = sa.or_(audit.c.auditor_id == actor, reports_to(audit.c.auditor_id, actor))
    return sa.or_(sa.func.coalesce(has_it, sa.false()), submitted)


def judged(actor: Column, audit: sa.FromClause) -> Column:
    """Whether `actor` made this audit or moderated it, or one who did reports to them."""
    moderators = sa.exists(
        sa.select(1).where(
            MODERATION.c.case_audit_id == audit.c.id,
            sa.or_(MODERATION.c.moderator_id == actor, reports_to(MODERATION.c.moderator_id, actor)),
        )
    )
    return sa.or_(audited(actor, audit), moderators)


def conflict(actor: Column, audit: sa.FromClause) -> Column:
    """Conflict of interest of `actor` with the case of this audit."""
    return touches_case(actor, audit.c.ref, audit.c.worker_id, audit.c.team_id)


def is_approver(actor: Column, team: Column) -> Column:
    """The director, or the head of a service that is not the case's."""
    other = sa.and_(
        holds(actor, "head_of_service"), sa.not_(sa.func.coalesce(is_head_of(actor, service_of_team(team)), sa.false()))
    )
    return sa.or_(holds(actor, "director"), other)


def of_audit(audit_id: Column, column: str) -> Column:
    """One column of the case audit with this id."""
    return sa.select(AUDIT.c[column]).where(AUDIT.c.id == audit_id).correlate_except(AUDIT).scalar_subquery()


def flag(condition: Column) -> Column:
    """A condition as a value that is never NULL."""
    return sa.func.coalesce(condition, sa.false())
