"""What a view asks of the request it serves: the session, the time, the person, the key of the act."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g, request
from flask_login import current_user
from sqlalchemy.orm import Session, scoped_session

from auditflow.config import Settings
from auditflow.domain.clock import Clock
from auditflow.domain.whole_number import LARGEST
from auditflow.models import Person
from auditflow.models.database import Database
from auditflow.queries.scope import Viewer, viewer_from, viewer_of
from auditflow.services.act import Act
from auditflow.web.signed_in import SignedIn

EXTENSION = "auditflow"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class House:
    """What one application holds for its whole life."""

    settings: Settings
    database: Database
    clock: Clock
    sessions: scoped_session[Session]


def house(app: Flask | None = None) -> House:
    """The house of `app`, or of the application that serves this request."""
    found: House = (app or current_app).extensions[EXTENSION]
    return found


def db() -> Session:
    """This request's session: it reads for GET; for POST it writes and is committed by `Pages.act`."""
    return house().sessions()


def now() -> datetime:
    """The time of this request: one instant, however often it is asked."""
    moment: datetime | None = g.get("now")
    if moment is None:
        moment = g.now = house().clock.now()
    return moment


def viewer() -> Viewer:
    """The person who is signed in, with everything that limits what they see."""
    found: Viewer | None = g.get("viewer")
    if found is None:
        found = g.viewer = _viewer(signed_in())
    return found


def _viewer(person: SignedIn | Person) -> Viewer:
    if isinstance(person, SignedIn):
        return viewer_from(person.known, now())
    # They signed in by this very request, so the library holds their row.
    return viewer_of(db(), person.id, now())


def known_user() -> SignedIn | Person | None:
    """The person who is signed in, or None. The library asks its whole stack each time; this, what it found."""
    person = g.get("_login_user") or current_user._get_current_object()
    return person if person is not None and person.is_authenticated else None


def signed_in() -> SignedIn | Person:
    """The person who is signed in. Only called where `Pages` has seen to it that there is one."""
    person = known_user()
    assert person is not None, "the route asks for a person"
    return person


def act() -> Act:
    """This POST as an act: the form's own key, so that a double click is one act."""
    person_id = signed_in().id
    return Act(actor_id=person_id, at=now(), key=_own_key(request.form.get("key", ""), person_id))


def _own_key(key: str, person_id: int) -> str:
    """The key, if we made it for this person; else one made from it.

    A key that was thought up must not be that of another's act, nor of what the system will do when a clock runs
    out: that would then count as done before.
    """
    if key_is_for(key, person_id):
        return key
    return _mark(f"thought up|{key}", person_id) if key else secrets.token_hex(16)


def new_key() -> str:
    """A fresh idempotency key for a form about to be shown; it also says for whom the form was made."""
    nonce = secrets.token_hex(10)
    person = known_user()
    return nonce + _mark(nonce, person.id if person else 0)


def key_is_for(key: str, person_id: int) -> bool:
    """Whether the form with this key was made for this person."""
    return hmac.compare_digest(key[20:].encode(errors="replace"), _mark(key[:20], person_id).encode())


def _mark(nonce: str, person_id: int) -> str:
    secret = house().settings.secret_key.encode()
    return hmac.digest(secret, f"form|{nonce}|{person_id}".encode(errors="replace"), "sha256").hex()[:20]


def form_version() -> int | None:
    """The row version that the form was made for; None if it carries none."""
    return request.form.get("version", type=int)


def asked_number(name: str) -> int | None:
    """The number that the address gives under this name; None if it is none, or none that a row can have."""
    found = request.args.get(name, type=int)
    return found if found is not None and 0 < found <= LARGEST else None


def sent_by_script() -> bool:
    """Whether this request was made by our script (autosave), which wants JSON."""
    return request.headers.get("X-Requested-With") == "fetch"
