"""Deciding: the audit on the left, the decision on the right; nothing typed is lost on the way."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from auditflow.domain.errors import BadInput, GuardRefused, Misuse
from auditflow.models import Draft, Moderation
from auditflow.queries.case_audit import get_person_name
from auditflow.queries.draft import find_draft
from auditflow.queries.moderation import list_comments
from auditflow.queries.moderation_list import find_due
from auditflow.queries.moderation_sheet import ModerationSheet, read_moderation_sheet
from auditflow.queries.moves import moves_for
from auditflow.services.draft import Conflict, Saved, keep_draft
from auditflow.services.moderation import Decision, comment_on, decide_moderation, require_moderator
from auditflow.services.moderation_decision import graded_domains
from auditflow.web.due import due_words, is_late
from auditflow.web.layout import clock_time
from auditflow.web.moderation import MODERATORS, chosen_because, describe, own_task, task_link
from auditflow.web.request import act, db, new_key, now, viewer
from auditflow.web.routing import Pages
from auditflow.web.timetable_words import time_limit
from forms.moderation import DecideModerationForm, decide_form

pages = Pages("moderation_decision", __name__)

RULE = "/moderation/<int:moderation_id>/decide"
SECTION = "moderation"
NOT_KEPT = frozenset({"csrf_token", "key", "version", "task", "step"})


@pages.page(RULE, may=MODERATORS, opens="moderation")
def moderation_decision_show(moderation_id: int) -> Any:
    """The audit and the form, as far as it was filled in."""
    task = own_task(moderation_id)
    if task.state != "with_moderator" or task.opened_at is None:
        return redirect(task_link(moderation_id))
    sheet = read_moderation_sheet(db(), task)
    return _render(task, sheet, _stored(task, sheet))


@pages.act(RULE, may=MODERATORS)
def moderation_decision_save(moderation_id: int) -> Any:
    """Keep what was typed; with the button “Record the decision”, decide."""
    task = own_task(moderation_id)
    sheet = read_moderation_sheet(db(), task)
    form = _class(task, sheet)(request.form)
    if request.form.get("step") == "decide":
        return _decide(task, sheet, form)
    if not form.validate():
        return _again(task, sheet, form)
    kept = _keep(task, form)
    if isinstance(kept, Conflict):
        return _beside(task, sheet, form)
    return redirect(url_for(".moderation_decision_show", moderation_id=task.id, _anchor="decide"), code=303)


@pages.act(f"{RULE}/autosave", may=MODERATORS)
def moderation_decision_autosave(moderation_id: int) -> Any:
    """Keep what is being typed."""
    task = own_task(moderation_id)
    form = _class(task, read_moderation_sheet(db(), task))(request.form)
    if not form.validate():
        return jsonify(error=form.error_list()[0]["text"]), 400
    kept = _keep(task, form)
    if isinstance(kept, Conflict):
        return jsonify(conflict=url_for(".moderation_decision_show", moderation_id=task.id)), 409
    return jsonify(saved_at=clock_time(kept.saved_at), version=kept.number), 200


def _decide(task: Moderation, sheet: ModerationSheet, form: DecideModerationForm) -> Any:
    task_id = task.id
    if not form.validate() or not form.check():
        return _again(task, sheet, form)
    try:
        with db().begin_nested():
            if task.state == "with_moderator":
                for item, comment in form.comments().items():
                    comment_on(db(), task_id, item, comment, act())
            decide_moderation(db(), task_id, _decision(form), act(), version=int(form.task.data or -1))
    except (BadInput, GuardRefused, Misuse) as refusal:
        field = refusal.field or ""
        form.add_error(refusal.sentence, f"grade_{field}" if f"grade_{field}" in form else field or "choice")
        return _again(task, sheet, form)
    flash(_DONE[form.choice.data].format(time=time_limit("days_to_accept_change")), "success")
    return redirect(url_for("moderation.moderation_list"), code=303)


_DONE = {
    "confirm": "You have confirmed the grades. The audit is agreed.",
    "change": "You have changed the grades. The auditor has {time} to accept or dispute the change.",
    "return": "The audit is back with its auditor, with your comments.",
}


def _decision(form: DecideModerationForm) -> Decision:
    return Decision(
        form.choice.data,
        reason=form.reason.data or "" if form.choice.data == "change" else "",
        overall=int(form.overall.data) if form.overall.data else None,
        domains=form.grades(),
        audit_view=form.view(),
    )


def _class(task: Moderation, sheet: ModerationSheet) -> type[DecideModerationForm]:
    titles = {domain.key: domain.title for domain in sheet.domains}
    graded = {key: (titles[key], grade) for key, grade in graded_domains(sheet.submission).items()}
    items = [("overall", "the overall grade"), *titles.items(), ("participation", "who took part")]
    moves = moves_for(db(), "case_audit", sheet.audit.id, viewer().person_id, now())
    choices = [
        ("confirm", f"Confirm {sheet.grade_words}", "Every grade stays as the auditor gave it."),
        ("change", "Change a grade", "The overall grade, or that of a domain."),
    ]
    # A form sent twice still finds its own answer among those offered.
    if moves.may("return_to_auditor") or task.state != "with_moderator":
        choices.append(("return", "Return to the auditor", "Needs at least one comment."))
    return decide_form(graded, items, choices, sheet.submission.overall_grade)


def _stored(task: Moderation, sheet: ModerationSheet) -> DecideModerationForm:
    draft = _draft(task)
    comments = {f"comment_{c.item}": c.comment for c in list_comments(db(), [task.id])}
    typed = {**comments, **(draft.content if draft else {})}
    return _class(task, sheet)(data=typed, version=draft.number if draft else 0, task=str(task.version), key=new_key())


def _draft(task: Moderation) -> Draft | None:
    return find_draft(db(), task.case_audit_id, viewer().person_id, f"{SECTION}.{task.id}")


def _keep(task: Moderation, form: DecideModerationForm) -> Saved | Conflict:
    require_moderator(db(), task, act())
    content = {name: field.data for name, field in form._fields.items() if name not in NOT_KEPT and field.data}
    return keep_draft(
        db(),
        task.case_audit_id,
        act(),
        section=f"{SECTION}.{task.id}",
        content=content,
        base_number=form.version.data or 0,
    )


def _again(task: Moderation, sheet: ModerationSheet, form: DecideModerationForm) -> tuple[str, int]:
    """The page with what was typed and why it could not be taken; what can be kept is kept."""
    form.key.data = new_key()
    if form.version.data is None:
        form.version.data = 0
    return _render(task, sheet, form), 400


def _beside(task: Moderation, sheet: ModerationSheet, form: DecideModerationForm) -> tuple[str, int]:
    """Typed in two places: the page keeps what was sent, and shows what is stored beside it."""
    stored = _draft(task)
    assert stored is not None
    form.version.data, form.key.data = stored.number, new_key()
    form.form_errors.append(
        "You have typed into this decision in another place too. What you sent is in the form; what was saved "
        "before stands under “The other version”. Take over what you need, then save."
    )
    return _render(task, sheet, form, other=_words(form, stored)), 409


def _words(form: DecideModerationForm, stored: Draft) -> list[tuple[str, str]]:
    """The stored version, field by field, where it differs from the form."""
    known = [(name, value) for name, value in stored.content.items() if name in form]
    return [(form[name].label.text, str(value)) for name, value in known if form[name].data != value]


def _render(
    task: Moderation, sheet: ModerationSheet, form: DecideModerationForm, other: list[tuple[str, str]] | None = None
) -> str:
    draft, due_at = _draft(task), find_due(db(), task.id)
    moves = moves_for(db(), "case_audit", sheet.audit.id, viewer().person_id, now())
    return render_template(
        "moderation/decide.html",
        task=task,
        sheet=sheet,
        audit=sheet.audit,
        form=form,
        other=other or [],
        about=describe(sheet.audit),
        because=chosen_because(task),
        auditor=get_person_name(db(), task.auditor_id),
        due=due_words(due_at),
        late=is_late(due_at),
        no_return=moves.blocked.get("return_to_auditor", ""),
        saved_at=draft.saved_at if draft else None,
        made=sum(bool(words) for words in form.comments().values()),
    )
