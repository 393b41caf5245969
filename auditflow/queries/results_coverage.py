"""Whose work the audits of a round are about, out of everybody on the case list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.graded import OUT
from auditflow.domain.sampling_values import read_day
from auditflow.models import AuditRound, CaseAudit, CensusList, Draw, Frame, FrameCase, SampleCase
from auditflow.models.base import core
from auditflow.models.plain import kept

AUDIT, SAMPLE, CASE, ROUND = map(core, (CaseAudit, SampleCase, FrameCase, AuditRound))
THIS: sa.BindParameter[int] = sa.bindparam("round", type_=sa.Integer())
LIST: sa.BindParameter[int] = sa.bindparam("frame", type_=sa.Integer())
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ListedWorker:
    """A worker by the name that the case list has: cases on the list, and those drawn at random and not lost.

    `last_audited` is the last day before this round on which an audit of their work is known to have been.
    """

    name: str
    listed: int
    drawn: int
    last_audited: date | None

    def overlooked(self, record_date: date) -> bool:
        """Whether no work of theirs was audited in the 12 months before, nor is in this round."""
        return not self.drawn and (self.last_audited is None or record_date - self.last_audited >= A_YEAR)


def of_drawn_cases(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Columns of the listed cases that were drawn at random for the round THIS and not lost, one row an audit."""
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
    given = {"round": row.id, "frame": row.frame_id}
    if row.kind != "census":
        return _workers(session).rows(session, given)[0]
    return dict(session.execute(_of_workers(CASE.c.frame_id.in_(lists_of(row))), given).one()._mapping)


def _of_workers(listed: sa.ColumnElement[bool]) -> sa.Select[Any]:
    named = sa.func.count(sa.distinct(sa.func.nullif(CASE.c.worker, "")))
    covered, workers = of_drawn_cases(named), sa.select(named).where(listed)
    return sa.select(covered.scalar_subquery().label("covered"), workers.scalar_subquery().label("workers"))


_workers = kept(lambda: _of_workers(CASE.c.frame_id == LIST), {"round": 0, "frame": 0})


def list_workers(session: Session, row: AuditRound) -> list[ListedWorker]:
    """Everybody whom the round's case list names, by name. Three statements."""
    name = CASE.c.worker
    listed = sa.select(name, CASE.c.ref, CASE.c.more).where(CASE.c.frame_id.in_(lists_of(row)), name != "")
    drawn_of = of_drawn_cases(name, sa.func.count()).group_by(name)
    drawn = {who: n for who, n in session.execute(drawn_of, {"round": row.id})}
    last = {who: day for who, day in session.execute(_audited_before(row))}
    # A census has a list a month, and the same case may stand in several.
    cases: dict[str, set[str]] = {}
    for who, ref, more in session.execute(listed):
        cases.setdefault(who, set()).add(ref)
        days = [last.get(who), _day(more, "last_audited"), _day(more, "worker_last_audited")]
        last[who] = max((day for day in days if day is not None), default=None)
    return [ListedWorker(who, len(cases[who]), drawn.get(who, 0), last[who]) for who in sorted(cases)]


def _audited_before(row: AuditRound) -> sa.Select[Any]:
    """By name, the record date of the last round before this one in which a case of theirs was graded."""
    return (
        sa.select(CASE.c.worker, sa.func.max(ROUND.c.record_date))
        .select_from(CASE)
        .join(SAMPLE, SAMPLE.c.frame_case_id == CASE.c.id)
        .join(AUDIT, AUDIT.c.sample_case_id == SAMPLE.c.id)
        .join(ROUND, ROUND.c.id == AUDIT.c.round_id)
        .where(
            AUDIT.c.purpose == "main",
            AUDIT.c.published_grade.is_not(None),
            AUDIT.c.state.not_in(OUT),
            ROUND.c.record_date < row.record_date,
        )
        .group_by(CASE.c.worker)
    )


def _day(more: dict[str, Any], column: str) -> date | None:
    try:
        return read_day(more.get(column, ""))
    except ValueError:  # the list was read before this column had to be a date
        return None
