"""Leading a live round: extend it or its reserves, add a case, begin reporting, reopen, cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from auditflow.domain.sampling_words import group_words
from auditflow.queries.moves import moves_for
from auditflow.queries.sample import count_reserves, find_standing_draw
from auditflow.services.audit_round import begin_reporting, extend_round, reopen_round
from auditflow.services.audit_round_cancel import cancel_round
from auditflow.services.sample_change import add_case
from auditflow.services.sample_reserves import extend_reserves
from auditflow.web.audit_round_pages import BAD, LEAD, READERS, to_round, tried, visible_round
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.audit_round import AddCaseForm, ExtendReservesForm, ExtendRoundForm, GiveReasonForm, PressForm

pages = Pages("round_lead", __name__)
ALL, GROUP = "all", "group:"
WORDS: dict[str, dict[str, str]] = {
    "extend": {
        "title": "Extend the round",
        "finding": "Completion still counts from the first end date, and every result says so.",
        "button": "Extend the round",
    },
    "add_case": {
        "title": "Add a case (not random)",
        "finding": "It is audited and acted on like the others, marked for ever, and in no percentage.",
        "button": "Add the case",
    },
    "extend_reserves": {
        "title": "Add reserves",
        "finding": "A reserve is audited where a case leaves the sample. The next cases in the order of the draw "
        "become reserves; nobody chooses them.",
        "button": "Add reserves",
    },
    "begin_reporting": {
        "title": "Begin reporting",
        "finding": "After this no audit can be submitted. A dispute that is past its time counts with the auditor’s "
        "grade, and results say so.",
        "button": "Begin reporting",
    },
    "reopen": {
        "title": "Reopen the round",
        "finding": "Auditors can submit again until you begin reporting once more.",
        "button": "Reopen the round",
    },
    "cancel": {
        "title": "Cancel the round",
        "finding": "Its audits stay readable and are in no figure. Concerns and actions go on.",
        "button": "Cancel the round",
    },
}


def _page(round_id: int, action: str, form: Any) -> str:
    row = visible_round(round_id)
    moves = moves_for(db(), "audit_round", round_id, viewer().person_id, now())
    why = moves.blocked.get(action, "")
    possible = moves.may(action)
    return render_template(
        "audit_round/lead.html", row=row, form=form, action=action, possible=possible, why=why, **WORDS[action]
    )


def _done(round_id: int, action: str, form: Any, use: Callable[[], Any], words: str) -> Any:
    if tried(form, use, done=words):
        return to_round(round_id)
    return _page(round_id, action, form), BAD


@pages.page("/rounds/<int:round_id>/extend", may=LEAD)
def round_extend(round_id: int) -> Any:
    """A later end date."""
    return _page(round_id, "extend", ExtendRoundForm(None, key=new_key(), version=visible_round(round_id).version))


@pages.act("/rounds/<int:round_id>/extend", may=LEAD)
def round_extend_now(round_id: int) -> Any:
    """Extend it."""
    visible_round(round_id)
    form, version = ExtendRoundForm(request.form), form_version()

    def use() -> None:
        assert form.ends_on.data is not None
        extend_round(db(), round_id, form.ends_on.data, form.reason.data or "", act(), expected_version=version)

    return _done(round_id, "extend", form, use, "The round is extended.")


@pages.page("/rounds/<int:round_id>/add-case", may=LEAD)
def round_add_case(round_id: int) -> Any:
    """A case added by hand."""
    return _page(round_id, "add_case", AddCaseForm(None, key=new_key(), version=visible_round(round_id).version))


@pages.act("/rounds/<int:round_id>/add-case", may=LEAD)
def round_add_case_now(round_id: int) -> Any:
    """Add it."""
    visible_round(round_id)
    form, version = AddCaseForm(request.form), form_version()

    def use() -> None:
        add_case(db(), round_id, form.ref.data or "", form.reason.data or "", act(), expected_version=version)

    return _done(round_id, "add_case", form, use, "The case is added. It needs an auditor.")


@pages.page("/rounds/<int:round_id>/reserves", may=LEAD)
def round_reserves(round_id: int) -> Any:
    """More reserves."""
    form = ExtendReservesForm(None, key=new_key(), version=visible_round(round_id).version, stratum=ALL, more=3)
    return _page(round_id, "extend_reserves", _reserves_form(form, round_id))


def _reserves_form(form: ExtendReservesForm, round_id: int) -> Any:
    draw = find_standing_draw(db(), round_id)
    groups = count_reserves(db(), draw) if draw is not None else []
    one_by_one = [
        (GROUP + g.stratum, group_words(g.stratum), {"hint": f"{g.waiting} in reserve, {g.used} used"}) for g in groups
    ]
    form.stratum.choices = [(ALL, "Every group"), *one_by_one]
    return form


@pages.act("/rounds/<int:round_id>/reserves", may=LEAD)
def round_reserves_now(round_id: int) -> Any:
    """Extend them."""
    visible_round(round_id)
    form, version = _reserves_form(ExtendReservesForm(request.form), round_id), form_version()

    def use() -> None:
        chosen = None if form.stratum.data == ALL else form.stratum.data.removeprefix(GROUP)
        extend_reserves(db(), round_id, form.more.data, act(), stratum=chosen, expected_version=version)

    return _done(round_id, "extend_reserves", form, use, "The reserves are added.")


@pages.page("/rounds/<int:round_id>/report", may=LEAD)
def round_report(round_id: int) -> Any:
    """The end of auditing."""
    return _page(round_id, "begin_reporting", PressForm(None, key=new_key(), version=visible_round(round_id).version))


@pages.act("/rounds/<int:round_id>/report", may=LEAD)
def round_report_now(round_id: int) -> Any:
    """Begin reporting."""
    visible_round(round_id)
    form, version = PressForm(request.form), form_version()

    def use() -> None:
        begin_reporting(db(), round_id, act(), expected_version=version)

    return _done(round_id, "begin_reporting", form, use, "Reporting has begun. The checking seed is shown.")


@pages.page("/rounds/<int:round_id>/reopen", may=LEAD)
def round_reopen(round_id: int) -> Any:
    """Back to live."""
    return _page(round_id, "reopen", GiveReasonForm(None, key=new_key(), version=visible_round(round_id).version))


@pages.act("/rounds/<int:round_id>/reopen", may=LEAD)
def round_reopen_now(round_id: int) -> Any:
    """Reopen it."""
    visible_round(round_id)
    form, version = GiveReasonForm(request.form), form_version()

    def use() -> None:
        reopen_round(db(), round_id, form.reason.data or "", act(), expected_version=version)

    return _done(round_id, "reopen", form, use, "The round is live again.")


@pages.page("/rounds/<int:round_id>/cancel", may=READERS)
def round_cancel(round_id: int) -> Any:
    """The end of a round without results."""
    return _page(round_id, "cancel", GiveReasonForm(None, key=new_key(), version=visible_round(round_id).version))


@pages.act("/rounds/<int:round_id>/cancel", may=READERS)
def round_cancel_now(round_id: int) -> Any:
    """Cancel it."""
    visible_round(round_id)
    form, version = GiveReasonForm(request.form), form_version()

    def use() -> None:
        cancel_round(db(), round_id, form.reason.data or "", act(), expected_version=version)

    return _done(round_id, "cancel", form, use, "The round is cancelled.")
