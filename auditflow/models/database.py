"""Engines and sessions: one small module that the web, the tasks and the commands share.

SQLite is taken over completely (`isolation_level=None` and a BEGIN of our own): with the driver's
defaults the SELECT of a read-modify-write runs outside the transaction and concurrent updates are lost
without an error. A writing session begins IMMEDIATE, so it waits for the lock before it reads.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from auditflow.models.plain import counted, send

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA busy_timeout=5000",
)


UNASKED_SECONDS = 10.0
"""A connection that has lain in the pool for longer is asked whether it still lives before it is used again: asking
each time costs a round trip a request, and one that died in between is met by trying the request again."""


class Database:
    """An engine with its ways in: `reading()`, `writing()`, and `single()` for one statement."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._writer = sessionmaker(self._writing, expire_on_commit=False)
        # SQLite's driver was taken over: without a BEGIN of ours, each statement commits itself.
        self._alone = engine if self.is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")

    def reading(self) -> Session:
        """A session for looking: nothing it does is committed."""
        return Session(self.engine, expire_on_commit=False, autoflush=False)

    def writer(self) -> Session:
        """A session for changing; whoever opens it commits it."""
        return self._writer()

    @contextmanager
    def single(self) -> Iterator[sa.Connection]:
        """A connection for one plain statement that is a transaction of its own: no BEGIN, no COMMIT to wait for."""
        with self._alone.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error."""
        with self.writer() as session:
            yield session
            session.commit()

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
        engine = sa.create_engine(url, pool_size=20, max_overflow=0, hide_parameters=True, **options)
        _ask_after_a_rest(engine)
    return Database(engine)


def _ask_after_a_rest(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:
        record.info["resting_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("resting_since")
        if since is None or time.monotonic() - since < UNASKED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise sa.exc.DisconnectionError from gone


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
        send(connection, f"BEGIN {kind}", {}, counted)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
