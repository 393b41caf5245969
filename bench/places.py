"""Databases of the bench's own: a new PostgreSQL database and a new SQLite file, removed afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from auditflow.adapters.schema import migrate
from auditflow.models.database import Database, open_database

POSTGRES = os.environ.get("AUDITFLOW_BENCH_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
FOLDER = Path(__file__).resolve().parents[1] / "var" / "bench"


@contextmanager
def postgres_place() -> Iterator[Database]:
    """An empty, migrated PostgreSQL database."""
    name = f"auditflow_bench_{os.getpid()}"
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' ENCODING 'UTF8'"))
    database = open_database(sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False))
    try:
        migrate(database)
        yield database
    finally:
        database.engine.dispose()
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.dispose()


@contextmanager
def sqlite_place() -> Iterator[Database]:
    """An empty, migrated SQLite file on this disk."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        database = open_database(f"sqlite:///{folder}/bench.db")
        try:
            migrate(database)
            yield database
        finally:
            database.engine.dispose()


def driver_address(database: Database) -> str:
    """The same database, as the plain driver wants it."""
    url = database.engine.url
    if database.is_sqlite:
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
