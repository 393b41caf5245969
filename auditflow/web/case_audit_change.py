"""The moderator changed a grade: the auditor accepts the change or disputes it, with a reason."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from auditflow.domain.errors import BadInput
from auditflow.domain.grades import Grade
from auditflow.models import CaseAudit
from auditflow.queries.case_audit import find_deadline, get_person_name
from auditflow.queries.case_audit_grades import find_last_decision, list_domain_grades
from auditflow.queries.case_audit_sheet import read_sheet
from auditflow.queries.moves import moves_for
from auditflow.services.case_audit import accept_change, dispute_change
from auditflow.web.case_audit_pages import GRADERS, STATUS_BAD, audit_link, fresh, own_audit, sent_version
from auditflow.web.request import act, db, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.case_audit import DisputeChangeForm

pages = Pages("case_audit_change", __name__)

RULE = "/audits/<int:case_audit_id>/change"


@pages.page(RULE, may=GRADERS, opens="case_audit")
def case_audit_change_show(case_audit_id: int) -> Any:
    """Both grades side by side, the moderator's reason, and the two answers."""
    audit = own_audit(case_audit_id)
    if audit.state != "changed":
        return redirect(audit_link(case_audit_id))
    return _render(audit, DisputeChangeForm(version=audit.version, key=new_key()))


@pages.act(f"{RULE}/accept", may=GRADERS)
def case_audit_change_accept(case_audit_id: int) -> Any:
    """Accept the moderator's grades."""
    own_audit(case_audit_id)
    accept_change(db(), case_audit_id, act(), expected_version=sent_version())
    return redirect(audit_link(case_audit_id), code=303)


@pages.act(f"{RULE}/dispute", may=GRADERS)
def case_audit_change_dispute(case_audit_id: int) -> Any:
    """Dispute them, with the reason."""
    audit, form = own_audit(case_audit_id), DisputeChangeForm(request.form)
    if form.validate():
        try:
            dispute_change(db(), audit.id, act(), reason=form.reason.data or "", expected_version=form.version.data)
            return redirect(audit_link(case_audit_id), code=303)
        except BadInput as refusal:
            form.add_error(refusal.sentence, refusal.field)
    return _render(audit, fresh(form, audit.version)), STATUS_BAD


def _render(audit: CaseAudit, form: DisputeChangeForm) -> str:
    session = db()
    decision = find_last_decision(session, audit.id)
    sheet = read_sheet(session, audit)
    titles = {page.section.key: page.section.title for page in sheet.done.progress}
    grades = list_domain_grades(session, audit.id)
    return render_template(
        "case_audit/change.html",
        audit=audit,
        form=form,
        decision=decision,
        moderator=get_person_name(session, decision.moderator_id if decision else None),
        own=_words(decision.own_grade if decision else audit.first_grade),
        theirs=_words(audit.moderated_grade),
        domains=[(titles.get(key, key), _words(own), _words(theirs)) for key, own, theirs in grades if own != theirs],
        due_at=find_deadline(session, audit.id, ["accept"]),
        moves=moves_for(session, "case_audit", audit.id, viewer().person_id, now()),
        key=new_key(),
    )


def _words(grade: int | None) -> str:
    return Grade(grade).short_name if grade else "Not applicable"
