"""What the results of a round depend on, in one small statement: as long as it is the same, so are they.

Every row that a figure is made from has a version that counts its journal entries and never falls, so sums of
versions say that something changed without anybody having to note it down when it changes (docs/adr/0016).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, CaseAudit, Moderation, RoundResult, Team
from auditflow.models.base import core
from auditflow.models.plain import kept
from auditflow.queries.results_actions import ACTION, answering

ROUND, AUDIT, MODERATION, RESULT, TEAM = map(core, (AuditRound, CaseAudit, Moderation, RoundResult, Team))

Stamp = tuple[Any, ...]


def read_stamp(session: Session, round_id: int) -> Stamp | None:
    """The stamp of a round's results; None if there is no such round. A closed round's is its frozen digest."""
    rows = _stamp(session).rows(session, {"round": round_id})
    return tuple(rows[0].values()) if rows else None


def _statement() -> sa.Select[Any]:
    baseline, beside = ROUND.alias("baseline"), ROUND.alias("beside")
    audits = AUDIT.c.round_id.in_([ROUND.c.id, ROUND.c.baseline_id])
    about = sa.select(AUDIT.c.id).where(audits).correlate(ROUND)
    frozen = sa.select(RESULT.c.sha256).where(RESULT.c.round_id == ROUND.c.id)
    changes = (
        _sum(AUDIT.c.version, audits),
        _sum(MODERATION.c.version, MODERATION.c.case_audit_id.in_(about)),
        _sum(ACTION.c.version, ACTION.c.id.in_(answering(ROUND.c.baseline_id).correlate(ROUND))),
        _sum(TEAM.c.version, sa.true()),
        # A draw from the same list for a round that is cancelled counts among the discarded ones.
        _sum(beside.c.version, beside.c.frame_id == ROUND.c.frame_id),
    )
    still_open = [sa.case((ROUND.c.state == "closed", 0), else_=change) for change in changes]
    names = ("audits", "moderations", "actions", "teams", "rounds")
    return (
        sa.select(
            ROUND.c.id,
            ROUND.c.state,
            ROUND.c.chain_head,
            baseline.c.chain_head.label("before"),
            frozen.order_by(RESULT.c.number.desc()).limit(1).scalar_subquery().label("frozen"),
            *(column.label(name) for name, column in zip(names, still_open, strict=True)),
        )
        .select_from(ROUND.outerjoin(baseline, baseline.c.id == ROUND.c.baseline_id))
        .where(ROUND.c.id == sa.bindparam("round", type_=sa.Integer()))
    )


def _sum(column: sa.ColumnElement[int], where: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    return sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(where).correlate(ROUND).scalar_subquery()


_stamp = kept(_statement, {"round": 0})
