"""Who is signed in, as Flask-Security wants to know them: read by one statement, with what the pages ask of them."""

from __future__ import annotations

from typing import Any

from flask_security import RoleMixin, SQLAlchemySessionUserDatastore, UserMixin

from auditflow.queries.known_person import KnownPerson, know_person_of_session


class HeldRole(RoleMixin):
    """A role of whoever is signed in."""

    def __init__(self, name: str) -> None:
        self.name = name


class SignedIn(UserMixin):
    """The person of this browser's session. It is only looked at: whoever changes a person loads the row."""

    def __init__(self, known: KnownPerson) -> None:
        self.known = known
        self.id = known.id
        self.active = known.active
        self.fs_uniquifier = known.fs_uniquifier
        self.roles = [HeldRole(name) for name in sorted(known.roles)]


class People(SQLAlchemySessionUserDatastore):
    """The people of the council; who a session is of is asked on every page, so that does without the ORM."""

    def find_user(self, case_insensitive: bool = False, **named: Any) -> Any:
        """The person so named, or None."""
        if "fs_uniquifier" not in named:
            return super().find_user(case_insensitive, **named)
        known = know_person_of_session(self.db.session(), named["fs_uniquifier"])
        return SignedIn(known) if known else None
