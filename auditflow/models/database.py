"""Engines and sessions: one small module that the web, the tasks and the commands share.

SQLite is taken over completely (`isolation_level=None` and a BEGIN of our own): with the driver's
defaults the SELECT of a read-modify-write runs outside the transaction and concurrent updates are lost
without an error. A writing session begins IMMEDIATE, so it waits for the lock before it reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA busy_timeout=5000",
)


@dataclass(frozen=True, slots=True)
class Database:
    """An engine with its two ways in: `reading()` and `writing()`."""

    engine: sa.Engine

    def reading(self) -> Session:
        """A session for looking: nothing it does is committed."""
        return Session(self.engine, expire_on_commit=False, autoflush=False)

    def writer(self) -> Session:
        """A session for changing; whoever opens it commits it."""
        writing = self.engine.execution_options(sqlite_begin="IMMEDIATE")
        return sessionmaker(writing, expire_on_commit=False)()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error."""
        with self.writer() as session, session.begin():
            yield session

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.engine.dialect.name == "sqlite"


def open_database(url: str, **options: Any) -> Database:
    """Connect to `url`; nothing is created and no connection is made until it is used."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        # Parameters stay out of every error's text: they are what people typed.
        engine = sa.create_engine(
            url, connect_args={"timeout": 5, "check_same_thread": False}, hide_parameters=True, **options
        )
        _take_over_sqlite(engine)
    else:
        engine = sa.create_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True, **options
        )
    return Database(engine)


def _take_over_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)
        connection.create_function("sha256", 1, _sha256, deterministic=True)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
