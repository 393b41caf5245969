"""Raising an immediate concern: phone first, then say whom you spoke to, when, and what worries you."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request

from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound, Refused
from auditflow.domain.frame import case_type_label
from auditflow.models import Alert, CaseAudit
from auditflow.queries.alert import list_own_cases, list_phone_first
from auditflow.queries.case_audit import get_case_audit, get_team_name
from auditflow.services.alert import Concern, raise_concern
from auditflow.web.alert import alert_link
from auditflow.web.request import act, db, house, new_key, now, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from forms.alert import RaiseConcernForm

pages = Pages("alert_raise", __name__)

TOLD = {
    "team": "It went to the team manager and the deputy at once.",
    "head": "It went straight to the head of service.",
    "director": "It went straight to the director.",
}


def phones() -> list[str]:
    """The council's numbers, one a line, as the setting has them between semicolons."""
    return [part.strip() for part in house().settings.alert_phones.split(";") if part.strip()]


@pages.page("/concerns/raise", may=SIGNED_IN)
def alert_raise_choose() -> str:
    """Which case is it about? One of the person's own."""
    cases = list_own_cases(db(), viewer())
    return render_template("alert/choose.html", cases=cases, kind=case_type_label, phones=phones())


@pages.page("/audits/<int:case_audit_id>/concern", may=SIGNED_IN, opens="case_audit")
def alert_raise_ask(case_audit_id: int) -> str:
    """The form, under what has to be done before it."""
    audit = get_case_audit(db(), viewer(), case_audit_id)
    return _render(audit, RaiseConcernForm(key=new_key(), data={"spoken_on": local_date(now())}))


@pages.act("/audits/<int:case_audit_id>/concern", may=SIGNED_IN)
def alert_raise_send(case_audit_id: int) -> Any:
    """Raise the concern."""
    audit = get_case_audit(db(), viewer(), case_audit_id)
    form = RaiseConcernForm(request.form)
    if form.validate():
        try:
            alert = raise_concern(db(), case_audit_id, _concern(form), act())
            flash(_done(alert), "success")
            return redirect(alert_link(alert.id), code=303)
        except NotFound:
            raise
        except Refused as refusal:
            db().rollback()
            form.add_error(refusal.sentence, refusal.field)
    form.key.data = new_key()
    audit = get_case_audit(db(), viewer(), case_audit_id)
    return _render(audit, form), 400


def _concern(form: RaiseConcernForm) -> Concern:
    return Concern(form.concern.data, form.spoken_to.data, form.spoken_at(), bool(form.about_manager.data))


def _done(alert: Alert) -> str:
    return f"Your concern is raised. {TOLD[alert.escalated_to]}"


def _render(audit: CaseAudit, form: RaiseConcernForm) -> str:
    return render_template(
        "alert/raise.html",
        audit=audit,
        kind=case_type_label(audit.case_type),
        form=form,
        team=get_team_name(db(), audit.team_id),
        people=list_phone_first(db(), audit.team_id),
        phones=phones(),
    )
