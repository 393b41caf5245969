"""The facts of a correction."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import Correction
from auditflow.models.base import core
from auditflow.queries.facts.items import AUDIT, conflict, judged, nobody_qualifies, of_audit
from auditflow.queries.facts.people import everyone_with, holds

Column = sa.ColumnElement[Any]

TABLE = core(Correction)


def columns(table: sa.Table, actor: Column, now: Column) -> dict[str, Column]:
    """Roles and facts of each correction in `table`, for `actor`."""
    audit = AUDIT.alias()
    about = audit.c.id == table.c.case_audit_id
    return {
        "role_requester": table.c.requested_by_id == actor,
        "role_qa_lead": holds(actor, "qa_lead"),
        "role_director": holds(actor, "director"),
        "actor_in_conflict": sa.exists(sa.select(1).where(about, conflict(actor, audit))),
        "actor_is_requester": table.c.requested_by_id == actor,
        "actor_graded_it": sa.exists(sa.select(1).where(about, judged(actor, audit))),
        "nobody_qualifies": nobody_qualifies("correction", table.c.id),
    }


TELL = {
    "requester": lambda table: table.c.requested_by_id,
    "auditor": lambda table: of_audit(table.c.case_audit_id, "auditor_id"),
    "qa_lead": lambda table: everyone_with("qa_lead"),
    "director": lambda table: everyone_with("director"),
}
