"""Cancelling a round: its audits are filed and stay readable; concerns and actions go on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Approval, CaseAudit, Moderation
from auditflow.services.act import Act
from auditflow.services.journal_batch import Batch, Line, set_clocks, tell_each, write_many
from auditflow.services.subjects import table_of
from auditflow.services.transitions import Outcome, Request, apply
from workflows import machine
from workflows.registry import WORKFLOWS


def cancel_round(
    session: Session, round_id: int, reason: str, act: Act, *, expected_version: int | None = None
) -> Outcome:
    """Cancel before reporting: the QA lead while no grade is in, then the director only."""
    outcome = apply(
        session,
        Request("audit_round", round_id, "cancel", act, expected_version=expected_version, reason=reason),
    )
    if not outcome.repeated:
        _withdraw_tasks(session, round_id, act)
        _file_audits(session, round_id, act.by_system("file"))
    return outcome


def _withdraw_tasks(session: Session, round_id: int, act: Act) -> None:
    """Moderation tasks and requests for approval have nothing to decide any more."""
    audits = sa.select(CaseAudit.id).where(CaseAudit.round_id == round_id)
    tasks = sa.select(Moderation.id).where(
        Moderation.case_audit_id.in_(audits), Moderation.state.in_(["waiting", "with_moderator"])
    )
    about = sa.or_(
        sa.and_(Approval.subject_type == "case_audit", Approval.subject_id.in_(audits)),
        sa.and_(Approval.subject_type == "audit_round", Approval.subject_id == round_id),
    )
    asked = sa.select(Approval.id).where(about, Approval.state == "requested", Approval.ask != "cannot_do")
    for subject_type, ids in (("moderation", tasks), ("approval", asked)):
        for subject_id in session.scalars(ids).all():
            system = act.by_system(f"withdraw-{subject_id}")
            apply(session, Request(subject_type, subject_id, "withdraw", system))


def _file_audits(session: Session, round_id: int, act: Act) -> None:
    table = table_of("case_audit")
    workflow = WORKFLOWS["case_audit"]
    columns = (table.c.state, table.c.id, table.c.version, table.c.chain_head, table.c.purpose, table.c.auditor_id)
    mine = (table.c.round_id == round_id, table.c.state.in_(workflow.open))
    rows = session.execute(sa.select(*columns).where(*mine).order_by(table.c.state, table.c.id)).all()
    for state in dict.fromkeys(row.state for row in rows):
        here = [row for row in rows if row.state == state]
        facts = {"purpose": "main", "round_state": "cancelled"}
        decision = machine.decide(workflow, state=state, action="file", roles=frozenset({"system"}), facts=facts)
        batch = Batch("case_audit", "file", decision.move.past, state, decision.target, "system", act)
        write_many(session, batch, [Line(row.id, row.version, row.chain_head) for row in here])
        set_clocks(session, "case_audit", [row.id for row in here], ())
    auditors = [row.auditor_id for row in rows if row.auditor_id is not None]
    tell_each(session, "audit_round.cancelled", auditors, about=("audit_round", round_id), act=act)
