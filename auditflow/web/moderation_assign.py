"""Who moderates: the QA lead chooses, an open task is handed back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request

from auditflow.domain.errors import NotFound, Refused, Stale
from auditflow.models import CaseAudit, Moderation
from auditflow.queries.moderation import get_moderation, list_eligible_moderators
from auditflow.queries.moves import moves_for
from auditflow.services.moderation import choose_moderator, reassign_moderation
from auditflow.web.moderation import MODERATORS, own_task, seen_task, show_task, task_link
from auditflow.web.request import act, db, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.moderation import ChooseModeratorForm, HandBackForm

pages = Pages("moderation_assign", __name__)

RULE = "/moderation/<int:moderation_id>/assign"
WORDS = {"eligible_moderator": "", "external_moderator": ", external moderator", "director": ", director"}


@pages.page("/moderation/<int:moderation_id>/hand-back", may=MODERATORS)
def moderation_hand_back_show(moderation_id: int) -> Any:
    """The page from which an opened task is handed back."""
    task = own_task(moderation_id)
    moves = moves_for(db(), "moderation", moderation_id, viewer().person_id, now())
    return show_task(task, moves, HandBackForm(version=task.version, key=new_key()))


@pages.page(RULE, may=("qa_lead",))
def moderation_assign_show(moderation_id: int) -> Any:
    """Choose among everybody who may moderate it, by how much they have open."""
    task = _open_task(moderation_id)
    return _render(task, _form(task, version=task.version))


@pages.act(RULE, may=("qa_lead",))
def moderation_assign_choose(moderation_id: int) -> Any:
    """Give it to the person chosen."""
    task = _open_task(moderation_id)
    form = _form(task, sent=True)
    if form.validate():
        try:
            _give(task, form)
            flash("It is with the person you chose.", "success")
            return redirect(task_link(moderation_id), code=303)
        except Stale:
            raise
        except Refused as refusal:
            db().rollback()
            form.add_error(refusal.sentence, refusal.field or "person_id")
    task = get_moderation(db(), moderation_id)
    form.key.data, form.version.data = new_key(), form.version.data or task.version
    return _render(task, form), 400


def _give(task: Moderation, form: ChooseModeratorForm) -> None:
    person_id, version = int(form.person_id.data), form.version.data
    if task.state == "with_moderator":
        reassign_moderation(db(), task.id, form.reason.data or "", act(), to_id=person_id, version=version)
    else:
        choose_moderator(db(), task.id, person_id, act(), version=version)


def _open_task(moderation_id: int) -> Moderation:
    task, _ = seen_task(moderation_id)
    if task.state not in ("waiting", "with_moderator"):
        raise NotFound("There is no such moderation among those that are open.")
    return task


def _form(task: Moderation, *, sent: bool = False, version: int = 0) -> ChooseModeratorForm:
    form = ChooseModeratorForm(request.form) if sent else ChooseModeratorForm(version=version, key=new_key())
    people = [
        (str(c.person_id), f"{c.name}{words}, {c.open} open")
        for role, words in WORDS.items()
        for c in list_eligible_moderators(db(), task.id, now(), role=role)
        if c.person_id != task.moderator_id
    ]
    form.offer(people, moving=task.state == "with_moderator")
    return form


def _render(task: Moderation, form: ChooseModeratorForm) -> str:
    audit = db().get_one(CaseAudit, task.case_audit_id)
    return render_template("moderation/assign.html", task=task, audit=audit, form=form)
