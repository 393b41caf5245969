"""Rounds: the list, a new one, its own page, and the case list it draws from."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.policy import ModerationPolicy, SecondGradingPolicy, policy_document
from auditflow.models import AuditRound
from auditflow.queries.audit_round import count_discarded_draws, list_draws, list_frozen_lists, list_rounds
from auditflow.queries.audit_tool import list_newest_tools
from auditflow.queries.moves import moves_for
from auditflow.services.audit_round import RoundPlan, change_round, plan_round
from auditflow.web.audit_round_pages import (
    BAD,
    LEAD,
    READERS,
    ROUND_WORDS,
    state_words,
    step_caption,
    to_design,
    to_step,
    tried,
    visible_round,
)
from auditflow.web.audit_round_steps import steps_of
from auditflow.web.dashboard_page import dashboard_of
from auditflow.web.layout import day
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.audit_round import ChangePlanForm, ChooseListForm, PlanRoundForm

pages = Pages("audit_round", __name__)
NOT_LAUNCHED = ("planned", "locked", "sampled")
DATES = ("starts_on", "ends_on", "record_date")


@pages.page("/rounds", may=READERS)
def audit_round_list() -> Any:
    """Every round this person may know of."""
    lines = list_rounds(db(), viewer())
    rows = [
        [
            {"text": line.name, "href": url_for("audit_round.audit_round_show", round_id=line.id)},
            ROUND_WORDS[line.state],
            line.tool,
            day(line.starts_on),
            day(line.ends_on),
            f"{line.done:,} of {line.planned:,}" if line.planned else "",
        ]
        for line in lines
    ]
    live = sum(line.state == "live" for line in lines)
    return render_template("audit_round/list.html", rows=rows, live=live, lead=viewer().has(*LEAD))


@pages.page("/rounds/new", may=LEAD)
def audit_round_new() -> Any:
    """Step 1: tool and dates."""
    form = _plan_form(PlanRoundForm(None, key=new_key()))
    if len(form.tool_version_id.choices) == 1:
        form.tool_version_id.data = form.tool_version_id.choices[0][0]
    return _plan_page(form, None)


@pages.act("/rounds/new", may=LEAD)
def audit_round_create() -> Any:
    """Plan it, and go on to its case list."""
    form = _plan_form(PlanRoundForm(request.form))
    made: list[AuditRound] = []
    if tried(form, lambda: made.append(plan_round(db(), _plan(form), act()))):
        return to_step("audit_round.audit_round_choose", made[0].id)
    return _plan_page(form, None), BAD


def _plan_form(form: PlanRoundForm) -> Any:
    tools = list_newest_tools(db())
    form.tool_version_id.choices = [(str(t.id), t.title, {"hint": f"Version {t.number}"}) for t in tools]
    return form


def _plan(form: PlanRoundForm) -> RoundPlan:
    dates = {name: form[name].data for name in DATES}
    policy = policy_document(ModerationPolicy(), SecondGradingPolicy())
    return RoundPlan(name=form.name.data or "", tool_version_id=int(form.tool_version_id.data), policy=policy, **dates)


def _plan_page(form: PlanRoundForm, row: AuditRound | None) -> str:
    return render_template("audit_round/plan.html", form=form, row=row, caption=step_caption(row, 1) if row else "")


@pages.page("/rounds/<int:round_id>/plan", may=LEAD)
def audit_round_plan(round_id: int) -> Any:
    """Step 1 again: change what is planned."""
    row = visible_round(round_id)
    known = {name: getattr(row, name) for name in ("name", *DATES)}
    form = ChangePlanForm(None, key=new_key(), version=row.version, tool_version_id=str(row.tool_version_id), **known)
    return _plan_page(_plan_form(form), row)


@pages.act("/rounds/<int:round_id>/plan", may=LEAD)
def audit_round_replan(round_id: int) -> Any:
    """Keep the change."""
    row = visible_round(round_id)
    form = _plan_form(ChangePlanForm(request.form))
    if tried(form, lambda: change_round(db(), round_id, _changes(form, row), act(), expected_version=form_version())):
        return to_step("audit_round.audit_round_show", round_id)
    return _plan_page(form, row), BAD


def _changes(form: Any, row: AuditRound) -> dict[str, Any]:
    wanted = {name: form[name].data for name in ("name", *DATES)} | {"tool_version_id": int(form.tool_version_id.data)}
    return {name: value for name, value in wanted.items() if value != getattr(row, name)}


@pages.page("/rounds/<int:round_id>/list", may=LEAD)
def audit_round_choose(round_id: int) -> Any:
    """Step 2: the case list."""
    row = visible_round(round_id)
    chosen = str(row.frame_id) if row.frame_id else ""
    return _list_page(_list_form(ChooseListForm(None, key=new_key(), version=row.version, frame_id=chosen)), row)


def _list_form(form: ChooseListForm) -> Any:
    form.frame_id.choices = [
        (str(f.id), f.name, {"hint": f"{f.rows_kept:,} cases, as at {day(f.as_at)}"}) for f in list_frozen_lists(db())
    ]
    return form


def _list_page(form: ChooseListForm, row: AuditRound) -> str:
    return render_template("audit_round/choose_list.html", form=form, row=row, caption=step_caption(row, 2))


@pages.act("/rounds/<int:round_id>/list", may=LEAD)
def audit_round_set_list(round_id: int) -> Any:
    """Keep the list, and go on to the design."""
    row = visible_round(round_id)
    form = _list_form(ChooseListForm(request.form))
    version = form_version()

    def use() -> None:
        changes = {"frame_id": int(form.frame_id.data)}
        change_round(db(), round_id, changes, act(), expected_version=version)

    if tried(form, use):
        return to_design(visible_round(round_id))
    return _list_page(form, row), BAD


@pages.page("/rounds/<int:round_id>", may=READERS)
def audit_round_show(round_id: int) -> Any:
    """A round that is being prepared: its steps. One that is live, or later: its dashboard."""
    row = visible_round(round_id)
    moves = moves_for(db(), "audit_round", round_id, viewer().person_id, now())
    draws = list_draws(db(), round_id)
    discarded = count_discarded_draws(db(), round_id)
    more = {"row": row, "moves": moves, "state": state_words(row), "discarded": discarded}
    if row.state in NOT_LAUNCHED:
        return render_template("audit_round/steps.html", **more, tasks=steps_of(row, moves), draws=draws)
    return render_template("audit_round/dashboard.html", **more, **dashboard_of(db(), row, viewer(), now()))
