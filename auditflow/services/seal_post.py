"""What leaves the house about the journal: its seals, and what its last verification found."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Seal, Setting
from auditflow.services.letter_words import WORDS
from auditflow.services.verify import Verification

POSTED = "journal.last_posted_seal"
LAST_VERIFICATION = "journal.last_verification"


def seal_text(seal: Seal) -> str:
    """A seal as the JSON that `auditflow journal verify --seal` reads."""
    return json.dumps({"number": seal.number, "at": seal.at.isoformat(), "root": seal.root, "hash": seal.hash})


def seal_letter(seal: Seal, *, council_name: str) -> tuple[str, str]:
    """Subject and body of the message that carries a seal out of the house."""
    body = (
        f"Seal {seal.number} of the case audit journal of {council_name}.\n\n"
        "Keep this message where nobody who looks after the database can change it. It holds no case content.\n"
        "To check the journal against it, save the next line as seal.json and run:\n"
        "auditflow journal verify --seal seal.json\n\n"
        f"{seal_text(seal)}\n"
    )
    return f"{WORDS['journal.sealed']} ({seal.number})", body


def list_unposted_seals(session: Session) -> list[Seal]:
    """The seals that were not sent out yet, oldest first."""
    row = session.get(Setting, POSTED)
    return list(session.scalars(sa.select(Seal).where(Seal.number > (row.value if row else 0)).order_by(Seal.number)))


def mark_seal_posted(session: Session, number: int) -> None:
    """Every address has the seal with this number."""
    session.merge(Setting(key=POSTED, value=number))


def keep_verification(session: Session, result: Verification, at: datetime) -> None:
    """Keep when the journal was last verified and what was found, for the health page."""
    value: dict[str, Any] = {
        "at": at.isoformat(),
        "chains": result.chains,
        "entries": result.entries,
        "findings": len(result.findings),
    }
    session.merge(Setting(key=LAST_VERIFICATION, value=value))


def find_verification(session: Session) -> dict[str, Any] | None:
    """What the last verification found, as kept above; None before the first."""
    row = session.get(Setting, LAST_VERIFICATION)
    return dict(row.value) if row is not None else None
