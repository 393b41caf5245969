"""Answering what a moderator sent back, in the sample council."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from auditflow.models import CaseAudit
from auditflow.queries.returned import COMMENTS, list_returned_comments
from auditflow.services.act import Act
from auditflow.services.draft import save_draft

ANSWER = "Added: the case note of the last visit, and what changed for the child after it."


def answer_comments(session: Session, audit: CaseAudit, at: datetime) -> None:
    """The auditor answers each comment of the latest return."""
    content = {str(comment.id): ANSWER for comment in list_returned_comments(session, audit.id)}
    act = Act(audit.auditor_id, at, f"sample:comments:{audit.id}")
    save_draft(session, audit.id, act, section=COMMENTS, content=content, base_number=0)
