"""My work: what I have to do, what is late, one button each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for

from auditflow.domain.clock import local_date
from auditflow.queries.scope import Viewer
from auditflow.queries.stuck import count_stuck
from auditflow.queries.work import WorkItem, list_outcomes, list_waiting
from auditflow.queries.work_lines import list_work_lines
from auditflow.web.due import due_words
from auditflow.web.layout import clock_time, long_day
from auditflow.web.request import db, now, viewer
from auditflow.web.routing import SIGNED_IN, Pages
from auditflow.web.waiting import my_work

pages = Pages("work", __name__)

LATE, TODAY, SOON, LATER = "Late", "Due today or tomorrow", "Due within a week", "Due later"
NO_CLOCK = "When you can"
CONCERN = "A child may be at risk"


@pages.page("/", may=SIGNED_IN)
def work_home() -> Any:
    """Home: a board member has results and nothing to do; everybody else starts with their work."""
    me = viewer()
    if me.roles == {"board_member"}:
        return redirect(url_for("results.results_list"))
    return work_page(me)


@pages.page("/work", may=SIGNED_IN)
def work_list() -> Any:
    """My work."""
    return work_page(viewer())


def work_page(me: Viewer) -> str:
    """The page itself, grouped by when."""
    moment = now()
    items = my_work()
    lines = list_work_lines(db(), items, me.person_id, moment)
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        line = lines.get((item.todo.subject_type, item.subject_id), "")
        groups.setdefault(_group(item, moment), []).append(_row(item, line, moment))
    order = [CONCERN, LATE, TODAY, SOON, LATER, NO_CLOCK]
    return render_template(
        "work/list.html",
        count=len(items),
        late=len(groups.get(LATE, [])),
        groups=[(name, groups[name]) for name in order if name in groups],
        waiting=list_waiting(db(), me),
        outcomes=list_outcomes(db(), me),
        stuck=count_stuck(db(), me) if me.has("qa_lead", "director") else 0,
    )


def _group(item: WorkItem, moment: datetime) -> str:
    if item.todo.subject_type == "alert":
        return CONCERN
    if item.due_at is None:
        return NO_CLOCK
    if item.late(moment):
        return LATE
    days = (local_date(item.due_at) - local_date(moment)).days
    return TODAY if days <= 1 else SOON if days <= 7 else LATER


def _row(item: WorkItem, line: str, moment: datetime) -> dict[str, Any]:
    lines = [line] if line else []
    if item.acts and item.todo.silence and item.due_at is not None:
        lines.append(item.todo.silence.format(day=long_day(item.due_at)))
    title = item.todo.title.format(ref=item.ref)
    return {
        "title": title,
        # A case's reference never breaks; the name of a round may.
        "ref": "" if item.todo.subject_type == "audit_round" else item.ref,
        "lines": lines,
        "due": _due(item),
        "late": item.late(moment) or item.todo.subject_type == "alert",
        "button": {"text": item.todo.button, "href": item.href, "hidden": f": {title[0].lower()}{title[1:]}"},
    }


def _due(item: WorkItem) -> str:
    if item.due_at is None:
        return _at_the_top() if item.todo.subject_type == "alert" else ""
    if item.todo.subject_type == "alert":
        return f"Goes up at {clock_time(item.due_at)} on {long_day(item.due_at)}"
    return due_words(item.due_at, item.todo.due)


def _at_the_top() -> str:
    return "It has come up to you" if viewer().has("director") else "It has gone up to the director"
