"""The digests of frozen results as the journal has them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Journal

FROZE = ("closed", "results_remade")
"""The entries of a round that freeze a version of its results."""


def list_journalled_results(session: Session, round_id: int | None = None) -> dict[tuple[int, int], str]:
    """(round, version of its results) -> the digest in the entry that froze it; of one round, or of all."""
    where: list[Any] = [Journal.subject_type == "audit_round", Journal.entry.in_(FROZE)]
    if round_id is not None:
        where.append(Journal.subject_id == round_id)
    rows = session.execute(sa.select(Journal.subject_id, Journal.details).where(*where))
    return {(found, details["number"]): details["results_sha256"] for found, details in rows if "number" in details}
