"""Blind second gradings: who could make them, which there are, and how many are in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, CaseAudit, Deadline, Person
from auditflow.models.base import core
from auditflow.queries.allocation import Candidate, Eligibility, list_seen, read_eligibility
from auditflow.queries.scope import Viewer, visible_case_audits

AUDIT = core(CaseAudit)
DEADLINE = core(Deadline)
GONE = ("removed", "not_audited")
DRAWN = ("random", "replacement")


@dataclass(frozen=True, slots=True)
class Graders:
    """For some main audits: the auditors who could grade the case blind beside its first auditor."""

    known: Eligibility
    of: dict[int, tuple[Candidate, ...]]

    @property
    def without(self) -> list[int]:
        """The main audits for which there is nobody."""
        return [audit_id for audit_id, people in self.of.items() if not people]


def find_second_graders(session: Session, row: AuditRound, main_ids: Iterable[int] | None = None) -> Graders:
    """Who could grade each of these cases blind; `None`: every randomly drawn case that has its first auditor.

    A trained auditor of the round with room, without a conflict of interest, who neither graded nor moderated the
    case and whose office shows them nobody's grades.
    """
    known = read_eligibility(session, row)
    seen = list_seen(session, row, frozenset(known.candidates))
    wanted = None if main_ids is None else set(main_ids)
    barred = known.conflicts | known.graded
    of: dict[int, tuple[Candidate, ...]] = {}
    for case in known.cases.values():
        drawn = case.purpose == "main" and case.kind in DRAWN and case.auditor_id is not None
        if drawn and (wanted is None or case.id in wanted):
            out = seen.of(case.ref) | {case.auditor_id}
            of[case.id] = tuple(
                c
                for c in known.candidates.values()
                if c.trained and c.capacity > 0 and c.id not in out and (c.id, case.id) not in barred
            )
    return Graders(known, of)


def list_unpaired_mains(session: Session, round_id: int) -> list[CaseAudit]:
    """The randomly drawn main audits that stand and whose case was never given to a second auditor."""
    second = AUDIT.alias("second")
    given = sa.exists(
        sa.select(1).where(second.c.round_id == round_id, second.c.ref == AUDIT.c.ref, second.c.purpose == "second")
    )
    where = (CaseAudit.round_id == round_id, CaseAudit.purpose == "main", CaseAudit.kind.in_(DRAWN))
    statement = sa.select(CaseAudit).where(*where, CaseAudit.state.not_in(GONE), sa.not_(given))
    return list(session.scalars(statement.order_by(CaseAudit.ref)))


def list_open_seconds(session: Session, main: CaseAudit) -> list[int]:
    """The second gradings of the same case that are not in: their ids."""
    where = (CaseAudit.round_id == main.round_id, CaseAudit.ref == main.ref, CaseAudit.purpose == "second")
    not_in = CaseAudit.state.in_(["selected", "allocated", "in_progress"])
    return list(session.scalars(sa.select(CaseAudit.id).where(*where, not_in).order_by(CaseAudit.id)))


@dataclass(frozen=True, slots=True)
class SecondLine:
    """One blind second grading as the round's lead sees it: nothing of the first audit."""

    id: int
    ref: str
    auditor: str
    state: str
    due_at: datetime | None


def list_seconds(session: Session, viewer: Viewer, round_id: int) -> list[SecondLine]:
    """The round's blind second gradings that this person may see, by reference."""
    mine = (DEADLINE.c.subject_type == "case_audit", DEADLINE.c.subject_id == AUDIT.c.id)
    due = sa.select(sa.func.min(DEADLINE.c.due_at)).where(*mine).scalar_subquery()
    name = sa.func.coalesce(core(Person).c.name, "")
    statement = (
        sa.select(AUDIT.c.id, AUDIT.c.ref, name, AUDIT.c.state, sa.type_coerce(due, DEADLINE.c.due_at.type))
        .select_from(AUDIT.outerjoin(core(Person), core(Person).c.id == AUDIT.c.auditor_id))
        .where(AUDIT.c.round_id == round_id, AUDIT.c.purpose == "second", visible_case_audits(viewer))
        .order_by(AUDIT.c.ref, AUDIT.c.id)
    )
    return [SecondLine(*row) for row in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class SecondCount:
    """How many blind second gradings a round has: in, withdrawn, and still open."""

    filed: int
    withdrawn: int
    open: int

    @property
    def asked(self) -> int:
        """All of them."""
        return self.filed + self.withdrawn + self.open


def count_seconds(session: Session, round_id: int) -> SecondCount:
    """How the round's blind second gradings stand: one statement."""
    filed, withdrawn = AUDIT.c.state == "filed", AUDIT.c.state == "removed"
    others = sa.not_(sa.or_(filed, withdrawn))
    counts = [sa.func.count().filter(condition) for condition in (filed, withdrawn, others)]
    where = (AUDIT.c.round_id == round_id, AUDIT.c.purpose == "second")
    row = session.execute(sa.select(*counts).select_from(AUDIT).where(*where)).one()
    return SecondCount(row[0], row[1], row[2])
