"""Reports of a round: what is kept, making it again, how far that is, and the files themselves."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for

from auditflow.queries.report import find_open_report_job, get_report, list_report_jobs, list_reports
from auditflow.queries.results import get_result_round, list_result_versions
from auditflow.services.report import READY, cancel_reports, queue_reports
from auditflow.web.download import as_file
from auditflow.web.report_page import file_name, report_page
from auditflow.web.request import act, db, house, viewer
from auditflow.web.results import EVERYBODY, INSIDE
from auditflow.web.routing import Pages

pages = Pages("report", __name__)
LEAD = ("qa_lead",)
KINDS = {"docx": "board_word", "pdf": "board_pdf"}


@pages.page("/results/<int:round_id>/reports", may=INSIDE)
def report_list(round_id: int) -> Any:
    """What is kept, how far the next is, and every other file of the round's results."""
    me = viewer()
    row = get_result_round(db(), me, round_id)
    jobs = list_report_jobs(db(), round_id)
    shown = report_page(list_reports(db(), me, round_id), jobs, list_result_versions(db(), round_id))
    return render_template(
        "report/list.html",
        row=row,
        ready=row.state in READY,
        lead=me.has("qa_lead"),
        teller=me.has("qa_lead", "director"),
        own_template=house().settings.report_template is not None,
        **shown,
    )


@pages.act("/results/<int:round_id>/reports", may=LEAD)
def report_make(round_id: int) -> Any:
    """Have them made; pressed twice, they are made once."""
    get_result_round(db(), viewer(), round_id)
    queue_reports(db(), round_id, act())
    return _back(round_id)


@pages.act("/results/<int:round_id>/reports/cancel", may=LEAD)
def report_cancel(round_id: int) -> Any:
    """Make no further file now."""
    get_result_round(db(), viewer(), round_id)
    cancel_reports(db(), round_id, act())
    flash("Making the reports was cancelled. What was made already is kept.")
    return _back(round_id)


def _back(round_id: int) -> Any:
    return redirect(url_for("report.report_list", round_id=round_id), code=303)


@pages.page("/results/<int:round_id>/reports/progress.json", may=INSIDE)
def report_progress(round_id: int) -> Any:
    """How far the making is, for the script."""
    get_result_round(db(), viewer(), round_id)
    job = find_open_report_job(db(), round_id)
    if job is None:
        return jsonify(next=url_for("report.report_list", round_id=round_id))
    return jsonify(label=job.message, done=job.done, total=job.total)


@pages.page("/results/<int:round_id>/reports/<int:report_id>.<any(docx, pdf):kind>", may=EVERYBODY)
def report_file(round_id: int, report_id: int, kind: str) -> Any:
    """A board report, as it was made."""
    report = get_report(db(), viewer(), round_id, report_id, [KINDS[kind]])
    return as_file(report.content, file_name(report), kind)


@pages.page("/results/<int:round_id>/reports/<int:report_id>.xlsx", may=LEAD, opens="audit_round")
def report_workbook(round_id: int, report_id: int) -> Any:
    """The workbook with every grading, as it was made."""
    report = get_report(db(), viewer(), round_id, report_id, ["workbook"])
    return as_file(report.content, file_name(report), "xlsx")


@pages.page("/results/word-template.docx", may=("qa_lead", "director"))
def report_template() -> Any:
    """The usual Word template, to make the council's own from."""
    from auditflow.reporting.board_word import word_template

    return as_file(word_template(), "board-report-template", "docx")
