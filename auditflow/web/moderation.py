"""Moderation tasks: my list, one task before it is opened, taking it, handing it back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import NotFound, Refused
from auditflow.domain.frame import case_type_label
from auditflow.domain.policy import TRIGGERS
from auditflow.models import CaseAudit, Moderation
from auditflow.queries.case_audit import get_person_name, get_team_name, is_grading_beside
from auditflow.queries.moderation import get_moderation, list_eligible_moderators
from auditflow.queries.moderation_list import (
    TaskRow,
    find_due,
    list_decided_moderations,
    list_open_moderations,
    list_own_moderations,
    list_takeable_moderations,
)
from auditflow.queries.moves import Moves, moves_for
from auditflow.services.moderation import hand_back, mark_moderation_opened, take_moderation
from auditflow.web.due import due_words, is_late
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.moderation import HandBackForm

pages = Pages("moderation", __name__)

MODERATORS = ("team_manager", "external_moderator", "director")
READERS = (*MODERATORS, "qa_lead")
NOT_THERE = "There is no such moderation."


@pages.page("/moderation", may=READERS)
def moderation_list() -> str:
    """My tasks, those I may take, and for the QA lead every open one."""
    session, me = db(), viewer()
    return render_template(
        "moderation/list.html",
        own=[_todo(row) for row in list_own_moderations(session, me.person_id)],
        takeable=[_todo(row, "Take") for row in list_takeable_moderations(session, me, now())],
        decided=list_decided_moderations(session, me.person_id),
        council=[(row, due_words(row.due_at, "").strip()) for row in list_open_moderations(session, me)]
        if me.has("qa_lead")
        else [],
        leads=me.has("qa_lead"),
    )


def _todo(row: TaskRow, button: str = "Decide") -> dict[str, Any]:
    title = f"Moderate case {row.audit.ref}"
    return {
        "title": title,
        "ref": row.audit.ref,
        "lines": [f"{case_type_label(row.audit.case_type)}. {row.round_name}".strip(". ")],
        "due": due_words(row.due_at),
        "late": is_late(row.due_at),
        "button": {"text": button, "href": task_link(row.task.id), "hidden": f" case {row.audit.ref}"},
    }


def task_link(moderation_id: int) -> str:
    """The task's own page."""
    return url_for("moderation.moderation_show", moderation_id=moderation_id)


def seen_task(moderation_id: int) -> tuple[Moderation, Moves]:
    """The task, if it exists for the signed-in person: their own, one they may take, or any for the QA lead.

    Somebody else's about a case that they are grading themselves does not.
    """
    task = get_moderation(db(), moderation_id)
    moves = moves_for(db(), "moderation", moderation_id, viewer().person_id, now())
    own = task.moderator_id == viewer().person_id
    offered = task.state == "waiting" and "eligible_moderator" in moves.facts.roles
    blind = is_grading_beside(db(), viewer(), task.case_audit_id)
    if not own and (blind or not (offered or viewer().has("qa_lead"))):
        raise NotFound(NOT_THERE)
    return task, moves


def own_task(moderation_id: int) -> Moderation:
    """The task, if it is with the signed-in person or was decided by them. Raises NotFound."""
    task, _ = seen_task(moderation_id)
    if task.moderator_id != viewer().person_id:
        raise NotFound(NOT_THERE)
    return task


def chosen_because(task: Moderation) -> list[str]:
    """Why this case is moderated, in sentences."""
    share = ["It was chosen at random, whatever its grade."] if task.random_share else []
    return share + [TRIGGERS[key] for key in task.triggers if key in TRIGGERS]


def describe(audit: CaseAudit) -> str:
    """Kind of case and team."""
    return ", ".join(words for words in (case_type_label(audit.case_type), get_team_name(db(), audit.team_id)) if words)


@pages.page("/moderation/<int:moderation_id>", may=READERS)
def moderation_show(moderation_id: int) -> Any:
    """Before it is opened: what it is and why it came here. Opened, the decision; decided, what was decided."""
    task, moves = seen_task(moderation_id)
    mine = task.moderator_id == viewer().person_id
    if mine and task.state == "with_moderator" and task.opened_at is not None:
        return redirect(url_for("moderation_decision.moderation_decision_show", moderation_id=moderation_id))
    return show_task(task, moves, HandBackForm(version=task.version, key=new_key()))


def show_task(task: Moderation, moves: Moves, form: HandBackForm) -> str:
    """The page of a task that is not open for deciding."""
    session = db()
    audit = session.get_one(CaseAudit, task.case_audit_id)
    due_at = find_due(session, task.id)
    return render_template(
        "moderation/show.html",
        task=task,
        audit=audit,
        form=form,
        moves=moves,
        about=describe(audit),
        because=chosen_because(task),
        auditor=get_person_name(session, task.auditor_id),
        moderator=get_person_name(session, task.moderator_id),
        mine=task.moderator_id == viewer().person_id,
        due=due_words(due_at),
        late=is_late(due_at),
        others=list_eligible_moderators(session, task.id, now()) if viewer().has("qa_lead") else [],
        key=new_key(),
    )


@pages.act("/moderation/<int:moderation_id>/take", may=MODERATORS)
def moderation_take(moderation_id: int) -> Any:
    """Take a task that waits."""
    seen_task(moderation_id)
    take_moderation(db(), moderation_id, act(), version=form_version())
    return redirect(task_link(moderation_id), code=303)


@pages.act("/moderation/<int:moderation_id>/open", may=MODERATORS)
def moderation_open(moderation_id: int) -> Any:
    """Open the audit: from now on the auditor cannot withdraw it."""
    own_task(moderation_id)
    mark_moderation_opened(db(), moderation_id, act())
    return redirect(url_for("moderation_decision.moderation_decision_show", moderation_id=moderation_id), code=303)


@pages.act("/moderation/<int:moderation_id>/hand-back", may=MODERATORS)
def moderation_hand_back(moderation_id: int) -> Any:
    """Hand it back, with the reason."""
    task, moves = seen_task(moderation_id)
    own_task(moderation_id)
    form = HandBackForm(request.form)
    if form.validate():
        try:
            hand_back(db(), moderation_id, form.reason.data or "", act(), version=form.version.data)
            flash("You have handed it back. Somebody else moderates it.", "success")
            return redirect(url_for("moderation.moderation_list"), code=303)
        except Refused as refusal:
            db().rollback()
            form.add_error(refusal.sentence, refusal.field)
    form.key.data, form.version.data = new_key(), get_moderation(db(), moderation_id).version
    return show_task(task, moves, form), 400
