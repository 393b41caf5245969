"""Contested grades: the list, the challenge of the service, the decision, handing it to somebody outside."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import BadInput, GuardRefused, NotFound, Refused
from auditflow.models import CaseAudit, Dispute
from auditflow.queries.audit_tool import get_round_tool
from auditflow.queries.case_audit import find_deadline, get_person_name, get_readable_case_audit
from auditflow.queries.case_audit_grades import find_last_decision
from auditflow.queries.correction import get_last_submission
from auditflow.queries.dispute import list_disputed, list_disputes, list_domains_in_use, list_external_deciders
from auditflow.queries.moderation_sheet import domain_title, grade_words, read_submission
from auditflow.queries.moves import Moves, moves_for
from auditflow.services.dispute import Determination, challenge_grade, determine_dispute, hand_dispute_to_external
from auditflow.web.due import due_words, is_late
from auditflow.web.moderation import describe
from auditflow.web.request import act, db, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.base import ChangeForm
from forms.dispute import ChallengeGradeForm, DetermineDisputeForm, HandDisputeForm, determine_form

pages = Pages("dispute", __name__)

DECIDERS = ("qa_lead", "head_of_service", "director", "external_moderator")
RULE = "/audits/<int:case_audit_id>/dispute"
BAD = 400


@pages.page("/disputes", may=DECIDERS)
def dispute_list() -> str:
    """The disputes that this person may know of, the first due first."""
    rows = [(audit, round_name, due_words(due, "").strip(), is_late(due)) for audit, round_name, due in _mine()]
    return render_template("dispute/list.html", rows=rows, words=grade_words)


def _mine() -> list[Any]:
    return list_disputed(db(), viewer())


@pages.page(RULE, may=DECIDERS, opens="case_audit")
def dispute_show(case_audit_id: int) -> str:
    """Both grades, both reasons, the audit, and the decision."""
    audit = _seen(case_audit_id)
    return _render(audit, _form(audit))


@pages.act(RULE, may=DECIDERS)
def dispute_determine(case_audit_id: int) -> Any:
    """Decide."""
    audit = _seen(case_audit_id)
    form = _form(audit, sent=True)
    if form.validate():
        decision = Determination(int(form.grade.data), form.reason.data or "", form.changed())
        try:
            determine_dispute(db(), case_audit_id, decision, act(), version=form.version.data)
            flash("You have decided. Everybody concerned is told.", "success")
            return redirect(url_for(".dispute_list"), code=303)
        except (BadInput, GuardRefused) as refusal:
            _refused(form, refusal)
    return _render(_seen(case_audit_id), _fresh(form, audit)), BAD


@pages.act(f"{RULE}/hand-on", may=("director",))
def dispute_hand_on(case_audit_id: int) -> Any:
    """The director hands it to an external moderator."""
    audit, form = _seen(case_audit_id), _hand_form(sent=True)
    if form.validate():
        try:
            hand_dispute_to_external(db(), case_audit_id, int(form.person_id.data), act(), version=form.version.data)
            flash("It is with the external moderator.", "success")
            return redirect(url_for(".dispute_show", case_audit_id=case_audit_id), code=303)
        except Refused as refusal:
            _refused(form, refusal)
    return _render(audit, _form(audit), _fresh(form, audit), errors=form.error_list()), BAD


@pages.page("/audits/<int:case_audit_id>/challenge", may=("team_manager",), opens="case_audit")
def dispute_challenge_show(case_audit_id: int) -> Any:
    """The grade, by when it can be challenged, and the form."""
    audit, moves = _challengeable(case_audit_id)
    return _challenge_page(audit, moves, ChallengeGradeForm(version=audit.version, key=new_key()))


@pages.act("/audits/<int:case_audit_id>/challenge", may=("team_manager",))
def dispute_challenge(case_audit_id: int) -> Any:
    """Challenge the grade."""
    audit, moves = _challengeable(case_audit_id)
    form = ChallengeGradeForm(request.form)
    if form.validate():
        try:
            challenge_grade(db(), case_audit_id, form.reason.data or "", act(), version=form.version.data)
            flash("The grade is challenged. Somebody outside your line and the auditor’s decides.", "success")
            return redirect(url_for("feedback.feedback_show", case_audit_id=case_audit_id), code=303)
        except (BadInput, GuardRefused) as refusal:
            _refused(form, refusal)
    return _challenge_page(audit, moves, _fresh(form, audit)), BAD


def _challengeable(case_audit_id: int) -> tuple[CaseAudit, Moves]:
    """The audit with feedback shared, if the signed-in person manages the case's team. Raises NotFound."""
    audit = get_readable_case_audit(db(), viewer(), case_audit_id)
    moves = moves_for(db(), "case_audit", case_audit_id, viewer().person_id, now())
    if "case_team_manager" not in moves.facts.roles:
        raise NotFound("There is no such audit.")
    return audit, moves


