"""My work: everything that waits for one person, from `available()`, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import (
    Action,
    Alert,
    Approval,
    AuditRound,
    CaseAudit,
    Correction,
    Deadline,
    Journal,
    Moderation,
    Reflection,
)
from auditflow.models.base import core
from auditflow.models.plain import kept
from auditflow.queries.facts import Facts, bind, list_facts
from auditflow.queries.facts.items import of_audit
from auditflow.queries.scope import Viewer, list_graded_now
from auditflow.queries.work_table import ASKED, FOUND, SUBJECT_TYPES, Todo, todo_for
from workflows import machine
from workflows.facts import when_asking
from workflows.registry import WORKFLOWS

Column = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do; `due_at` None where no clock runs."""

    todo: Todo
    subject_id: int
    ref: str
    due_at: datetime | None
    acts: bool

    def late(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.due_at is not None and self.due_at < now

    @property
    def href(self) -> str:
        """Where it is done."""
        return self.todo.href.format(id=self.subject_id)


def list_work(session: Session, viewer: Viewer, at: datetime) -> list[WorkItem]:
    """What waits for this person: soonest due first, then by reference; concerns before everything."""
    items: list[WorkItem] = []
    if viewer.is_gone:
        return items
    for subject_type in SUBJECT_TYPES if viewer.has("qa_lead") else OF_CASES:
        found = list_facts(session, subject_type, actor_id=viewer.person_id, at=at, where=MINE[subject_type])
        chosen = [(facts, todo) for facts in found if (todo := _todo(subject_type, facts)) is not None]
        items += _with_dates(session, subject_type, chosen)
    items = _without_others(session, viewer, items) + _asked(session, viewer)
    far = datetime.max.replace(tzinfo=at.tzinfo)
    return sorted(items, key=lambda i: (i.todo.subject_type != "alert", i.due_at or far, i.ref, i.subject_id))


def _without_others(session: Session, viewer: Viewer, items: list[WorkItem]) -> list[WorkItem]:
    """Nothing about somebody else's audit of a case that the person is grading; a concern for a child never waits."""
    graded = list_graded_now(session, viewer) if items else frozenset()
    return [
        item
        for item in items
        if item.ref not in graded or "auditor" in item.todo.roles or item.todo.subject_type == "alert"
    ]


def _asked(session: Session, viewer: Viewer) -> list[WorkItem]:
    """A practitioner's own part: to say how they see a case, and to read what was found."""
    rows = session.execute(
        sa.select(CaseAudit.id, CaseAudit.ref, CaseAudit.shared_at)
        .join(Reflection, Reflection.case_audit_id == CaseAudit.id)
        .where(
            Reflection.person_id == viewer.person_id,
            sa.or_(
                sa.and_(CaseAudit.shared_at.is_(None), Reflection.reflected_at.is_(None)),
                sa.and_(CaseAudit.shared_at.is_not(None), Reflection.read_at.is_(None)),
            ),
            CaseAudit.state.not_in(["removed", "not_audited"]),
        )
    )
    return [WorkItem(ASKED if shared is None else FOUND, number, ref, None, False) for number, ref, shared in rows]


def find_newest_entry(session: Session) -> int:
    """The number of the journal's last entry; 0 before the first. While it stays, nothing was moved."""
    return _newest_entry(session).rows(session, {})[0]["newest"] or 0


_newest_entry = kept(lambda: sa.select(sa.func.max(Journal.id).label("newest")), {})


def _todo(subject_type: str, facts: Facts) -> Todo | None:
    todo = todo_for(subject_type, facts.state)
    if todo is None or facts.roles.isdisjoint(todo.roles):
        return None
    known = {**facts.values, **when_asking(subject_type)}
    if todo.prepares:
        return todo
    # Asked for the roles of the row only: what the person might do in another role is not their work here.
    mine = facts.roles & todo.movers
    moves = machine.available(WORKFLOWS[subject_type], state=facts.state, roles=mine, facts=known)
    return todo if any(move.action == todo.action for move in moves) else None


def _own_audits(table: sa.Table) -> Column:
    # Disputes go to whoever qualifies, so all of them are looked at.
    return sa.and_(
        table.c.state.in_(["allocated", "in_progress", "returned", "changed", "agreed", "disputed"]),
        sa.or_(table.c.auditor_id == bind("actor"), table.c.state == "disputed"),
    )


def _own_moderations(table: sa.Table) -> Column:
    mine = sa.and_(table.c.state == "with_moderator", table.c.moderator_id == bind("actor"))
    return sa.or_(mine, table.c.state == "waiting")


def _own_actions(table: sa.Table) -> Column:
    audits = sa.select(CaseAudit.id).where(CaseAudit.auditor_id == bind("actor"))
    moderated = sa.select(Moderation.case_audit_id).where(Moderation.moderator_id == bind("actor"))
    theirs = sa.or_(table.c.case_audit_id.in_(audits), table.c.case_audit_id.in_(moderated))
    return sa.or_(
        sa.and_(table.c.owner_id == bind("actor"), table.c.state.in_(["proposed", "open"])),
        table.c.state == "declined",
        sa.and_(table.c.state == "done", theirs),
    )


def _open_alerts(table: sa.Table) -> Column:
    return table.c.state.in_(["raised", "acknowledged"])


def _requests(table: sa.Table) -> Column:
    return table.c.state == "requested"


def _unfinished_rounds(table: sa.Table) -> Column:
    return table.c.state.in_(["planned", "locked", "sampled", "live", "reporting"])


MINE: dict[str, Callable[[sa.Table], Column]] = {
    "case_audit": _own_audits,
    "moderation": _own_moderations,
    "action": _own_actions,
    "alert": _open_alerts,
    "correction": _requests,
    "approval": _requests,
    "audit_round": _unfinished_rounds,
}
"""What could be a person's: open items of their own, or of their office. The facts then say whether it is."""
OF_CASES = tuple(subject_type for subject_type in SUBJECT_TYPES if subject_type != "audit_round")
"""Rounds are asked about for those who lead them only."""


REF: dict[str, Any] = {
    "case_audit": CaseAudit.ref,
    "moderation": of_audit(core(Moderation).c.case_audit_id, "ref"),
    "action": of_audit(core(Action).c.case_audit_id, "ref"),
    "alert": of_audit(core(Alert).c.case_audit_id, "ref"),
    "correction": of_audit(core(Correction).c.case_audit_id, "ref"),
    "approval": of_audit(core(Approval).c.subject_id, "ref"),
    "audit_round": AuditRound.name,
}
MODELS: dict[str, Any] = {
    "case_audit": CaseAudit,
    "moderation": Moderation,
    "action": Action,
    "alert": Alert,
    "correction": Correction,
    "approval": Approval,
    "audit_round": AuditRound,
}


def _with_dates(session: Session, subject_type: str, chosen: list[tuple[Facts, Todo]]) -> list[WorkItem]:
    """The reference of each and its soonest running clock: two statements, however many there are."""
    ids = [facts.subject_id for facts, _ in chosen]
    if not ids:
        return []
    model = MODELS[subject_type]
    named = session.execute(sa.select(model.id, REF[subject_type]).where(model.id.in_(ids)))
    refs: dict[int, str | None] = {subject_id: ref for subject_id, ref in named}
    clocks: dict[int, tuple[datetime, bool]] = {}
    for subject_id, due_at, acts in session.execute(
        sa.select(Deadline.subject_id, Deadline.due_at, Deadline.acts)
        .where(Deadline.subject_type == subject_type, Deadline.subject_id.in_(ids))
        .order_by(Deadline.due_at.desc())
    ):
        clocks[subject_id] = (due_at, acts)
    return [
        WorkItem(todo, f.subject_id, refs.get(f.subject_id) or "", *clocks.get(f.subject_id, (None, False)))
        for f, todo in chosen
    ]


def list_waiting(session: Session, viewer: Viewer) -> list[tuple[CaseAudit, datetime | None]]:
    """The person's audits that wait for somebody else, with the day since when; by reference."""
    rows = session.execute(
        sa.select(CaseAudit, sa.func.max(Moderation.created_at))
        .outerjoin(Moderation, Moderation.case_audit_id == CaseAudit.id)
        .where(CaseAudit.auditor_id == viewer.person_id, CaseAudit.state.in_(["moderation", "disputed", "submitted"]))
        .group_by(CaseAudit.id)
        .order_by(CaseAudit.ref)
    )
    return [(audit, since) for audit, since in rows]


def list_outcomes(session: Session, viewer: Viewer, *, most: int = 5) -> list[tuple[Action, str]]:
    """What came of the person's audits: the actions checked last, with the case reference."""
    rows = session.execute(
        sa.select(Action, CaseAudit.ref)
        .join(CaseAudit, CaseAudit.id == Action.case_audit_id)
        .where(CaseAudit.auditor_id == viewer.person_id, Action.state == "verified")
        .order_by(Action.verified_at.desc(), Action.id)
        .limit(most)
    )
    return [(action, ref) for action, ref in rows]
