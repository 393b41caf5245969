"""The actions about a case: those of one audit, those of the last audit, those that are open. One statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from auditflow.models import Action, ActionFinding, AuditRound, CaseAudit, Person
from auditflow.models.base import core
from auditflow.models.plain import Row, kept
from auditflow.queries.case_audit_row import CaseAuditRow

UNANSWERING = ("withdrawn",)
"""Actions in these states answer no finding any more."""

UNFINISHED = ("proposed", "open", "done")
EARLIER, EARLIER_ROUND, SIBLING = aliased(CaseAudit), aliased(AuditRound), aliased(CaseAudit)


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action as a line of a case's pages."""

    id: int
    case_audit_id: int
    text: str
    state: str
    due_on: date
    done_at: datetime | None
    difference: str | None


@dataclass(frozen=True, slots=True)
class CaseAction:
    """An action with the findings that it answers in one audit, and who is to do it."""

    action: ActionLine
    findings: tuple[str, ...]
    owner: str


Found = tuple[ActionLine, str, int, str]
"""An action, a finding it answers, the audit that found it, and the owner's name."""


LINE = tuple(field.name for field in fields(ActionLine))


@dataclass(frozen=True, slots=True)
class CaseActions:
    """Every action about the case of one audit, as whoever makes or reads that audit needs them.

    `own` answer its findings, made for it or linked to it; `last` are those of the last audit of the same
    case; `unfinished` are what a finding can be linked to. All are oldest first.
    """

    own: tuple[CaseAction, ...] = ()
    last: tuple[CaseAction, ...] = ()
    unfinished: tuple[CaseAction, ...] = ()

    @property
    def answered(self) -> frozenset[str]:
        """The findings of this audit that an action answers."""
        return frozenset(f for a in self.own if a.action.state not in UNANSWERING for f in a.findings)


def list_case_actions(session: Session, audit: CaseAudit | CaseAuditRow) -> CaseActions:
    """The actions about the case of `audit`; none for an audit that must see nothing of any other."""
    if audit.purpose != "main":
        return CaseActions()
    given = {"audit": audit.id, "ref": audit.ref, "round": audit.round_id}
    rows = _actions(session).rows(session, given)
    found = [_found(row) for row in rows]
    last = rows[0]["last"] if rows else None
    return CaseActions(
        own=_together(found, lambda action, by: by == audit.id),
        last=_together(found, lambda action, by: by == last == action.case_audit_id),
        unfinished=_together(found, lambda action, by: action.state in UNFINISHED and by == action.case_audit_id),
    )


def _found(row: Row) -> Found:
    line = ActionLine(**{name: row[name] for name in LINE})
    return line, row["finding"], row["by"], row["owner"] or ""


def _together(rows: list[Found], chosen: Callable[[ActionLine, int], bool]) -> tuple[CaseAction, ...]:
    """One item an action, with those of its findings that were chosen."""
    found: dict[int, CaseAction] = {}
    for action, finding, by, owner in rows:
        if chosen(action, by):
            known = found.get(action.id)
            found[action.id] = CaseAction(action, (*known.findings, finding) if known else (finding,), owner)
    return tuple(found.values())


def _statement() -> sa.Select[Any]:
    ref = sa.bindparam("ref", type_=sa.String())
    audit, this_round = sa.bindparam("audit", type_=sa.Integer()), sa.bindparam("round", type_=sa.Integer())
    of_case = sa.select(SIBLING.id).where(SIBLING.ref == ref, SIBLING.purpose == "main")
    last = (
        sa.select(EARLIER.id)
        .join(EARLIER_ROUND, EARLIER_ROUND.id == EARLIER.round_id)
        .where(
            EARLIER.ref == ref,
            EARLIER.purpose == "main",
            EARLIER.round_id != this_round,
            EARLIER.agreed_at.is_not(None),
        )
        .order_by(EARLIER_ROUND.record_date.desc(), EARLIER.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(
            *(core(Action).c[name] for name in LINE),
            ActionFinding.finding,
            ActionFinding.case_audit_id.label("by"),
            core(Person).c.name.label("owner"),
            last.label("last"),
        )
        .join(ActionFinding, ActionFinding.action_id == Action.id)
        .outerjoin(core(Person), core(Person).c.id == Action.owner_id)
        .where(sa.or_(ActionFinding.case_audit_id == audit, Action.case_audit_id.in_(of_case)))
        .order_by(Action.id, ActionFinding.finding)
    )


_actions = kept(_statement, {"audit": 0, "ref": "", "round": 0})
