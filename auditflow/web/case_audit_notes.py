"""Beside the audit itself: private notes, the check for conflicts, the last audit's actions."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from auditflow.queries.moves import moves_for
from auditflow.web.case_audit_pages import (
    GRADERS,
    STATUS_BAD,
    audit_link,
    describe,
    fresh,
    keep,
    keep_and_go,
    keep_for_script,
    own_audit,
    own_sheet,
    writable,
)
from auditflow.web.case_audit_places import LAST_ACTIONS, NOTES, section_place
from auditflow.web.request import db, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.case_audit import AcceptChangeForm, KeepNotesForm

pages = Pages("case_audit_notes", __name__)

RULE = "/audits/<int:case_audit_id>/notes"


@pages.page(RULE, may=GRADERS, opens="case_audit")
def case_audit_notes_show(case_audit_id: int) -> Any:
    """The auditor's own notes on the case."""
    sheet = own_sheet(case_audit_id)
    draft = sheet.drafts.get(NOTES)
    words = draft.content.get("text", "") if draft else ""
    form = KeepNotesForm(data={"text": words}, version=draft.number if draft else 0, key=new_key())
    return _notes(sheet, form)


@pages.act(RULE, may=GRADERS)
def case_audit_notes_save(case_audit_id: int) -> Any:
    """Keep the notes."""
    sheet, form = own_sheet(case_audit_id), KeepNotesForm(request.form)
    if not form.validate():
        return _notes(sheet, fresh(form)), STATUS_BAD
    return keep_and_go(case_audit_id, NOTES, form, {"text": form.text.data or ""}, audit_link(case_audit_id))


@pages.act(f"{RULE}/autosave", may=GRADERS)
def case_audit_notes_autosave(case_audit_id: int) -> Any:
    """Keep the notes while they are typed."""
    own_audit(case_audit_id)
    form = KeepNotesForm(request.form)
    return keep_for_script(case_audit_id, NOTES, form, {"text": form.text.data or ""} if form.validate() else None)


def _notes(sheet: Any, form: Any) -> str:
    draft = sheet.drafts.get(NOTES)
    return render_template(
        "case_audit/notes.html",
        audit=sheet.audit,
        form=form,
        saved_at=draft.saved_at if draft else None,
        writable=writable(sheet.audit),
        save_url=f"{section_place(sheet.audit.id, NOTES)}/autosave",
    )


@pages.page("/audits/<int:case_audit_id>/check", may=GRADERS)
def case_audit_check_conflict(case_audit_id: int) -> Any:
    """Who may not audit a case, and the way to give it back."""
    audit = own_audit(case_audit_id)
    moves = moves_for(db(), "case_audit", audit.id, viewer().person_id, now())
    may_give_back = moves.may("declare_conflict")
    return render_template(
        "case_audit/check_conflict.html", audit=audit, about=describe(audit), may_give_back=may_give_back
    )


@pages.page("/audits/<int:case_audit_id>/last-actions", may=GRADERS, opens="case_audit")
def case_audit_last_actions(case_audit_id: int) -> Any:
    """What the last audit of this case asked for, and what became of it."""
    sheet = own_sheet(case_audit_id)
    draft = sheet.drafts.get(LAST_ACTIONS)
    return render_template(
        "case_audit/last_actions.html",
        audit=sheet.audit,
        tool=sheet.tool,
        actions=sheet.actions.last,
        form=AcceptChangeForm(version=draft.number if draft else 0, key=new_key()),
        read=draft is not None or not writable(sheet.audit),
    )


@pages.act("/audits/<int:case_audit_id>/last-actions", may=GRADERS)
def case_audit_last_actions_read(case_audit_id: int) -> Any:
    """The auditor has read them."""
    own_audit(case_audit_id)
    keep(case_audit_id, LAST_ACTIONS, {"read": "yes"}, 0)
    return redirect(audit_link(case_audit_id), code=303)
