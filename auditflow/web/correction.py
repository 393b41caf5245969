"""Corrections: asking for one, both versions beside each other, the decision."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.audit_tool import AuditTool
from auditflow.domain.correction import is_grade, items_of, value_of
from auditflow.domain.errors import BadInput, GuardRefused, NotFound, WrongState
from auditflow.models import CaseAudit, Correction
from auditflow.queries.audit_tool import get_round_tool
from auditflow.queries.case_audit import get_person_name, get_readable_case_audit
from auditflow.queries.correction import get_visible_correction, list_open_corrections, list_versions
from auditflow.queries.moderation_sheet import domain_title, grade_words
from auditflow.queries.moves import Moves, moves_for
from auditflow.services.correction import approve_correction, refuse_correction, request_correction
from auditflow.web.moderation import describe
from auditflow.web.request import act, db, new_key, now, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from forms.correction import DecideCorrectionForm, RequestCorrectionForm

pages = Pages("correction", __name__)

DECIDERS = ("qa_lead", "director")
FIELDS = {"grade": "grade", "reason": "reason", "evidence": "evidence", "difference": "difference for the child"}
BAD = 400


@pages.page("/corrections", may=DECIDERS)
def correction_list() -> str:
    """The corrections that wait for a decision."""
    return render_template("correction/list.html", rows=list_open_corrections(db(), viewer()))


@pages.page("/audits/<int:case_audit_id>/correction", may=SIGNED_IN, opens="case_audit")
def correction_request_show(case_audit_id: int) -> str:
    """What can be corrected, and the form."""
    audit, answers = _readable(case_audit_id)
    form = _form(audit, answers, RequestCorrectionForm(version=audit.version, key=new_key()))
    return _request_page(audit, form)


@pages.act("/audits/<int:case_audit_id>/correction", may=SIGNED_IN)
def correction_request(case_audit_id: int) -> Any:
    """Ask for it."""
    audit, answers = _readable(case_audit_id)
    form = _form(audit, answers, RequestCorrectionForm(request.form))
    if form.validate():
        try:
            row = request_correction(
                db(), audit.id, form.item.data, {"value": form.value()}, form.reason.data or "", act()
            )
            flash("A quality assurance lead who has no part in it decides, or the director. You hear of it.", "success")
            return redirect(url_for(".correction_show", correction_id=row.id), code=303)
        except (BadInput, GuardRefused, WrongState) as refusal:
            db().rollback()
            form.add_error(refusal.sentence, refusal.field)
    form.key.data, form.version.data = new_key(), audit.version
    return _request_page(audit, form), BAD


@pages.page("/corrections/<int:correction_id>", may=SIGNED_IN, opens="correction")
def correction_show(correction_id: int) -> str:
    """What it says and what it should say, side by side; the decision for who may decide."""
    row, moves = _seen(correction_id)
    return _render(row, moves, DecideCorrectionForm(version=row.version, key=new_key()))


@pages.act("/corrections/<int:correction_id>", may=DECIDERS)
def correction_decide(correction_id: int) -> Any:
    """Approve or refuse."""
    row, moves = _seen(correction_id)
    form = DecideCorrectionForm(request.form)
    if form.validate():
        decide = approve_correction if form.choice.data == "approve" else refuse_correction
        try:
            decide(db(), correction_id, form.reason.data or "", act(), version=form.version.data)
            flash("Approved." if form.choice.data == "approve" else "Refused.", "success")
            return redirect(url_for(".correction_show", correction_id=correction_id), code=303)
        except (BadInput, GuardRefused) as refusal:
            db().rollback()
            form.add_error(refusal.sentence, refusal.field or "choice")
    form.key.data, form.version.data = new_key(), row.version
    return _render(row, moves, form), BAD


def _readable(case_audit_id: int) -> tuple[CaseAudit, Any]:
    """The audit and its answers as they stand, for somebody who may ask. Raises NotFound."""
    audit = get_readable_case_audit(db(), viewer(), case_audit_id)
    moves = moves_for(db(), "case_audit", case_audit_id, viewer().person_id, now())
    if not moves.may("request_correction"):
        raise NotFound("There is no such audit among those that can be corrected.")
    return audit, list_versions(db(), case_audit_id)[-1].answers


def _form(audit: CaseAudit, answers: Any, form: RequestCorrectionForm) -> RequestCorrectionForm:
    tool = get_round_tool(db(), audit.round_id)
    form.offer([(item, item_words(tool, item)) for item in items_of(answers)])
    return form


def item_words(tool: AuditTool, item: str) -> str:
    """An item in words: “Overall grade”, “Risk: evidence”."""
    *path, name = item.split(".")
    if path == ["overall"]:
        return "Overall grade" if name == "grade" else "Overall grade: reason"
    return f"{domain_title(tool, path[-1])}: {FIELDS.get(name, name)}"


def value_words(item: str, value: Any) -> str:
    """What an item says: a grade in words, or the words."""
    if not is_grade(item):
        return str(value or "")
    return grade_words(value if isinstance(value, int) else None)


def _seen(correction_id: int) -> tuple[Correction, Moves]:
    """The correction, for who asked and who may decide. Raises NotFound."""
    row = get_visible_correction(db(), viewer(), correction_id)
    return row, moves_for(db(), "correction", correction_id, viewer().person_id, now())


def _request_page(audit: CaseAudit, form: RequestCorrectionForm) -> str:
    return render_template("correction/request.html", audit=audit, form=form, about=describe(audit))


def _render(row: Correction, moves: Moves, form: DecideCorrectionForm) -> str:
    audit = db().get_one(CaseAudit, row.case_audit_id)
    versions = list_versions(db(), audit.id)
    before = next((v for v, after in pairwise(versions) if after.correction is row), versions[-1])
    return render_template(
        "correction/show.html",
        row=row,
        audit=audit,
        form=form,
        moves=moves,
        why_not=moves.blocked.get("approve", ""),
        item=item_words(get_round_tool(db(), audit.round_id), row.item),
        says=value_words(row.item, value_of(before.answers, row.item)),
        should=value_words(row.item, row.proposed["value"]),
        asked_by=get_person_name(db(), row.requested_by_id),
        decided_by=get_person_name(db(), row.decided_by_id),
        about=describe(audit),
    )
