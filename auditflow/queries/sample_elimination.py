"""What left a drawn sample, was left without an audit, or was added by hand: everything but who the people are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from auditflow.models import Approval, CaseAudit, Draw, Journal, Role, SampleCase, person_role
from auditflow.models.base import core

LEFT = {"removed": "remove", "not_audited": "mark_not_audited"}
"""How a case audit left the sample, and what was asked for then."""
OPENED = ("state", "started", "drafts", "readings")


@dataclass(frozen=True, slots=True)
class Elimination:
    """One case that left the sample, or stays in it without an audit.

    `opened` is what whoever decided saw: the state of the audit, when it was started, its drafts and how often it had
    been read. `approved_by` is a role. `replaced_by` and `passed_over` are references; of a case left without an
    audit, none.
    """

    ref: str
    stratum: str
    kind: str
    draw: int | None
    reason: str
    asked_at: datetime
    approved_at: datetime | None
    approved_by: str
    opened: dict[str, Any]
    replaced_by: str | None = None
    passed_over: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Addition:
    """One case added by hand, by whoever holds the role `added_by`. It is in no figure."""

    ref: str
    added_at: datetime
    added_by: str


def list_eliminations(session: Session, round_id: int) -> dict[str, list[Elimination]]:
    """The cases removed and those not audited, each in the order in which it was approved.

    The cases of a discarded draw are not told one by one: the draw itself is on record.
    """
    replaced, passed = _replacements(session, round_id), _passed_over(session, round_id)
    found: dict[str, list[Elimination]] = {state: [] for state in LEFT}
    for row in session.execute(_left(round_id)):
        found[row.state].append(
            Elimination(
                row.ref,
                row.stratum,
                row.kind,
                row.draw,
                row.lost_reason,
                row.requested_at,
                row.decided_at,
                _role(row.role, row.is_director),
                {name: row.facts.get(name) for name in OPENED},
                replaced.get(row.sample_case_id),
                passed.get(row.id, []),
            )
        )
    return found


def _left(round_id: int) -> Any:
    approved = aliased(Journal)
    decided = (approved.subject_type == "approval", approved.subject_id == Approval.id, approved.entry == "approved")
    director = (
        sa.select(1)
        .select_from(person_role.join(core(Role), core(Role).c.id == person_role.c.role_id))
        .where(person_role.c.person_id == Approval.decided_by_id, core(Role).c.name == "director")
    )
    asked = sa.or_(*(sa.and_(CaseAudit.state == state, Approval.ask == ask) for state, ask in LEFT.items()))
    columns = (CaseAudit.id, CaseAudit.ref, CaseAudit.stratum, CaseAudit.kind, CaseAudit.state, CaseAudit.lost_reason)
    return (
        sa.select(
            *columns,
            CaseAudit.sample_case_id,
            Draw.number.label("draw"),
            Approval.requested_at,
            Approval.decided_at,
            Approval.facts,
            approved.role,
            sa.exists(director).label("is_director"),
        )
        .join(Approval, sa.and_(Approval.subject_type == "case_audit", Approval.subject_id == CaseAudit.id))
        .join(approved, sa.and_(*decided))
        .outerjoin(SampleCase, SampleCase.id == CaseAudit.sample_case_id)
        .outerjoin(Draw, Draw.id == SampleCase.draw_id)
        .where(CaseAudit.round_id == round_id, CaseAudit.purpose == "main", Approval.state == "approved", asked)
        .order_by(Approval.decided_at, Approval.id)
    )


def _role(role: str, is_director: bool) -> str:
    """A removal is approved by the head of another service or the director: the roles of the person tell which."""
    return "director" if is_director or role == "director" else "head_of_another_service"


def _replacements(session: Session, round_id: int) -> dict[int, str]:
    came_in = sa.select(SampleCase.replaces_id, SampleCase.ref).where(
        SampleCase.round_id == round_id, SampleCase.replaces_id.is_not(None)
    )
    return {replaces: ref for replaces, ref in session.execute(came_in) if replaces is not None}


def _passed_over(session: Session, round_id: int) -> dict[int, list[str]]:
    """By the case audit that was lost: the references of the reserves that could not come in, in order."""
    entries = session.execute(
        sa.select(Journal.entry, Journal.details)
        .where(Journal.subject_type == "audit_round", Journal.subject_id == round_id)
        .where(Journal.entry.in_(["reserve_came_in", "no_reserve_left"]))
    ).all()
    listed = {_lost(entry, details): details["passed_over"] for entry, details in entries}
    ids = {sample_id for passed in listed.values() for sample_id in passed}
    cases = sa.select(SampleCase.id, SampleCase.ref).where(SampleCase.id.in_(ids))
    refs = {sample_id: ref for sample_id, ref in session.execute(cases)} if ids else {}
    return {audit_id: [refs[sample_id] for sample_id in passed] for audit_id, passed in listed.items()}


def _lost(entry: str, details: Mapping[str, Any]) -> int:
    return int(details["replaces" if entry == "reserve_came_in" else "case_audit_id"])


def list_additions(session: Session, round_id: int) -> list[Addition]:
    """The cases added by hand, in the order in which they were added."""
    mine = (CaseAudit.round_id == round_id, CaseAudit.purpose == "main", CaseAudit.kind == "judgemental")
    first = (Journal.subject_type == "case_audit", Journal.subject_id == CaseAudit.id, Journal.number == 1)
    statement = sa.select(CaseAudit.ref, Journal.at, Journal.role).join(Journal, sa.and_(*first)).where(*mine)
    return [Addition(*row) for row in session.execute(statement.order_by(CaseAudit.id))]


def list_reserve_order(session: Session, draw_id: int) -> dict[str, Sequence[str]]:
    """Every reserve that a draw had, used ones too: by stratum, in the order in which they must be used."""
    kinds = (SampleCase.draw_id == draw_id, SampleCase.kind.in_(["reserve", "replacement"]))
    statement = sa.select(SampleCase.stratum, SampleCase.ref).where(*kinds)
    found: dict[str, list[str]] = {}
    for stratum, ref in session.execute(statement.order_by(SampleCase.stratum, SampleCase.position)):
        found.setdefault(stratum, []).append(ref)
    return dict(found)
