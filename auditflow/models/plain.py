"""Statements that are compiled once and handed to the driver as they are, inside the caller's transaction.

SQLAlchemy builds a statement, and its types convert what goes in and comes out; but it does not execute it. For
the few statements that every move sends, its own execution takes longer than all the rest (docs/adr/0013).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session

from auditflow.models.base import UtcDateTime

LANGUAGES: dict[str, Any] = {
    "postgresql": PGDialect_psycopg(),  # type: ignore[no-untyped-call]
    "sqlite": SQLiteDialect_pysqlite(paramstyle="named"),
}
Convert = Callable[[Any], Any]
Row = dict[str, Any]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Plain:
    """A statement as the driver takes it: its text, the values that never change, and what converts the others."""

    text: str
    fixed: Mapping[str, Any]
    into: Mapping[str, Convert | None]
    out: tuple[tuple[str, Convert | None], ...]

    def bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of one execution; those that the statement does not name are left out."""
        bound = dict(self.fixed)
        for name, convert in self.into.items():
            value = values[name]
            bound[name] = value if convert is None else convert(value)
        return bound

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[Row]:
        """Execute it and return its rows by the names of their columns."""
        names = [name for name, _ in self.out]
        return [dict(zip(names, line, strict=True)) for line in self.lines(session, values)]

    def lines(self, session: Session, values: Mapping[str, Any]) -> list[Sequence[Any]]:
        """The same rows without names, in the order of the columns: for many rows of which little is made."""
        found = send(flushed(session), self.text, self.bind(values), _fetched)
        if all(convert is None for _, convert in self.out):
            return found
        return [self._line(row) for row in found]

    def _line(self, row: Sequence[Any]) -> Sequence[Any]:
        return [value if convert is None else convert(value) for (_, convert), value in zip(self.out, row, strict=True)]

    def run(self, connection: sa.Connection, values: Mapping[str, Any]) -> int:
        """Execute it and return how many rows it touched."""
        return send(connection, self.text, self.bind(values), counted)


def plain(dialect: str, statement: Any, names: Mapping[str, Any], columns: Sequence[tuple[str, Any]] = ()) -> Plain:
    """Compile `statement`; `names` are the values it is given each time, each with an example.

    Every other value it holds stays as it is. `columns` are the names and types of the rows it returns.
    """
    language = LANGUAGES[dialect]
    written = statement.compile(dialect=language)
    expanded = written.construct_expanded_state(dict(names))
    given = {name: value for name, value in expanded.parameters.items() if name not in names}
    types = {name: written.binds[name].type for name in expanded.parameters if name in names}
    return Plain(
        expanded.statement,
        {name: _bound(written, name, value, language) for name, value in given.items()},
        {name: _into(kind, language) for name, kind in types.items()},
        tuple((name, kind.dialect_impl(language).result_processor(language, None)) for name, kind in columns),
    )


def _into(kind: Any, language: Any) -> Convert | None:
    convert: Convert | None = kind.dialect_impl(language).bind_processor(language)
    # One move binds its own moment again and again.
    return lru_cache(maxsize=64)(convert) if convert and isinstance(kind, UtcDateTime) else convert


def _bound(written: Any, name: str, value: Any, language: Any) -> Any:
    held = written.binds.get(name)
    convert = _into(held.type, language) if held is not None else None
    return value if convert is None else convert(value)


def kept(statement: Callable[[], sa.Select[Any]], names: Mapping[str, Any]) -> Callable[[Session], Plain]:
    """A SELECT that is written and compiled when it is first sent, once for each kind of database."""

    @cache
    def of(dialect: str) -> Plain:
        written = statement()
        columns = [(str(column.key), column.type) for column in written.selected_columns]
        return plain(dialect, written, names, columns)

    return lambda session: of(session.get_bind().dialect.name)


def flushed(session: Session) -> sa.Connection:
    """The session's connection, with what the session still held written, as before a statement of its own."""
    if session.autoflush:
        session.flush()
    return session.connection()


def _fetched(cursor: Any) -> list[Sequence[Any]]:
    return list(cursor.fetchall())


def counted(cursor: Any) -> int:
    """How many rows the statement touched."""
    return int(cursor.rowcount)


def send(connection: sa.Connection, text: str, values: Mapping[str, Any], result: Callable[[Any], Result]) -> Result:
    """Hand one statement to the driver; `result` reads its cursor. Raises the driver's errors as SQLAlchemy's."""
    raw = connection.connection
    cursor = raw.cursor()
    # Whoever listens to the engine's statements hears these too.
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, text, values, None, False)
    try:
        cursor.execute(text, values)
        return result(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _refused(connection, raw, cursor, text, error) from error
    finally:
        cursor.close()


def _refused(connection: sa.Connection, raw: Any, cursor: Any, text: str, error: Any) -> Any:
    """The driver's error as SQLAlchemy would raise it; a connection that is gone leaves the pool."""
    gone = connection.dialect.is_disconnect(error, raw, cursor)
    if gone:
        connection.invalidate(error)
        # What ended this one ended those that lie in the pool too; SQLAlchemy would not use them again either.
        connection.engine.dispose()
    base = connection.dialect.loaded_dbapi.Error
    return sa.exc.DBAPIError.instance(
        text, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=connection.dialect
    )
