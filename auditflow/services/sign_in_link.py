"""One-time links with which an invited person sets their first password."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput
from auditflow.models import Person

VALID = timedelta(days=7)
LINK = re.compile("([0-9]{1,9})-([0-9]{1,11})-([0-9a-f]{40})")
"""Person, until when, and the signature."""


def make_link(person: Person, *, secret_key: str, base_url: str, at: datetime) -> str:
    """A link for `person`, good for a week and for one use: setting a password changes what it is made of."""
    until = int((at + VALID).timestamp())
    return f"{base_url.rstrip('/')}/set-password/{person.id}-{until}-{_signature(person, until, secret_key)}"


def open_link(session: Session, token: str, *, secret_key: str, at: datetime) -> Person:
    """The person whom a link was made for. Raises BadInput if it is wrong, used or too old."""
    refused = BadInput("This link has been used or is too old. Ask your administrator for a new one.")
    parts = LINK.fullmatch(token)
    if parts is None:
        raise refused
    person, until = session.get(Person, int(parts[1])), int(parts[2])
    if person is None or not person.active or until < at.timestamp():
        raise refused
    if not hmac.compare_digest(_signature(person, until, secret_key), parts[3]):
        raise refused
    return person


def _signature(person: Person, until: int, secret_key: str) -> str:
    # The sign-in token and the password are part of it, so that a used link is a dead link.
    text = f"{person.id}|{until}|{person.fs_uniquifier}|{person.password or ''}"
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]
