"""What an auditor has typed: complete answers to any tool, saved as drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import AuditTool, Kind, list_sections, read_tool
from auditflow.models import AuditRound, AuditToolVersion, CaseAudit
from auditflow.services.act import Act
from auditflow.services.draft import Saved, save_draft
from auditflow.services.transitions import Request, apply


def tool_of(session: Session, audit: CaseAudit) -> AuditTool:
    """The tool of the audit's round."""
    definition = session.scalars(
        sa.select(AuditToolVersion.definition)
        .join(AuditRound, AuditRound.tool_version_id == AuditToolVersion.id)
        .where(AuditRound.id == audit.round_id)
    ).one()
    return read_tool(definition)


def complete_sections(
    tool: AuditTool, case_type: str, *, grade: int = 3, main: bool = True, **grades: int | str
) -> dict[str, dict[str, Any]]:
    """Section key -> answers with nothing missing; `grades` set single domains."""
    sections: dict[str, dict[str, Any]] = {}
    for section in list_sections(tool, case_type, grading_only=not main):
        if section.kind is Kind.DOMAIN:
            sections[section.key] = {
                "grade": grades.get(section.key, grade),
                "reason": "Visits happen, and she is seen alone.",
                "evidence": "Visit 3 September; review 15 October.",
                "difference": "She knows whom to ring.",
                "questions": {question.key: "yes" for question in section.questions},
            }
        elif section.kind is Kind.PARTICIPATION:
            no = {"took_part": "no", "who": "", "how": "", "view": "", "why_not": "On leave all month."}
            sections[section.key] = {party.key: dict(no) for party in tool.participation.parties}
        else:
            sections[section.key] = {"grade": grade, "reason": "Good throughout."}
    return sections


def write_all(session: Session, audit: CaseAudit, at: datetime, **choices: Any) -> None:
    """Save complete drafts of every section as the audit's auditor, over whatever there is."""
    main = audit.purpose == "main"
    for key, content in complete_sections(tool_of(session, audit), audit.case_type, main=main, **choices).items():
        write(session, audit, at, key, content)


def write(session: Session, audit: CaseAudit, at: datetime, section: str, content: dict[str, Any]) -> Saved:
    """Save one section on top of what is stored."""
    from auditflow.queries.draft import find_draft

    draft = find_draft(session, audit.id, audit.auditor_id or 0, section)
    act = Act(audit.auditor_id, at, f"draft-{section}")
    saved = save_draft(
        session, audit.id, act, section=section, content=content, base_number=draft.number if draft else 0
    )
    assert isinstance(saved, Saved)
    return saved


def start(session: Session, audit: CaseAudit, at: datetime) -> None:
    """Put the audit into progress as its auditor."""
    apply(session, Request("case_audit", audit.id, "start", Act(audit.auditor_id, at, f"start-{audit.id}")))
