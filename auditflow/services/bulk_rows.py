"""Writing many rows in one statement: one JSON document on PostgreSQL, one executemany on SQLite.

The ORM's flush and the driver's row-by-row way cost several times the database's own work; these do not.
Column names come from the models, every value is bound.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

Row = tuple[Any, ...]
MOST_VALUES = 5_000
"""How many values one statement may list on SQLite."""


def reserve_ids(session: Session, table: sa.Table, count: int) -> list[int]:
    """`count` ids that no other row of `table` will ever have, ascending.

    PostgreSQL takes them from the table's sequence; SQLite's writer is alone, so the next free ones are ours.
    """
    if session.get_bind().dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        taken = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count))
        return sorted(session.scalars(taken))
    last = session.scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))) or 0
    return list(range(last + 1, last + count + 1))


def insert_rows(
    session: Session, table: sa.Table, names: Sequence[str], rows: Sequence[Row], fixed: Mapping[str, Any]
) -> None:
    """Insert `rows` (values in the order of `names`), each with the `fixed` columns besides."""
    if not rows:
        return
    dialect = session.get_bind().dialect
    columns = ", ".join([*fixed, *names])
    constants = tuple(_bound(table, dialect, name)(value) for name, value in fixed.items())
    if dialect.name == "postgresql":
        given = [f"%s::{_type(table, dialect, name)}" for name in fixed]
        text = f"INSERT INTO {table.name} ({columns}) SELECT {', '.join([*given, *(f'u.{n}' for n in names)])}"
        if _is_number(table, names):
            _run(session, f"{text} FROM unnest(%s::integer[]) AS u({names[0]})", (*constants, [row[0] for row in rows]))
            return
        source = _recordset(table, dialect, names)
        _run(session, f"{text} FROM {source}", (*constants, _document(names, rows)))
        return
    marks = ", ".join("?" * (len(fixed) + len(names)))
    bound = _all_bound(table, dialect, names, rows)
    text = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608 - names from the models
    _run(session, text, [constants + row for row in bound])


def update_rows(
    session: Session, table: sa.Table, names: Sequence[str], rows: Sequence[Row], fixed: Mapping[str, Any]
) -> int:
    """Set columns of rows chosen by id and version; each row starts with (id, version it must have).

    `names` are the columns that the further values of a row go to. The version goes up by one. Returns how
    many rows had their version.
    """
    if not rows:
        return 0
    dialect = session.get_bind().dialect
    constants = tuple(_bound(table, dialect, name)(value) for name, value in fixed.items())
    keyed = ("id", "version", *names)
    if dialect.name == "postgresql":
        given = [f"{name} = %s::{_type(table, dialect, name)}" for name in fixed]
        sets = ["version = t.version + 1", *given, *(f"{name} = u.{name}" for name in names)]
        source = _recordset(table, dialect, keyed)
        where = "t.id = u.id AND t.version = u.version"
        text = f"UPDATE {table.name} AS t SET {', '.join(sets)} FROM {source} WHERE {where}"  # noqa: S608 - see above
        return _run(session, text, (*constants, _document(keyed, rows)))
    sets = ["version = version + 1", *(f"{name} = ?" for name in (*fixed, *names))]
    text = f"UPDATE {table.name} SET {', '.join(sets)} WHERE id = ? AND version = ?"  # noqa: S608 - see above
    bound = _all_bound(table, dialect, keyed, rows)
    return _run(session, text, [(*constants, *row[2:], row[0], row[1]) for row in bound])


def delete_rows(session: Session, table: sa.Table, name: str, numbers: Sequence[int], fixed: Mapping[str, Any]) -> None:
    """Delete the rows that hold one of `numbers` in the column `name` and the `fixed` values besides."""
    same = [table.c[column] == value for column, value in fixed.items()]
    if session.get_bind().dialect.name == "postgresql":
        # A list of so many values takes the server longer to read than the rows to delete.
        among = sa.bindparam("among", list(numbers), type_=sa.ARRAY(sa.Integer))
        session.execute(sa.delete(table).where(*same, table.c[name] == sa.any_(among)))
        return
    for start in range(0, len(numbers), MOST_VALUES):
        session.execute(sa.delete(table).where(*same, table.c[name].in_(numbers[start : start + MOST_VALUES])))


def _is_number(table: sa.Table, names: Sequence[str]) -> bool:
    return len(names) == 1 and type(table.c[names[0]].type) is sa.Integer


def _run(session: Session, text: str, values: Any) -> int:
    result = session.connection().exec_driver_sql(text, values)
    return result.rowcount


def _type(table: sa.Table, dialect: sa.Dialect, name: str) -> str:
    return table.c[name].type.compile(dialect)


def _bound(table: sa.Table, dialect: sa.Dialect, name: str) -> Callable[[Any], Any]:
    """How a value of this column is handed to the driver."""
    kind = table.c[name].type
    if isinstance(kind, sa.JSON) and dialect.name == "postgresql":
        return json.dumps
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    return process or (lambda value: value)


def _all_bound(table: sa.Table, dialect: sa.Dialect, names: Sequence[str], rows: Sequence[Row]) -> Sequence[Row]:
    plain = (sa.Integer, sa.String)
    if all(isinstance(table.c[name].type, plain) for name in names):
        return rows
    ways = [_bound(table, dialect, name) for name in names]
    return [tuple([way(value) for way, value in zip(ways, row, strict=True)]) for row in rows]


def _document(names: Sequence[str], rows: Sequence[Row]) -> str:
    """The rows as one JSON document: PostgreSQL reads it several times faster than the driver writes arrays."""
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], default=_moment, ensure_ascii=False)


def _moment(value: Any) -> str:
    return str(value.isoformat())


def _recordset(table: sa.Table, dialect: sa.Dialect, names: Sequence[str]) -> str:
    """The FROM item that makes rows of the document again."""
    columns = ", ".join(f"{name} {_type(table, dialect, name)}" for name in names)
    return f"json_to_recordset(%s::json) AS u({columns})"
