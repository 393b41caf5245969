"""What a form has made already: the row whose journal began under the form's own key."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Journal


@dataclass(frozen=True, slots=True)
class FirstEntry:
    """The row that was made, and the digest of what it was made from."""

    subject_id: int
    request_sha256: str


def find_first_entry(session: Session, subject_type: str, among: sa.Select[int], key: str) -> FirstEntry | None:
    """The subject among those that `among` selects whose first entry has this key; None if there is none."""
    row = session.execute(
        sa.select(Journal.subject_id, Journal.request_sha256).where(
            Journal.subject_type == subject_type,
            Journal.subject_id.in_(among),
            Journal.number == 1,
            Journal.key == key,
        )
    ).first()
    return None if row is None else FirstEntry(*row)
