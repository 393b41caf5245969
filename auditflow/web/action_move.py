"""The moves of an action, each on a small page of its own."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from auditflow.models import Action, CaseAudit
from auditflow.queries.action import get_action
from auditflow.queries.action_people import list_new_owners
from auditflow.queries.moves import moves_for
from auditflow.services import action as service
from auditflow.services.act import Act
from auditflow.services.action import Proposal
from auditflow.services.action_cannot_do import ask_cannot_do
from auditflow.services.action_outcome import Verification, complete_action, reopen_action, verify_action
from auditflow.web.action import about_action, action_link
from auditflow.web.move_page import MovePage, made, sent_back
from auditflow.web.request import db, new_key, now, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from forms import action as forms
from forms.base import ChangeForm
from workflows.action import WORKFLOW

pages = Pages("action_move", __name__)

RULE = (
    "/actions/<int:action_id>/<any(accept, decline, uphold, withdraw, reassign, change_date, complete,"
    " ask_cannot_do, verify, reopen):move>"
)


def _accept(action_id: int, form: Any, act: Act) -> Any:
    return service.accept_action(
        db(), action_id, form.due_on.data, act, version=form.version.data, reason=form.reason.data or ""
    )


def _decline(action_id: int, form: Any, act: Act) -> Any:
    return service.decline_action(db(), action_id, form.reason.data, act, version=form.version.data)


def _uphold(action_id: int, form: Any, act: Act) -> Any:
    return service.uphold_action(db(), action_id, act, version=form.version.data)


def _withdraw(action_id: int, form: Any, act: Act) -> Any:
    return service.withdraw_action(db(), action_id, act, version=form.version.data, reason=form.reason.data or "")


def _reassign(action_id: int, form: Any, act: Act) -> Any:
    owner_id = int(form.owner_id.data)
    return service.reassign_action(db(), action_id, owner_id, form.reason.data, act, version=form.version.data)


def _change_date(action_id: int, form: Any, act: Act) -> Any:
    day, why = form.due_on.data, form.reason.data
    return service.change_action_date(db(), action_id, day, why, act, version=form.version.data)


def _complete(action_id: int, form: Any, act: Act) -> Any:
    done, evidence = form.done_text.data, form.done_evidence.data
    return complete_action(db(), action_id, done, evidence, act, version=form.version.data)


def _ask_cannot_do(action_id: int, form: Any, act: Act) -> Any:
    return ask_cannot_do(db(), action_id, form.reason.data, act, version=form.version.data)


def _verify(action_id: int, form: Any, act: Act) -> Any:
    further = Proposal(form.follow_up_text.data or "", None, form.follow_up_due_on.data)
    found = Verification(
        form.difference.data,
        form.how_known.data,
        further if form.what_follows.data == "follow_up" else None,
        (form.reason.data or "") if form.what_follows.data == "nothing" else "",
    )
    return verify_action(db(), action_id, found, act, version=form.version.data)


def _reopen(action_id: int, form: Any, act: Act) -> Any:
    return reopen_action(db(), action_id, form.reason.data, act, version=form.version.data)


MOVES: dict[str, MovePage] = {
    "accept": MovePage(forms.AcceptActionForm, _accept, "Accept", "You accepted the action."),
    "decline": MovePage(forms.DeclineActionForm, _decline, "Decline", "You declined it. The head of service decides."),
    "uphold": MovePage(
        forms.UpholdActionForm,
        _uphold,
        "Uphold",
        "The action stands. Its owner and the auditor are told.",
        "The owner has to do it, by the date that was proposed.",
    ),
    "withdraw": MovePage(
        forms.WithdrawActionForm,
        _withdraw,
        "Withdraw",
        "The action was withdrawn. Its owner and the auditor are told.",
        "Nobody has to do it any more. It stays in the history.",
    ),
    "reassign": MovePage(
        forms.ReassignActionForm, _reassign, "Give it to this person", "It has another owner. Both are told."
    ),
    "change_date": MovePage(
        forms.ChangeActionDateForm,
        _change_date,
        "Set the new date",
        "The action has a new date.",
        "It is still overdue from the first date, whatever the date is moved to.",
    ),
    "complete": MovePage(
        forms.CompleteActionForm,
        _complete,
        "Record what was done",
        "Recorded. The auditor is asked whether it made a difference.",
    ),
    "ask_cannot_do": MovePage(
        forms.AskCannotDoForm, _ask_cannot_do, "Ask to be let off", "Your request went to the head of service."
    ),
    "verify": MovePage(
        forms.VerifyActionForm, _verify, "Record the check", "Checked. The owner and the auditor are told."
    ),
    "reopen": MovePage(forms.ReopenActionForm, _reopen, "Reopen", "The action is open again. Its owner is told."),
}


@pages.page(RULE, may=SIGNED_IN, opens="action")
def action_move_ask(action_id: int, move: str) -> Any:
    """The move's page; somebody for whom it is not open now is sent back to the action and told why."""
    action = get_action(db(), viewer(), action_id)
    moves = moves_for(db(), "action", action_id, viewer().person_id, now())
    back = sent_back(moves, WORKFLOW, move, action_link(action_id))
    if back is not None:
        return back
    form = MOVES[move].form(version=action.version, key=new_key(), data=_suggested(action, move))
    return _render(action, move, form)


def _suggested(action: Action, move: str) -> dict[str, Any]:
    return {"due_on": action.due_on} if move == "accept" else {}


@pages.act(RULE, may=SIGNED_IN)
def action_move_make(action_id: int, move: str) -> Any:
    """Make the move."""
    action = get_action(db(), viewer(), action_id)
    form = MOVES[move].form(request.form)
    _offer(form, action)
    done = made(MOVES[move], action_id, form, action_link(action_id))
    if done is not None:
        return done
    action = get_action(db(), viewer(), action_id)
    form.key.data, form.version.data = new_key(), action.version
    return _render(action, move, form), 400


def _offer(form: ChangeForm, action: Action) -> None:
    """Fill in what can be chosen."""
    if isinstance(form, forms.ReassignActionForm):
        people = list_new_owners(db(), db().get_one(CaseAudit, action.case_audit_id))
        form.offer([(str(person.id), person.name) for person in people if person.id != action.owner_id])
    if isinstance(form, forms.VerifyActionForm):
        roles = moves_for(db(), "action", action.id, viewer().person_id, now()).facts.roles
        form.offer(may_end=bool(roles & {"head_of_service", "director"}))


def _render(action: Action, move: str, form: ChangeForm) -> str:
    _offer(form, action)
    audit = db().get_one(CaseAudit, action.case_audit_id)
    label = WORKFLOW.by_action[move][0].label
    return render_template(
        "action/move.html",
        action=action,
        audit=audit,
        form=form,
        move=move,
        title=label,
        page=MOVES[move],
        **about_action(action, audit),
    )
