"""The blind second gradings of a round as its lead sees them, and withdrawing one that cannot be made."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup

from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound, CaseAudit
from auditflow.queries.case_audit import get_case_audit
from auditflow.queries.case_audit_second import SecondLine, count_seconds, list_seconds
from auditflow.queries.moves import moves_for
from auditflow.services.case_audit_second import withdraw_grading
from auditflow.web.audit_round_pages import BAD, LEAD, tried, visible_round
from auditflow.web.dashboard_words import second_words
from auditflow.web.layout import case_ref, day
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.audit_round import GiveReasonForm
from workflows.case_audit import WORKFLOW

pages = Pages("case_audit_second", __name__)
STATES = {"removed": "Withdrawn", "filed": "In"}
"""States that are called otherwise where the grading is the case's second."""
WORDS = {
    "title": "Withdraw a blind second grading",
    "finding": "The case keeps its first grade, and does not count in how far two auditors agree. What was typed "
    "stays on record.",
    "button": "Withdraw this grading",
}


@pages.page("/rounds/<int:round_id>/second-gradings", may=LEAD)
def second_list(round_id: int) -> Any:
    """Which cases a second auditor grades, and how far they are; nothing of the first audit."""
    row = visible_round(round_id)
    rows = [_cells(line, row) for line in sorted(list_seconds(db(), viewer(), round_id), key=_late_first)]
    words = second_words(count_seconds(db(), round_id))
    return render_template("audit_round/seconds.html", row=row, rows=rows, words=words)


def _late_first(line: SecondLine) -> tuple[bool, bool]:
    """What is late, then what else is open, then what is in; within each by reference, as they come."""
    return (line.due_at is None or line.due_at >= now(), line.due_at is None)


def _cells(line: SecondLine, row: AuditRound) -> list[Any]:
    href = url_for("sample.sample_case", round_id=row.id, case_audit_id=line.id)
    state = STATES.get(line.state) or WORKFLOW.labels[line.state]
    due: str = ""
    if line.due_at is not None:
        due = day(local_date(line.due_at))
        due = Markup('<span class="app-late">{}, late</span>').format(due) if line.due_at < now() else due
    return [{"text": case_ref(line.ref), "href": href}, line.auditor or "Nobody yet", state, due]


def _second(round_id: int, case_audit_id: int) -> tuple[AuditRound, CaseAudit]:
    row = visible_round(round_id)
    audit = get_case_audit(db(), viewer(), case_audit_id)
    if audit.round_id != row.id or audit.purpose == "main":
        raise NotFound("There is no such grading in this round.")
    return row, audit


@pages.page("/rounds/<int:round_id>/cases/<int:grading_id>/withdraw", may=LEAD)
def second_withdraw(round_id: int, grading_id: int) -> Any:
    """Withdraw it: the reason."""
    row, audit = _second(round_id, grading_id)
    return _page(row, audit, GiveReasonForm(None, key=new_key(), version=audit.version))


def _page(row: AuditRound, audit: CaseAudit, form: GiveReasonForm) -> str:
    moves = moves_for(db(), "case_audit", audit.id, viewer().person_id, now())
    action = "withdraw_grading"
    why, possible = moves.blocked.get(action, ""), moves.may(action)
    return render_template(
        "audit_round/lead.html", row=row, form=form, action=action, possible=possible, why=why, **WORDS
    )


@pages.act("/rounds/<int:round_id>/cases/<int:grading_id>/withdraw", may=LEAD)
def second_withdraw_now(round_id: int, grading_id: int) -> Any:
    """Withdraw it."""
    _second(round_id, grading_id)
    form, version = GiveReasonForm(request.form), form_version()

    def use() -> None:
        withdraw_grading(db(), grading_id, form.reason.data or "", act(), expected_version=version)

    if tried(form, use, done="The grading is withdrawn. Its auditor is told."):
        return redirect(url_for("case_audit_second.second_list", round_id=round_id), 303)
    return _page(*_second(round_id, grading_id), form), BAD
