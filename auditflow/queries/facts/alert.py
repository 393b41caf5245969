"""The facts of an immediate concern."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import Alert
from auditflow.models.base import core
from auditflow.queries.facts.items import flag, of_audit
from auditflow.queries.facts.people import (
    PERSON,
    TEAM,
    everyone_with,
    heads_of,
    holds,
    is_head_of,
    manages_team,
    service_of_team,
)

Column = sa.ColumnElement[Any]

TABLE = core(Alert)


def columns(table: sa.Table, actor: Column, now: Column) -> dict[str, Column]:
    """Roles and facts of each concern in `table`, for `actor`."""
    head = flag(is_head_of(actor, service_of_team(table.c.team_id)))
    manager = flag(manages_team(actor, table.c.team_id))
    auditor = flag(of_audit(table.c.case_audit_id, "auditor_id") == actor)
    return {
        "role_raiser": table.c.raised_by_id == actor,
        "role_reader": sa.or_(
            manager, head, auditor, sa.and_(holds(actor, "director"), _passed_up(table)), holds(actor, "qa_lead")
        ),
        "role_case_team_manager": manager,
        "role_head_of_service": head,
        "role_director": sa.and_(holds(actor, "director"), _passed_up(table)),
        "role_qa_lead": holds(actor, "qa_lead"),
        "role_auditor": auditor,
        "actor_is_case_worker": flag(of_audit(table.c.case_audit_id, "worker_id") == actor),
        "actor_is_concerned": sa.and_(table.c.about_manager, manager),
    }


def _passed_up(table: sa.Table) -> Column:
    """Whether it went up to the director: before, it is not theirs to answer."""
    return table.c.escalated_to == "director"


def _manager_and_deputy(table: sa.Table) -> Column:
    """Both, if they still work here, in one text; nobody when the concern is about them."""
    here = sa.select(PERSON.c.id).where(PERSON.c.active)
    ids = sa.case((TEAM.c.manager_id.in_(here), sa.cast(TEAM.c.manager_id, sa.String)), else_="")
    deputy = sa.case((TEAM.c.deputy_id.in_(here), "," + sa.cast(TEAM.c.deputy_id, sa.String)), else_="")
    both = sa.select(ids + deputy).where(TEAM.c.id == table.c.team_id).scalar_subquery()
    return sa.case((table.c.about_manager, ""), else_=both)


def _is_concerned(table: sa.Table) -> Column:
    """Of PERSON: the concern is about them, whatever else they are."""
    theirs = sa.or_(TEAM.c.manager_id == PERSON.c.id, TEAM.c.deputy_id == PERSON.c.id)
    # All of it inside the nested select: outside, the table would be joined to the people as a whole.
    mine = (table.c.about_manager, TEAM.c.id == table.c.team_id, theirs)
    return sa.exists(sa.select(1).where(*mine).correlate_except(TEAM))


TELL = {
    "raiser": lambda table: table.c.raised_by_id,
    "case_team_manager": _manager_and_deputy,
    "head_of_service": lambda table: heads_of(service_of_team(table.c.team_id), but=_is_concerned(table)),
    "director": lambda table: everyone_with("director", but=_is_concerned(table)),
    "qa_lead": lambda table: everyone_with("qa_lead"),
    "auditor": lambda table: of_audit(table.c.case_audit_id, "auditor_id"),
}
