"""One case of a round as its lead sees it: move it, ask for its removal; and everything that proves the draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from auditflow.domain.errors import NotFound
from auditflow.domain.sample_reasons import EXEMPTION_REASONS, LOST_REASONS, REMOVAL_REASONS
from auditflow.domain.sampling_words import group_words
from auditflow.models import AuditRound, CaseAudit
from auditflow.queries.allocation import read_eligibility
from auditflow.queries.case_audit import find_deadline, get_case_audit, get_team_name
from auditflow.queries.moves import Moves, moves_for
from auditflow.reporting.bundle import bundle_name, draw_bundle
from auditflow.reporting.result_words import PURPOSES
from auditflow.services.allocation import allocate_case
from auditflow.services.sample_change import request_discard, request_exemption, request_removal
from auditflow.web.allocation import SEEN
from auditflow.web.audit_round_pages import BAD, LEAD, READERS, kind_words, to_round, tried, visible_round
from auditflow.web.case_audit_second import STATES
from auditflow.web.dashboard import LABELS
from auditflow.web.download import as_file
from auditflow.web.layout import day, long_day
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.audit_round import GiveReasonForm, LeaveOutForm, MoveCaseForm

pages = Pages("sample", __name__)
TO_DO = ["start", "submit", "answer_return"]
"""The deadlines that the auditor has to keep."""
NO_OTHER = (
    "The head of another service or the director decides. No other case takes its place: every case is in the round."
)
LEAVING = {
    "remove": (
        "ask_to_remove",
        "Ask to remove a case",
        "The head of another service or the director decides. If they approve, the next reserve of its group takes its "
        "place.",
        REMOVAL_REASONS,
    ),
    "exempt": (
        "ask_not_audited",
        "Ask to leave a case not audited",
        "The director decides. The case stays in the planned count, and no reserve comes in.",
        EXEMPTION_REASONS,
    ),
}


TAKEN_AGAIN = (
    "The director decides. The list and the rules can then be changed; what was taken stays on record, and every "
    "result says so."
)


def _case(round_id: int, case_audit_id: int) -> tuple[AuditRound, CaseAudit, Moves]:
    row = visible_round(round_id)
    audit = get_case_audit(db(), viewer(), case_audit_id)
    if audit.round_id != row.id:
        raise NotFound("There is no such case in this round.")
    return row, audit, moves_for(db(), "case_audit", audit.id, viewer().person_id, now())


@pages.page("/rounds/<int:round_id>/cases/<int:case_audit_id>", may=READERS)
def sample_case(round_id: int, case_audit_id: int) -> Any:
    """Where one case stands, and what its lead may do; nothing of what was found."""
    row, audit, moves = _case(round_id, case_audit_id)
    known = read_eligibility(db(), row)
    here = known.cases.get(audit.id)
    auditor = known.candidates.get(audit.auditor_id) if audit.auditor_id else None
    withdrawn = audit.purpose != "main" and audit.state == "removed"
    facts = [
        {"key": "How it came in", "value": kind_words(row, audit.kind)},
        {"key": "Kind of case", "value": group_words(audit.case_type) if audit.case_type else "Not known"},
        {"key": "Team", "value": (here.team if here else get_team_name(db(), audit.team_id)) or "Not known"},
        {
            "key": "Auditor",
            "value": auditor.name if auditor else "Nobody yet" if not audit.auditor_id else "See history",
        },
        {"key": "Allocated", "value": day(audit.allocated_at) if audit.allocated_at else "Not yet"},
    ]
    due_at = None if withdrawn else find_deadline(db(), audit.id, TO_DO)
    if due_at is not None:
        late = Markup('<span class="app-late">{}, late</span>').format(long_day(due_at))
        facts.append({"key": "Due", "value": late if due_at < now() else long_day(due_at)})
    state = LABELS[audit.state]
    if audit.purpose != "main":
        state = f"{PURPOSES[audit.purpose]}: {STATES.get(audit.state, state).lower()}"
    return render_template("audit_round/case.html", row=row, audit=audit, moves=moves, facts=facts, state=state)


@pages.page("/rounds/<int:round_id>/cases/<int:case_audit_id>/move", may=LEAD)
def sample_move(round_id: int, case_audit_id: int) -> Any:
    """Another auditor for one case."""
    row, audit, _ = _case(round_id, case_audit_id)
    return _move_page(row, audit, MoveCaseForm(None, key=new_key(), version=audit.version))


def _move_page(row: AuditRound, audit: CaseAudit, form: MoveCaseForm) -> str:
    known = read_eligibility(db(), row)
    barred = {who: "conflict of interest" for who, case in known.conflicts if case == audit.id}
    barred |= {who: SEEN for who, case in known.graded if case == audit.id}
    form.person_id.choices = [("", "Choose an auditor")]
    for c in known.candidates.values():
        if c.id != audit.auditor_id and c.trained:
            words = f"{c.name}: {c.load} of {c.capacity} cases" + (f", {barred[c.id]}" if c.id in barred else "")
            form.person_id.choices.append((str(c.id), words))
    return render_template("audit_round/move.html", row=row, audit=audit, form=form)


@pages.act("/rounds/<int:round_id>/cases/<int:case_audit_id>/move", may=LEAD)
def sample_move_now(round_id: int, case_audit_id: int) -> Any:
    """Move it."""
    row, audit, _ = _case(round_id, case_audit_id)
    form, version = MoveCaseForm(request.form), form_version()
    _move_page(row, audit, form)

    def use() -> None:
        person, reason = int(form.person_id.data), form.reason.data or ""
        allocate_case(db(), case_audit_id, person, act(), expected_version=version, reason=reason)

    if tried(form, use, done=f"Case {audit.ref} has another auditor."):
        return to_round(round_id)
    row, audit, _ = _case(round_id, case_audit_id)
    return _move_page(row, audit, form), BAD


@pages.page("/rounds/<int:round_id>/cases/<int:case_audit_id>/<any(remove, exempt):way>", may=LEAD)
def sample_leave(round_id: int, case_audit_id: int, way: str) -> Any:
    """Ask that a case leaves the sample, or stays without an audit."""
    row, audit, moves = _case(round_id, case_audit_id)
    return _leave_page(row, audit, moves, way, LeaveOutForm(None, key=new_key(), version=audit.version))


def _leave_page(row: AuditRound, audit: CaseAudit, moves: Moves, way: str, form: LeaveOutForm) -> str:
    action, title, finding, reasons = LEAVING[way]
    if way == "remove" and audit.baseline_id is not None:
        reasons = LOST_REASONS | REMOVAL_REASONS
    form.reason_code.choices = list(reasons.items())
    why = "" if moves.may(action) else moves.blocked.get(action, "This is not possible now.")
    if way == "remove" and row.kind == "census":
        finding = NO_OTHER
    return render_template(
        "audit_round/leave.html", row=row, audit=audit, form=form, title=title, finding=finding, why=why
    )


@pages.act("/rounds/<int:round_id>/cases/<int:case_audit_id>/<any(remove, exempt):way>", may=LEAD)
def sample_leave_now(round_id: int, case_audit_id: int, way: str) -> Any:
    """Ask."""
    row, audit, moves = _case(round_id, case_audit_id)
    form, version = LeaveOutForm(request.form), form_version()
    _leave_page(row, audit, moves, way, form)
    ask: Callable[..., Any] = request_removal if way == "remove" else request_exemption

    def use() -> None:
        ask(db(), case_audit_id, form.reason_code.data, form.reason.data or "", act(), expected_version=version)

    if tried(form, use, done="Your request waits for approval."):
        return to_round(round_id)
    return _leave_page(*_case(round_id, case_audit_id), way, form), BAD


@pages.page("/rounds/<int:round_id>/discard", may=LEAD)
def sample_discard(round_id: int) -> Any:
    """Ask the director to discard the draw."""
    row = visible_round(round_id)
    return _discard_page(row, GiveReasonForm(None, key=new_key(), version=row.version))


def _discard_page(row: AuditRound, form: GiveReasonForm) -> str:
    moves = moves_for(db(), "audit_round", row.id, viewer().person_id, now())
    words = {
        "title": "Ask to discard the draw",
        "finding": "The director decides. The draw stays on record, and every result says how many were discarded.",
        "button": "Ask the director",
        "action": "ask_to_discard_draw",
    }
    if row.kind == "census":
        words |= {"title": "Ask to take the cases again", "finding": TAKEN_AGAIN}
    why = moves.blocked.get("ask_to_discard_draw", "")
    possible = moves.may("ask_to_discard_draw")
    return render_template("audit_round/lead.html", row=row, form=form, possible=possible, why=why, **words)


@pages.act("/rounds/<int:round_id>/discard", may=LEAD)
def sample_discard_now(round_id: int) -> Any:
    """Ask."""
    visible_round(round_id)
    form, version = GiveReasonForm(request.form), form_version()

    def use() -> None:
        request_discard(db(), round_id, form.reason.data or "", act(), expected_version=version)

    if tried(form, use, done="Your request waits for the director."):
        return to_round(round_id)
    return _discard_page(visible_round(round_id), form), BAD


@pages.page("/rounds/<int:round_id>/bundle.zip", may=LEAD)
def sample_bundle(round_id: int) -> Any:
    """Everything that is needed to repeat the draw: list, design, manifest, journal extract, seals.

    The list names every case of the council, so it is the QA lead's to give to whoever is to check the draw.
    """
    row = visible_round(round_id)
    return as_file(draw_bundle(db(), row), bundle_name(row), "zip")
