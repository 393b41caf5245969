"""What the commands that need the database share: settings, database, a write in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from auditflow.adapters.schema import require_newest
from auditflow.config import Settings, load_settings
from auditflow.domain.clock import SystemClock
from auditflow.models.database import Database, open_database
from auditflow.services.act import Act


def open_place() -> tuple[Settings, Database]:
    """The settings and the migrated database that they name. Raises BadInput with what to do."""
    settings = load_settings()
    database = open_database(settings.database_url)
    require_newest(database)
    return settings, database


def command_act() -> Act:
    """A command's act: the system's, now."""
    return Act(None, SystemClock().now(), secrets.token_hex(16))


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction of a command."""
    _, database = open_place()
    with database.writing() as session:
        yield session