def _challenge_page(audit: CaseAudit, moves: Moves, form: ChallengeGradeForm) -> str:
    return render_template(
        "dispute/challenge.html",
        audit=audit,
        form=form,
        about=describe(audit),
        may=moves.may("challenge"),
        blocked=moves.blocked.get("challenge", "This grade cannot be challenged now."),
        grade=grade_words(audit.published_grade),
        due=due_words(find_deadline(db(), audit.id, ["challenge"]), "You can challenge it until"),
    )


def _seen(case_audit_id: int) -> CaseAudit:
    """The audit, if the signed-in person may read it and there was a dispute about it. Raises NotFound."""
    audit = get_readable_case_audit(db(), viewer(), case_audit_id)
    if not list_disputes(db(), case_audit_id):
        raise NotFound("There is no dispute about this audit.")
    return audit


def _form(audit: CaseAudit, *, sent: bool = False) -> DetermineDisputeForm:
    tool = get_round_tool(db(), audit.round_id)
    in_use = list_domains_in_use(db(), audit.id)
    form_class = determine_form({key: (domain_title(tool, key), grade) for key, grade in in_use.items() if grade})
    return form_class(request.form) if sent else form_class(version=audit.version, key=new_key())


def _hand_form(*, sent: bool = False, version: int = 0) -> HandDisputeForm:
    form = HandDisputeForm(request.form) if sent else HandDisputeForm(version=version, key=new_key())
    form.offer([(str(person_id), name) for person_id, name in list_external_deciders(db(), now())])
    return form


def _refused(form: ChangeForm, refusal: Refused) -> None:
    db().rollback()
    form.add_error(refusal.sentence, f"grade_{refusal.field}" if f"grade_{refusal.field}" in form else refusal.field)


def _fresh(form: Any, audit: CaseAudit) -> Any:
    form.key.data = new_key()
    if form.version.data is None:
        form.version.data = audit.version
    return form


def _render(
    audit: CaseAudit,
    form: DetermineDisputeForm,
    hand: HandDisputeForm | None = None,
    errors: list[dict[str, str]] | None = None,
) -> str:
    disputes = list_disputes(db(), audit.id)
    moves = moves_for(db(), "case_audit", audit.id, viewer().person_id, now())
    due = find_deadline(db(), audit.id, ["determine"])
    return render_template(
        "dispute/show.html",
        audit=audit,
        form=form,
        hand=hand or _hand_form(version=audit.version),
        errors=errors if errors is not None else form.error_list(),
        about=describe(audit),
        sheet=read_submission(db(), audit, get_last_submission(db(), audit.id)),
        decision=find_last_decision(db(), audit.id),
        disputes=[(dispute, *_names(dispute)) for dispute in disputes],
        first=grade_words(audit.first_grade),
        moderated=grade_words(audit.moderated_grade),
        used=grade_words(audit.published_grade),
        words=grade_words,
        moves=moves,
        why_not=moves.blocked.get("determine", ""),
        due=due_words(due),
        late=is_late(due),
    )


def _names(dispute: Dispute) -> tuple[str, str]:
    return get_person_name(db(), dispute.raised_by_id), get_person_name(db(), dispute.decided_by_id)
