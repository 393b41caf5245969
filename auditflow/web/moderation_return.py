"""The QA lead sends on an audit that went back and is not answered."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import BadInput, GuardRefused
from auditflow.models import CaseAudit
from auditflow.queries.case_audit import get_case_audit, get_person_name
from auditflow.queries.moderation import find_open_moderation
from auditflow.queries.moves import moves_for
from auditflow.services.moderation_return import decide_without_auditor
from auditflow.web.moderation import describe, task_link
from auditflow.web.request import act, db, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.moderation import SendOnForm

pages = Pages("moderation_return", __name__)

RULE = "/audits/<int:case_audit_id>/without-auditor"
LEAD = ("qa_lead",)


@pages.page(RULE, may=LEAD)
def moderation_return_show(case_audit_id: int) -> Any:
    """Why it can be sent on, or why not yet."""
    audit = get_case_audit(db(), viewer(), case_audit_id)
    return _render(audit, SendOnForm(version=audit.version, key=new_key()))


@pages.act(RULE, may=LEAD)
def moderation_return_send(case_audit_id: int) -> Any:
    """Send it on to its moderator."""
    audit, form = get_case_audit(db(), viewer(), case_audit_id), SendOnForm(request.form)
    if form.validate():
        try:
            decide_without_auditor(db(), case_audit_id, form.reason.data or "", act(), version=form.version.data)
            flash("It is back in moderation.", "success")
            task = find_open_moderation(db(), case_audit_id)
            return redirect(task_link(task.id) if task else url_for("moderation.moderation_list"), code=303)
        except (BadInput, GuardRefused) as refusal:
            form.add_error(refusal.sentence, refusal.field)
    form.key.data, form.version.data = new_key(), audit.version
    return _render(audit, form), 400


def _render(audit: CaseAudit, form: SendOnForm) -> str:
    moves = moves_for(db(), "case_audit", audit.id, viewer().person_id, now())
    return render_template(
        "moderation/send_on.html",
        audit=audit,
        form=form,
        about=describe(audit),
        auditor=get_person_name(db(), audit.auditor_id),
        may=moves.may("decide_without_auditor"),
        blocked=moves.blocked.get("decide_without_auditor", "This audit is not back with its auditor."),
    )
