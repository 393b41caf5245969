"""Each subject's row against its chain: version, head and state are those of the last entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import GENESIS
from auditflow.services.subjects import SUBJECTS, table_of
from auditflow.services.verify.chains import Chain
from auditflow.services.verify.finding import Finding

Key = tuple[str, int]


def check_rows(session: Session, chains: Mapping[Key, Chain]) -> Iterator[Finding]:
    """Compare every row of every subject table with the end of its chain."""
    for subject_type in SUBJECTS:
        table = table_of(subject_type)
        state = table.c.state if "state" in table.c else sa.literal("")
        seen = set()
        for subject_id, version, head, state_now in session.execute(
            sa.select(table.c.id, table.c.version, table.c.chain_head, state).order_by(table.c.id)
        ):
            seen.add((subject_type, subject_id))
            chain = chains.get((subject_type, subject_id))
            yield from _compare(subject_type, subject_id, chain, (version, head, state_now))
        for key in chains.keys() - seen:
            if key[0] == subject_type:
                yield Finding("entry_inserted", *key, chains[key].length, "The journal speaks of an item that is gone.")


def _compare(subject_type: str, subject_id: int, chain: Chain | None, row: tuple[int, str, str]) -> Iterator[Finding]:
    version, head, state = row
    length = chain.length if chain else 0
    if length < version:
        sentence = f"The journal ends at entry {length}, but the item is at version {version}: entries were cut off."
        yield Finding("journal_cut_off", subject_type, subject_id, length, sentence)
        return
    if length > version:
        sentence = f"The journal has {length} entries, but the item is at version {version}: entries were inserted."
        yield Finding("entry_inserted", subject_type, subject_id, length, sentence)
        return
    if head != (chain.head if chain else GENESIS):
        yield Finding("head_edited", subject_type, subject_id, length, "The item’s chain head is not its last entry.")
    if chain and state != chain.state:
        sentence = f"The item is “{state}”, but its last entry left it “{chain.state}”."
        yield Finding("state_edited", subject_type, subject_id, length, sentence)
