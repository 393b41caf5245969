"""A frozen case list of a council's own making: the rows of a CSV file, read as an upload is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy.orm import Session

from auditflow.models import Frame
from auditflow.services.act import Act
from auditflow.services.frame import (
    NewFrame,
    freeze_frame,
    import_frame,
    set_mapping,
    suggest_frame_mapping,
    upload_frame,
)
from tests.factories.council import Council


def freeze_rows(session: Session, council: Council, rows: str, *, as_at: date = date(2026, 10, 23)) -> Frame:
    """The list that these rows of CSV, with their headings, are; columns as their headings suggest."""
    act = Act(council.qa_lead.id, datetime.combine(as_at, time(9), UTC), f"rows-{len(rows)}")
    frame = upload_frame(session, NewFrame("Own rows", as_at, "rows.csv", rows.encode()), act)
    set_mapping(session, frame, suggest_frame_mapping(session, frame), act.then("map"))
    import_frame(session, frame.id, act.then("import"))
    return freeze_frame(session, frame.id, act.then("freeze"))
