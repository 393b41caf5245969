"""Re-audit this round: plan it, then take the same cases; allocation and launch follow as in any round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound
from auditflow.queries.audit_round import list_frozen_lists
from auditflow.queries.census import find_newest_list
from auditflow.queries.moves import moves_for
from auditflow.queries.re_audit import list_baseline_cases, list_re_audits, list_unused_reserves
from auditflow.queries.sample import list_listed_cases
from auditflow.services.re_audit import READY, ReAuditPlan, plan_re_audit, suggest_plan
from auditflow.services.sample import lock_and_take
from auditflow.web.audit_round_pages import BAD, LEAD, to_round, to_step, tried, visible_round
from auditflow.web.layout import day
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.re_audit import PlanReAuditForm, TakeCasesForm

pages = Pages("re_audit", __name__)
DATES = ("starts_on", "ends_on", "record_date")


@pages.page("/rounds/<int:round_id>/re-audit", may=LEAD)
def re_audit_new(round_id: int) -> Any:
    """Name, dates, list, and which cases: suggested a quarter after the round."""
    row = _baseline(round_id)
    known = _suggested(row)
    form = PlanReAuditForm(None, key=new_key(), frame_id=_own_list(row), cases="all", **known)
    return _plan_page(_with_lists(form, row), row)


def _own_list(row: AuditRound) -> str:
    return str(find_newest_list(db(), row) or "")


def _suggested(row: AuditRound) -> dict[str, Any]:
    """A quarter after the round; where that has begun already, as many days from today on. Named by its month."""
    plan = suggest_plan(row)
    late = max(timedelta(0), local_date(now()) - plan.starts_on)
    dates = {name: getattr(plan, name) + late for name in DATES}
    return {"name": f"Re-audit, {dates['starts_on']:%B %Y}", **dates}


def _baseline(round_id: int) -> AuditRound:
    row = visible_round(round_id)
    if row.state not in READY:
        raise NotFound("A round can be re-audited once its reporting has begun.")
    return row


def _with_lists(form: PlanReAuditForm, row: AuditRound) -> PlanReAuditForm:
    lists, own = list_frozen_lists(db()), _own_list(row)
    form.frame_id.choices = [
        (
            str(one.id),
            one.name,
            {
                "hint": f"{one.rows_kept:,} cases, as at {day(one.as_at)}"
                + (", the first audit’s" * (str(one.id) == own))
            },
        )
        for one in lists
    ]
    return form


def _plan_page(form: PlanReAuditForm, row: AuditRound) -> str:
    cases = list_baseline_cases(db(), row.id)
    added = sum(case.judgemental for case in cases)
    return render_template(
        "re_audit/plan.html",
        form=form,
        row=row,
        cases=len(cases) - added,
        added=added,
        poor=sum(case.grade < 3 for case in cases),
        others=list_re_audits(db(), row.id),
    )


@pages.act("/rounds/<int:round_id>/re-audit", may=LEAD)
def re_audit_create(round_id: int) -> Any:
    """Plan it, and go on to its cases."""
    row = _baseline(round_id)
    form = _with_lists(PlanReAuditForm(request.form), row)
    made: list[AuditRound] = []
    if tried(form, lambda: made.append(plan_re_audit(db(), round_id, _plan(form), act()))):
        return to_step("re_audit.re_audit_cases", made[0].id)
    return _plan_page(form, _baseline(round_id)), BAD


def _plan(form: PlanReAuditForm) -> ReAuditPlan:
    dates = {name: form[name].data for name in DATES}
    return ReAuditPlan(
        name=form.name.data or "",
        frame_id=int(form.frame_id.data),
        selected_because_poor=form.cases.data == "poor",
        **dates,
    )


def _re_audit(round_id: int) -> AuditRound:
    row = visible_round(round_id)
    if row.kind != "re_audit":
        raise NotFound("There is no such re-audit.")
    return row


@pages.page("/rounds/<int:round_id>/same-cases", may=LEAD)
def re_audit_cases(round_id: int) -> Any:
    """What will be taken: the same cases in their order, and who has left the list."""
    row = _re_audit(round_id)
    if row.state not in ("planned", "locked"):
        return to_round(round_id)
    return _cases_page(row, TakeCasesForm(None, key=new_key(), version=row.version))


def _cases_page(row: AuditRound, form: TakeCasesForm) -> str:
    session = db()
    baseline = session.get_one(AuditRound, row.baseline_id)
    cases = list_baseline_cases(session, baseline.id, only_poor=row.selected_because_poor)
    listed = list_listed_cases(session, row.frame_id, [case.ref for case in cases]) if row.frame_id else {}
    return render_template(
        "re_audit/cases.html",
        form=form,
        row=row,
        baseline=baseline,
        random=sum(not case.judgemental for case in cases),
        added=sum(case.judgemental for case in cases),
        gone=[case.ref for case in cases if case.ref not in listed],
        reserves=0 if row.selected_because_poor else len(list_unused_reserves(session, baseline.id)),
        moves=moves_for(session, "audit_round", row.id, viewer().person_id, now()),
        back=url_for("audit_round.audit_round_show", round_id=row.id),
    )


@pages.act("/rounds/<int:round_id>/same-cases", may=LEAD)
def re_audit_take(round_id: int) -> Any:
    """Lock list and cases together and take them, in one transaction; then on to allocation."""
    _re_audit(round_id)
    form, version = TakeCasesForm(request.form), form_version()
    if tried(
        form,
        lambda: lock_and_take(db(), round_id, act(), expected_version=version),
        done="The same cases are taken. Next, allocate them to other auditors.",
    ):
        return to_step("allocation.allocation_show", round_id)
    return _cases_page(_re_audit(round_id), form), BAD
