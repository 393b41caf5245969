"""Submissions to measure: audits with every answer typed, and the one act that submits them."""

from __future__ import annotations

from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import AuditTool, Kind, list_sections, read_tool
from auditflow.models import AuditToolVersion, Draft
from auditflow.models.base import core
from auditflow.models.database import Database
from auditflow.queries.results_stamp import read_stamp
from auditflow.services.act import Act
from auditflow.services.case_audit_submit import submit_case_audit
from bench.council import AT, Bench, auditors_of, make_audits, make_round

CALM = {"new_auditor_audits": 0}
"""Nothing is moderated but by chance, so that submissions cost the same."""
_keys = count(1)


def answered(database: Database, bench: Bench, how_many: int) -> tuple[int, list[tuple[int, int]]]:
    """A live round, and audits of it that need only be submitted, each with its auditor."""
    with database.writing() as session:
        row = make_round(session, bench, "live")
        row.policy = CALM
        ids = make_audits(session, bench, row.id, "in_progress", how_many)
        auditors = auditors_of(session, ids)
        content = _sections(_tool(session))
        drafts = [
            {"case_audit_id": audit, "person_id": auditors[audit], "section": key, "content": typed, "saved_at": AT}
            for audit in ids
            for key, typed in content.items()
        ]
        session.execute(sa.insert(core(Draft)), drafts)
        return row.id, list(auditors.items())


def submit(database: Database, audit_id: int, auditor: int) -> None:
    """One submission, in a transaction of its own."""
    with database.writing() as session:
        submit_case_audit(session, audit_id, Act(auditor, AT, f"bench-submit-{next(_keys):012}"))


def count_statements(database: Database, bench: Bench, read: bool) -> int:
    """How many statements a submission sends, after its round's results were asked for or not."""
    round_id, ((audit_id, auditor), *_) = answered(database, bench, 1)
    if read:
        with database.reading() as session:
            read_stamp(session, round_id)
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", look)
    submit(database, audit_id, auditor)
    sa.event.remove(database.engine, "before_cursor_execute", look)
    return len(seen)


def _tool(session: Session) -> AuditTool:
    return read_tool(session.scalars(sa.select(AuditToolVersion.definition)).one())


def _sections(tool: AuditTool) -> dict[str, dict[str, Any]]:
    """Section -> complete answers."""
    return {section.key: _typed(section, tool) for section in list_sections(tool, "child_in_need")}


def _typed(section: Any, tool: AuditTool) -> dict[str, Any]:
    if section.kind is Kind.DOMAIN:
        said = {"grade": 3, "reason": "Visits happen.", "evidence": "Visit 3 September.", "difference": "She rings."}
        return {**said, "questions": {question.key: "yes" for question in section.questions}}
    if section.kind is Kind.PARTICIPATION:
        no = {"took_part": "no", "who": "", "how": "", "view": "", "why_not": "On leave all month."}
        return {party.key: dict(no) for party in tool.participation.parties}
    return {"grade": 3, "reason": "Good throughout."}
