"""Writing a case list's rows: COPY of whole blocks of text on PostgreSQL, one executemany on SQLite.

The driver's way of writing a row at a time costs several times what PostgreSQL needs to take it in, so
blocks are put together column by column; the further columns of a case are encoded once for each
combination, because most lists repeat few.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.adapters.case_list import CaseListReading
from auditflow.domain.frame import COLUMNS, Case
from auditflow.models import FrameReject

OWN = ("case_ref", "case_type", "status", "team", "worker", "opened", "closed")
FURTHER = tuple(name for name in COLUMNS if name not in OWN)
TARGET = ("frame_id", "row", "ref", "case_type", "status", "team", "worker", "opened", "closed", "more")

BLOCK = 5_000
"""Rows in one block of text: about a megabyte."""

REMEMBERED = 50_000
"""Combinations of further columns that are kept encoded."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_own = [COLUMNS.index(name) for name in OWN]
_further = [COLUMNS.index(name) for name in FURTHER]
# What COPY's text format gives a meaning to; everything else stands for itself.
_escapes = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

Columns = list[Iterable[Any]]


def write_cases(session: Session, frame_id: int, reading: CaseListReading) -> None:
    """Insert every case of the reading; the list must be empty."""
    session.flush()
    connection = session.connection()
    cursor: Any = connection.connection.cursor()
    names = ", ".join(TARGET)
    blocks = _blocks(reading.cases, reading.origins)
    if connection.dialect.name == "postgresql":
        with cursor.copy(f"COPY frame_case ({names}) FROM STDIN") as copy:
            for numbers, own, more in blocks:
                copy.write(_copy_text(frame_id, numbers, own, more))
        # Until the database counts its rows by itself, it would sort a long list as if it were a short one.
        cursor.execute("ANALYZE frame_case")
        return
    marks = ", ".join("?" * len(TARGET))
    rows = (row for numbers, own, more in blocks for row in zip(repeat(frame_id), numbers, *own, more))
    cursor.executemany(f"INSERT INTO frame_case ({names}) VALUES ({marks})", rows)  # noqa: S608 - fixed names


Block = tuple[list[int], list[Sequence[str]], list[str]]


def _blocks(cases: Sequence[Case], origins: Sequence[tuple[str, int]]) -> Iterator[Block]:
    """The row numbers, the table's own columns and the encoded further ones of each block of cases."""
    known: dict[tuple[str, ...], str] = {}
    rows, places = iter(cases), iter(origins)
    while block := list(islice(rows, BLOCK)):
        numbers = [number for _, number in islice(places, BLOCK)]
        columns = list(zip(*block, strict=True))
        rest = zip(*(columns[index] for index in _further), strict=True)
        yield numbers, [columns[index] for index in _own], [known.get(r) or _encoded(known, r) for r in rest]


def _encoded(known: dict[tuple[str, ...], str], rest: tuple[str, ...]) -> str:
    more = _encode({name: text for name, text in zip(FURTHER, rest, strict=True) if text})
    if len(known) < REMEMBERED:
        known[rest] = more
    return more


def _copy_text(frame_id: int, numbers: list[int], own: list[Sequence[str]], more: list[str]) -> str:
    """A block as COPY's text format has it: tabs between values, one row a line."""
    columns: Columns = [repeat(str(frame_id), len(numbers)), map(str, numbers), *map(_escaped, own), _escaped(more)]
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _escaped(values: Sequence[str]) -> Sequence[str]:
    """The values with what COPY gives a meaning to written out; almost never is there any."""
    text = "\n".join(values)
    plain = text.count("\n") == len(values) - 1 and not any(mark in text for mark in "\\\t\r")
    return values if plain else [value.translate(_escapes) for value in values]


def write_rejects(session: Session, frame_id: int, reading: CaseListReading) -> None:
    """Insert every rejected row with its number and reason."""
    rows = [
        {"frame_id": frame_id, "sheet": r.sheet[:100], "row": r.row, "reason": r.reason[:500]} for r in reading.rejects
    ]
    if rows:
        session.execute(sa.insert(FrameReject), rows)
