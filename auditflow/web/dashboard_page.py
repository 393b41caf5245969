"""What the dashboard of a round shows, from its figures to its words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.domain.pace import Pace, pace_of
from auditflow.domain.working_days import working_days_between
from auditflow.models import AuditRound
from auditflow.queries.alert import list_open_alerts
from auditflow.queries.approval import RequestLine, list_open_requests
from auditflow.queries.case_audit_second import count_seconds
from auditflow.queries.dashboard import (
    WITH_AUDITOR,
    WITH_MODERATOR,
    Progress,
    Tally,
    Waiting,
    get_progress,
    list_agreed_times,
    list_late_auditors,
    list_waiting,
)
from auditflow.queries.sample import count_losses
from auditflow.queries.scope import Viewer
from auditflow.services.timetable import timetable
from auditflow.web.alert import clock_words
from auditflow.web.dashboard_words import loss_words, removal_line, second_words, waiting_line
from auditflow.web.layout import long_day

SHOWN_STATES = (
    ("selected", "Not allocated", ("selected",)),
    ("allocated", "Not started", ("allocated",)),
    ("in_progress", "Being audited", ("in_progress",)),
    ("returned", "Back with the auditor", ("returned", "changed")),
    ("moderation", "With a moderator", ("submitted", "moderation")),
    ("disputed", "In dispute", ("disputed",)),
    ("agreed", "Agreed", ("agreed", "feedback_shared", "closed")),
    ("not_audited", "Exempt (not audited, approved)", ("not_audited",)),
    ("filed", "Filed when the round was cancelled", ("filed",)),
)
"""The groups of states that a dashboard counts: the key of its address, its words, the states in it."""

Opens = Callable[..., str]
"""The address of the round's cases with these filters, or nothing for whoever may not open them."""

STATE_GROUPS = {key: states for key, _, states in SHOWN_STATES}


