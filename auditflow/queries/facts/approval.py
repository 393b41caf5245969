"""The facts of a request for approval."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import Action, Approval
from auditflow.models.base import core
from auditflow.queries.facts.items import AUDIT, conflict, flag, is_approver
from auditflow.queries.facts.people import everyone_with, heads_of, holds, is_head_of, service_of_team

Column = sa.ColumnElement[Any]

TABLE = core(Approval)
ACTION = core(Action)


def columns(table: sa.Table, actor: Column, now: Column) -> dict[str, Column]:
    """Roles and facts of each request in `table`, for `actor`.

    A removal is approved by the head of another service or the director, not audited and a discarded draw
    by the director, an action that cannot be done by the head of the case's service or the director.
    """
    audit = AUDIT.alias()
    about = audit.c.id == _audit_id(table)
    team = sa.select(audit.c.team_id).where(about).correlate_except(audit).scalar_subquery()
    own_head = flag(is_head_of(actor, service_of_team(team)))
    return {
        "role_requester": table.c.requested_by_id == actor,
        "role_qa_lead": holds(actor, "qa_lead"),
        "role_director": holds(actor, "director"),
        "role_approver": sa.case(
            (table.c.ask == "remove", is_approver(actor, team)),
            (table.c.ask == "cannot_do", sa.or_(own_head, holds(actor, "director"))),
            else_=holds(actor, "director"),
        ),
        "role_head_of_service": own_head,
        "ask": table.c.ask,
        "actor_in_conflict": sa.exists(sa.select(1).where(about, conflict(actor, audit))),
        "actor_is_requester": table.c.requested_by_id == actor,
    }


def _audit_id(table: sa.Table) -> Column:
    """The case audit that the request is about, directly or through its action; none for a round."""
    of_action = (
        sa.select(ACTION.c.case_audit_id)
        .where(ACTION.c.id == table.c.subject_id)
        .correlate_except(ACTION)
        .scalar_subquery()
    )
    return sa.case(
        (table.c.subject_type == "case_audit", table.c.subject_id), (table.c.subject_type == "action", of_action)
    )


def _heads(table: sa.Table) -> Column:
    audit = AUDIT.alias()
    about = audit.c.id == _audit_id(table)
    team = sa.select(audit.c.team_id).where(about).correlate_except(audit).scalar_subquery()
    return heads_of(service_of_team(team))


TELL = {
    "requester": lambda table: table.c.requested_by_id,
    "approver": lambda table: everyone_with("director"),
    "director": lambda table: everyone_with("director"),
    "head_of_service": _heads,
    "qa_lead": lambda table: everyone_with("qa_lead"),
}
