"""Files to keep: a table as CSV or xlsx, a report, under a name of its own."""

from __future__ import annotations

from flask import Response

from auditflow.adapters.spreadsheet import Sheet, csv_bytes, xlsx_bytes

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def as_file(content: bytes, name: str, kind: str) -> Response:
    """`content` as the file `name.kind`; `kind` is one of TYPES."""
    return Response(
        content, mimetype=TYPES[kind], headers={"Content-Disposition": f"attachment; filename={name}.{kind}"}
    )


def table_file(sheet: Sheet, name: str, kind: str) -> Response:
    """One table as the file `name.kind`, in which nothing that a person typed runs as a formula."""
    content = csv_bytes(sheet.headings, sheet.rows) if kind == "csv" else xlsx_bytes([sheet])
    return as_file(content, name, kind)
