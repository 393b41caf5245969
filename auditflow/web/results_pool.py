"""The rounds that are looked at together with one: a year of them, with the same audit tool."""

from __future__ import annotations

from collections.abc import Sequence

from auditflow.domain.quarter import Quarter
from auditflow.models import AuditRound, RoundResult
from auditflow.queries.audit_tool import list_tool_titles
from auditflow.queries.results import list_latest_results, list_result_rounds
from auditflow.web.request import db, viewer

ROUNDS = 4
"""At most so many rounds are put together, this one included, and none from before its last four quarters."""

Earlier = list[tuple[AuditRound, RoundResult]]


def earlier_rounds(row: AuditRound) -> Earlier:
    """The published rounds before this one with their latest results, newest first; re-audits among them.

    They have the same audit tool, and their records are of the four quarters that end with this round's.
    """
    tools = {version: key for version, (key, _) in list_tool_titles(db()).items()}
    since = _year_to(row)
    before = [
        other
        for other in list_result_rounds(db(), viewer())
        if since.start <= other.record_date < row.record_date
        and tools[other.tool_version_id] == tools[row.tool_version_id]
    ]
    newest = sorted(before, key=lambda other: (other.record_date, other.id), reverse=True)
    frozen = list_latest_results(db(), [other.id for other in newest]) if newest else {}
    return [(other, frozen[other.id]) for other in newest if other.id in frozen]


def last_year(rounds: Sequence[AuditRound]) -> list[AuditRound]:
    """Of rounds with the same audit tool, newest first: those that are looked at together with the newest."""
    since = _year_to(rounds[0]) if rounds else None
    return [row for row in rounds if since and since.start <= row.record_date][:ROUNDS]


def _year_to(row: AuditRound) -> Quarter:
    """The first of the four quarters that end with this round's."""
    first = Quarter.containing(row.record_date)
    for _ in range(ROUNDS - 1):
        first = first.previous()
    return first


def fresh(earlier: Earlier) -> Earlier:
    """Those of cases drawn anew: a re-audit looks at cases that were counted before."""
    return [(row, result) for row, result in earlier if row.baseline_id is None]
