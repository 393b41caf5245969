"""The journal's words against their digests."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import text_digest
from auditflow.models import Journal, JournalText
from auditflow.services.verify.finding import Finding


def check_texts(session: Session) -> Iterator[Finding]:
    """Every text that has not been erased against its digest in the entry."""
    same = sa.and_(
        Journal.subject_type == JournalText.subject_type,
        Journal.subject_id == JournalText.subject_id,
        Journal.number == JournalText.number,
    )
    rows = session.execute(
        sa.select(JournalText, Journal.details)
        .join(Journal, same)
        .order_by(JournalText.subject_type, JournalText.subject_id, JournalText.number, JournalText.field)
    )
    for text, details in rows:
        if details.get("texts", {}).get(text.field) != text_digest(text.salt, text.text):
            sentence = f"The {text.field} of entry {text.number} is not what was written."
            yield Finding("text_edited", text.subject_type, text.subject_id, text.number, sentence)
