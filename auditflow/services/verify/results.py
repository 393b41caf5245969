"""What was published against the journal: the results of closed rounds, and the checking seed that was promised.

A further kind of kept thing whose digest stands in an entry is one more check here: its rows against the entries
that made them, both ways.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.sampling import commitment
from auditflow.models import AuditRound, RoundResult
from auditflow.queries.results_journal import list_journalled_results
from auditflow.services.results import results_digest
from auditflow.services.verify.finding import Finding


def check_results(session: Session) -> Iterator[Finding]:
    """Every version of every round's results has the digest of the entry that froze it; none is missing or added."""
    said = list_journalled_results(session)
    for row in session.scalars(sa.select(RoundResult).order_by(RoundResult.round_id, RoundResult.number)):
        then = said.pop((row.round_id, row.number), None)
        if then != row.sha256 or results_digest(row.results) != then:
            sentence = f"Version {row.number} of the results is not what was frozen."
            yield Finding("results_edited", "audit_round", row.round_id, row.number, sentence)
    for round_id, number in sorted(said):
        yield Finding("results_edited", "audit_round", round_id, number, f"Version {number} of the results is gone.")


def check_seeds(session: Session) -> Iterator[Finding]:
    """Each checking seed is the one whose SHA-256 was promised at the launch."""
    columns = (AuditRound.id, AuditRound.version, AuditRound.checking_seed, AuditRound.checking_seed_sha256)
    for round_id, version, seed, promise in session.execute(sa.select(*columns).order_by(AuditRound.id)):
        if (None if seed is None else commitment(seed)) != promise:
            sentence = "The checking seed is not the one that was promised at the launch."
            yield Finding("row_edited", "audit_round", round_id, version, sentence)
