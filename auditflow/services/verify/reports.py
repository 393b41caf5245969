"""Reports against the journal: each file that was kept is still the one that was made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Journal, Report
from auditflow.models.base import core
from auditflow.services.verify.finding import Finding

AT_ONCE = 10
"""So many files are in memory."""


def check_reports(session: Session) -> Iterator[Finding]:
    """Every entry that kept a report against a file with its digest; and every file against such an entry."""
    kept, report = _kept(session), core(Report)
    rows = session.execute(sa.select(report).order_by(report.c.id), execution_options={"yield_per": AT_ONCE})
    for row in rows:
        digest = hashlib.sha256(row.content).hexdigest()
        number = kept.pop((row.round_id, row.job_id, row.kind, row.version, digest), None)
        if number is None or digest != row.sha256:
            sentence = f"The {_words(row.kind)} {row.id} is not the file that was made."
            yield Finding("report_edited", "audit_round", row.round_id, number or 0, sentence)
    for (round_id, _, kind, _, _), number in kept.items():
        sentence = f"The {_words(kind)} of entry {number} is not kept as it was made."
        yield Finding("report_edited", "audit_round", round_id, number, sentence)


def _words(kind: str) -> str:
    return f"report ({kind})"


def _kept(session: Session) -> dict[tuple[int, int, str, int | None, str], int]:
    """Number of the entry, by what it says that was kept."""
    where = (Journal.subject_type == "audit_round", Journal.entry == "report_made")
    entries = session.execute(
        sa.select(Journal.subject_id, Journal.number, Journal.details).where(*where).order_by(Journal.id)
    )
    names = ("job", "kind", "version", "sha256")
    return {(round_id, *(details[name] for name in names)): number for round_id, number, details in entries}
