"""Case lists, their cases and the rows that were not taken, as rows of tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for

from auditflow.domain.frame import COLUMN_LABELS, COLUMNS, case_type_label
from auditflow.models import Frame, FrameCase, FrameReject, Job
from auditflow.web.layout import case_ref, day

NOT_KNOWN = {"case_type": "Not recorded", "status": "Not recorded", "team": "No team"}
STAGES = {
    "uploaded": "Columns to be mapped",
    "importing": "Columns to be mapped",
    "imported": "Read, not frozen",
    "frozen": "Frozen",
    "failed": "Columns to be mapped",
}


def frame_row(frame: Frame, job: Job | None) -> list[Any]:
    """One list of the page of all lists."""
    return [
        {"text": frame.name, "href": url_for("frame.frame_show", frame_id=frame.id)},
        day(frame.as_at),
        frame.rows_kept if frame.stage in ("imported", "frozen") else "",
        frame_stage(frame, job),
    ]


def frame_stage(frame: Frame, job: Job | None) -> str:
    """Where the list is, in words."""
    if frame.stage == "importing" and job is not None and job.state in ("queued", "running"):
        share = f" ({job.done * 100 // job.total}%)" if job.total else ""
        return f"Being read{share}"
    return STAGES[frame.stage]


def case_columns(frame: Frame) -> list[dict[str, Any]]:
    """The headings of the first cases."""
    # One named wide column, so that the others keep their words on one line and the table scrolls.
    return [{"text": COLUMN_LABELS[name].partition(" (")[0], "wrap": name == "team"} for name in _names(frame)]


def case_row(frame: Frame, case: FrameCase) -> list[Any]:
    """One case with the columns that the list has."""
    return [case_ref(case.ref), *(_cell(case, name) for name in _names(frame)[1:])]


def _names(frame: Frame) -> list[str]:
    return [name for name in COLUMNS if name == "case_ref" or name in (frame.columns or ())]


def _cell(case: FrameCase, name: str) -> str:
    if name == "case_type":
        return case_type_label(case.case_type)
    return _shown(str(getattr(case, name) if hasattr(FrameCase, name) else case.more.get(name, "")))


def _shown(value: str) -> str:
    """A date as people write it; the frozen file keeps its own form."""
    try:
        return day(date.fromisoformat(value)) if len(value) == len("2026-01-31") else value
    except ValueError:
        return value


def reject_row(row: FrameReject) -> list[Any]:
    """One row that was not taken: sheet, row number, why."""
    return [row.sheet, row.row, row.reason[:1].upper() + row.reason[1:]]


def count_rows(name: str, counts: list[tuple[str, int]], *, most: int = 15) -> list[list[Any]]:
    """How many cases of each kind; a long tail in one row."""
    rows: list[list[Any]] = [
        [(case_type_label(value) if name == "case_type" else value) or NOT_KNOWN[name], number]
        for value, number in counts[:most]
    ]
    if len(counts) > most:
        rows.append([f"{len(counts) - most} others", sum(number for _, number in counts[most:])])
    return rows
