"""How far a round is: by state, auditor and team, late, pace; and its cases one by one.

Every function is one statement, whatever the size of the round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Alert, CaseAudit, Deadline, Dispute, Draw, Moderation, Person, SampleCase, Stuck, Team
from auditflow.models.base import core
from auditflow.queries.audit_round import DONE
from auditflow.queries.scope import Viewer, visible_alerts, visible_case_audits

AUDIT = core(CaseAudit)
DEADLINE = core(Deadline)
AUDITOR = core(Person).alias("auditor")
TEAM = core(Team)
ALERT = core(Alert)
DISPUTE = core(Dispute)
STUCK = core(Stuck)
RAISER = core(Person).alias("raiser")
WITH_AUDITOR = ("allocated", "in_progress", "returned", "changed")
WITH_MODERATOR = ("submitted", "moderation", "disputed")
AUDITOR_KEYS = ("start", "submit", "answer_return")


def _late(*keys: str) -> sa.ColumnElement[bool]:
    mine = (DEADLINE.c.subject_type == "case_audit", DEADLINE.c.subject_id == AUDIT.c.id, DEADLINE.c.key.in_(keys))
    return sa.exists(sa.select(1).where(*mine, DEADLINE.c.due_at < sa.bindparam("now", type_=DEADLINE.c.due_at.type)))


def _standing() -> sa.ColumnElement[bool]:
    """Not of a discarded draw."""
    sample, draw = core(SampleCase), core(Draw)
    discarded = sa.select(sample.c.id).join(draw, draw.c.id == sample.c.draw_id).where(draw.c.discarded_at.is_not(None))
    return sa.or_(AUDIT.c.sample_case_id.is_(None), AUDIT.c.sample_case_id.not_in(discarded))


@dataclass
class Tally:
    """Counts of main cases: planned, by state, late with the auditor, late with the moderator."""

    planned: int = 0
    states: Counter[str] = field(default_factory=Counter)
    late: int = 0
    late_moderations: int = 0

    def add(self, state: str, count: int, late: bool, late_moderation: bool) -> None:
        """Count some more cases of one kind; removed ones are not planned."""
        self.states[state] += count
        if state != "removed":
            self.planned += count
            self.late += count * late
            self.late_moderations += count * late_moderation

    def count(self, states: Sequence[str]) -> int:
        """How many are in one of these states."""
        return sum(self.states[state] for state in states)

    @property
    def done(self) -> int:
        """Agreed, or later."""
        return self.count(DONE)


@dataclass
class Progress:
    """The whole round, and by auditor and team: (id, name) -> tally; nobody and no team under None."""

    whole: Tally
    auditors: dict[tuple[int | None, str], Tally]
    teams: dict[tuple[int | None, str], Tally]


def get_progress(session: Session, round_id: int, at: datetime) -> Progress:
    """Where the round's main cases are at this time."""
    late, late_moderation = _late(*AUDITOR_KEYS), _late("moderate")
    columns = [
        AUDIT.c.auditor_id,
        sa.func.coalesce(AUDITOR.c.name, "").label("auditor_name"),
        AUDIT.c.team_id,
        sa.func.coalesce(TEAM.c.name, "").label("team_name"),
        AUDIT.c.state,
        late.label("late"),
        late_moderation.label("late_moderation"),
    ]
    inner = (
        sa.select(*columns)
        .select_from(AUDIT.outerjoin(AUDITOR, AUDITOR.c.id == AUDIT.c.auditor_id))
        .outerjoin(TEAM, TEAM.c.id == AUDIT.c.team_id)
        .where(AUDIT.c.round_id == round_id, AUDIT.c.purpose == "main", _standing())
        .subquery()
    )
    statement = sa.select(*inner.c, sa.func.count()).group_by(*inner.c)
    progress = Progress(Tally(), {}, {})
    for row in session.execute(statement, {"now": at}):
        auditor_id, auditor, team_id, team, state, is_late, is_late_moderation, count = tuple(row)
        about = (state, count, bool(is_late), bool(is_late_moderation))
        progress.whole.add(*about)
        progress.auditors.setdefault((auditor_id, auditor), Tally()).add(*about)
        progress.teams.setdefault((team_id, team), Tally()).add(*about)
    return progress


def list_agreed_times(session: Session, round_id: int) -> list[datetime]:
    """When each main case that is done was agreed, the first one first."""
    where = (AUDIT.c.round_id == round_id, AUDIT.c.purpose == "main", AUDIT.c.state.in_(DONE))
    statement = sa.select(AUDIT.c.agreed_at).where(*where, AUDIT.c.agreed_at.is_not(None)).order_by(AUDIT.c.agreed_at)
    return list(session.scalars(statement))


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of the round as its table shows it."""

    id: int
    ref: str
    kind: str
    case_type: str
    stratum: str
    team: str
    auditor_id: int | None
    auditor: str
    state: str
    due_at: datetime | None
    agreed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases: any of these may be empty. `late` is `audit`, `moderation` or empty."""

    states: tuple[str, ...] = ()
    auditor_id: int | None = None
    team_id: int | None = None
    late: str = ""
    kind: str = ""
    search: str = ""


