"""The QA lead gives what somebody holds to others: when they leave, are away, or change their work."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import Refused
from auditflow.domain.whole_number import read_whole_number
from auditflow.models import Person
from auditflow.queries.person import HeldItem, get_person, list_held, list_people
from auditflow.services.act import Act
from auditflow.services.handover import hand_over
from auditflow.web.request import act, db, new_key
from auditflow.web.routing import Pages
from forms.person import HandOverForm

pages = Pages("handover", __name__)

LEADS = ("qa_lead",)
BAD = 400
HOLDERS = {"case_audit": "auditor", "moderation": "team_manager", "action": ""}
"""Which council role may hold each kind; an action may be anybody's."""


@pages.page("/people/<int:person_id>/hand-over", may=LEADS)
def handover_show(person_id: int) -> Any:
    """Everything open that a person holds, each with the people who may have it."""
    return _page(get_person(db(), person_id), HandOverForm(key=new_key(), reason="The holder is leaving"), {})


def _page(person: Person, form: HandOverForm, refused: dict[HeldItem, str]) -> str:
    choices = _choices(person.id)
    lines = [
        (item, choices[item.kind], request.form.get(_name(item), ""), refused.get(item, ""))
        for item in list_held(db(), person.id)
    ]
    return render_template("person/handover.html", whom=person, form=form, lines=lines)


def _choices(person_id: int) -> dict[str, list[tuple[str, str]]]:
    """Who may hold each kind; whether a conflict keeps one of them out, the move itself says."""
    return {
        kind: [(str(other.id), other.name) for other in list_people(db(), role=role) if other.id != person_id]
        for kind, role in HOLDERS.items()
    }


def _name(item: HeldItem) -> str:
    return f"to-{item.kind}-{item.id}"


@pages.act("/people/<int:person_id>/hand-over", may=LEADS)
def handover_save(person_id: int) -> Any:
    """Give each item that has an answer to its new holder; those refused stay, with the reason."""
    person, form = get_person(db(), person_id), HandOverForm(request.form)
    done = 0
    refused: dict[HeldItem, str] = {}
    if form.validate():
        done, refused = _give(list_held(db(), person_id), act(), form.reason.data or "")
        for item, sentence in refused.items():
            form.form_errors.append(f"Case {item.ref}: {sentence}")
        if done:
            flash(f"{done} {'item has' if done == 1 else 'items have'} a new holder.", "success")
        if not refused:
            return redirect(url_for("handover.handover_show", person_id=person_id), code=303)
    form.key.data = new_key()
    return _page(person, form, refused), BAD


def _give(items: list[HeldItem], mine: Act, reason: str) -> tuple[int, dict[HeldItem, str]]:
    done = 0
    refused: dict[HeldItem, str] = {}
    for item in items:
        to = read_whole_number(request.form.get(_name(item), ""))
        if to is None:
            continue
        try:
            hand_over(db(), item, to, mine, reason=reason)
            done += 1
        except Refused as refusal:
            refused[item] = refusal.sentence
    return done, refused
