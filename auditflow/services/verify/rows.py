"""Each subject's row against its chain: version, head, state and every witnessed column are as its entries say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import GENESIS
from auditflow.services.subjects import SUBJECTS, table_of
from auditflow.services.verify.chains import Chain
from auditflow.services.verify.finding import Finding
from auditflow.services.witness import FIXED, WITNESSED, begun, plain

Key = tuple[str, int]


def check_rows(session: Session, chains: Mapping[Key, Chain]) -> Iterator[Finding]:
    """Compare every row of every subject table with its chain: one statement a table."""
    for subject_type in SUBJECTS:
        seen = set()
        for row in session.execute(_rows(subject_type)):
            key = (subject_type, row.id)
            seen.add(key)
            chain = chains.get(key)
            yield from _compare(*key, chain, row)
            if chain is not None:
                yield from _compare_columns(*key, chain, row)
        for key in chains.keys() - seen:
            if key[0] == subject_type:
                yield Finding("entry_inserted", *key, chains[key].length, "The journal speaks of an item that is gone.")


def _rows(subject_type: str) -> sa.Select[Any]:
    table = table_of(subject_type)
    state = table.c.state if "state" in table.c else sa.literal("")
    own = (table.c.id, table.c.version, table.c.chain_head, state.label("state"))
    names = dict.fromkeys([*WITNESSED.get(subject_type, {}), *FIXED.get(subject_type, ())])
    return sa.select(*own, *(table.c[name] for name in names)).order_by(table.c.id)


def _compare(subject_type: str, subject_id: int, chain: Chain | None, row: sa.Row[Any]) -> Iterator[Finding]:
    length = chain.length if chain else 0
    if length < row.version:
        sentence = f"The journal ends at entry {length}, but the item is at version {row.version}: some were cut off."
        yield Finding("journal_cut_off", subject_type, subject_id, length, sentence)
        return
    if length > row.version:
        sentence = f"The journal has {length} entries, but the item is at version {row.version}: entries were inserted."
        yield Finding("entry_inserted", subject_type, subject_id, length, sentence)
        return
    if row.chain_head != (chain.head if chain else GENESIS):
        yield Finding("head_edited", subject_type, subject_id, length, "The item’s chain head is not its last entry.")
    if chain and row.state != chain.state:
        sentence = f"The item is “{row.state}”, but its last entry left it “{chain.state}”."
        yield Finding("state_edited", subject_type, subject_id, length, sentence)


def _compare_columns(subject_type: str, subject_id: int, chain: Chain, row: sa.Row[Any]) -> Iterator[Finding]:
    """The columns that change against what was last said of them; those that never change against their digest."""
    kind = "grade_edited" if subject_type == "case_audit" else "row_edited"
    for name, at_first in WITNESSED.get(subject_type, {}).items():
        now, then = plain(getattr(row, name)), chain.said.get(name, at_first)
        if now != then:
            sentence = f"{name.replace('_', ' ').capitalize()} is {now}, but the journal says {then}."
            yield Finding(kind, subject_type, subject_id, chain.length, sentence)
    if chain.begun is not None and begun(subject_type, row._mapping.__getitem__)["begun_sha256"] != chain.begun:
        listed = ", ".join(name.replace("_", " ") for name in FIXED[subject_type])
        sentence = f"Something that never changes is not as it was at first: one of {listed}."
        yield Finding("row_edited", subject_type, subject_id, chain.length, sentence)
