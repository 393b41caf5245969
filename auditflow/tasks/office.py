"""What a worker process holds: settings, database, clock, mailer."""

from __future__ import annotations

from dataclasses import dataclass

from auditflow.adapters.mail import Mailer, open_mailer
from auditflow.config import Settings
from auditflow.domain.clock import Clock, SystemClock
from auditflow.models.database import Database, open_database


@dataclass(frozen=True, slots=True)
class Office:
    """One worker's surroundings, made once a process."""

    settings: Settings
    database: Database
    clock: Clock
    mailer: Mailer


def open_office(settings: Settings, *, database: Database | None = None, clock: Clock | None = None) -> Office:
    """Open everything a task needs; nothing connects before it is used."""
    return Office(
        settings,
        database or open_database(settings.database_url),
        clock or SystemClock(),
        open_mailer(settings.mail_url),
    )
