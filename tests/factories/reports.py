"""Reports of a round that are made at once: files whose bytes are a few words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput
from auditflow.models import AuditRound, Report
from auditflow.models.report import REPORT_KINDS
from auditflow.reporting import report as reporting
from auditflow.reporting.report import Source
from auditflow.services.act import Act
from auditflow.services.job import finish_job
from auditflow.services.report import Made, keep_report, queue_reports
from tests.conftest import MONDAY_MORNING

NO_PANGO = "PDF reports cannot be made on this machine."
Maker = Callable[[Source], bytes]


def words_of(kind: str, version: int | None) -> bytes:
    """What a quick maker makes."""
    return f"{kind} of version {version}".encode()


def make_quickly(patch: pytest.MonkeyPatch, *, refuse: tuple[str, ...] = (), then: Maker | None = None) -> list[str]:
    """Let the worker make files of a few words; returns the kinds in the order in which they are made.

    Kinds in `refuse` cannot be made here; `then` happens whenever one is made.
    """
    made: list[str] = []

    def maker(kind: str) -> Maker:
        def make(source: Source) -> bytes:
            if kind in refuse:
                raise BadInput(NO_PANGO)
            made.append(kind)
            if then is not None:
                then(source)
            return words_of(kind, source.about.version)

        return make

    for kind in REPORT_KINDS:
        patch.setitem(reporting.MAKERS, kind, maker(kind))
    return made


def keep_reports(session: Session, row: AuditRound, version: int | None, *kinds: str) -> list[Report]:
    """Reports of this version as one job of the system would have kept them (all kinds unless some are named)."""
    key = f"reports-{row.id}-{version}-{len(session.query(Report).all())}"
    job = queue_reports(session, row.id, Act(None, MONDAY_MORNING, key))
    job.state = "running"
    session.flush()
    act = Act(None, MONDAY_MORNING, f"report-{job.id}")
    files = [Made(kind, words_of(kind, version), job.id, "a" * 64) for kind in kinds or REPORT_KINDS]
    kept = [keep_report(session, row.id, version, file, act) for file in files]
    finish_job(session, job.id, result={"refused": {}}, at=MONDAY_MORNING)
    return kept
