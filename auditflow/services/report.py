"""The reports of a round: asked for once however often the button is pressed; kept as files, digests in the journal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound, WrongState
from auditflow.models import AuditRound, Job, Journal, Report
from auditflow.queries.report import OPEN_STATES, REPORT_JOB, list_report_jobs
from auditflow.queries.results import find_frozen_results
from auditflow.services.act import Act
from auditflow.services.job import cancel_job, queue_job
from auditflow.services.journal import Note, record
from auditflow.services.permission import require_role

MADE = "report_made"
READY = ("reporting", "closed")
"""States of a round in which there is something to report."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it was made: of which kind, by which job, from results with which digest."""

    kind: str
    content: bytes
    job_id: int
    results_sha256: str


def queue_reports(session: Session, round_id: int, act: Act) -> Job:
    """Have the reports of a round made from its results: of the latest version, or as a draft before it is closed.

    While they are being made, asking again gives the same job; so does the same act later. What is still being made of
    an earlier version, or as a draft, is given up: nobody wants it any more, and its gradings are gone.
    Raises NotFound, NotPermitted or WrongState.
    """
    row = _locked(session, round_id)
    if act.actor_id is not None:
        require_role(session, ("audit_round", round_id), act, "qa_lead")
    if row.state not in READY:
        raise WrongState("Reports can be made once reporting has begun.")
    latest = find_frozen_results(session, round_id)
    version = latest.number if latest else None
    jobs = list_report_jobs(session, round_id)
    for job in jobs:
        if job.payload["key"] == act.key or (job.state in OPEN_STATES and job.payload["version"] == version):
            return job
    for job in jobs:
        cancel_job(session, job.id, at=act.at)
    payload = {"round_id": round_id, "version": version, "key": act.key}
    return queue_job(session, REPORT_JOB, payload, actor_id=act.actor_id, at=act.at)


def cancel_reports(session: Session, round_id: int, act: Act) -> None:
    """Make no further report of this round now; those that are made already stay. Raises NotFound or NotPermitted."""
    require_role(session, ("audit_round", round_id), act, "qa_lead")
    for job in list_report_jobs(session, round_id):
        cancel_job(session, job.id, at=act.at)


def keep_report(session: Session, round_id: int, version: int | None, made: Made, act: Act) -> Report:
    """Keep a file with its round and put its digest into the journal; the same job keeps each kind once."""
    row = _locked(session, round_id)
    kept = find_kept(session, made.job_id, made.kind)
    if kept is not None:
        return kept
    report = Report(
        round_id=round_id,
        version=version,
        kind=made.kind,
        content=made.content,
        sha256=hashlib.sha256(made.content).hexdigest(),
        size=len(made.content),
        made_at=act.at,
        made_by_id=act.actor_id,
        job_id=made.job_id,
    )
    session.add(report)
    digests = {"sha256": report.sha256, "results_sha256": made.results_sha256}
    details = {"kind": made.kind, "version": version, "job": made.job_id, **digests}
    role = "system" if act.actor_id is None else "qa_lead"
    record(session, row, act.then(made.kind), Note(MADE, role, details=details))
    return report


def beyond_reports(session: Session, round_id: int, version: int | None) -> int | None:
    """The version of a round that somebody saw, or a later one if nothing but reports was made since.

    These stand in the round's journal and change nothing about it: whoever decides meanwhile need not look again.
    """
    if version is None:
        return None
    since = (Journal.subject_type == "audit_round", Journal.subject_id == round_id, Journal.number > version)
    entries = session.execute(sa.select(Journal.entry, Journal.number).where(*since)).all()
    if any(entry != MADE for entry, _ in entries):
        return version
    return max((number for _, number in entries), default=version)


def find_kept(session: Session, job_id: int, kind: str) -> Report | None:
    """What this job has kept of this kind already; None if nothing."""
    return session.scalars(sa.select(Report).where(Report.job_id == job_id, Report.kind == kind)).one_or_none()


def _locked(session: Session, round_id: int) -> AuditRound:
    """The round, held until the transaction ends, so that two who ask or keep at once do so one after the other."""
    session.flush()
    locked = sa.select(AuditRound).where(AuditRound.id == round_id).with_for_update()
    row = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("There is no such round.")
    return row
