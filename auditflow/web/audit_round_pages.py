"""What the pages of a round share: its steps, its words, and how a refusal is shown on its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for

from auditflow.domain.errors import BadInput, GuardRefused, Misuse, Refused, WrongState
from auditflow.domain.sampling_words import in_words
from auditflow.models import AuditRound
from auditflow.queries.audit_round import get_visible_round
from auditflow.reporting.result_words import KIND_WORDS
from auditflow.web.request import db, viewer
from forms.base import BaseForm
from workflows.registry import WORKFLOWS

LEAD = ("qa_lead",)
READERS = ("qa_lead", "director")
BAD = 400
STEPS = {"census": 6}
"""How many steps a new round of a kind has, where it is not seven: a census has no trial."""
ROUND_WORDS = WORKFLOWS["audit_round"].labels
DESIGN = {"census": "census.census_design"}
"""Where the design of a kind of round is made, if not on the page of a sample."""
TAKEN = {"census": "census.census_cases", "re_audit": "re_audit.re_audit_cases"}
"""Where the cases of a kind of round are looked at and taken, if they are not drawn."""
SHOWN_ON_FORM = (BadInput, GuardRefused, WrongState, Misuse)


def visible_round(round_id: int) -> AuditRound:
    """The round, if it exists for the person signed in."""
    return get_visible_round(db(), viewer(), round_id)


def step_caption(row: AuditRound, step: int) -> str:
    """“New round, step 3 of 7: Baseline”; `step` counts those of a sample, of which a trial is the fourth."""
    whole = STEPS.get(row.kind, 7)
    return f"New round, step {step if step < 4 else step - 7 + whole} of {whole}: {row.name}"


def kind_words(row: AuditRound, kind: str) -> str:
    """How a case came into the round; in a census nothing is left to chance."""
    return "Every case" if row.kind == "census" and kind == "random" else KIND_WORDS[kind]


def state_words(row: AuditRound) -> str:
    """Where the round stands."""
    return "Cases taken" if row.kind == "census" and row.state == "sampled" else ROUND_WORDS[row.state]


def to_design(row: AuditRound) -> Any:
    """On to the page on which this kind of round is designed."""
    return to_step(DESIGN.get(row.kind, "audit_round_design.audit_round_design"), row.id)


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
    """Put the sentence, in the words of the pages, at its field or at the top."""
    form.add_error(in_words(refusal.sentence), refusal.field)
