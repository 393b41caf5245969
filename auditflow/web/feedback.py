"""Feedback: the practitioner's invitation and reflection, sharing, and the outcome as the service reads it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import BadInput, NotFound, Stale, WrongState
from auditflow.models import CaseAudit, Reflection
from auditflow.queries.case_audit import find_deadline, get_case_audit
from auditflow.queries.case_audit_actions import list_case_actions
from auditflow.queries.case_audit_grades import find_last_decision
from auditflow.queries.correction import get_last_submission, list_versions
from auditflow.queries.dispute import list_domains_in_use
from auditflow.queries.feedback import FeedbackRow, find_reflection, list_feedback, list_readers, list_reflections
from auditflow.queries.moderation_sheet import ModerationSheet, grade_words, read_submission
from auditflow.queries.moves import Moves, moves_for
from auditflow.services.feedback import read_outcome, reflect, share_feedback
from auditflow.web.due import due_words
from auditflow.web.moderation import describe
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from forms.feedback import ReflectForm

pages = Pages("feedback", __name__)

RULE = "/audits/<int:case_audit_id>/feedback"
GRADED = ("agreed", "disputed", "feedback_shared", "closed")


@pages.page("/feedback", may=("practitioner", "team_manager"))
def feedback_list() -> str:
    """What I was asked about my cases, and what was found in my team's."""
    rows = list_feedback(db(), viewer())
    to_say = [row for row in rows if _to_say(row)]
    to_read = [row for row in rows if row.reflection and row.audit.shared_at and not row.reflection.read_at]
    rest = [row for row in rows if row not in to_say and row not in to_read]
    return render_template(
        "feedback/list.html", rows=[*to_say, *to_read, *rest], to_say=len(to_say), to_read=len(to_read)
    )


def _to_say(row: FeedbackRow) -> bool:
    if row.reflection is None or row.reflection.reflected_at or row.audit.shared_at:
        return False
    return row.audit.state not in ("removed", "not_audited")


@pages.page(RULE, may=SIGNED_IN, opens="case_audit")
def feedback_show(case_audit_id: int) -> str:
    """The invitation before feedback is shared, what would be shared, or what was found."""
    audit, mine, moves = _seen(case_audit_id)
    form = ReflectForm(version=audit.version, key=new_key(), reflection=mine.reflection if mine else "")
    return _render(audit, mine, moves, form)


@pages.act(f"{RULE}/share", may=SIGNED_IN)
def feedback_share(case_audit_id: int) -> Any:
    """Share it with the worker and the manager."""
    _seen(case_audit_id)
    share_feedback(db(), case_audit_id, act(), version=form_version())
    flash("The feedback is shared.", "success")
    return redirect(url_for(".feedback_show", case_audit_id=case_audit_id), code=303)


@pages.act(f"{RULE}/reflect", may=SIGNED_IN)
def feedback_reflect(case_audit_id: int) -> Any:
    """The practitioner's own words."""
    audit, mine, moves = _seen(case_audit_id)
    if mine is None:
        raise NotFound("There is no such audit.")
    form, saved = ReflectForm(request.form), ""
    if form.validate():
        try:
            reflect(db(), case_audit_id, form.reflection.data or "", act(), version=form_version())
            flash("Thank you. The auditor reads what you wrote.", "success")
            return redirect(url_for(".feedback_show", case_audit_id=case_audit_id), code=303)
        except (BadInput, WrongState) as refusal:
            form.add_error(refusal.sentence, refusal.field)
        except Stale as refusal:
            form.add_error(refusal.sentence, "reflection")
            saved = mine.reflection or ""
    form.key.data, form.version.data = new_key(), audit.version
    return _render(audit, mine, moves, form, saved=saved), 400


@pages.act(f"{RULE}/read", may=SIGNED_IN)
def feedback_read(case_audit_id: int) -> Any:
    """The practitioner has read what was found."""
    _seen(case_audit_id)
    read_outcome(db(), case_audit_id, act())
    flash("Noted: you have read the outcome.", "success")
    return redirect(url_for(".feedback_show", case_audit_id=case_audit_id), code=303)


def _seen(case_audit_id: int) -> tuple[CaseAudit, Reflection | None, Moves]:
    """The audit for somebody who was asked about it, may share it, or may read what was shared. NotFound else."""
    me = viewer().person_id
    audit = get_case_audit(db(), viewer(), case_audit_id)
    mine = find_reflection(db(), case_audit_id, me)
    moves = moves_for(db(), "case_audit", case_audit_id, me, now())
    if mine is None and not moves.may("share_feedback") and not _reads(audit, moves):
        raise NotFound("There is no such audit.")
    return audit, mine, moves


def _reads(audit: CaseAudit, moves: Moves) -> bool:
    return audit.shared_at is not None and "reader" in moves.facts.roles


def _render(audit: CaseAudit, mine: Reflection | None, moves: Moves, form: ReflectForm, *, saved: str = "") -> str:
    shares = moves.may("share_feedback")
    shown = audit.state in GRADED and (shares or audit.shared_at is not None)
    return render_template(
        "feedback/show.html",
        audit=audit,
        mine=mine,
        form=form,
        saved=saved,
        moves=moves,
        shares=shares,
        manages=bool(viewer().managed_team_ids) and not shares,
        sheet=_corrected(audit) if shown else None,
        grades=_grades(audit) if shown else {},
        decision=find_last_decision(db(), audit.id) if shown else None,
        actions=list_case_actions(db(), audit).own if shown else (),
        reflections=list_reflections(db(), audit.id) if shown and mine is None else [],
        grade=grade_words(audit.published_grade),
        about=describe(audit),
        readers=list_readers(db(), audit) if shares else [],
        challenge=due_words(find_deadline(db(), audit.id, ["challenge"]), "until"),
        key=new_key(),
    )


def _corrected(audit: CaseAudit) -> ModerationSheet:
    """The last submission as it stands after its corrections."""
    newest = list_versions(db(), audit.id)[-1].answers
    return read_submission(db(), audit, get_last_submission(db(), audit.id), answers=newest)


def _grades(audit: CaseAudit) -> dict[str, str]:
    return {key: grade_words(grade) for key, grade in list_domains_in_use(db(), audit.id).items()}
