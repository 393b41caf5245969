"""The facts of a moderation task."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import Moderation
from auditflow.models.base import core
from auditflow.queries.facts.items import AUDIT, SUBMISSION, flag
from auditflow.queries.facts.people import OF_THE_COUNCIL, everyone_with, holds, in_time, reports_to, touches_case

Column = sa.ColumnElement[Any]

TABLE = core(Moderation)


def columns(table: sa.Table, actor: Column, now: Column) -> dict[str, Column]:
    """Roles and facts of each moderation task in `table`, for `actor`."""
    audit = AUDIT.alias()
    in_conflict = sa.exists(
        sa.select(1).where(
            audit.c.id == table.c.case_audit_id, touches_case(actor, audit.c.ref, audit.c.worker_id, audit.c.team_id)
        )
    )
    own = sa.or_(table.c.auditor_id == actor, reports_to(table.c.auditor_id, actor))
    given = flag(table.c.moderator_id == actor)
    external = sa.and_(given, holds(actor, "external_moderator"), in_time(actor, now))
    return {
        # An external moderator sees what is handed to them and nothing that waits.
        "role_moderator": sa.or_(sa.and_(given, holds(actor, *OF_THE_COUNCIL)), external),
        "role_eligible_moderator": sa.and_(
            holds(actor, "team_manager"), sa.not_(in_conflict), sa.not_(flag(own)), sa.not_(_graded_too(table, actor))
        ),
        "role_external_moderator": external,
        "role_qa_lead": holds(actor, "qa_lead"),
        "role_auditor": flag(table.c.auditor_id == actor),
        "actor_in_conflict": in_conflict,
        "actor_judges_own_work": flag(own),
    }


def _graded_too(table: sa.Table, actor: Column) -> Column:
    """Whether the actor has another audit of the same case, or submitted this one before it changed hands."""
    mine, this = AUDIT.alias(), AUDIT.alias()
    before = sa.exists(
        sa.select(1).where(SUBMISSION.c.case_audit_id == table.c.case_audit_id, SUBMISSION.c.auditor_id == actor)
    )
    same = sa.and_(mine.c.ref == this.c.ref, mine.c.round_id == this.c.round_id, mine.c.id != this.c.id)
    other = sa.exists(
        sa.select(1)
        .select_from(this.join(mine, same))
        .where(this.c.id == table.c.case_audit_id, mine.c.auditor_id == actor)
    )
    return sa.or_(other, before)


TELL = {
    "moderator": lambda table: table.c.moderator_id,
    "auditor": lambda table: table.c.auditor_id,
    "external_moderator": lambda table: table.c.moderator_id,
    "director": lambda table: everyone_with("director"),
    "qa_lead": lambda table: everyone_with("qa_lead"),
}
