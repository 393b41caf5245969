"""The list of an auditor's audits as rows of a table, and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.domain.frame import case_type_label
from auditflow.queries.case_audit import OwnAudit
from auditflow.queries.draft import list_drafts
from auditflow.web.layout import case_ref, day
from workflows import case_audit as table

STATES = [(state.key, state.label) for state in table.STATES if state.key not in ("selected", "submitted")]
HEADINGS = ("Case", "Kind of case", "Team", "Round", "Record read as at", "State", "Due")


@dataclass(frozen=True, slots=True)
class Sorts:
    """Columns that can be sorted: key -> heading, in order; the rest are plain."""

    headings: tuple[tuple[str, str], ...]

    def columns(self, sort: str, keep: Mapping[str, str]) -> list[dict[str, Any]]:
        """The headings with their links; the one sorted by turns round."""
        chosen = sort or "due"
        found: list[dict[str, Any]] = []
        for key, text in self.headings:
            column: dict[str, Any] = {"text": text}
            if key:
                other = f"-{key}" if chosen == key else key
                query = {name: value for name, value in {**keep, "sort": other}.items() if value}
                column["sort_href"] = f"?{urlencode(query)}"
                if chosen.removeprefix("-") == key:
                    column["sorted"] = "descending" if chosen.startswith("-") else "ascending"
            found.append(column)
        return found


SORTS = Sorts((("case", "Case"), ("", "Kind of case"), ("", "Record read as at"), ("state", "State"), ("due", "Due")))


def table_rows(session: Session, audits: list[OwnAudit], now: datetime) -> list[list[Any]]:
    """The rows of the page: two statements, however many audits there are."""
    writing = [row.audit.id for row in audits if row.audit.state in ("in_progress", "returned")]
    person_id = audits[0].audit.auditor_id if audits else None
    typed: dict[int, int] = {}
    for draft in list_drafts(session, writing, person_id or 0) if writing else []:
        typed[draft.case_audit_id] = typed.get(draft.case_audit_id, 0) + (not draft.section.startswith("_"))
    return [_row(row, typed.get(row.audit.id, 0), now) for row in audits]


def _row(row: OwnAudit, pages: int, now: datetime) -> list[Any]:
    state = table.WORKFLOW.labels[row.audit.state]
    if row.audit.state in ("in_progress", "returned") and pages:
        state = f"{state}: {pages} {'page' if pages == 1 else 'pages'} begun"
    href = url_for("case_audit.case_audit_show", case_audit_id=row.audit.id)
    return [
        {"text": case_ref(row.audit.ref), "href": href},
        case_type_label(row.audit.case_type),
        day(row.record_date),
        state,
        _due(row, now),
    ]


def _due(row: OwnAudit, now: datetime) -> str:
    if row.due_at is None:
        return ""
    until = day(local_date(row.due_at))
    return Markup('<span class="app-late">{}, late</span>').format(until) if row.due_at < now else until


def csv_row(row: OwnAudit) -> list[object]:
    """One row of the file."""
    audit = row.audit
    return [
        audit.ref,
        case_type_label(audit.case_type),
        row.team,
        row.round.name,
        row.record_date,
        table.WORKFLOW.labels[audit.state],
        local_date(row.due_at) if row.due_at else None,
    ]
