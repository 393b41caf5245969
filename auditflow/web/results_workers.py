"""Whose work a round looked at, worker by worker: for whoever leads it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from auditflow.models import AuditRound
from auditflow.queries.results import get_result_round
from auditflow.queries.results_coverage import ListedWorker, list_workers
from auditflow.reporting.result_words import plural
from auditflow.web.layout import day
from auditflow.web.request import db, viewer
from auditflow.web.routing import Pages

pages = Pages("results_workers", __name__)

SHOWN = {
    "covered": "with a case among the audits",
    "without": "without a case among the audits",
    "overlooked": "with no case in this round, and none audited in the 12 months before",
    "all": "on the case list",
}
CHOICES = {
    "covered": "With a case",
    "without": "Without a case",
    "overlooked": "Not audited for 12 months",
    "all": "All on the list",
}


@pages.page("/results/<int:round_id>/workers", may=("qa_lead",))
def results_workers_list(round_id: int) -> Any:
    """The workers whom a figure of coverage counts."""
    row = get_result_round(db(), viewer(), round_id)
    shown = request.args.get("show", "without")
    shown = shown if shown in SHOWN else "without"
    workers = list_workers(db(), row)
    found = [worker for worker in workers if _fits(worker, shown, row)]
    return render_template(
        "results/workers.html",
        row=row,
        finding=f"{plural(len(found), 'worker')} {SHOWN[shown]}.",
        rows=[_cells(worker) for worker in found],
        filters=[_filter(workers, shown, row)],
        action=url_for("results_workers.results_workers_list", round_id=round_id),
    )


def _fits(worker: ListedWorker, shown: str, row: AuditRound) -> bool:
    fitting = {
        "covered": worker.drawn > 0,
        "without": worker.drawn == 0,
        "overlooked": worker.overlooked(row.record_date),
        "all": True,
    }
    return fitting[shown]


def _filter(workers: list[ListedWorker], shown: str, row: AuditRound) -> dict[str, Any]:
    counts = {key: sum(_fits(worker, key, row) for worker in workers) for key in SHOWN}
    options = [{"value": key, "text": f"{words} ({counts[key]:,})"} for key, words in CHOICES.items()]
    return {"name": "show", "label": "Workers", "value": shown, "options": options}


def _cells(worker: ListedWorker) -> list[Any]:
    last = day(worker.last_audited) if worker.last_audited else "not known"
    return [worker.name, worker.listed, worker.drawn, last]
