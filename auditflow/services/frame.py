"""Case lists: uploaded, imported with a mapping, frozen as the canonical list that samples are drawn from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.adapters.case_list import (
    CaseListReading,
    SheetDescription,
    describe_sheets,
    open_case_list,
    read_cases,
)
from auditflow.domain.clock import local_date
from auditflow.domain.errors import BadInput, WrongState
from auditflow.domain.frame import canonical_sha256
from auditflow.domain.frame_audited import CASE, WORKER
from auditflow.domain.frame_mapping import FrameMapping, adapt_mapping, headers_digest, suggest_mapping
from auditflow.models import Frame, FrameCase, FrameReject, FrameUpload, Job, Journal, MappingMemory
from auditflow.queries.frame import read_canonical_cases
from auditflow.services.act import Act
from auditflow.services.frame_audited import fill_audited
from auditflow.services.frame_rows import write_cases, write_rejects
from auditflow.services.job import cancel_job, queue_job
from auditflow.services.journal import Note, begin, record
from auditflow.services.permission import done_before
from auditflow.services.subjects import get_subject

IMPORT = "frame.import"
"""The kind of the job that reads an uploaded file."""

KEPT_FOR = timedelta(days=1)
"""How long the bytes of an upload that nobody freezes are kept."""


LONGEST_NAME = 200
"""Characters that the name of a list may have."""


@dataclass(frozen=True, slots=True)
class NewFrame:
    """What is uploaded: the list's name, its date, the file's name and its bytes."""

    name: str
    as_at: date
    source_name: str
    content: bytes


def upload_frame(session: Session, new: NewFrame, act: Act) -> Frame:
    """Take a file as the beginning of a case list. Raises BadInput if it cannot be read at all."""
    if not new.name.strip():
        raise BadInput("Give the case list a name.", field="name")
    if len(new.name.strip()) > LONGEST_NAME:
        raise BadInput(f"Name the case list in {LONGEST_NAME} characters or fewer.", field="name")
    if new.as_at > local_date(act.at):
        raise BadInput("The list’s date cannot be in the future.", field="as_at")
    if earlier := _made_with(session, act):
        return earlier
    describe_sheets(open_case_list(new.content, name=new.source_name))
    frame = Frame(
        name=new.name.strip(),
        as_at=new.as_at,
        source_name=new.source_name[-255:],
        source_sha256=hashlib.sha256(new.content).hexdigest(),
        created_by_id=act.actor_id,
        created_at=act.at,
    )
    begin(session, frame, act, Note("uploaded", "qa_lead", details={"source_sha256": frame.source_sha256}))
    session.add(FrameUpload(frame_id=frame.id, content=new.content, uploaded_at=act.at))
    session.flush()
    return frame


def _made_with(session: Session, act: Act) -> Frame | None:
    """The list that this very act made already: a double click."""
    mine = (Journal.subject_type == "frame", Journal.entry == "uploaded", Journal.key == act.key)
    made = session.scalar(sa.select(Journal.subject_id).where(*mine, Journal.actor_id == act.actor_id))
    return session.get(Frame, made) if made is not None else None


def describe_upload(session: Session, frame: Frame) -> list[SheetDescription]:
    """The sheets of the uploaded file with headers and examples. Raises BadInput if it is no longer kept."""
    return describe_sheets(open_case_list(_content(session, frame), name=frame.source_name))


def suggest_frame_mapping(session: Session, frame: Frame) -> dict[str, dict[str, str]]:
    """How the columns were mapped the last time a file of this shape came, else a first guess."""
    headers = {sheet.name: sheet.headers for sheet in describe_upload(session, frame)}
    remembered = session.scalars(
        sa.select(MappingMemory).where(MappingMemory.headers_sha256 == headers_digest(headers))
    ).one_or_none()
    return adapt_mapping(remembered.mapping, headers) if remembered else suggest_mapping(headers)


def set_mapping(session: Session, frame: Frame, mapping: FrameMapping, act: Act) -> None:
    """Keep the mapping for this list and remember it for the next file of the same shape."""
    _require_open(frame)
    plain = {sheet: dict(columns) for sheet, columns in mapping.items()}
    frame.mapping, frame.stage = plain, "importing"
    digest = headers_digest({sheet.name: sheet.headers for sheet in describe_upload(session, frame)})
    memory = session.scalars(sa.select(MappingMemory).where(MappingMemory.headers_sha256 == digest)).one_or_none()
    if memory is None:
        memory = MappingMemory(headers_sha256=digest, mapping=plain, used_at=act.at)
        session.add(memory)
    memory.mapping, memory.used_at = plain, act.at
    session.flush()


def import_frame(
    session: Session, frame_id: int, act: Act, *, progress: Callable[[int, int], object] | None = None
) -> CaseListReading:
    """Read the uploaded file with the list's mapping into cases and rejected rows; can be run again.

    Raises BadInput if the file cannot be read with the mapping; then nothing is changed.
    """
    reading = read_uploaded(session, frame_id, progress=progress)
    keep_cases(session, frame_id, reading, act)
    return reading


def read_uploaded(
    session: Session, frame_id: int, *, progress: Callable[[int, int], object] | None = None
) -> CaseListReading:
    """Read the uploaded file with the list's mapping; writes nothing, so it needs no lock. Raises BadInput."""
    frame = get_subject(session, Frame, frame_id)
    _require_open(frame)
    if not frame.mapping:
        raise BadInput("Map the columns first.", field="mapping")
    case_list = open_case_list(_content(session, frame), name=frame.source_name)
    return read_cases(case_list, frame.mapping, as_at=frame.as_at, progress=progress)


