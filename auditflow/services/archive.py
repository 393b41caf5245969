"""Backup and restore of the whole database as one file, the same for both engines' own restores.

A backup is a ZIP with a header (engine, revision, counts, the newest seal, a digest of every part) and one
JSON-lines part a table, read in one transaction, so that it is one moment of the database. Restoring
refuses another engine's backup, another version's, a file that was changed, and a database that has data.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput
from auditflow.models import Base, Seal

FORMAT = 1
BATCH = 1000
FILES_AT_ONCE = 20
"""Of rows that hold a file so many are in memory."""
HEADER = "backup.json"


def write_backup(session: Session, path: Path, *, revision: str, at: datetime) -> dict[str, int]:
    """Write everything to `path` (through a temporary file); returns the rows of each table.

    Raises BadInput where no file can be written; then none is left there.
    """
    partial = path.with_suffix(path.suffix + ".part")
    try:
        counts = _write(session, partial, revision, at)
        partial.replace(path)
    except OSError as problem:
        raise BadInput(f"The backup cannot be written to {path}: {problem.strerror or problem}.") from problem
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return counts


def _write(session: Session, path: Path, revision: str, at: datetime) -> dict[str, int]:
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in Base.metadata.sorted_tables:
            with archive.open(f"{table.name}.jsonl", "w") as part:
                counts[table.name], digests[table.name] = _write_table(session, table, part)
        header = {
            "format": FORMAT,
            "engine": session.get_bind().dialect.name,
            "revision": revision,
            "made_at": at.isoformat(),
            "seal": _newest_seal(session),
            "rows": counts,
            "sha256": digests,
        }
        archive.writestr(HEADER, json.dumps(header, indent=2))
    return counts


def _newest_seal(session: Session) -> dict[str, Any] | None:
    """Number and hash of the journal's last seal, to be compared with the one kept outside; None before the first."""
    seal = session.scalars(sa.select(Seal).order_by(Seal.number.desc()).limit(1)).first()
    return None if seal is None else {"number": seal.number, "hash": seal.hash}


def _write_table(session: Session, table: sa.Table, part: IO[bytes]) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    order = list(table.primary_key.columns)
    for row in session.execute(sa.select(table).order_by(*order), execution_options={"yield_per": _at_once(table)}):
        line = json.dumps({k: _plain(v) for k, v in row._mapping.items()}, ensure_ascii=False).encode() + b"\n"
        digest.update(line)
        part.write(line)
        count += 1
    return count, digest.hexdigest()


def _at_once(table: sa.Table) -> int:
    return FILES_AT_ONCE if any(isinstance(column.type, sa.LargeBinary) for column in table.c) else BATCH


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return value


def read_header(path: Path) -> dict[str, Any]:
    """The header of a backup. Raises BadInput if the file is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            header = json.loads(archive.read(HEADER))
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise BadInput(f"{path} is not a backup made by auditflow.") from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise BadInput(f"{path} is a backup in a form that this version does not know.")
    return header


def restore_backup(session: Session, path: Path, *, revision: str) -> dict[str, int]:
    """Fill an empty, migrated database from `path`, in the caller's transaction; returns the rows of each table."""
    header = read_header(path)
    engine = session.get_bind().dialect.name
    if header["engine"] != engine:
        raise BadInput(f"This backup was made on {header['engine']}; it cannot be restored into {engine}.")
    if header["revision"] != revision:
        raise BadInput(f"This backup is of version {header['revision']}; this program has version {revision}.")
    _require_empty(session)
    with zipfile.ZipFile(path) as archive:
        _check_digests(archive, header)
        try:
            _fill_all(session, archive)
        except sa.exc.IntegrityError as fault:
            raise BadInput("The rows of this backup do not fit together, so nothing was restored.") from fault
    _continue_numbers(session)
    return dict(header["rows"])


def _fill_all(session: Session, archive: zipfile.ZipFile) -> None:
    ahead = _pointing_ahead()
    for table in Base.metadata.sorted_tables:
        _fill(session, table, archive, ahead.get(table.name, []))
    for name, columns in ahead.items():
        _point(session, Base.metadata.tables[name], archive, columns)


def _require_empty(session: Session) -> None:
    if session.execute(sa.text("SELECT 1 FROM journal LIMIT 1")).first() is not None:
        raise BadInput("This database has data. Restore into a new, empty database: restore makes its own tables.")


def _check_digests(archive: zipfile.ZipFile, header: dict[str, Any]) -> None:
    for table in Base.metadata.sorted_tables:
        digest = hashlib.sha256()
        with archive.open(f"{table.name}.jsonl") as part:
            for line in part:
                digest.update(line)
        if digest.hexdigest() != header["sha256"].get(table.name):
            raise BadInput(f"The backup was changed after it was made: {table.name} is not what it was.")


def _pointing_ahead() -> dict[str, list[str]]:
    """Columns that may name a row not yet restored (a person's manager, a team's): filled in at the end."""
    order = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    ahead = {
        table.name: [
            c.name for c in table.c if any(order[k.column.table.name] >= order[table.name] for k in c.foreign_keys)
        ]
        for table in Base.metadata.sorted_tables
    }
    return {name: columns for name, columns in ahead.items() if columns}


def _rows(table: sa.Table, archive: zipfile.ZipFile) -> Iterator[dict[str, Any]]:
    kinds = {column.name: column.type for column in table.columns}
    with archive.open(f"{table.name}.jsonl") as part:
        for line in part:
            row = json.loads(line)
            yield {name: _value(value, kinds[name]) for name, value in row.items()}


def _value(value: Any, kind: sa.types.TypeEngine[Any]) -> Any:
    if value is None or isinstance(kind, sa.JSON):
        return value
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return datetime.fromisoformat(value) if isinstance(kind, sa.TypeDecorator) else value


def _fill(session: Session, table: sa.Table, archive: zipfile.ZipFile, ahead: list[str]) -> None:
    if table.name == "role":
        session.execute(sa.delete(table))
    batch: list[dict[str, Any]] = []
    own = {name for name in ahead if any(k.column.table is table for k in table.c[name].foreign_keys)}
    there: set[Any] = set()
    for row in _rows(table, archive):
        # A row of the same table that is there already is named at once: a re-audit without its baseline is refused.
        batch.append({**row, **{name: None for name in ahead if name not in own or row[name] not in there}})
        if own:
            there.add(row["id"])
        if len(batch) == _at_once(table):
            session.execute(sa.insert(table), batch)
            batch = []
    if batch:
        session.execute(sa.insert(table), batch)


def _point(session: Session, table: sa.Table, archive: zipfile.ZipFile, columns: list[str]) -> None:
    keys = list(table.primary_key.columns)
    where = [key == sa.bindparam(f"key_{key.name}") for key in keys]
    update = sa.update(table).where(*where).values({name: sa.bindparam(f"to_{name}") for name in columns})
    rows = [
        {**{f"key_{key.name}": row[key.name] for key in keys}, **{f"to_{name}": row[name] for name in columns}}
        for row in _rows(table, archive)
        if any(row[name] is not None for name in columns)
    ]
    if rows:
        session.connection().execute(update, rows)


def _continue_numbers(session: Session) -> None:
    """PostgreSQL's sequences go on after the highest number restored."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.c:
            name = sa.func.pg_get_serial_sequence(table.name, "id")
            highest = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 1)).scalar_subquery()
            session.execute(sa.select(sa.func.setval(name, highest)))
