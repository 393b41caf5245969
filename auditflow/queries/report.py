"""Which reports of a round there are for a person, and the jobs that make them."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import Job, Report
from auditflow.models.report import BOARD_KINDS
from auditflow.queries.scope import Viewer, visible_reports

REPORT_JOB = "report.make"
"""The kind of the job that makes the reports of a round."""
OPEN_STATES = ("queued", "running")


def list_reports(session: Session, viewer: Viewer, round_id: int) -> list[Report]:
    """The reports of a round that exist for this person, the newest first; their content is not read."""
    where = (Report.round_id == round_id, visible_reports(viewer))
    return list(session.scalars(sa.select(Report).where(*where).order_by(Report.id.desc())))


def list_published_reports(session: Session, viewer: Viewer, round_id: int, version: int) -> list[Report]:
    """The newest board report of each kind that was made from this version, Word before PDF."""
    newest: dict[str, Report] = {}
    for report in list_reports(session, viewer, round_id):
        if report.version == version:
            newest.setdefault(report.kind, report)
    return [newest[kind] for kind in BOARD_KINDS if kind in newest]


def get_report(session: Session, viewer: Viewer, round_id: int, report_id: int, kinds: Collection[str]) -> Report:
    """One report, if it exists for this person. Raises NotFound."""
    where = (Report.id == report_id, Report.round_id == round_id, Report.kind.in_(kinds), visible_reports(viewer))
    report = session.scalars(sa.select(Report).where(*where).options(sa.orm.undefer(Report.content))).one_or_none()
    if report is None:
        raise NotFound("There is no such report.")
    return report


def list_report_jobs(session: Session, round_id: int) -> list[Job]:
    """Every job that made, makes or will make reports of this round, the newest first."""
    of_round = Job.payload["round_id"].as_integer() == round_id
    return list(session.scalars(sa.select(Job).where(Job.kind == REPORT_JOB, of_round).order_by(Job.id.desc())))


def find_open_report_job(session: Session, round_id: int) -> Job | None:
    """The newest of them that waits or runs; None if everything is made."""
    return next((job for job in list_report_jobs(session, round_id) if job.state in OPEN_STATES), None)
