"""Strict or lenient: every auditor of the last rounds, for whoever leads the audit and for nobody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import render_template, request

from auditflow.domain.errors import NotFound
from auditflow.queries.results import get_result_round
from auditflow.queries.severity import list_first_grades, list_names
from auditflow.statistics.severity_summary import severity_summary
from auditflow.statistics.wording import number, plural, signed
from auditflow.web.request import db, viewer
from auditflow.web.results_pool import ROUNDS, earlier_rounds
from auditflow.web.routing import Pages

pages = Pages("results_severity", __name__)

REPORTED = ("reporting", "closed")
"""Before that, grades are still coming in and auditors may still change theirs."""

Figures = Mapping[str, Any]


@pages.page("/results/<int:round_id>/auditors", may=("qa_lead",))
def results_severity_list(round_id: int) -> Any:
    """Everybody who graded in this round, or in the last rounds with its audit tool, by name."""
    row = get_result_round(db(), viewer(), round_id)
    if row.state not in REPORTED:
        raise NotFound("There are no such results.")
    together = [row, *(one for one, _ in earlier_rounds(row))][:ROUNDS]
    alone = request.args.get("rounds") == "this"
    rounds = [row] if alone else together
    found = severity_summary(list_first_grades(db(), [one.id for one in rounds]))
    auditors = found["auditors"]
    assert isinstance(auditors, dict)
    names = list_names(db(), auditors.keys())
    return render_template(
        "results/severity.html",
        row=row,
        finding=_finding(auditors.values(), found["reason"]),
        rounds=rounds,
        several=len(together) > 1,
        alone=alone,
        by_hand=found["by_hand"],
        rows=[_cells(name, auditors[person]) for person, name in names.items()],
    )


def _finding(auditors: Collection[Figures], reason: object) -> str:
    if reason or all(one["effect"] is None for one in auditors):
        return "Too few grades to tell whether an auditor is strict or lenient."
    flagged = sum(bool(one["flagged"]) for one in auditors)
    if not flagged:
        return "No auditor grades so differently that it needs a talk."
    verb = "grades" if flagged == 1 else "grade"
    return (
        f"{plural(flagged, 'auditor')} {verb} differently by more than half a grade. Talk about it, with cases in hand."
    )


def _cells(name: str, one: Figures) -> list[Any]:
    if one["effect"] is None:
        return [name, one["cases"], "too few to tell", "", ""]
    ends = f"{number(one['low'], 1)} to {number(one['high'], 1)}"
    talk = ("more lenient" if one["effect"] > 0 else "stricter") if one["flagged"] else ""
    return [name, one["cases"], signed(one["effect"], 1), ends, talk]
