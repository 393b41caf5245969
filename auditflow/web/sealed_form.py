"""A form that arrived after the session had ended: sealed into the sign-in page, given back afterwards.

The seal is encrypted, good for an hour, and bound to the person the form was made for; nothing of it is
stored until the same person has signed in and sends it again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from flask import request

from auditflow.web.request import house, key_is_for

HOUR = 3600
LEFT_OUT = frozenset({"csrf_token", "password", "sealed"})
NOT_WORDS = frozenset({"key", "version"})


@dataclass(frozen=True, slots=True)
class SealedForm:
    """Where a form was going and what stood in it, in order; whether a file came along, which is not kept."""

    path: str
    fields: tuple[tuple[str, str], ...]
    had_file: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What was typed, to be read again; the values of choices and buttons are sent along and not shown."""
        texts = (value.strip() for name, value in self.fields if name not in NOT_WORDS)
        return tuple(text for text in texts if " " in text or "\n" in text)

    @property
    def key(self) -> str:
        """The form's idempotency key."""
        return dict(self.fields).get("key", "")


def seal_form() -> str:
    """This request's form as a token; empty for a form that nobody in particular was given."""
    if not request.form.get("key"):
        return ""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in LEFT_OUT]
    return _cipher().encrypt(json.dumps([request.path, fields, sent_file()]).encode()).decode()


def sent_file() -> bool:
    """Whether a file came with this request."""
    return any(file.filename for file in request.files.values())


def open_form(token: str, person_id: int) -> SealedForm | None:
    """The form, if the token is whole, fresh and was made for this person; None otherwise."""
    try:
        path, fields, had_file = json.loads(_cipher().decrypt(token.encode(), ttl=HOUR))
    except (InvalidToken, ValueError):
        return None
    form = SealedForm(path, tuple((name, value) for name, value in fields), had_file)
    return form if form.path.startswith("/") and key_is_for(form.key, person_id) else None


def _cipher() -> Fernet:
    secret = hashlib.sha256(b"sealed form|" + house().settings.secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
