"""Reading a long case list: in one go without a lock, then written and finished in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from auditflow.models import Frame
from auditflow.services.act import Act
from auditflow.services.frame import fail_import, keep_cases, read_uploaded, remove_old_uploads
from auditflow.tasks.office import Office

if TYPE_CHECKING:
    from auditflow.tasks.job import Progress

STEPS = 50
"""How many times at most the progress of one list is written down."""


class Steps:
    """Passes on one report in so many rows, so that reading is not held up by saying how far it is."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.said = 0

    def __call__(self, done: int, total: int) -> None:
        """Called by the reader after each batch of rows."""
        if done - self.said >= total / STEPS:
            self.said = done
            self.progress(done, total, f"Reading rows: {done:,} of about {total:,}")


def import_cases(office: Office, payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read the file of one list. Done twice, it gives the same list; cancelled at any moment, nothing of it.

    Raises Refused with the sentence for the person who asked; the list then waits for another mapping.
    """
    frame_id = int(payload["frame_id"])
    try:
        return _import(office, frame_id, progress)
    except Exception:
        # Whoever cancels sends the list back already; then this finds nothing to do.
        with office.database.writing() as session:
            _send_back(session, frame_id, progress.job_id)
        raise


def _import(office: Office, frame_id: int, progress: Progress) -> dict[str, Any]:
    progress(0, 0, "Opening the file")
    with office.database.reading() as session:
        reading = read_uploaded(session, frame_id, progress=Steps(progress))
    rows = reading.rows_read
    progress(rows, rows, f"Keeping {len(reading.cases):,} cases")
    with office.database.writing() as session:
        keep_cases(session, frame_id, reading, Act(progress.asked_by, office.clock.now(), f"import-{progress.job_id}"))
        # In the same transaction: whoever cancelled meanwhile has cancelled all of it.
        progress.within(session, rows, rows, "Finishing")
    return {"read": rows, "kept": len(reading.cases), "rejected": len(reading.rejects)}


def _send_back(session: Session, frame_id: int, job_id: int) -> None:
    frame = session.get(Frame, frame_id)
    if frame is not None and frame.job_id == job_id:
        fail_import(session, frame_id)


def remove_uploads(office: Office) -> int:
    """Remove the bytes of uploads that nobody froze within a day; returns how many."""
    with office.database.writing() as session:
        return remove_old_uploads(session, Act(None, office.clock.now(), "old-uploads"))
