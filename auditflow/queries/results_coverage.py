"""Whose work the audits of a round are about, out of everybody on the case list."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.graded import OUT
from auditflow.models import AuditRound, CaseAudit, CensusList, Draw, Frame, FrameCase, SampleCase
from auditflow.models.base import core

AUDIT, SAMPLE, CASE = map(core, (CaseAudit, SampleCase, FrameCase))


def of_drawn_cases(row: AuditRound, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Columns of the listed cases that were drawn at random for the round and not lost, one row an audit."""
    return (
        sa.select(*columns)
        .select_from(CASE)
        .join(SAMPLE, SAMPLE.c.frame_case_id == CASE.c.id)
        .join(AUDIT, AUDIT.c.sample_case_id == SAMPLE.c.id)
        .where(
            AUDIT.c.round_id == row.id,
            AUDIT.c.purpose == "main",
            AUDIT.c.kind != "judgemental",
            AUDIT.c.state.not_in(OUT),
        )
    )


def lists_of(row: AuditRound) -> sa.Select[Any]:
    """The ids of a round's case lists: its own one; of a census each that came in."""
    own = sa.select(core(Frame).c.id).where(core(Frame).c.id == row.frame_id)
    if row.kind != "census":
        return own
    came_in = core(CensusList).join(core(Draw), core(Draw).c.id == core(CensusList).c.draw_id)
    standing = (core(Draw).c.round_id == row.id, core(Draw).c.discarded_at.is_(None))
    return sa.select(core(CensusList).c.frame_id).select_from(came_in).where(*standing)


def count_workers(session: Session, row: AuditRound) -> dict[str, int]:
    """`covered`: workers with at least one case drawn at random and not lost; `workers`: all on its list or lists.

    Names are counted as the list writes them; a blank one is nobody.
    """
    named = sa.func.count(sa.distinct(sa.func.nullif(CASE.c.worker, "")))
    listed = sa.select(named).where(CASE.c.frame_id.in_(lists_of(row)))
    drawn = of_drawn_cases(row, named)
    covered, workers = session.execute(sa.select(drawn.scalar_subquery(), listed.scalar_subquery())).one()
    return {"covered": covered, "workers": workers}
