"""Groups of children in the results: who is in the sample, and good or better over the last rounds together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditflow.models import AuditRound
from auditflow.queries.audit_tool import list_tool_titles
from auditflow.queries.results import list_latest_results, list_result_rounds
from auditflow.reporting.result_words import range_words, share_words
from auditflow.statistics.group_summary import group_summary
from auditflow.statistics.wording import percent
from auditflow.web.request import db, viewer

ROUNDS = 4
"""A year of quarterly rounds is put together."""
LABELS = {"sex": "Sex", "ethnicity": "Ethnicity", "disability": "Disability"}

Figures = Mapping[str, Any]


def group_parts(row: AuditRound, results: Figures) -> dict[str, Any]:
    """A table for each attribute that this round's list has, and how many rounds are in it."""
    own = results.get("groups") or {}
    earlier = _earlier(row) if own else []
    rounds = [own, *earlier]
    return {
        "group_rounds": len(rounds),
        "groups": [_part(name, [one[name] for one in rounds if name in one]) for name in LABELS if name in own],
    }


def _earlier(row: AuditRound) -> list[Figures]:
    """What the published rounds before this one say, newest first: fresh samples with the same audit tool."""
    tools = {version: key for version, (key, _) in list_tool_titles(db()).items()}
    before = [
        other
        for other in list_result_rounds(db(), viewer())
        if other.baseline_id is None
        and other.record_date < row.record_date
        and tools[other.tool_version_id] == tools[row.tool_version_id]
    ]
    newest = sorted(before, key=lambda other: (other.record_date, other.id), reverse=True)
    frozen = list_latest_results(db(), [other.id for other in newest])
    return [frozen[other.id].results.get("groups") or {} for other in newest if other.id in frozen][: ROUNDS - 1]


def _part(name: str, counts: Sequence[Any]) -> dict[str, Any]:
    figures = group_summary(counts)
    groups, n = figures["groups"], figures["n"]
    assert isinstance(groups, list)
    assert isinstance(n, int)
    return {"id": name, "label": LABELS[name], "sentence": figures["sentence"], "rows": [_row(g, n) for g in groups]}


def _row(group: Figures, n: int) -> list[Any]:
    listed = f"{group['listed']:,}"
    if group["listed_share"] is not None:
        listed += f" ({percent(group['listed_share'], 1)})"
    graded = share_words(group["n"], n) if n else "0"
    return [group["group"], listed, graded, share_words(group["good"], group["n"]), range_words(group, group["n"])]
