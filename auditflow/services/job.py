"""Long work as rows with a lease: whoever is killed in the middle is followed by another who finishes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Job

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3


def queue_job(session: Session, kind: str, payload: Mapping[str, Any], *, actor_id: int | None, at: datetime) -> Job:
    """Put a piece of work down; a worker takes it up within seconds."""
    job = Job(kind=kind, payload=dict(payload), created_by_id=actor_id, created_at=at, message="Waiting to start")
    session.add(job)
    session.flush()
    return job


def claim_job(session: Session, at: datetime) -> Job | None:
    """Take the oldest job that is waiting or whose worker has gone; None if there is none."""
    waiting = sa.or_(Job.state == "queued", sa.and_(Job.state == "running", Job.lease_until < at))
    # The conditions stand beside the lock, not in a subquery: a row that another worker claimed while we
    # waited is looked at again and passed over.
    oldest = sa.select(Job).where(waiting, Job.attempts < MOST_ATTEMPTS).order_by(Job.id).limit(1)
    job = session.scalars(oldest.with_for_update(skip_locked=True)).one_or_none()
    if job is None:
        return None
    job.state, job.lease_until, job.attempts = "running", at + LEASE, job.attempts + 1
    session.flush()
    return job


def report_progress(session: Session, job_id: int, *, done: int, total: int, message: str, at: datetime) -> bool:
    """Say how far a job is and keep its lease. False if somebody cancelled it: stop, and write nothing more."""
    changed = session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.state == "running")
        .values(done=done, total=total, message=message, lease_until=at + LEASE)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def finish_job(session: Session, job_id: int, *, result: Mapping[str, Any], at: datetime) -> None:
    """The job is done; `result` says what came of it."""
    _end(session, job_id, {"state": "done", "result": dict(result), "finished_at": at, "message": "Done"})


def fail_job(session: Session, job_id: int, *, sentence: str, at: datetime) -> None:
    """The job cannot be done; `sentence` is for the person who asked."""
    _end(session, job_id, {"state": "failed", "message": sentence[:500], "finished_at": at})


def cancel_job(session: Session, job_id: int, *, at: datetime) -> None:
    """Stop it: a worker notices at its next report."""
    open_states = ("queued", "running")
    session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.state.in_(open_states))
        .values(state="cancelled", finished_at=at, message="Cancelled")
    )


def give_up_jobs(session: Session, at: datetime) -> int:
    """Fail the jobs whose workers died too often; returns how many."""
    changed = session.execute(
        sa.update(Job)
        .where(Job.state == "running", Job.lease_until < at, Job.attempts >= MOST_ATTEMPTS)
        .values(state="failed", finished_at=at, message="This was tried three times and could not be finished.")
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


def _end(session: Session, job_id: int, values: dict[str, Any]) -> None:
    session.execute(sa.update(Job).where(Job.id == job_id, Job.state == "running").values(values))
