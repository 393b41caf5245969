"""What can be asked of the place where the program runs: its broker, its disk, its clock, its database's shape."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from auditflow.adapters.schema import current_revision, has_tables, newest_revision
from auditflow.models.database import Database
from auditflow.models.triggers import trigger_names

LEAST_FREE = 500 * 1024 * 1024
LARGEST_DIFFERENCE = timedelta(seconds=5)


def broker_fault(redis_url: str) -> str:
    """Blank if the broker answers, otherwise what it says."""
    import redis

    try:
        with redis.Redis.from_url(redis_url, socket_connect_timeout=3, socket_timeout=3) as broker:
            broker.ping()
    except (redis.RedisError, ValueError, OSError) as fault:
        return str(fault) or type(fault).__name__
    return ""


def pdf_fault() -> str:
    """Blank if PDFs can be made here, otherwise what is missing: a package of Python's or a library of the system's."""
    try:
        import weasyprint  # noqa: F401
    except ImportError:
        return "WeasyPrint is not installed"
    except OSError:
        # It loads pango, a library that is not Python's, by its name.
        return "pango is missing"
    return ""


def disk_fault(folder: Path) -> str:
    """Blank if the folder can be written to and has room, otherwise what is wrong."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as fault:
        return f"{folder} cannot be written to: {fault.strerror}"
    return f"{folder} has only {free // 2**20} MB left" if free < LEAST_FREE else ""


def clock_difference(database: Database) -> timedelta:
    """How far our clock is before (+) or behind (-) the database's."""
    word = "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')" if database.is_sqlite else "SELECT clock_timestamp()"
    with database.engine.connect() as connection:
        said = connection.execute(sa.text(word)).scalar_one()
    theirs: datetime = datetime.fromisoformat(said).replace(tzinfo=UTC) if isinstance(said, str) else said
    return datetime.now(UTC) - theirs


def missing_triggers(database: Database) -> list[str]:
    """The append-only triggers that the database should have and has not."""
    word = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with database.engine.connect() as connection:
        there = set(connection.execute(sa.text(word)).scalars())
    return sorted(trigger_names(database.engine.dialect.name) - there)


def schema_fault(database: Database) -> str:
    """Blank if the tables are those of this version, otherwise what they are."""
    if not has_tables(database):
        return "the database is empty"
    current, newest = current_revision(database), newest_revision()
    return "" if current == newest else f"the tables are of version {current}, the program's is {newest}"
