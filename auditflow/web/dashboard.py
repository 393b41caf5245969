"""The cases of a round as a table and as a file, and chasing who is late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, render_template, request, url_for
from markupsafe import Markup

from auditflow.adapters.spreadsheet import Sheet
from auditflow.domain.clock import local_date
from auditflow.domain.sampling_words import group_words
from auditflow.models import AuditRound
from auditflow.queries.dashboard import CaseFilter, CaseLine, get_progress, list_round_cases
from auditflow.reporting.result_words import KIND_WORDS
from auditflow.services.chase import chase_auditors
from auditflow.web.audit_round_pages import LEAD, READERS, kind_words, to_round, visible_round
from auditflow.web.dashboard_page import SHOWN_STATES, STATE_GROUPS
from auditflow.web.download import table_file
from auditflow.web.layout import case_ref, day
from auditflow.web.request import act, asked_number, db, now, viewer
from auditflow.web.routing import Pages
from workflows.registry import WORKFLOWS

pages = Pages("dashboard", __name__)
LABELS = WORKFLOWS["case_audit"].labels
HEADINGS = ("Case", "Kind of case", "Team", "How it came in", "Auditor", "State", "Due", "Agreed")
FILTERS = ("state", "auditor", "team", "late", "kind", "search")
PAGE = 50


def _filter() -> CaseFilter:
    state, late = request.args.get("state", ""), request.args.get("late", "")
    groups = {**STATE_GROUPS, "removed": ("removed",)}
    return CaseFilter(
        states=groups.get(state, ()),
        auditor_id=asked_number("auditor"),
        team_id=asked_number("team"),
        late=late if late in ("audit", "moderation") else "",
        kind=request.args.get("kind", "") if request.args.get("kind", "") in KIND_WORDS else "",
        search=request.args.get("search", "").strip()[:100],
    )


def _query() -> dict[str, Any]:
    """The filters that the address names: only these are carried along by links."""
    return {name: request.args[name] for name in FILTERS if request.args.get(name)}


@pages.page("/rounds/<int:round_id>/cases", may=READERS)
def case_table(round_id: int) -> Any:
    """The round's cases, filtered by the page's address, fifty at a time."""
    row = visible_round(round_id)
    lines = list_round_cases(db(), viewer(), round_id, _filter(), now())
    number = max(1, request.args.get("page", 1, type=int))
    shown = lines[(number - 1) * PAGE : number * PAGE]
    return render_template(
        "audit_round/cases.html",
        row=row,
        rows=[_cells(line, row) for line in shown],
        count=len(lines),
        page=_page(number, len(lines)),
        filters=_filters(row),
        filtered=bool(_query()),
        query=_query(),
        lead=viewer().has("qa_lead"),
    )


def _cells(line: CaseLine, row: AuditRound) -> list[Any]:
    href = url_for("sample.sample_case", round_id=row.id, case_audit_id=line.id)
    kind = group_words(line.case_type) if line.case_type else ""
    words = [kind, line.team, kind_words(row, line.kind), line.auditor, LABELS[line.state]]
    return [
        {"text": case_ref(line.ref), "href": href},
        *words,
        _due(line),
        day(line.agreed_at) if line.agreed_at else "",
    ]


def _due(line: CaseLine) -> str:
    due_at = _due_at(line)
    if due_at is None:
        return ""
    words = day(local_date(due_at))
    return Markup('<span class="app-late">{}, late</span>').format(words) if due_at < now() else words


def _due_at(line: CaseLine) -> datetime | None:
    """When somebody must act; once feedback is shared, the end of the time to challenge is nobody's to keep."""
    return None if line.state in ("feedback_shared", "closed") else line.due_at


def _filters(row: AuditRound) -> list[dict[str, Any]]:
    progress = get_progress(db(), row.id, now())
    auditors = sorted((name, str(i)) for i, name in progress.auditors if i is not None)
    teams = sorted((name, str(i)) for i, name in progress.teams if i is not None)
    states = [(words, key) for key, words, _ in SHOWN_STATES] + [("Removed from the sample", "removed")]
    return [
        {"name": "search", "label": "Find a case", "value": request.args.get("search", "")},
        _choice("state", "State", "All states", states),
        _choice("auditor", "Auditor", "All auditors", auditors),
        _choice("team", "Team", "All teams", teams),
        _choice(
            "late",
            "Late",
            "Late or not",
            [("Audits that are late", "audit"), ("Moderations that are late", "moderation")],
        ),
    ]


def _choice(name: str, label: str, every: str, options: list[tuple[str, str]]) -> dict[str, Any]:
    shown = [{"value": "", "text": every}, *({"value": value, "text": text} for text, value in options)]
    return {"name": name, "label": label, "value": request.args.get(name, ""), "options": shown}


def _page(number: int, of: int) -> dict[str, Any]:
    last = max(1, -(-of // PAGE))

    def href(n: int) -> str:
        return url_for(request.endpoint or "", **(request.view_args or {}), **_query(), page=n)

    near = [n for n in range(1, last + 1) if n in (1, last) or abs(n - number) <= 2]
    items: list[dict[str, Any]] = []
    for before, n in zip([0, *near], near, strict=False):
        items += [{"gap": True}] if n - before > 1 else []
        items.append({"number": n, "href": href(n), "current": n == number})
    return {
        "first": min(of, (number - 1) * PAGE + 1),
        "last": min(of, number * PAGE),
        "of": of,
        "previous": href(number - 1) if number > 1 else None,
        "next": href(number + 1) if number < last else None,
        "items": items,
    }


@pages.page("/rounds/<int:round_id>/cases.<any(csv, xlsx):kind>", may=READERS)
def case_table_file(round_id: int, kind: str) -> Any:
    """The same cases, all of them, as a file."""
    row = visible_round(round_id)
    lines = list_round_cases(db(), viewer(), round_id, _filter(), now())
    rows = [
        [
            line.ref,
            group_words(line.case_type) if line.case_type else "",
            line.team,
            kind_words(row, line.kind),
            line.auditor,
            LABELS[line.state],
            local_date(due_at) if (due_at := _due_at(line)) else None,
            local_date(line.agreed_at) if line.agreed_at else None,
        ]
        for line in lines
    ]
    return table_file(Sheet("Cases", HEADINGS, rows), f"round-{row.id}-cases", kind)


@pages.act("/rounds/<int:round_id>/chase", may=LEAD)
def round_chase(round_id: int) -> Any:
    """One message to each late auditor who has had none today."""
    visible_round(round_id)
    chased = len(chase_auditors(db(), round_id, act()))
    people = "1 auditor" if chased == 1 else f"{chased} auditors"
    flash(f"A reminder goes to {people}." if chased else "Every late auditor has had a reminder today.", "success")
    return to_round(round_id)
