"""Results as files: each table as CSV, all of them as a workbook, and the raw gradings for who leads rounds."""

from __future__ import annotations

from typing import Any

from auditflow.adapters.spreadsheet import Sheet, xlsx_bytes
from auditflow.domain.errors import NotFound
from auditflow.queries.results import get_result_round, get_round_grades
from auditflow.queries.results_cases import list_gradings
from auditflow.reporting.workbook import grading_headings, grading_rows, result_sheets
from auditflow.web.download import as_file, table_file
from auditflow.web.request import db, viewer
from auditflow.web.results import INSIDE
from auditflow.web.results_kept import kept_results
from auditflow.web.routing import Pages
from workflows.registry import WORKFLOWS

pages = Pages("results_download", __name__)


@pages.page("/results/<int:round_id>/tables.xlsx", may=INSIDE)
def results_workbook(round_id: int) -> Any:
    """Every table of the results in one workbook, a sheet each."""
    return as_file(xlsx_bytes(_sheets(round_id)), f"results-{round_id}", "xlsx")


@pages.page("/results/<int:round_id>/<table>.csv", may=INSIDE)
def results_table(round_id: int, table: str) -> Any:
    """One table; its name is that of its sheet, small and with hyphens."""
    sheet = next((one for one in _sheets(round_id) if _slug(one.name) == table), None)
    if sheet is None:
        raise NotFound("There is no such table.")
    return table_file(sheet, f"results-{round_id}-{table}", "csv")


@pages.page("/results/<int:round_id>/gradings.<any(csv, xlsx):kind>", may=("qa_lead",), opens="audit_round")
def results_gradings(round_id: int, kind: str) -> Any:
    """Every grading of the round, a row each."""
    row = get_result_round(db(), viewer(), round_id)
    domains = get_round_grades(db(), row).domains
    headings = grading_headings(domains)
    rows = grading_rows(list_gradings(db(), viewer(), row), domains, WORKFLOWS["case_audit"].labels)
    return table_file(Sheet("Gradings", headings, rows), f"gradings-{round_id}", kind)


def _sheets(round_id: int) -> list[Sheet]:
    me = viewer()
    get_result_round(db(), me, round_id)
    return result_sheets(kept_results(round_id), teams=me.has("qa_lead", "director"))


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
