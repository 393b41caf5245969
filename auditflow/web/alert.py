"""Immediate concerns: the open ones with their clocks, the settled ones, one concern, and its moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from auditflow.adapters.spreadsheet import Sheet
from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound
from auditflow.models import CaseAudit
from auditflow.queries.alert import AlertRow, get_alert, list_open_alerts, list_settled_alerts
from auditflow.queries.case_audit import get_case_audit, get_person_name
from auditflow.queries.moves import moves_for
from auditflow.services import alert as service
from auditflow.services.act import Act
from auditflow.web.download import table_file
from auditflow.web.item_history import history_days
from auditflow.web.layout import clock_time, day, long_day
from auditflow.web.move_page import MovePage, made, sent_back
from auditflow.web.request import db, new_key, now, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from forms import alert as forms
from forms.base import ChangeForm
from workflows.alert import WORKFLOW

pages = Pages("alert", __name__)

LEVELS = {"head": "head of service", "director": "director"}
HEADINGS = ("Case", "Team", "Raised", "Raised by", "State", "Acknowledged", "Resolved", "What was done")


def clock_words(row: AlertRow) -> str:
    """What happens next if nobody answers: “Goes to the head of service at 13:12”."""
    if row.alert.state not in ("raised", "acknowledged"):
        return ""
    step = row.next_step
    if step is None:
        return "With the director"
    level, at = step
    return f"Goes to the {LEVELS[level]} {_when(at)}"


def _when(at: datetime) -> str:
    if at <= now():
        return "now"
    today = local_date(at) == local_date(now())
    return f"at {clock_time(at)}" if today else f"at {clock_time(at)} on {long_day(at)}"


def raised_words(row: AlertRow) -> str:
    """When and by whom it was raised."""
    return f"Raised by {row.raised_by}, {long_day(row.alert.raised_at)} at {clock_time(row.alert.raised_at)}."


@pages.page("/concerns", may=SIGNED_IN)
def alert_list() -> str:
    """The concerns that the person may see: open ones first, with their clocks."""
    open_now = list_open_alerts(db(), viewer())
    settled = list_settled_alerts(db(), viewer())
    return render_template(
        "alert/list.html",
        todos=[_todo(row) for row in open_now],
        waiting=sum(row.alert.state == "raised" for row in open_now),
        rows=[_cells(row) for row in settled],
        downloadable=bool(open_now or settled),
    )


def _todo(row: AlertRow) -> dict[str, Any]:
    label = WORKFLOW.labels[row.alert.state]
    return {
        "title": f"Concern about case {row.ref}",
        "ref": row.ref,
        "lines": [". ".join(part for part in (row.team, f"{label}.") if part), raised_words(row)],
        "due": clock_words(row),
        "late": True,
        "button": {"text": "Open", "href": alert_link(row.alert.id), "hidden": f"the concern about case {row.ref}"},
    }


def _cells(row: AlertRow) -> list[Any]:
    title = Markup('<span class="app-ref">{}</span>').format(row.ref)
    alert = row.alert
    link = {"text": title, "href": alert_link(alert.id), "hidden": f", concern of {day(alert.raised_at)}"}
    return [link, row.team, day(alert.raised_at), row.raised_by, WORKFLOW.labels[alert.state]]


def alert_link(alert_id: int) -> str:
    """The concern's own page."""
    return url_for("alert.alert_show", alert_id=alert_id)


@pages.page("/concerns.<any(csv, xlsx):kind>", may=SIGNED_IN)
def alert_download(kind: str) -> Any:
    """Every concern that the person may see, as a file."""
    found = [*list_open_alerts(db(), viewer()), *list_settled_alerts(db(), viewer())]
    rows = [_line(row) for row in found]
    return table_file(Sheet("Concerns", HEADINGS, rows), "concerns", kind)


def _line(row: AlertRow) -> list[object]:
    alert = row.alert
    state = WORKFLOW.labels[alert.state]
    times = [alert.acknowledged_at, alert.resolved_at]
    return [row.ref, row.team, alert.raised_at, row.raised_by, state, *times, alert.resolution or ""]


