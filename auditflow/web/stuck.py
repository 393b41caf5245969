"""Stuck items: what nobody may move, who was left out and why, and the ways out."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from auditflow.queries.stuck import StuckRow, list_stuck
from auditflow.services.stuck import check_stuck
from auditflow.web.request import act, db, new_key, viewer
from auditflow.web.routing import Pages

pages = Pages("stuck", __name__)

READERS = ("qa_lead", "director")


@pages.page("/stuck", may=READERS)
def stuck_list() -> str:
    """Every item that nobody may move, the oldest first."""
    rows = [{"row": row, "ways": ways_out(row)} for row in list_stuck(db(), viewer())]
    return render_template("stuck/list.html", rows=rows, key=new_key())


@pages.act("/stuck/check", may=READERS)
def stuck_check() -> Any:
    """Ask again now, after something was changed."""
    checked = check_stuck(db(), act().by_system("stuck"))
    flash(f"{checked.open} open items were checked.", "success")
    return redirect(url_for(".stuck_list"), code=303)


def ways_out(row: StuckRow) -> list[dict[str, str]]:
    """Where the item is given to somebody else, handed to an external moderator, or to the director."""
    return [
        {"text": text, "href": href.format(id=row.subject_id, round=row.round_id)}
        for text, href in WAYS.get((row.subject_type, row.state), WAYS.get((row.subject_type, ""), ()))
    ]


_OTHERS = "Give it to somebody else, an external moderator or the director"
WAYS: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("moderation", ""): ((_OTHERS, "/moderation/{id}/assign"),),
    ("case_audit", "disputed"): (("See the dispute; the director may hand it on", "/audits/{id}/dispute"),),
    ("case_audit", "agreed"): (("Share the feedback yourself", "/audits/{id}/feedback"),),
    ("case_audit", "returned"): (("Decide without the auditor", "/audits/{id}/without-auditor"),),
    ("case_audit", ""): (
        ("Give it to another auditor", "/rounds/{round}/cases/{id}/move"),
        ("Ask the director to leave it not audited", "/rounds/{round}/cases/{id}/exempt"),
    ),
    ("action", ""): (("Give it to another owner; the director may check it", "/actions/{id}"),),
    ("correction", ""): (("The director may decide it", "/corrections/{id}"),),
    ("approval", ""): (("See the request", "/approvals/{id}"),),
    ("alert", ""): (("See the concern; the director may answer it", "/concerns/{id}"),),
    ("audit_round", ""): (("See the round: it needs a quality assurance lead", "/rounds/{id}"),),
}
"""Kind and state (blank is any) -> what can be done about it and where."""
