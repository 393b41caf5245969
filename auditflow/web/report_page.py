"""The page of a round's reports: the files that one job made stand together, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for

from auditflow.models import Job, Report
from auditflow.models.report import REPORT_KINDS
from auditflow.queries.report import OPEN_STATES
from auditflow.web.layout import clock_time, day

ENDINGS = {"board_word": "docx", "board_pdf": "pdf", "workbook": "xlsx"}
WORDS = {
    "board_word": "Board report (Word)",
    "board_pdf": "Board report (PDF)",
    "workbook": "Every table and grading (Excel)",
}
THOUSAND = 1000


def report_page(
    reports: Iterable[Report], jobs: Sequence[Job], versions: Sequence[tuple[int, Any, str]]
) -> dict[str, Any]:
    """Everything that the page shows of the reports that this person may see."""
    by_job: dict[int, list[Report]] = {}
    for report in reports:
        by_job.setdefault(report.job_id, []).append(report)
    refused = {job.id: (job.result or {}).get("refused", {}) for job in jobs}
    sets = [_set(made, refused.get(job_id, {})) for job_id, made in by_job.items()]
    latest = versions[-1][0] if versions else None
    newest = next((one for one in sets if one["version"] == latest), None)
    job = next((job for job in jobs if job.state in OPEN_STATES), None)
    return {
        "job": job,
        "failed": jobs[0].message if jobs and jobs[0].state == "failed" else "",
        "newest": newest,
        "earlier": [one for one in sets if one is not newest],
        "latest": latest,
        "finding": _finding(newest, latest, working=job is not None),
    }


def _finding(newest: dict[str, Any] | None, latest: int | None, *, working: bool) -> str:
    if working:
        return "The reports are being made. You can leave this page: they are kept here."
    if newest is None:
        return "No report is kept yet." if latest is None else f"No report of version {latest} is kept yet."
    if latest is None:
        return f"A draft of {newest['made_on']} is kept. The board sees none before the round is closed."
    return f"Version {latest} is kept here as it was made on {newest['made_on']}."


def _set(made: list[Report], refused: dict[str, str]) -> dict[str, Any]:
    """The files of one job in the order of the kinds, with what could not be made and why."""
    version, by_kind = made[0].version, {report.kind: report for report in made}
    name = "Draft" if version is None else f"Version {version}"
    return {
        "version": version,
        "name": name,
        "made_on": day(made[-1].made_at),
        "rows": [_row(kind, by_kind, refused, name) for kind in REPORT_KINDS if kind in by_kind or kind in refused],
        "digests": [(WORDS[kind], by_kind[kind].sha256) for kind in REPORT_KINDS if kind in by_kind],
    }


def _row(kind: str, by_kind: dict[str, Report], refused: dict[str, str], name: str) -> dict[str, Any]:
    report = by_kind.get(kind)
    if report is None:
        return {"key": WORDS[kind], "value": f"Not made. {refused[kind]}"}
    value = f"{size_words(report.size)}, made {day(report.made_at)} at {clock_time(report.made_at)}"
    link = {"text": "Download", "href": file_address(report), "hidden": f"{WORDS[kind]}, {name.lower()}"}
    return {"key": WORDS[kind], "value": value, "actions": [link]}


def file_address(report: Report) -> str:
    """Where the file is downloaded."""
    ids: dict[str, Any] = {"round_id": report.round_id, "report_id": report.id}
    if report.kind == "workbook":
        return url_for("report.report_workbook", **ids)
    return url_for("report.report_file", kind=ENDINGS[report.kind], **ids)


def file_name(report: Report) -> str:
    """Such as board-report-3-version-2; its ending says the rest."""
    what = "results" if report.kind == "workbook" else "board-report"
    return f"{what}-{report.round_id}-" + ("draft" if report.version is None else f"version-{report.version}")


def size_words(size: int) -> str:
    """Such as “36 KB” or “1.2 MB”, which do not break."""
    if (thousands := round(size / THOUSAND)) < THOUSAND:
        return f"{max(1, thousands)}\N{NO-BREAK SPACE}KB"
    return f"{size / THOUSAND / THOUSAND:.1f}\N{NO-BREAK SPACE}MB"
