"""A move that somebody asks for, and the answers that an auditor types before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import CaseAudit, Draft
from auditflow.queries.returned import COMMENTS, list_returned_comments
from auditflow.services.act import Act
from tests.factories.cycle_world import Item
from tests.factories.drafts import complete_sections, tool_of


@dataclass(frozen=True)
class Asked:
    """One move asked for: what, by whom, with what choice, from which version, while the round ends when, and why."""

    name: str
    item: Any
    choice: Any
    act: Act
    version: int
    ends_on: date
    why: str = "Because it is so."


def type_answers(session: Session, item: Item, who: int, grade: int, act: Act) -> None:
    """The auditor types complete answers with this overall grade, and answers every comment."""
    audit = session.get_one(CaseAudit, item.id)
    sections = complete_sections(tool_of(session, audit), audit.case_type)
    sections["overall"]["grade"] = grade
    sections[COMMENTS] = {str(c.id): "Looked at again." for c in list_returned_comments(session, item.id)}
    mine = (Draft.case_audit_id == item.id, Draft.person_id == who)
    session.execute(sa.delete(Draft).where(*mine))
    common = {"case_audit_id": item.id, "person_id": who, "number": 1, "saved_at": act.at}
    rows = [{**common, "section": key, "content": content} for key, content in sections.items()]
    session.execute(sa.insert(Draft), rows)
