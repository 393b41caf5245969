"""Closing a round: first what would be published, then the button that freezes and publishes it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import NotFound
from auditflow.queries.dispute import list_undecided
from auditflow.queries.moves import moves_for
from auditflow.queries.results import get_result_round
from auditflow.services.results import close_round, compute_results
from auditflow.web.audit_round_pages import BAD, tried
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.audit_round import PressForm

pages = Pages("results_close", __name__)
LEAD = ("qa_lead",)


@pages.page("/rounds/<int:round_id>/close", may=LEAD)
def results_close_check(round_id: int) -> Any:
    """What the board will read, and what is settled for ever."""
    row = get_result_round(db(), viewer(), round_id)
    if row.state == "closed":
        return redirect(url_for("results.results_show", round_id=round_id))
    return _page(round_id, PressForm(None, key=new_key(), version=row.version))


def _page(round_id: int, form: PressForm) -> str:
    row = get_result_round(db(), viewer(), round_id)
    moves = moves_for(db(), "audit_round", round_id, viewer().person_id, now())
    results = compute_results(db(), round_id)
    return render_template(
        "results/close.html",
        row=row,
        form=form,
        moves=moves,
        results=results,
        done=results["completion"],
        undecided=len(list_undecided(db(), round_id)),
    )


@pages.act("/rounds/<int:round_id>/close", may=LEAD)
def results_close_now(round_id: int) -> Any:
    """Freeze the results under their digest, publish them, close the round."""
    get_result_round(db(), viewer(), round_id)
    form, version = PressForm(request.form), form_version()
    if version is None:
        raise NotFound("There is no such page.")
    words = "The round is closed and its results are published. The reports for the board are being made."
    if tried(form, lambda: close_round(db(), round_id, act(), expected_version=version)):
        flash(words, "success")
        return redirect(url_for("results.results_show", round_id=round_id), 303)
    return _page(round_id, form), BAD