def list_round_cases(
    session: Session, viewer: Viewer, round_id: int, chosen: CaseFilter, at: datetime
) -> list[CaseLine]:
    """The round's main cases that this person may see, by reference. One statement."""
    mine = (DEADLINE.c.subject_type == "case_audit", DEADLINE.c.subject_id == AUDIT.c.id)
    due = sa.select(sa.func.min(DEADLINE.c.due_at)).where(*mine).scalar_subquery()
    columns = [
        *(AUDIT.c[name] for name in ("id", "ref", "kind", "case_type", "stratum")),
        sa.func.coalesce(TEAM.c.name, ""),
        AUDIT.c.auditor_id,
        sa.func.coalesce(AUDITOR.c.name, ""),
        *(AUDIT.c.state, sa.type_coerce(due, DEADLINE.c.due_at.type), AUDIT.c.agreed_at, AUDIT.c.version),
    ]
    statement = (
        sa.select(*columns)
        .select_from(AUDIT.outerjoin(AUDITOR, AUDITOR.c.id == AUDIT.c.auditor_id))
        .outerjoin(TEAM, TEAM.c.id == AUDIT.c.team_id)
        .where(AUDIT.c.round_id == round_id, AUDIT.c.purpose == "main", _standing(), visible_case_audits(viewer))
        .where(*_chosen(chosen))
        .order_by(AUDIT.c.ref, AUDIT.c.id)
    )
    return [CaseLine(*row) for row in session.execute(statement, {"now": at})]


def _chosen(chosen: CaseFilter) -> list[Any]:
    where: list[Any] = []
    if chosen.states:
        where.append(AUDIT.c.state.in_(chosen.states))
    if chosen.auditor_id is not None:
        where.append(AUDIT.c.auditor_id == chosen.auditor_id)
    if chosen.team_id is not None:
        where.append(AUDIT.c.team_id == chosen.team_id)
    if chosen.late:
        where.append(_late("moderate") if chosen.late == "moderation" else _late(*AUDITOR_KEYS))
    if chosen.kind:
        where.append(AUDIT.c.kind == chosen.kind)
    if chosen.search:
        where.append(AUDIT.c.ref.icontains(chosen.search, autoescape=True))
    return where


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of the round that somebody must decide: a concern, a dispute or an item nobody may move."""

    kind: str
    id: int
    ref: str
    since: datetime
    by: str
    state: str
    due_at: datetime | None


def list_waiting(session: Session, viewer: Viewer, round_id: int) -> list[Waiting]:
    """What this person may know of: open concerns, then disputes, then stuck items; the oldest of each first."""
    concerns = _concerns(round_id).where(visible_alerts(viewer))
    disputes = _disputes(round_id).where(visible_case_audits(viewer))
    every = sa.union_all(concerns, disputes, _stuck(round_id)).subquery()
    moment = DEADLINE.c.due_at.type
    columns = [every.c.kind, every.c.id, every.c.ref, sa.type_coerce(every.c.since, moment), every.c.by, every.c.state]
    statement = sa.select(*columns, sa.type_coerce(every.c.due_at, moment)).order_by(
        every.c.n, every.c.since, every.c.id
    )
    return [Waiting(*row) for row in session.execute(statement)]  # type: ignore[call-arg]


def _line(order: int, kind: str, *found: Any) -> list[Any]:
    row_id, since, by, state, due_at = found
    words = [sa.literal(order).label("n"), sa.literal(kind).label("kind"), row_id.label("id"), AUDIT.c.ref]
    return [*words, since.label("since"), by.label("by"), state.label("state"), due_at.label("due_at")]


def _due(subject_type: str, subject: Any) -> Any:
    where = (DEADLINE.c.subject_type == subject_type, DEADLINE.c.subject_id == subject)
    return sa.select(sa.func.min(DEADLINE.c.due_at)).where(*where).scalar_subquery()


def _concerns(round_id: int) -> sa.Select[Any]:
    found = (ALERT.c.id, ALERT.c.raised_at, RAISER.c.name, ALERT.c.state, _due("alert", ALERT.c.id))
    return (
        sa.select(*_line(1, "concern", *found))
        .select_from(ALERT.join(AUDIT, AUDIT.c.id == ALERT.c.case_audit_id))
        .join(RAISER, RAISER.c.id == ALERT.c.raised_by_id)
        .where(AUDIT.c.round_id == round_id, ALERT.c.state.not_in(["resolved", "raised_in_error"]))
    )


def _disputes(round_id: int) -> sa.Select[Any]:
    found = (AUDIT.c.id, DISPUTE.c.raised_at, RAISER.c.name, AUDIT.c.state, _due("case_audit", AUDIT.c.id))
    return (
        sa.select(*_line(2, "dispute", *found))
        .select_from(DISPUTE.join(AUDIT, AUDIT.c.id == DISPUTE.c.case_audit_id))
        .join(RAISER, RAISER.c.id == DISPUTE.c.raised_by_id)
        .where(AUDIT.c.round_id == round_id, AUDIT.c.state == "disputed", DISPUTE.c.decided_at.is_(None))
    )


def _stuck(round_id: int) -> sa.Select[Any]:
    task = core(Moderation)
    of_task = sa.select(task.c.case_audit_id).where(task.c.id == STUCK.c.subject_id).correlate(STUCK).scalar_subquery()
    about = sa.case(
        (STUCK.c.subject_type == "case_audit", STUCK.c.subject_id), (STUCK.c.subject_type == "moderation", of_task)
    )
    return (
        sa.select(*_line(3, "stuck", AUDIT.c.id, STUCK.c.since, sa.literal(""), AUDIT.c.state, sa.null()))
        .select_from(STUCK.join(AUDIT, AUDIT.c.id == about))
        .where(AUDIT.c.round_id == round_id)
    )


def list_late_auditors(session: Session, round_id: int, at: datetime) -> list[int]:
    """The auditors with an audit past its due date."""
    where = (AUDIT.c.round_id == round_id, AUDIT.c.auditor_id.is_not(None), _late(*AUDITOR_KEYS))
    statement = sa.select(AUDIT.c.auditor_id).where(*where).distinct().order_by(AUDIT.c.auditor_id)
    return list(session.scalars(statement, {"now": at}))
