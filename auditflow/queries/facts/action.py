"""The facts of an action."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import Action, ActionFinding
from auditflow.models.base import core
from auditflow.queries.facts.items import AUDIT, MODERATION, conflict, flag, nobody_qualifies, of_audit, request_open
from auditflow.queries.facts.people import (
    PERSON,
    TEAM,
    everyone_with,
    heads_of,
    holds,
    is_head_of,
    manages_team,
    reports_to,
    service_of_team,
    still_moderates,
)

Column = sa.ColumnElement[Any]

TABLE = core(Action)
FINDING = core(ActionFinding)
BEING_WRITTEN = ("selected", "allocated", "in_progress", "returned")
"""States of an audit in which its auditor may still answer what was found, and is asked to before submitting."""


def columns(table: sa.Table, actor: Column, now: Column) -> dict[str, Column]:
    """Roles and facts of each action in `table`, for `actor`."""
    team = of_audit(table.c.case_audit_id, "team_id")
    auditor = flag(of_audit(table.c.case_audit_id, "auditor_id") == actor)
    given = sa.select(1).where(MODERATION.c.case_audit_id == table.c.case_audit_id, MODERATION.c.moderator_id == actor)
    moderator = sa.and_(sa.exists(given), still_moderates(actor, now))
    owner_or_reports = flag(sa.or_(table.c.owner_id == actor, _reports_to_owner(table, actor)))
    head = flag(is_head_of(actor, service_of_team(team)))
    judges = sa.or_(auditor, moderator, holds(actor, "qa_lead", "head_of_service"))
    audit = AUDIT.alias()
    return {
        "role_owner": flag(table.c.owner_id == actor),
        "role_proposer": flag(table.c.proposed_by_id == actor),
        "role_verifier": sa.and_(judges, sa.not_(owner_or_reports)),
        "role_auditor": auditor,
        "role_moderator": moderator,
        "role_case_team_manager": flag(manages_team(actor, team)),
        "role_head_of_service": head,
        "role_qa_lead": holds(actor, "qa_lead"),
        "role_director": holds(actor, "director"),
        "role_approver": sa.or_(head, holds(actor, "director")),
        "actor_in_conflict": sa.exists(sa.select(1).where(audit.c.id == table.c.case_audit_id, conflict(actor, audit))),
        "actor_is_owner_or_reports": owner_or_reports,
        "actor_manages_owner": flag(reports_to(table.c.owner_id, actor)),
        "answers_alone": _answers_alone(table),
        "nobody_qualifies": nobody_qualifies("action", table.c.id),
        "first_due_on": table.c.first_due_on,
        "request_open": request_open("action", table.c.id),
    }


def _answers_alone(table: sa.Table) -> Column:
    """What would be without an answer if this action were taken back."""
    other, mine, theirs, audit = TABLE.alias(), FINDING.alias(), FINDING.alias(), AUDIT.alias()
    elsewhere = sa.exists(
        sa.select(1)
        .select_from(theirs.join(other, other.c.id == theirs.c.action_id))
        .where(
            theirs.c.case_audit_id == mine.c.case_audit_id,
            theirs.c.finding == mine.c.finding,
            theirs.c.action_id != mine.c.action_id,
            other.c.state != "withdrawn",
        )
    )
    findings = (
        sa.select(sa.func.count())
        .select_from(mine.join(audit, audit.c.id == mine.c.case_audit_id))
        .where(mine.c.action_id == table.c.id, audit.c.state.not_in(BEING_WRITTEN), sa.not_(elsewhere))
        .scalar_subquery()
    )
    before = TABLE.alias()
    followed = sa.select(sa.func.count()).select_from(before).where(before.c.follow_up_id == table.c.id)
    return findings + followed.scalar_subquery()


def _reports_to_owner(table: sa.Table, actor: Column) -> Column:
    return reports_to(actor, table.c.owner_id)


def _team_manager(table: sa.Table) -> Column:
    team = of_audit(table.c.case_audit_id, "team_id")
    return sa.select(TEAM.c.manager_id).where(TEAM.c.id == team).scalar_subquery()


def _last_moderator(table: sa.Table) -> Column:
    return (
        sa.select(MODERATION.c.moderator_id)
        .where(MODERATION.c.case_audit_id == table.c.case_audit_id)
        .order_by(MODERATION.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


TELL = {
    "owner": lambda table: sa.select(PERSON.c.id).where(PERSON.c.id == table.c.owner_id).scalar_subquery(),
    "auditor": lambda table: of_audit(table.c.case_audit_id, "auditor_id"),
    "moderator": _last_moderator,
    "verifier": lambda table: of_audit(table.c.case_audit_id, "auditor_id"),
    "case_team_manager": _team_manager,
    "practitioner": lambda table: of_audit(table.c.case_audit_id, "worker_id"),
    "head_of_service": lambda table: heads_of(service_of_team(of_audit(table.c.case_audit_id, "team_id"))),
    "approver": lambda table: heads_of(service_of_team(of_audit(table.c.case_audit_id, "team_id"))),
    "qa_lead": lambda table: everyone_with("qa_lead"),
    "director": lambda table: everyone_with("director"),
}
