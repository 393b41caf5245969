"""The actions about a case: those of one audit, those of the last audit, those that are open. One statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from auditflow.models import Action, ActionFinding, AuditRound, CaseAudit, Person
from auditflow.models.base import core

UNANSWERING = ("withdrawn",)
"""Actions in these states answer no finding any more."""

UNFINISHED = ("proposed", "open", "done")
# Making an alias of so wide a table costs more than the query that uses it, so each is made once.
EARLIER, EARLIER_ROUND, SIBLING = aliased(CaseAudit), aliased(AuditRound), aliased(CaseAudit)


@dataclass(frozen=True, slots=True)
class CaseAction:
    """An action with the findings that it answers in one audit, and who is to do it."""

    action: Action
    findings: tuple[str, ...]
    owner: str


Row = tuple[Action, str, int, str]
"""An action, a finding it answers, the audit that found it, and the owner's name."""


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


def list_case_actions(session: Session, audit: CaseAudit) -> CaseActions:
    """The actions about the case of `audit`; none for an audit that must see nothing of any other."""
    if audit.purpose != "main":
        return CaseActions()
    given = {"audit": audit.id, "ref": audit.ref, "round": audit.round_id}
    rows = session.execute(_statement(), given).all()
    found: list[Row] = [(action, finding, by, owner or "") for action, finding, by, owner, _ in rows]
    last = next((row[4] for row in rows), None)
    return CaseActions(
        own=_together(found, lambda action, by: by == audit.id),
        last=_together(found, lambda action, by: by == last == action.case_audit_id),
        unfinished=_together(found, lambda action, by: action.state in UNFINISHED and by == action.case_audit_id),
    )


def _together(rows: list[Row], chosen: Callable[[Action, int], bool]) -> tuple[CaseAction, ...]:
    """One item an action, with those of its findings that were chosen."""
    found: dict[int, CaseAction] = {}
    for action, finding, by, owner in rows:
        if chosen(action, by):
            known = found.get(action.id)
            found[action.id] = CaseAction(action, (*known.findings, finding) if known else (finding,), owner)
    return tuple(found.values())


@cache
def _statement() -> Any:
    """Written once: putting it together costs more than running it."""
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
        sa.select(Action, ActionFinding.finding, ActionFinding.case_audit_id, core(Person).c.name, last)
        .join(ActionFinding, ActionFinding.action_id == Action.id)
        .outerjoin(core(Person), core(Person).c.id == Action.owner_id)
        .where(sa.or_(ActionFinding.case_audit_id == audit, Action.case_audit_id.in_(of_case)))
        .order_by(Action.id, ActionFinding.finding)
    )
