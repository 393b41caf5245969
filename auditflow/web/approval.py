"""Requests that wait for a second pair of eyes: the list, one request, the decision."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.models import Approval
from auditflow.queries.approval import RequestLine, get_request, list_decided_requests, list_open_requests
from auditflow.queries.case_audit import get_person_name
from auditflow.queries.moves import moves_for
from auditflow.services.action_cannot_do import ASK as CANNOT_DO
from auditflow.services.action_cannot_do import approve_cannot_do, refuse_cannot_do
from auditflow.services.approval import approve_request, refuse_request, withdraw_request
from auditflow.web.audit_round_pages import BAD, tried
from auditflow.web.dashboard_words import ASKS, LISTED
from auditflow.web.layout import about_case, day
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.audit_round import DecideRequestForm
from workflows.registry import WORKFLOWS

pages = Pages("approval", __name__)
MAY = ("qa_lead", "director", "head_of_service")
LABELS = WORKFLOWS["approval"].labels


@pages.page("/approvals", may=MAY)
def approval_list() -> Any:
    """What waits, and what was decided last."""
    waiting = list_open_requests(db(), viewer())
    decided = list_decided_requests(db(), viewer())
    return render_template(
        "approval/list.html",
        waiting=[_row(line) for line in waiting],
        decided=[[*_row(line), LABELS[line.state]] for line in decided],
    )


WHO = {
    "remove": "the head of another service, or the director",
    CANNOT_DO: "the head of the case’s own service, or the director",
}
"""Who decides what is asked for; anything else is the director's alone."""


def _row(line: RequestLine) -> list[Any]:
    href = url_for("approval.approval_show", approval_id=line.id)
    title = about_case(ASKS[line.ask], line.ref)
    return [{"text": title, "href": href}, line.round_name, line.requested_by, day(line.requested_at)]


@pages.page("/approvals/<int:approval_id>", may=MAY)
def approval_show(approval_id: int) -> Any:
    """One request, with all that whoever decides must know."""
    row, line = get_request(db(), viewer(), approval_id)
    return _page(row, line, DecideRequestForm(None, key=new_key(), version=row.version))


def _page(row: Approval, line: RequestLine, form: DecideRequestForm) -> str:
    moves = moves_for(db(), "approval", row.id, viewer().person_id, now())
    return render_template(
        "approval/show.html",
        row=row,
        line=line,
        form=form,
        title=ASKS[line.ask].format(line.ref),
        facts=_facts(row, line),
        moves=moves,
        why=next(iter(moves.blocked.values()), ""),
        who=WHO.get(line.ask, "the director"),
        state=LABELS[row.state],
    )


def _facts(row: Approval, line: RequestLine) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"key": "Asked by", "value": f"{line.requested_by}, {day(line.requested_at)}"},
        {"key": "Reason", "value": LISTED.get(line.ask, {}).get(line.reason_code, "") or line.reason},
    ]
    if line.round_name:
        facts.append({"key": "Round", "value": line.round_name})
    if line.ask in LISTED:
        facts += [{"key": "What happened", "value": line.reason, "lines": True}, _opened(row.facts)]
    if line.ask == "remove" and row.state == "requested":
        reserve = row.facts.get("reserve")
        instead = f"Reserve {reserve} takes its place" if reserve else "No reserve is left: the case is missing"
        facts.append({"key": "If you approve", "value": instead})
    if row.decided_at is not None:
        decider = get_person_name(db(), row.decided_by_id)
        facts.append({"key": LABELS[row.state], "value": f"{decider}, {day(row.decided_at)}" if decider else ""})
    return facts


def _opened(facts: dict[str, Any]) -> dict[str, Any]:
    """Whether it had been opened: a case must not leave because of what was found in it."""
    seen = []
    if facts.get("started"):
        seen.append("the audit was started")
    if facts.get("drafts"):
        seen.append("1 page was written" if facts["drafts"] == 1 else f"{facts['drafts']} pages were written")
    if facts.get("readings"):
        times = "once" if facts["readings"] == 1 else f"{facts['readings']} times"
        seen.append(f"the auditor opened it {times}")
    words = "Yes: " + ", ".join(seen) if seen else "No: the auditor has not opened it"
    return {"key": "Had it been opened?", "value": words}


@pages.act("/approvals/<int:approval_id>", may=MAY)
def approval_decide(approval_id: int) -> Any:
    """Approve (and make the move), or refuse."""
    row, line = get_request(db(), viewer(), approval_id)
    form, version = DecideRequestForm(request.form), form_version()
    approving = form.decision.data == "approve"

    def use() -> None:
        reason = form.reason.data or ""
        if line.ask == CANNOT_DO:
            (approve_cannot_do if approving else refuse_cannot_do)(db(), approval_id, reason, act(), version=version)
        elif approving:
            approve_request(db(), approval_id, act(), expected_version=version, comment=reason)
        else:
            refuse_request(db(), approval_id, reason, act(), expected_version=version)

    if tried(form, use, done="Approved." if approving else "Refused."):
        return redirect(url_for("approval.approval_list"), 303)
    return _page(*get_request(db(), viewer(), row.id), form), BAD


@pages.act("/approvals/<int:approval_id>/withdraw", may=MAY)
def approval_withdraw(approval_id: int) -> Any:
    """Take one's own request back."""
    get_request(db(), viewer(), approval_id)
    withdraw_request(db(), approval_id, act(), expected_version=form_version())
    flash("The request is withdrawn.", "success")
    return redirect(url_for("approval.approval_list"), 303)
