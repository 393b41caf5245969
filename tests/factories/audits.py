"""A round with allocated case audits, made by direct rows: for tests of what happens after allocation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from auditflow.models import AuditRound, AuditToolVersion, CaseAudit
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin
from tests.factories.council import START, Council


def make_tool(session: Session) -> AuditToolVersion:
    """The shipped general case audit as version 1."""
    from auditflow.adapters.tool_file import load_shipped
    from auditflow.services.audit_tool import publish_tool_version

    return publish_tool_version(session, load_shipped()[0], at=START)


def make_round(session: Session, council: Council, *, state: str = "live", **columns: object) -> AuditRound:
    """A round in `state` with one first journal entry."""
    tool = make_tool(session)
    defaults: dict[str, object] = {
        "name": "Baseline, December 2026",
        "tool_version_id": tool.id,
        "starts_on": date(2026, 10, 26),
        "ends_on": date(2026, 11, 20),
        "first_ends_on": date(2026, 11, 20),
        "record_date": date(2026, 10, 23),
        "created_at": START,
        "created_by_id": council.qa_lead.id,
    }
    row = AuditRound(state=state, **{**defaults, **columns})
    begin(session, row, Act(council.qa_lead.id, START, f"round-{id(row)}"), Note("created", "qa_lead"))
    return row


def make_re_audit(session: Session, council: Council, baseline: AuditRound, **columns: object) -> AuditRound:
    """The same tool's round in reporting a quarter later, which repeats `baseline`."""
    usual: dict[str, object] = {
        "state": "reporting",
        "kind": "re_audit",
        "baseline_id": baseline.id,
        "name": "Re-audit, February 2027",
        "tool_version_id": baseline.tool_version_id,
        "record_date": date(2027, 1, 22),
    }
    return make_round(session, council, **(usual | columns))  # type: ignore[arg-type]


def make_case_audit(
    session: Session,
    council: Council,
    audit_round: AuditRound,
    *,
    state: str = "allocated",
    at: datetime = START,
    **columns: object,
) -> CaseAudit:
    """A case audit in `state`: auditor A, the first worker of the first team."""
    worker = council.workers[0]
    number = len(session.new) + session.query(CaseAudit).count() + 1
    defaults: dict[str, object] = {
        "ref": f"CF-{10000 + number}",
        "case_type": "Child in need",
        "auditor_id": council.auditors[0].id if state != "selected" else None,
        "worker_id": worker.id,
        "team_id": worker.team_id,
    }
    row = CaseAudit(round_id=audit_round.id, state=state, **{**defaults, **columns})
    begin(session, row, Act(council.qa_lead.id, at, f"audit-{number}"), Note("created", "qa_lead"))
    return row
