"""Long work: taken up again after a killed worker, cancelled, failed with a sentence, given up after three."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput
from auditflow.models import Job
from auditflow.models.database import Database
from auditflow.services.job import LEASE, cancel_job, claim_job, queue_job
from auditflow.tasks import job as task
from auditflow.tasks.office import Office

Work = Callable[..., dict[str, Any]]


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    """What a job of the kind `count` does in this test."""
    return lambda work: monkeypatch.setitem(task.KINDS, "count", work)


@pytest.fixture
def job_id(database: Database, clock: FixedClock) -> int:
    with database.writing() as session:
        return queue_job(session, "count", {"to": 3}, actor_id=None, at=clock.now()).id


def row(database: Database, job_id: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def test_a_job_reports_and_finishes(office: Office, database: Database, job_id: int, does: Any) -> None:
    seen = []

    def work(_office: Office, payload: dict[str, Any], progress: Any) -> dict[str, Any]:
        for n in range(payload["to"]):
            progress(n + 1, payload["to"], "Counting")
            seen.append(row(database, job_id).done)
        return {"counted": payload["to"]}

    does(work)
    assert task.run_jobs(office) == 1
    done = row(database, job_id)
    assert (done.state, done.result, seen) == ("done", {"counted": 3}, [1, 2, 3])
    assert task.run_jobs(office) == 0


def test_a_refusal_is_shown_to_whoever_asked(office: Office, database: Database, job_id: int, does: Any) -> None:
    def work(*_arguments: Any) -> dict[str, Any]:
        raise BadInput("This is not a spreadsheet.")

    does(work)
    task.run_jobs(office)
    assert (row(database, job_id).state, row(database, job_id).message) == ("failed", "This is not a spreadsheet.")


def test_a_fault_of_ours_is_said_without_its_words(office: Office, database: Database, job_id: int, does: Any) -> None:
    def work(*_arguments: Any) -> dict[str, Any]:
        raise RuntimeError("Ruby Ashdown lives at number 4")

    does(work)
    task.run_jobs(office)
    assert row(database, job_id).message == task.BROKEN


def test_a_cancelled_job_stops_at_its_next_report(
    office: Office, database: Database, job_id: int, clock: FixedClock, does: Any
) -> None:
    def work(_office: Office, _payload: dict[str, Any], progress: Any) -> dict[str, Any]:
        with database.writing() as session:
            cancel_job(session, job_id, at=clock.now())
        progress(1, 3, "Counting")
        raise AssertionError("it went on after it was cancelled")

    does(work)
    task.run_jobs(office)
    assert row(database, job_id).state == "cancelled"


def test_a_killed_workers_job_is_taken_up_when_its_lease_runs_out(
    office: Office, database: Database, job_id: int, clock: FixedClock, does: Any
) -> None:
    does(lambda *_arguments: {})
    with database.writing() as session:
        assert claim_job(session, clock.now()) is not None
    assert task.run_jobs(office) == 0
    clock.advance(LEASE + timedelta(seconds=1))
    assert task.run_jobs(office) == 1
    assert row(database, job_id).state == "done"


def test_after_three_dead_workers_it_is_given_up_with_a_sentence(
    office: Office, database: Database, job_id: int, clock: FixedClock
) -> None:
    for _ in range(3):
        with database.writing() as session:
            assert claim_job(session, clock.now()) is not None
        clock.advance(LEASE + timedelta(seconds=1))
    assert task.run_jobs(office) == 0
    given_up = row(database, job_id)
    assert (given_up.state, given_up.message) == ("failed", "This was tried three times and could not be finished.")


def test_a_database_that_is_busy_is_no_failure_of_the_job(
    office: Office, database: Database, job_id: int, clock: FixedClock, does: Any
) -> None:
    def busy(*_arguments: Any) -> dict[str, Any]:
        raise OperationalError("", {}, Exception("database is locked"))

    does(busy)
    with pytest.raises(OperationalError):
        task.run_jobs(office)
    assert row(database, job_id).state == "running"
    does(lambda *_arguments: {})
    clock.advance(LEASE + timedelta(seconds=1))
    task.run_jobs(office)
    assert row(database, job_id).state == "done"


def test_two_workers_at_once_get_different_jobs(database: Database, job_id: int, clock: FixedClock) -> None:
    """On PostgreSQL both hold their claim at the same time; on SQLite the second waits for the first to commit."""
    with database.writing() as session:
        other = queue_job(session, "count", {}, actor_id=None, at=clock.now()).id
    ready = Barrier(2, timeout=10)

    def claim(_worker: int) -> int | None:
        ready.wait()
        with database.writing() as session:
            claimed = claim_job(session, clock.now())
            if not database.is_sqlite:
                ready.wait()
            return claimed.id if claimed else None

    with ThreadPoolExecutor(2) as workers:
        assert set(workers.map(claim, range(2))) == {job_id, other}
    with database.reading() as session:
        assert set(session.scalars(sa.select(Job.attempts))) == {1}
