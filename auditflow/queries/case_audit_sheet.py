"""An audit as its auditor works on it: the tool, what they have typed, what is left, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import (
    AuditTool,
    Completeness,
    JudgedWindow,
    Kind,
    Progress,
    completeness,
    empty_answers,
    judged_window,
    list_sections,
)
from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound, AuditToolVersion, CaseAudit
from auditflow.models.base import core
from auditflow.models.plain import Row, kept
from auditflow.queries.audit_tool import get_tool
from auditflow.queries.case_audit import NOT_THERE
from auditflow.queries.case_audit_actions import CaseActions, list_case_actions
from auditflow.queries.case_audit_row import COLUMNS, CaseAuditRow
from auditflow.queries.draft import Typed, list_typed
from auditflow.queries.scope import Viewer

AUDIT, ROUND, TOOL = core(CaseAudit), core(AuditRound), core(AuditToolVersion)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One audit with everything that its pages show; `drafts` by section."""

    audit: CaseAuditRow
    ends_on: date
    tool: AuditTool
    tool_number: int
    record_date: date
    baseline_date: date | None
    drafts: Mapping[str, Typed]
    answers: Mapping[str, Any]
    actions: CaseActions
    done: Completeness

    @property
    def answered(self) -> frozenset[str]:
        """The findings with an action."""
        return self.actions.answered

    @property
    def grading_only(self) -> bool:
        """Whether it only measures or aligns grades: no participation, no actions."""
        return self.audit.purpose != "main"

    @property
    def window(self) -> JudgedWindow:
        """Which days of the record are looked at and judged."""
        return judged_window(self.tool.window, self.record_date, baseline=self.baseline_date)

    @property
    def nothing_after(self) -> date | None:
        """The day after which nothing of the record may be used: for a baseline record that is graded again."""
        return self.record_date if self.audit.purpose == "bridge" else None

    @property
    def saved_at(self) -> datetime | None:
        """When anything of it was saved last."""
        return max((draft.saved_at for draft in self.drafts.values()), default=None)

    def progress(self, section: str) -> Progress:
        """How far one page has come. Raises NotFound for a page that is not asked about this case."""
        for page in self.done.progress:
            if page.section.key == section:
                return page
        raise NotFound("This audit has no such page for this case.", field="section")


def _statement() -> sa.Select[Any]:
    """The audit with its round and tool, and the record dates of what is audited again."""
    baseline, again, earlier = ROUND.alias(), ROUND.alias(), AUDIT.alias()
    of_audit = (
        sa.select(again.c.record_date)
        .join(earlier, earlier.c.round_id == again.c.id)
        .where(earlier.c.id == AUDIT.c.baseline_id)
        .scalar_subquery()
    )
    return (
        sa.select(
            *(AUDIT.c[name] for name in COLUMNS),
            ROUND.c.ends_on,
            ROUND.c.record_date,
            ROUND.c.tool_version_id,
            TOOL.c.number,
            TOOL.c.sha256,
            baseline.c.record_date.label("of_round"),
            of_audit.label("of_audit"),
        )
        .join(ROUND, ROUND.c.id == AUDIT.c.round_id)
        .join(TOOL, TOOL.c.id == ROUND.c.tool_version_id)
        .outerjoin(baseline, baseline.c.id == ROUND.c.baseline_id)
        .where(AUDIT.c.id == sa.bindparam("audit", type_=sa.Integer()))
    )


_of_audit = kept(_statement, {"audit": 0})
_of_auditor = kept(
    lambda: _statement().where(AUDIT.c.auditor_id == sa.bindparam("auditor", type_=sa.Integer())),
    {"audit": 0, "auditor": 0},
)


def read_own_sheet(session: Session, viewer: Viewer, case_audit_id: int) -> Sheet:
    """The sheet of the viewer's own audit. Raises NotFound: another person's case does not exist."""
    rows = _of_auditor(session).rows(session, {"audit": case_audit_id, "auditor": viewer.person_id})
    if not rows:
        raise NotFound(NOT_THERE)
    return _sheet(session, rows[0])


def read_sheet(session: Session, audit: CaseAudit) -> Sheet:
    """The sheet of an audit for the person it is allocated to: a fixed number of statements."""
    return _sheet(session, _of_audit(session).rows(session, {"audit": audit.id})[0])


def _sheet(session: Session, row: Row) -> Sheet:
    audit = CaseAuditRow(**{name: row[name] for name in COLUMNS})
    drafts = {d.section: d for d in list_typed(session, audit.id, audit.auditor_id or 0)}
    tool = get_tool(session, row["tool_version_id"], row["sha256"])
    grading_only = audit.purpose != "main"
    answers = compose_answers(tool, audit.case_type, drafts.values(), grading_only=grading_only)
    actions = list_case_actions(session, audit)
    # A baseline record that is graded again is read as it stood then; a re-audit judges what came after it.
    again = audit.purpose == "bridge"
    return Sheet(
        audit,
        row["ends_on"],
        tool,
        row["number"],
        (row["of_audit"] or row["record_date"]) if again else row["record_date"],
        None if grading_only and again else row["of_round"],
        drafts,
        answers,
        actions,
        completeness(tool, answers, audit.case_type, answered_findings=actions.answered, grading_only=grading_only),
    )


def compose_answers(tool: AuditTool, case_type: str, drafts: Iterable[Typed], *, grading_only: bool) -> dict[str, Any]:
    """The answers of an audit put together from the drafts of its sections; what is not there is blank."""
    answers = empty_answers(tool, case_type, grading_only=grading_only)
    typed = {draft.section: draft.content for draft in drafts}
    for section in list_sections(tool, case_type, grading_only=grading_only):
        if section.key in typed:
            holder = answers["domains"] if section.kind is Kind.DOMAIN else answers
            holder[section.key] = typed[section.key]
    return answers
