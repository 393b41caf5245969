"""What the pages of a round share: its steps, its words, and how a refusal is shown on its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for

from auditflow.domain.errors import BadInput, GuardRefused, Misuse, Refused, WrongState
from auditflow.domain.frame import case_type_label
from auditflow.models import AuditRound
from auditflow.queries.audit_round import get_visible_round
from auditflow.web.request import db, viewer
from forms.base import BaseForm
from workflows.registry import WORKFLOWS

LEAD = ("qa_lead",)
READERS = ("qa_lead", "director")
BAD = 400
STEPS = 7
ROUND_WORDS = WORKFLOWS["audit_round"].labels
SHOWN_ON_FORM = (BadInput, GuardRefused, WrongState, Misuse)


def visible_round(round_id: int) -> AuditRound:
    """The round, if it exists for the person signed in."""
    return get_visible_round(db(), viewer(), round_id)


def step_caption(row: AuditRound, step: int) -> str:
    """“New round, step 3 of 7: Baseline”."""
    return f"New round, step {step} of {STEPS}: {row.name}"


def to_round(round_id: int) -> Any:
    """Back to the round's own page."""
    return redirect(url_for("audit_round.audit_round_show", round_id=round_id), 303)


def to_step(endpoint: str, round_id: int) -> Any:
    """On to a step of a new round."""
    return redirect(url_for(endpoint, round_id=round_id), 303)


def tried(form: BaseForm, use: Callable[[], Any], *, done: str = "") -> bool:
    """Do it if the form is in order; a refusal becomes a sentence on the form, and nothing was written.

    Returns whether it was done. `done` is what the next page says at its top.
    """
    if not form.validate():
        return False
    try:
        use()
    except SHOWN_ON_FORM as refusal:
        db().rollback()
        show_refusal(form, refusal)
        return False
    if done:
        flash(done, "success")
    return True


def show_refusal(form: BaseForm, refusal: Refused) -> None:
    """Put the sentence at its field, or at the top."""
    form.add_error(refusal.sentence, refusal.field)


def group_words(name: str) -> str:
    """A group of cases in words: kinds of case by their names, blank as “None given”."""
    return "None given" if name in ("", "(blank)") else "All cases" if name == "all" else case_type_label(name)
