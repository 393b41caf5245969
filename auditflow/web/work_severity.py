"""How an auditor's own grades compare: strict or lenient, for the auditor alone."""

from __future__ import annotations

from typing import Any

from flask import render_template

from auditflow.models import AuditRound
from auditflow.queries.severity import list_first_grades, list_graded_rounds
from auditflow.statistics.severity_summary import severity_summary
from auditflow.web.request import db, viewer
from auditflow.web.results_pool import last_year
from auditflow.web.routing import Pages

pages = Pages("work_severity", __name__)


@pages.page("/work/grading", may=("auditor",))
def work_severity_show() -> Any:
    """How the auditor's own grades compare, over the closed rounds of a year; nobody else's are on the page."""
    me = viewer().person_id
    tools: dict[str, list[AuditRound]] = {}
    titles: dict[str, str] = {}
    for row, key, title in list_graded_rounds(db(), me):
        tools.setdefault(key, []).append(row)
        titles.setdefault(key, title)
    parts = [_own(titles[key], last_year(rounds), me) for key, rounds in tools.items()]
    return render_template("work/severity.html", parts=[part for part in parts if part])


def _own(title: str, rounds: list[AuditRound], me: int) -> dict[str, Any] | None:
    """The person's own sentence; None if they graded nothing in these rounds."""
    auditors = severity_summary(list_first_grades(db(), [row.id for row in rounds]))["auditors"]
    assert isinstance(auditors, dict)
    own = auditors.get(me)
    if own is None:
        return None
    return {
        "title": title,
        "rounds": [row.name for row in rounds],
        "sentence": own["sentence"],
        "flagged": own["flagged"],
    }
