"""What a re-audit repeats: the audited cases of its baseline, as they were drawn, with their reserves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.grades import Grade
from auditflow.models import AuditRound, CaseAudit, Draw, SampleCase
from auditflow.models.base import core

AUDIT = core(CaseAudit)
SAMPLE = core(SampleCase)
DRAW = core(Draw)


@dataclass(frozen=True, slots=True)
class BaselineCase:
    """One audited case of a baseline: how it was drawn, and who graded it how (never shown to its next auditor)."""

    audit_id: int
    ref: str
    kind: str
    case_type: str
    stratum: str
    worker_id: int | None
    team_id: int | None
    key: str
    auditor_id: int | None
    grade: int

    @property
    def judgemental(self) -> bool:
        """Whether it was added by hand; it stays so for ever."""
        return self.kind == "judgemental"


@dataclass(frozen=True, slots=True)
class BaselineReserve:
    """A reserve of the baseline that was never used, with its place in its stratum's order."""

    ref: str
    stratum: str
    key: str
    position: int


def list_baseline_cases(session: Session, baseline_id: int, *, only_poor: bool = False) -> list[BaselineCase]:
    """The baseline's audited cases in the order of their draw, cases added by hand after them.

    `only_poor`: only those published below Good. Cases removed or not audited have no grade to compare with.
    """
    names = ("id", "ref", "kind", "case_type", "stratum", "worker_id", "team_id")
    key = sa.func.coalesce(SAMPLE.c.key, "")
    where = [
        AUDIT.c.round_id == baseline_id,
        AUDIT.c.purpose == "main",
        AUDIT.c.state.not_in(["removed", "not_audited"]),
        AUDIT.c.published_grade.is_not(None),
    ]
    if only_poor:
        where.append(AUDIT.c.published_grade < Grade.GOOD)
    statement = (
        sa.select(*(AUDIT.c[name] for name in names), key, AUDIT.c.auditor_id, AUDIT.c.published_grade)
        .select_from(AUDIT.outerjoin(SAMPLE, SAMPLE.c.id == AUDIT.c.sample_case_id))
        .where(*where)
        .order_by(sa.case((AUDIT.c.kind == "judgemental", 1), else_=0), key, AUDIT.c.ref)
    )
    return [BaselineCase(*row) for row in session.execute(statement)]  # type: ignore[call-arg]


def list_unused_reserves(session: Session, baseline_id: int) -> list[BaselineReserve]:
    """The reserves that the baseline never used, in the order in which they must be used."""
    statement = (
        sa.select(SAMPLE.c.ref, SAMPLE.c.stratum, SAMPLE.c.key, SAMPLE.c.position)
        .select_from(SAMPLE.join(DRAW, DRAW.c.id == SAMPLE.c.draw_id))
        .where(DRAW.c.round_id == baseline_id, DRAW.c.discarded_at.is_(None), SAMPLE.c.kind == "reserve")
        .order_by(SAMPLE.c.stratum, SAMPLE.c.position)
    )
    return [BaselineReserve(*row) for row in session.execute(statement)]


def find_draw_design(session: Session, row: AuditRound) -> dict[str, Any]:
    """The design of the round's standing draw (which its re-audits repeat); the planned one if nothing was drawn."""
    statement = sa.select(Draw.manifest).where(Draw.round_id == row.id, Draw.discarded_at.is_(None))
    manifest = session.scalars(statement).one_or_none()
    return dict(manifest["design"] if manifest else row.design)


def list_re_audits(session: Session, baseline_id: int) -> list[AuditRound]:
    """The re-audits of a round that were not cancelled, oldest first."""
    where = (AuditRound.baseline_id == baseline_id, AuditRound.state != "cancelled")
    return list(session.scalars(sa.select(AuditRound).where(*where).order_by(AuditRound.id)))
