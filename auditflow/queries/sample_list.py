"""The case list as a draw reads it: by columns, some thousand cases in one row of the answer, or row by row.

The driver makes an object of every value of every row, which takes longer than hashing all references. A column put
together by the database comes as one text, and is taken apart again at a small part of the cost.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.frame import COLUMNS
from auditflow.domain.sampling_list import ColumnRows, NotByColumns
from auditflow.models import Frame, FrameCase
from auditflow.models.base import core

Answer = TypeVar("Answer")

CASE = core(FrameCase)
OWN = ("case_type", "status", "team", "worker", "opened", "closed")
FEW = frozenset({"case_type", "status", "restricted", "age_band", "sex", "ethnicity", "disability"})
"""Columns with a handful of values each."""
BLOCK = 25_000
"""Cases in one answer: a few megabytes."""
FIRST_BLOCK = 3_000
"""Cases in the first: nobody works while it is waited for. Each further one has twice as many, up to a whole block."""
AT_ONCE = 5_000
"""Rows that are in memory at once where a list is read row by row."""
BETWEEN = "\x1f"
"""Stands between the values of a column; a list that has it in a cell is read row by row."""


@dataclass(frozen=True, slots=True)
class CaseRows:
    """A case list as rows of plain values in the order of `columns`."""

    columns: tuple[str, ...]
    rows: Iterable[Sequence[Any]]


def available_columns(frame: Frame) -> tuple[str, ...]:
    """The columns that this list has, in the canonical order; all of them when it does not say."""
    have = {"case_ref", "status", *(frame.columns or COLUMNS)}
    return tuple(name for name in COLUMNS if name in have)


def read_case_rows(session: Session, frame: Frame, columns: Iterable[str]) -> CaseRows:
    """The list's cases, by reference, with those of `columns` that it has. One statement."""
    listed = list_case_rows(session, frame, columns)
    return CaseRows(listed.columns, list(listed.rows))


def list_case_rows(session: Session, frame: Frame, columns: Iterable[str]) -> CaseRows:
    """The same, read from the database each time that somebody goes through it: by columns if they can use them."""
    have = available_columns(frame)
    wanted = [name for name in dict.fromkeys(["case_ref", *columns]) if name in have]
    further = [name for name in wanted if not _is_own(name)]
    order = (*(name for name in wanted if _is_own(name)), *further)
    return CaseRows(order, _ListedRows(session, frame.id, order))


class _ListedRows(ColumnRows):
    def __init__(self, session: Session, frame_id: int, columns: Sequence[str]) -> None:
        self.session, self.frame_id, self.columns = session, frame_id, columns
        self.few = FEW

    def __iter__(self) -> Iterator[Sequence[Any]]:
        own = [CASE.c["ref" if name == "case_ref" else name] for name in self.columns if _is_own(name)]
        further = [name for name in self.columns if not _is_own(name)]
        chosen = [*own, CASE.c.more] if further else own
        where = CASE.c.frame_id == self.frame_id
        statement = sa.select(*chosen).where(where).order_by(CASE.c.ref)
        found = self.session.execute(statement, execution_options={"yield_per": AT_ONCE})
        yield from ((*row[:-1], *(row[-1].get(name, "") for name in further)) for row in found) if further else found

    def blocks(self, columns: Sequence[Sequence[str]]) -> Generator[Sequence[Sequence[str]], None, None]:
        """These columns, block by block, in the order in which the rows were written."""
        answers = self._answers(columns)
        apart = self.session.get_bind().dialect.name == "postgresql"
        with closing(_ahead(answers) if apart else answers) as coming:
            for count, *texts in coming:
                block = [text.split(BETWEEN) for text in texts]
                if any(len(column) != count for column in block):
                    raise NotByColumns
                yield block

    def _answers(self, columns: Sequence[Sequence[str]]) -> Generator[Sequence[Any], None, None]:
        statement, after, most = _block(self.frame_id, columns), 0, FIRST_BLOCK
        while True:
            after, count, *texts = self.session.execute(statement, {"after": after, "most": most}).one()
            if not count:
                return
            yield count, *texts
            most = min(2 * most, BLOCK)


def _ahead(answers: Iterator[Answer]) -> Generator[Answer, None, None]:
    """The same answers, each asked for while the one before is being worked on: the database is another process.

    One thread at a time uses the session: whoever works on an answer must leave it alone, and close this before
    using it for anything else.
    """
    with ThreadPoolExecutor(1) as asking:
        coming = asking.submit(next, answers, None)
        while (answer := coming.result()) is not None:
            coming = asking.submit(next, answers, None)
            yield answer


def _block(frame_id: int, wanted: Sequence[Sequence[str]]) -> sa.Executable:
    """At most `most` cases after the row `after`, each column put together as one text, all in the same order."""
    columns = [_joined(names).label(f"c{number}") for number, names in enumerate(wanted)]
    where = (CASE.c.frame_id == frame_id, CASE.c.id > sa.bindparam("after", type_=sa.BigInteger()))
    some = (
        sa.select(CASE.c.id, *columns)
        .where(*where)
        .order_by(CASE.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
        .subquery()
    )
    texts = [sa.func.aggregate_strings(some.c[column.name], BETWEEN) for column in columns]
    return sa.select(sa.func.max(some.c.id), sa.func.count(), *texts)


def _joined(names: Sequence[str]) -> sa.ColumnElement[str]:
    first, *others = map(_column, names)
    return reduce(lambda text, column: text + ColumnRows.JOIN + column, others, first)


def _column(name: str) -> sa.ColumnElement[str]:
    if _is_own(name):
        return CASE.c["ref" if name == "case_ref" else name]
    return sa.func.coalesce(CASE.c.more[name].as_string(), "")


def _is_own(name: str) -> bool:
    return name == "case_ref" or name in OWN
