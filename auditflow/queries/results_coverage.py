"""Whose work the audits of a round are about, out of everybody on the case list."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.graded import OUT
from auditflow.models import AuditRound, CaseAudit, FrameCase, SampleCase
from auditflow.models.base import core
from auditflow.models.plain import kept

AUDIT, SAMPLE, CASE = map(core, (CaseAudit, SampleCase, FrameCase))
THIS: sa.BindParameter[int] = sa.bindparam("round", type_=sa.Integer())
LIST: sa.BindParameter[int] = sa.bindparam("frame", type_=sa.Integer())


def of_drawn_cases(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Columns of the listed cases that were drawn at random for a round and not lost, one row an audit."""
    return (
        sa.select(*columns)
        .select_from(CASE)
        .join(SAMPLE, SAMPLE.c.frame_case_id == CASE.c.id)
        .join(AUDIT, AUDIT.c.sample_case_id == SAMPLE.c.id)
        .where(
            AUDIT.c.round_id == THIS,
            AUDIT.c.purpose == "main",
            AUDIT.c.kind != "judgemental",
            AUDIT.c.state.not_in(OUT),
        )
    )


def count_workers(session: Session, row: AuditRound) -> dict[str, int]:
    """`covered`: workers with at least one case drawn at random and not lost; `workers`: all on the list.

    Names are counted as the list writes them; a blank one is nobody.
    """
    return _workers(session).rows(session, {"round": row.id, "frame": row.frame_id})[0]


def _of_workers() -> sa.Select[Any]:
    named = sa.func.count(sa.distinct(sa.func.nullif(CASE.c.worker, "")))
    listed = sa.select(named).where(CASE.c.frame_id == LIST)
    drawn = of_drawn_cases(named)
    return sa.select(drawn.scalar_subquery().label("covered"), listed.scalar_subquery().label("workers"))


_workers = kept(_of_workers, {"round": 0, "frame": 0})
