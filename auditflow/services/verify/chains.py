"""Each chain by itself: every entry there, in order, unchanged, linked to the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import ENTRY_FIELDS, GENESIS, Entry
from auditflow.models import Journal
from auditflow.models.base import core
from auditflow.services.verify.finding import Finding
from auditflow.services.witness import KEYS

BATCH = 5000


@dataclass(frozen=True, slots=True)
class Chain:
    """How a chain ends, what its entries say of the row's columns, and what is wrong inside it.

    `said` are the witnessed columns as last set, `begun` the digest of those that never change (None: not there).
    """

    subject_type: str
    subject_id: int
    length: int
    head: str
    state: str
    findings: tuple[Finding, ...]
    said: Mapping[str, Any]
    begun: str | None


def read_chains(session: Session) -> Iterator[Chain]:
    """Every chain of the journal, in order, checked as it is read; memory does not grow with the journal."""
    table = core(Journal)
    columns = [table.c[name] for name in (*ENTRY_FIELDS, "hash")]
    rows = session.execute(
        sa.select(*columns).order_by(table.c.subject_type, table.c.subject_id, table.c.number),
        execution_options={"yield_per": BATCH},
    )
    for (subject_type, subject_id), entries in groupby(rows, key=lambda row: (row.subject_type, row.subject_id)):
        yield _check(subject_type, subject_id, list(entries))


def _check(subject_type: str, subject_id: int, rows: list[Any]) -> Chain:
    findings: list[Finding] = []
    said: dict[str, Any] = {}
    previous, expected = GENESIS, 1
    for row in rows:
        problem = _problem(row, previous, expected)
        if problem:
            kind, sentence = problem
            findings.append(Finding(kind, subject_type, subject_id, row.number, sentence))
        details = _details(row)
        for key in KEYS:
            if isinstance(told := details.get(key), dict):
                said |= told
        previous, expected = row.hash, row.number + 1
    last, begun = rows[-1], _details(rows[0]).get("begun_sha256")
    return Chain(subject_type, subject_id, last.number, last.hash, last.to_state, tuple(findings), said, begun)


def _details(row: Any) -> Mapping[str, Any]:
    """An entry's codes; none where they were edited into something else, which its hash tells."""
    return row.details if isinstance(row.details, dict) else {}


def _problem(row: Any, previous: str, expected: int) -> tuple[str, str] | None:
    if row.number != expected:
        return "entry_missing", f"Entry {expected} is missing: the next one is {row.number}."
    entry = Entry(**{name: getattr(row, name) for name in ENTRY_FIELDS})
    if entry.hash != row.hash:
        return "entry_changed", f"Entry {row.number} is not what it was when it was written."
    if row.previous != previous:
        return "entry_inserted", f"Entry {row.number} does not follow from the entry before it."
    return None
