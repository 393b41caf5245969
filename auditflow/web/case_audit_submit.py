"""Checking the answers, submitting them, and what happens next."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from auditflow.domain.audit_tool import answers_digest
from auditflow.domain.errors import BadInput, GuardRefused, Stale, WrongState
from auditflow.queries.case_audit import get_readable_case_audit, get_submission
from auditflow.queries.case_audit_sheet import Sheet, read_sheet
from auditflow.queries.draft import list_waiting_versions
from auditflow.queries.moves import moves_for
from auditflow.services.case_audit import withdraw_submission
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.web.case_audit_answers import answer_groups
from auditflow.web.case_audit_pages import (
    GRADERS,
    STATUS_BAD,
    audit_link,
    concern_link,
    fresh,
    own_audit,
    own_sheet,
    section_link,
    sent_version,
    writable,
)
from auditflow.web.case_audit_places import section_title
from auditflow.web.request import act, db, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.case_audit import SubmitCaseAuditForm

pages = Pages("case_audit_submit", __name__)

READERS = (
    "auditor",
    "external_moderator",
    "qa_lead",
    "team_manager",
    "head_of_service",
    "director",
)


@pages.page("/audits/<int:case_audit_id>/check-answers", may=GRADERS, opens="case_audit")
def case_audit_check(case_audit_id: int) -> Any:
    """Every answer on one page, what is missing first."""
    sheet = own_sheet(case_audit_id)
    if not writable(sheet.audit):
        return redirect(audit_link(case_audit_id))
    return _render(sheet, SubmitCaseAuditForm(version=sheet.audit.version, key=new_key()))


@pages.act("/audits/<int:case_audit_id>/submit", may=GRADERS)
def case_audit_submit(case_audit_id: int) -> Any:
    """Submit what was checked; a refusal comes back to the same page with its sentence."""
    audit, form = own_audit(case_audit_id), SubmitCaseAuditForm(request.form)
    done = url_for("case_audit_submit.case_audit_submitted", case_audit_id=case_audit_id)
    if form.validate():
        try:
            submit_case_audit(
                db(), audit.id, act(), expected_version=form.version.data, checked=request.form.get("digest")
            )
            return redirect(done, code=303)
        except (BadInput, GuardRefused, Stale) as refusal:
            form.add_error(refusal.sentence)
        except WrongState:
            return redirect(done, code=303)
    form.version.data = audit.version
    return _render(read_sheet(db(), audit), fresh(form)), STATUS_BAD


def _render(sheet: Sheet, form: Any) -> str:
    audit = sheet.audit
    waiting = list_waiting_versions(db(), audit.id, viewer().person_id)
    return render_template(
        "case_audit/check.html",
        audit=audit,
        sheet=sheet,
        form=form,
        comments=audit.state == "returned",
        digest=answers_digest(sheet.answers),
        groups=answer_groups(sheet.tool, sheet.answers, audit.case_type, main=not sheet.grading_only),
        actions=sheet.actions.own,
        missing=[(item, section_link(audit.id, item.section)) for item in sheet.done.missing],
        titles={page.section.key: page.section.short_title for page in sheet.done.progress},
        waiting=[(version.id, section_title(sheet, section)) for version, section in waiting],
        concern_href=concern_link(audit.id),
    )


@pages.page("/audits/<int:case_audit_id>/submitted", may=GRADERS)
def case_audit_submitted(case_audit_id: int) -> Any:
    """What happens next."""
    audit = own_audit(case_audit_id)
    if writable(audit) or audit.state == "allocated":
        return redirect(audit_link(case_audit_id))
    moves = moves_for(db(), "case_audit", audit.id, viewer().person_id, now())
    return render_template("case_audit/submitted.html", audit=audit, moves=moves, key=new_key())


@pages.act("/audits/<int:case_audit_id>/withdraw", may=GRADERS)
def case_audit_withdraw(case_audit_id: int) -> Any:
    """Take the submission back while the moderator has not opened it."""
    own_audit(case_audit_id)
    withdraw_submission(db(), case_audit_id, act(), expected_version=sent_version())
    return redirect(audit_link(case_audit_id), code=303)


@pages.page("/audits/<int:case_audit_id>/submissions/<int:number>", may=READERS, opens="case_audit")
def case_audit_submission(case_audit_id: int, number: int) -> Any:
    """The audit as it was submitted."""
    audit = get_readable_case_audit(db(), viewer(), case_audit_id)
    submission = get_submission(db(), viewer(), case_audit_id, number)
    sheet = read_sheet(db(), audit)
    return render_template(
        "case_audit/submission.html",
        audit=audit,
        submission=submission,
        groups=answer_groups(sheet.tool, submission.answers, audit.case_type, main=not sheet.grading_only),
        tool=sheet.tool,
        tool_number=sheet.tool_number,
    )