def keep_cases(session: Session, frame_id: int, reading: CaseListReading, act: Act) -> None:
    """Put what was read in the place of what the list had. The same act again changes nothing."""
    frame = get_subject(session, Frame, frame_id)
    _require_open(frame)
    if done_before(session, ("frame", frame_id), act):
        return
    for table in (FrameCase, FrameReject):
        session.execute(sa.delete(table).where(table.frame_id == frame.id))
    write_cases(session, frame.id, reading)
    write_rejects(session, frame.id, reading)
    frame.stage = "imported"
    frame.columns = list(reading.columns)
    frame.notes = [note.sentence() for note in reading.notes]
    frame.rows_read, frame.rows_kept, frame.rows_rejected = reading.rows_read, len(reading.cases), len(reading.rejects)
    details = {"read": reading.rows_read, "kept": len(reading.cases), "rejected": len(reading.rejects)}
    record(session, frame, act, Note("imported", "qa_lead", details=details))


def queue_import(session: Session, frame_id: int, act: Act) -> Job:
    """Have the file read by a worker: for lists too long to wait for."""
    frame = get_subject(session, Frame, frame_id)
    _require_open(frame)
    job = queue_job(session, IMPORT, {"frame_id": frame_id}, actor_id=act.actor_id, at=act.at)
    frame.job_id, frame.stage = job.id, "importing"
    session.flush()
    return job


def cancel_import(session: Session, frame_id: int, act: Act) -> None:
    """Stop reading the file: nothing of it is kept, and the columns can be mapped again."""
    frame = get_subject(session, Frame, frame_id)
    if frame.stage == "importing" and frame.job_id is not None:
        cancel_job(session, frame.job_id, at=act.at)
    fail_import(session, frame_id)


def freeze_frame(session: Session, frame_id: int, act: Act) -> Frame:
    """Freeze the list for ever under the digest of its canonical file; the uploaded bytes are removed.

    When a case and its worker were last audited is filled in first, from the audits made here.
    """
    frame = get_subject(session, Frame, frame_id)
    if frame.stage == "frozen":
        return frame
    if frame.stage != "imported" or not frame.rows_kept:
        raise WrongState("This list has no cases yet: map its columns and check the preview first.")
    filled = fill_audited(session, frame)
    digest = canonical_sha256(read_canonical_cases(session, frame), frame.columns or ())
    session.execute(sa.delete(FrameUpload).where(FrameUpload.frame_id == frame.id))
    changes: dict[str, Any] = {"stage": "frozen", "frozen_at": act.at, "frame_sha256": digest}
    details = {"frame_sha256": digest, CASE: filled.cases, WORKER: filled.workers}
    record(session, frame, act, Note("frozen", "qa_lead", details=details, changes=changes))
    return frame


def remove_old_uploads(session: Session, act: Act) -> int:
    """Remove the bytes of uploads that nobody froze within a day; returns how many."""
    gone = session.execute(sa.delete(FrameUpload).where(FrameUpload.uploaded_at < act.at - KEPT_FOR))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def fail_import(session: Session, frame_id: int) -> None:
    """The import could not be done: back to mapping the columns."""
    frame = get_subject(session, Frame, frame_id)
    if frame.stage == "importing":
        frame.stage = "uploaded"


def _require_open(frame: Frame) -> None:
    if frame.stage == "frozen":
        raise WrongState("This case list is frozen. Upload a new one instead.")


def _content(session: Session, frame: Frame) -> bytes:
    content = session.scalar(sa.select(FrameUpload.content).where(FrameUpload.frame_id == frame.id))
    if content is None:
        raise BadInput("The uploaded file is no longer here: it is kept for one day. Upload it again.", field="file")
    return content