@pages.page("/concerns/<int:alert_id>", may=SIGNED_IN, opens="alert")
def alert_show(alert_id: int) -> str:
    """One concern: what was said, to whom, what happened since, and what the person may do now."""
    row = get_alert(db(), viewer(), alert_id)
    return render_template(
        "alert/show.html",
        row=row,
        alert=row.alert,
        label=WORKFLOW.labels[row.alert.state],
        clock=clock_words(row),
        raised=raised_words(row),
        acknowledged_by=get_person_name(db(), row.alert.acknowledged_by_id),
        resolved_by=get_person_name(db(), row.alert.resolved_by_id),
        moves=moves_for(db(), "alert", alert_id, viewer().person_id, now()),
        days=history_days("alert", alert_id),
        audit=_audit(row.alert.case_audit_id),
    )


def _audit(case_audit_id: int) -> CaseAudit | None:
    """The audit, if the person may open it."""
    try:
        return get_case_audit(db(), viewer(), case_audit_id)
    except NotFound:
        return None


def _acknowledge(alert_id: int, form: Any, act: Act) -> Any:
    return service.acknowledge_concern(db(), alert_id, act, version=form.version.data)


def _resolve(alert_id: int, form: Any, act: Act) -> Any:
    return service.resolve_concern(db(), alert_id, form.resolution.data, act, version=form.version.data)


def _re_raise(alert_id: int, form: Any, act: Act) -> Any:
    return service.re_raise_concern(db(), alert_id, form.reason.data, act, version=form.version.data)


def _in_error(alert_id: int, form: Any, act: Act) -> Any:
    return service.mark_raised_in_error(db(), alert_id, form.reason.data, act, version=form.version.data)


TOLD = "Whoever raised it is told."
MOVES: dict[str, MovePage] = {
    "acknowledge": MovePage(forms.AcknowledgeConcernForm, _acknowledge, "Acknowledge", f"Acknowledged. {TOLD}"),
    "resolve": MovePage(forms.ResolveConcernForm, _resolve, "Record it as resolved", f"Resolved. {TOLD}"),
    "re_raise": MovePage(
        forms.ReRaiseConcernForm, _re_raise, "Raise it again", "Raised again. Everybody up to the director is told."
    ),
    "mark_raised_in_error": MovePage(
        forms.MarkRaisedInErrorForm, _in_error, "Mark as raised in error", f"Marked as raised in error. {TOLD}"
    ),
}
RULE = "/concerns/<int:alert_id>/<any(acknowledge, resolve, re_raise, mark_raised_in_error):move>"


@pages.page(RULE, may=SIGNED_IN, opens="alert")
def alert_move_ask(alert_id: int, move: str) -> Any:
    """The move's page; somebody for whom it is not open now is sent back to the concern and told why."""
    row = get_alert(db(), viewer(), alert_id)
    moves = moves_for(db(), "alert", alert_id, viewer().person_id, now())
    back = sent_back(moves, WORKFLOW, move, alert_link(alert_id))
    if back is not None:
        return back
    return _render(row, move, MOVES[move].form(version=row.alert.version, key=new_key()))


@pages.act(RULE, may=SIGNED_IN)
def alert_move_make(alert_id: int, move: str) -> Any:
    """Make the move."""
    get_alert(db(), viewer(), alert_id)
    form = MOVES[move].form(request.form)
    done = made(MOVES[move], alert_id, form, alert_link(alert_id))
    if done is not None:
        return done
    row = get_alert(db(), viewer(), alert_id)
    form.key.data, form.version.data = new_key(), row.alert.version
    return _render(row, move, form), 400


def _render(row: AlertRow, move: str, form: ChangeForm) -> str:
    return render_template(
        "alert/move.html",
        row=row,
        alert=row.alert,
        form=form,
        move=move,
        title=WORKFLOW.by_action[move][0].label,
        page=MOVES[move],
        label=WORKFLOW.labels[row.alert.state],
        clock=clock_words(row),
        raised=raised_words(row),
    )
