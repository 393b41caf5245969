"""What is decided about an audit after its round has closed makes a further version of the round's results."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auditflow.models import AuditRound, CaseAudit
from auditflow.services.act import Act
from auditflow.services.journal import Note, record
from auditflow.services.results import remake_results


def results_again(session: Session, case_audit_id: int, act: Act) -> bool:
    """Remake the results of the round of this audit if they are closed. False if they are not."""
    audit = session.get_one(CaseAudit, case_audit_id)
    audit_round = session.get_one(AuditRound, audit.round_id)
    if audit_round.state != "closed":
        return False
    session.flush()
    record(
        session,
        audit_round,
        act.by_system(f"results-{case_audit_id}"),
        Note("results_changed", "system", details={"case_audit": case_audit_id}),
    )
    remake_results(session, audit_round.id, act)
    return True
