"""Questions about case lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.domain.frame import COLUMNS, Case
from auditflow.models import Frame, FrameCase, FrameReject, Job
from auditflow.models.base import core

OWN = {"case_type", "status", "team", "worker", "opened", "closed"}


def get_frame(session: Session, frame_id: int) -> Frame:
    """The case list. Raises NotFound."""
    frame = session.get(Frame, frame_id)
    if frame is None:
        raise NotFound("There is no such case list.")
    return frame


def list_frames(session: Session, *, frozen: bool | None = None) -> list[Frame]:
    """Case lists, newest first."""
    query = sa.select(Frame).order_by(Frame.as_at.desc(), Frame.id.desc())
    if frozen is not None:
        query = query.where((Frame.stage == "frozen") if frozen else (Frame.stage != "frozen"))
    return list(session.scalars(query))


def read_canonical_cases(session: Session, frame: Frame) -> Iterator[Case]:
    """Every case as the canonical file has it, by reference."""
    table = core(FrameCase)
    own = [table.c[name] for name in ("ref", "case_type", "status", "team", "worker", "opened", "closed", "more")]
    rows = session.execute(
        sa.select(*own).where(table.c.frame_id == frame.id).order_by(table.c.ref),
        execution_options={"yield_per": 5000},
    )
    further = [name for name in COLUMNS[1:] if name not in OWN]
    for ref, case_type, status, team, worker, opened, closed, more in rows:
        known = {"case_type": case_type, "status": status, "team": team, "worker": worker}
        known |= {"opened": opened, "closed": closed}
        yield Case(case_ref=ref, **known, **{name: more.get(name, "") for name in further})


def list_rejects(session: Session, frame_id: int, *, most: int = 200) -> list[FrameReject]:
    """The first rejected rows, by sheet and row number."""
    return list(
        session.scalars(
            sa.select(FrameReject)
            .where(FrameReject.frame_id == frame_id)
            .order_by(FrameReject.sheet, FrameReject.row, FrameReject.id)
            .limit(most)
        )
    )


def list_first_cases(session: Session, frame_id: int, *, most: int = 10) -> list[FrameCase]:
    """The first cases by reference, for the preview."""
    query = sa.select(FrameCase).where(FrameCase.frame_id == frame_id).order_by(FrameCase.ref).limit(most)
    return list(session.scalars(query))


def find_import_job(session: Session, frame: Frame) -> Job | None:
    """The job that reads the list's file, while it is waiting or running; None otherwise."""
    job = session.get(Job, frame.job_id) if frame.stage == "importing" and frame.job_id is not None else None
    return job if job is not None and job.state in ("queued", "running") else None


def list_import_jobs(session: Session, frames: list[Frame]) -> dict[int, Job]:
    """The last job of each list that had one, by the list's id: one statement."""
    wanted = {frame.job_id: frame.id for frame in frames if frame.job_id is not None}
    jobs = session.scalars(sa.select(Job).where(Job.id.in_(wanted))).all()
    return {wanted[job.id]: job for job in jobs}


def count_cases_by(session: Session, frame_id: int, column: str) -> list[tuple[str, int]]:
    """How many cases have each value of `case_type`, `status` or `team`, the most frequent first."""
    value: Any = {"case_type": FrameCase.case_type, "status": FrameCase.status, "team": FrameCase.team}[column]
    number = sa.func.count()
    rows = session.execute(
        sa.select(value, number).where(FrameCase.frame_id == frame_id).group_by(value).order_by(number.desc(), value)
    )
    return [(text, count) for text, count in rows]


def count_rejects_by_reason(session: Session, frame_id: int, *, most: int = 20) -> list[tuple[str, int]]:
    """Why rows were not taken, the most frequent reason first."""
    number = sa.func.count()
    rows = session.execute(
        sa.select(FrameReject.reason, number)
        .where(FrameReject.frame_id == frame_id)
        .group_by(FrameReject.reason)
        .order_by(number.desc(), FrameReject.reason)
        .limit(most)
    )
    return [(reason, count) for reason, count in rows]
