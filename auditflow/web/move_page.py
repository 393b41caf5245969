"""A move on a small page of its own: asked for, made, and said; what every noun with such pages shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect

from auditflow.domain.errors import NotFound, Refused
from auditflow.queries.moves import Moves
from auditflow.services.act import Act
from auditflow.web.request import act, db
from forms.base import ChangeForm
from workflows.table import Workflow


@dataclass(frozen=True, slots=True)
class MovePage:
    """One move's page: its form, what sending it does, the button and what is said afterwards."""

    form: type[ChangeForm]
    make: Callable[[int, Any, Act], Any]
    button: str
    done: str
    lead: str = ""


def sent_back(moves: Moves, workflow: Workflow, move: str, item: str) -> Any:
    """Back to the `item`'s address with why the move is not open to the person now; None if it is."""
    if moves.may(move):
        return None
    label = workflow.by_action[move][0].label
    flash(moves.blocked.get(move, f"“{label}” is not possible now, or not yours to do."), "notice")
    return redirect(item)


def made(page: MovePage, subject_id: int, form: ChangeForm, item: str) -> Any:
    """Make the move and go to the `item`'s address; None if the form, which says why, is to be shown again."""
    if not form.validate():
        return None
    try:
        page.make(subject_id, form, act())
    except NotFound:
        raise
    except Refused as refusal:
        db().rollback()
        form.add_error(refusal.sentence, refusal.field)
        return None
    flash(page.done, "success")
    return redirect(item, code=303)
