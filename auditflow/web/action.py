"""Actions: the list, as a page and as a file, and the page of one action with what may be done now."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from auditflow.adapters.spreadsheet import Sheet
from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound
from auditflow.models import Action, CaseAudit
from auditflow.queries.action import (
    PAGE,
    ActionRow,
    Filter,
    count_actions,
    count_standing,
    find_action_before,
    get_action,
    list_actions,
    list_findings,
)
from auditflow.queries.audit_tool import get_round_tool
from auditflow.queries.case_audit import get_case_audit, get_person_name, get_team_name
from auditflow.queries.moves import moves_for
from auditflow.services.action_cannot_do import find_cannot_do_request
from auditflow.web.case_audit_list import Sorts
from auditflow.web.download import table_file
from auditflow.web.item_history import history_days
from auditflow.web.layout import day
from auditflow.web.paging import paging
from auditflow.web.request import db, now, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from workflows.action import STATES, WORKFLOW

pages = Pages("action", __name__)

READERS = (
    *("team_manager", "practitioner", "auditor", "qa_lead"),
    *("head_of_service", "director", "external_moderator"),
)
HEADINGS = ("Case", "Action", "Owner", "Team", "Round", "State", "First date", "Date now", "Overdue", "Difference")
SORTS = Sorts((("case", "Case"), ("", "Action"), ("owner", "Owner"), ("state", "State"), ("due", "Due")))
SHOWN = (("unfinished", "Not finished"), ("overdue", "Overdue"), ("all", "All"), *((s.key, s.label) for s in STATES))
DIFFERENCE = {"yes": "yes", "partly": "in part", "no": "no"}


def _filter() -> Filter:
    shown = request.args.get("show", "unfinished")
    return Filter(
        shown if shown in dict(SHOWN) else "unfinished",
        request.args.get("whose") == "mine",
        request.args.get("search", "").strip()[:200],
        request.args.get("sort", "due"),
    )


@pages.page("/actions", may=READERS)
def action_list() -> str:
    """The actions that the person may see, filtered and sorted by the address."""
    session, me, today, chosen = db(), viewer(), local_date(now()), _filter()
    keep = {"show": chosen.show, "whose": "mine" if chosen.mine else "", "search": chosen.search}
    page = paging(
        count_actions(session, me, chosen, today),
        size=PAGE,
        keep=keep | {"sort": chosen.sort},
    )
    rows = list_actions(session, me, chosen, today, page=page.number)
    return render_template(
        "action/list.html",
        columns=[c | {"wrap": c["text"] == "Action"} for c in SORTS.columns(chosen.sort, keep)],
        rows=[_cells(row) for row in rows],
        page=page.shown(),
        standing=count_standing(session, me, today),
        shown=SHOWN,
        chosen=chosen,
        filtered=bool(chosen.search or chosen.mine or chosen.show != "unfinished"),
    )


def _cells(row: ActionRow) -> list[Any]:
    action = row.action
    title = Markup('<span class="app-ref">{}</span>').format(row.ref)
    link = {"text": title, "href": action_link(action.id), "hidden": f": {_short(action.text)}"}
    return [link, _short(action.text), row.owner or "Nobody yet", WORKFLOW.labels[action.state], _due(row)]


def _due(row: ActionRow) -> str:
    if row.action.state not in ("proposed", "open", "declined"):
        return ""
    if row.overdue(local_date(now())):
        return Markup('<span class="app-late">{}, overdue</span>').format(day(row.action.first_due_on))
    return day(row.action.due_on)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79].rstrip()}…"


def action_link(action_id: int) -> str:
    """The action's own page."""
    return url_for("action.action_show", action_id=action_id)


@pages.page("/actions.<any(csv, xlsx):kind>", may=READERS)
def action_download(kind: str) -> Any:
    """The same list as a file: every page of it."""
    today = local_date(now())
    rows = [_line(row) for row in list_actions(db(), viewer(), _filter(), today, page=None)]
    return table_file(Sheet("Actions", HEADINGS, rows), "actions", kind)


def _line(row: ActionRow) -> list[object]:
    action = row.action
    return [
        row.ref,
        action.text,
        row.owner,
        row.team,
        row.round_name,
        WORKFLOW.labels[action.state],
        action.first_due_on,
        action.due_on,
        "yes" if row.overdue(local_date(now())) else "no",
        DIFFERENCE.get(action.difference or "", ""),
    ]


@pages.page("/actions/<int:action_id>", may=SIGNED_IN, opens="action")
def action_show(action_id: int) -> str:
    """One action: what is to be done, how it stands, and what the person may do about it now."""
    session, me = db(), viewer()
    action = get_action(session, me, action_id)
    audit = session.get_one(CaseAudit, action.case_audit_id)
    readable = _may_read(audit)
    moves = moves_for(session, "action", action_id, me.person_id, now())
    return render_template(
        "action/show.html",
        action=action,
        audit=audit,
        readable=readable,
        moves=moves,
        answers=_answers(action, audit) if readable else [],
        # Somebody who only audits the same case later has no part in it.
        days=history_days("action", action_id) if readable or moves.facts.roles else [],
        request_open=find_cannot_do_request(session, action_id),
        before=find_action_before(session, action_id),
        **about_action(action, audit),
    )


def about_action(action: Action, audit: CaseAudit) -> dict[str, Any]:
    """What the action's page and the pages of its moves say of it."""
    return {
        "owner": get_person_name(db(), action.owner_id),
        "proposer": get_person_name(db(), action.proposed_by_id),
        "checker": get_person_name(db(), action.verified_by_id),
        "team": get_team_name(db(), audit.team_id),
        "overdue": action.state in ("proposed", "open") and action.first_due_on < local_date(now()),
        "difference": DIFFERENCE.get(action.difference or "", ""),
        "label": WORKFLOW.labels[action.state],
    }


def _may_read(audit: CaseAudit) -> bool:
    """Whether the person may see the audit that it comes from; what it answers would tell of its grades."""
    try:
        get_case_audit(db(), viewer(), audit.id)
    except NotFound:
        return False
    return audit.auditor_id == viewer().person_id or audit.shared_at is not None or viewer().has("qa_lead")


def _answers(action: Action, audit: CaseAudit) -> list[str]:
    """What it answers, in words: a domain, or a question of one."""
    tool = get_round_tool(db(), audit.round_id)
    titles = {domain.key: domain.title for domain in tool.domains} | {"overall": "The overall grade"}
    questions = {f"{d.key}.{q.key}": f"{d.title}: {q.text}" for d in tool.domains for q in d.questions}
    return [titles.get(key) or questions.get(key) or key for key in list_findings(db(), action)]