def dashboard_of(session: Session, row: AuditRound, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Everything the dashboard's template needs, in a fixed number of statements."""
    progress = get_progress(session, row.id, now)
    whole, today = progress.whole, local_date(now)
    agreed = [local_date(at) for at in list_agreed_times(session, row.id)]
    closed = timetable(session).days_off
    total = whole.planned - whole.states["not_audited"]
    pace = pace_of(agreed, total, starts_on=row.starts_on, ends_on=row.ends_on, today=today, closed=closed)
    waiting = list_waiting(session, viewer, row.id)
    asked = list_open_requests(session, viewer, row.id)
    seconds = count_seconds(session, row.id)
    opens = partial(cases_link, row.id) if viewer.has("qa_lead") else _closed
    return {
        "whole": whole,
        "pace": pace,
        "plot": _plot(pace, row, today),
        "caption_words": _caption(row, pace, today, closed),
        "finding": _finding(row, whole, pace),
        "figures": _figures(opens, whole),
        "todo": _todo(session, waiting, asked, viewer, now),
        "states": _states(opens, whole),
        "auditors": _auditors(opens, progress),
        "auditor_total": _total(whole),
        "teams": _teams(opens, progress),
        "late_auditors": len(list_late_auditors(session, row.id, now)),
        "unallocated": whole.states["selected"],
        "loss": loss_words(*count_losses(session, row.id)),
        "seconds": seconds,
        "seconds_words": second_words(seconds),
        "lead": viewer.has("qa_lead"),
    }


def cases_link(round_id: int, **query: Any) -> str:
    """The table of the round's cases, filtered."""
    return url_for("dashboard.case_table", round_id=round_id, **query)


def _closed(**_: Any) -> str:
    """A director counts every case and opens those passed up to them: a number would open other cases than it says."""
    return ""


def _caption(row: AuditRound, pace: Pace, today: date, closed: frozenset[date]) -> str:
    if row.state != "live":
        return ""
    if today < row.starts_on:
        return "begins soon"
    late = working_days_between(row.ends_on, today, closed)
    return f"day {pace.days_gone} of {pace.days}" if late <= 0 else f"{late} working days after its end"


def _finding(row: AuditRound, whole: Tally, pace: Pace) -> str:
    start = f"{whole.done:,} of {whole.planned:,} cases are agreed."
    if row.state != "live":
        return start
    end = f"the end date, {long_day(row.ends_on)}"
    if pace.left == 0:
        return f"{start} Nothing is left to do before {end}."
    if pace.days_left == 0:
        return f"{start} The end date, {long_day(row.ends_on)}, has come: {pace.left:,} are not agreed."
    if pace.forecast is None or pace.done == 0:
        return f"{start} {pace.left:,} are to be agreed by {end}."
    if pace.missing == 0:
        return f"{start} At the present pace, all will be agreed by {end}."
    return f"{start} At the present pace, about {pace.missing:,} will not be agreed by {end}."


def _figures(opens: Opens, whole: Tally) -> list[dict[str, Any]]:
    removed, exempt = whole.states["removed"], whole.states["not_audited"]
    audits = f"{whole.late:,} {'audit' if whole.late == 1 else 'audits'}"
    tasks = f"{whole.late_moderations:,} {'moderation' if whole.late_moderations == 1 else 'moderations'}"
    return [
        _figure("Planned", whole.planned, f"{removed:,} removed", opens(state="removed") if removed else ""),
        _figure("Done", whole.done, "agreed, or later", opens(state="agreed") if whole.done else ""),
        _figure(
            "Late",
            whole.late + whole.late_moderations,
            f"{audits}, {tasks}",
            opens(late="audit") if whole.late else "",
        ),
        _figure("Exempt", exempt, "approved by the director", opens(state="not_audited") if exempt else ""),
    ]


def _figure(label: str, value: int, note: str, href: str) -> dict[str, Any]:
    return {"label": label, "value": value, "note": note, "href": href}


def _todo(
    session: Session, waiting: list[Waiting], asked: list[RequestLine], viewer: Viewer, now: datetime
) -> list[dict[str, Any]]:
    concerned = any(item.kind == "concern" for item in waiting)
    clocks = {row.alert.id: clock_words(row) for row in list_open_alerts(session, viewer)} if concerned else {}
    lines = [waiting_line(item, now, clocks) for item in waiting]
    if not viewer.has("qa_lead"):
        # A director opens what was passed up to them from My work; the rest they may count, not read.
        lines = [{name: value for name, value in line.items() if name != "button"} for line in lines]
    return [*lines, *(removal_line(line, viewer) for line in asked)]


def _states(opens: Opens, whole: Tally) -> list[dict[str, Any]]:
    rows = [
        {
            "label": words,
            "count": whole.count(states),
            "href": opens(state=key),
            "strong": key == "agreed",
        }
        for key, words, states in SHOWN_STATES
    ]
    kept = {"Not allocated", "Filed when the round was cancelled"}
    return [row for row in rows if row["count"] or row["label"] not in kept]


def _auditors(opens: Opens, progress: Progress) -> list[list[Any]]:
    found = sorted(progress.auditors.items(), key=lambda item: (-item[1].late, item[0][1] == "", item[0][1]))
    rows = []
    for (person_id, name), tally in found:
        if not tally.planned:
            continue
        words = name or "Nobody yet"
        link = {"auditor": person_id} if person_id is not None else {"state": "selected"}
        first = {"text": words, "href": opens(**link)}
        late, done, exempt = _opening(opens, tally, words, **link) if person_id is not None else _plain(tally)
        rows.append([first, tally.planned, late, *_under_way(tally), done, exempt])
    return rows


def _opening(opens: Opens, tally: Tally, words: str, **mine: Any) -> list[Any]:
    """Late, agreed and exempt, each opening its cases."""
    queries = ({"late": "audit"}, {"state": "agreed"}, {"state": "not_audited"})
    return [
        {"text": count, "href": opens(**query, **mine), "hidden": f"{name}, {words}"}
        for count, query, name in zip(_plain(tally), queries, ("late", "agreed", "exempt"), strict=True)
    ]


def _plain(tally: Tally) -> list[int]:
    return [tally.late, tally.done, tally.states["not_audited"]]


def _under_way(tally: Tally) -> list[int]:
    return [tally.count(WITH_AUDITOR), tally.count(WITH_MODERATOR)]


def _total(whole: Tally) -> list[Any]:
    late, done, exempt = _plain(whole)
    return ["All", whole.planned, late, *_under_way(whole), done, exempt]


def _teams(opens: Opens, progress: Progress) -> list[list[Any]]:
    found = sorted(progress.teams.items(), key=lambda item: (-item[1].late, item[0][1] == "", item[0][1]))
    rows = []
    for (team_id, name), tally in found:
        if not tally.planned:
            continue
        if team_id is None:
            rows.append([name or "No team known", tally.planned, *_plain(tally)])
            continue
        first = {"text": name, "href": opens(team=team_id)}
        rows.append([first, tally.planned, *_opening(opens, tally, name, team=team_id)])
    return rows


def _plot(pace: Pace, row: AuditRound, today: date) -> dict[str, Any]:
    def short(day: date) -> str:
        return f"{day.day} {day:%b}"

    seen = f"A line rises to {pace.done} of {pace.total} cases agreed on {short(min(today, row.ends_on))}"
    leads = f", and leads to about {pace.forecast:.0f} by the end." if pace.forecast is not None else "."
    return {
        "title": f"Cases agreed against an even pace, {short(row.starts_on)} to {short(row.ends_on)}",
        "desc": seen + leads,
        "done": [{"day": short(day), "n": n} for day, n in pace.line],
        "start": short(row.starts_on),
        "today": short(min(today, row.ends_on)),
        "end": short(row.ends_on),
    }
