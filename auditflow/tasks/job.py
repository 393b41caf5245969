"""Running long jobs: claim one, do it in steps that report, finish or fail it with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from auditflow.domain.errors import Refused
from auditflow.models import Job
from auditflow.queries.report import REPORT_JOB
from auditflow.services.frame import IMPORT
from auditflow.services.job import claim_job, fail_job, finish_job, give_up_jobs, report_progress
from auditflow.tasks import frame, report
from auditflow.tasks.office import Office

log = structlog.get_logger()

BROKEN = "Something went wrong on our side. Try again; if it happens twice, tell your administrator."


class Cancelled(Exception):
    """The person who asked for the job has cancelled it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How a running job says how far it is; raises Cancelled when it must stop."""

    office: Office
    job_id: int
    asked_by: int | None = None
    """Who asked for the job; None is the system."""

    def __call__(self, done: int, total: int, message: str) -> None:
        """Write the progress in a transaction of its own and keep the lease."""
        with self.office.database.writing() as session:
            self.within(session, done, total, message)

    def within(self, session: Session, done: int, total: int, message: str) -> None:
        """The same in a transaction that is open, which a cancelled job's then is not committed."""
        now = self.office.clock.now()
        if not report_progress(session, self.job_id, done=done, total=total, message=message, at=now):
            raise Cancelled


Work = Callable[[Office, dict[str, Any], Progress], dict[str, Any]]
KINDS: dict[str, Work] = {IMPORT: frame.import_cases, REPORT_JOB: report.make_reports}
"""Job kind -> the function that does it; each must be harmless when done twice."""


def run_jobs(office: Office) -> int:
    """Do every job that waits; returns how many were taken up."""
    taken = 0
    while (job := _claim(office)) is not None:
        taken += 1
        _run(office, job)
    return taken


def _claim(office: Office) -> Job | None:
    with office.database.writing() as session:
        give_up_jobs(session, office.clock.now())
        return claim_job(session, office.clock.now())


def _run(office: Office, job: Job) -> None:
    try:
        result = KINDS[job.kind](office, job.payload, Progress(office, job.id, job.created_by_id))
    except Cancelled:
        return
    except Refused as refusal:
        _fail(office, job, refusal.sentence)
    except OperationalError:
        # The database was busy or gone: the lease runs out and the job is taken up again.
        raise
    except Exception:
        log.exception("job failed", job=job.id, kind=job.kind)
        _fail(office, job, BROKEN)
    else:
        with office.database.writing() as session:
            finish_job(session, job.id, result=result, at=office.clock.now())


def _fail(office: Office, job: Job, sentence: str) -> None:
    with office.database.writing() as session:
        fail_job(session, job.id, sentence=sentence, at=office.clock.now())
