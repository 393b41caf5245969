"""The seals: each made from its leaves, chained to the one before, and no chain shorter than sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import GENESIS, leaf_hash, merkle_root, seal_hash
from auditflow.models import Journal, Seal, SealLeaf
from auditflow.services.verify.chains import Chain
from auditflow.services.verify.finding import Finding

Key = tuple[str, int]


def check_seals(session: Session, chains: Mapping[Key, Chain]) -> Iterator[Finding]:
    """Recompute every seal from its leaves and hold every leaf against the journal."""
    previous, expected = GENESIS, 1
    for seal in session.scalars(sa.select(Seal).order_by(Seal.number)):
        leaves = session.scalars(
            sa.select(SealLeaf)
            .where(SealLeaf.seal_number == seal.number)
            .order_by(SealLeaf.subject_type, SealLeaf.subject_id)
        ).all()
        root = merkle_root(leaf_hash(x.subject_type, x.subject_id, x.length, x.head) for x in leaves)
        right = (seal.number, seal.previous, seal.root) == (expected, previous, root)
        if not right or seal.hash != seal_hash(seal.number, seal.at, root, previous):
            yield Finding(
                "seal_forged", "seal", seal.number, seal.number, f"Seal {seal.number} was not made from the journal."
            )
        previous, expected = seal.hash, seal.number + 1
    yield from _check_gone(session)
    yield from _check_leaves(session, chains)


def _check_gone(session: Session) -> Iterator[Finding]:
    """Seals that somebody took away: what they were made of is still there."""
    made = sa.select(SealLeaf.seal_number).where(SealLeaf.seal_number.not_in(sa.select(Seal.number))).distinct()
    for number in session.scalars(made.order_by(SealLeaf.seal_number)):
        yield Finding("seal_forged", "seal", number, number, f"Seal {number} is gone; what it was made of is there.")


def _check_leaves(session: Session, chains: Mapping[Key, Chain]) -> Iterator[Finding]:
    same = sa.and_(
        Journal.subject_type == SealLeaf.subject_type,
        Journal.subject_id == SealLeaf.subject_id,
        Journal.number == SealLeaf.length,
    )
    rows = session.execute(
        sa.select(SealLeaf, Journal.hash)
        .outerjoin(Journal, same)
        .order_by(SealLeaf.seal_number, SealLeaf.subject_type, SealLeaf.subject_id)
    )
    for leaf, found in rows:
        chain = chains.get((leaf.subject_type, leaf.subject_id))
        if chain is None or chain.length < leaf.length:
            sentence = f"Seal {leaf.seal_number} saw {leaf.length} entries; {chain.length if chain else 0} are left."
            yield Finding("journal_cut_off", leaf.subject_type, leaf.subject_id, leaf.length, sentence)
        elif found != leaf.head:
            sentence = f"Entry {leaf.length} is not the one that seal {leaf.seal_number} saw."
            yield Finding("seal_forged", leaf.subject_type, leaf.subject_id, leaf.length, sentence)


def check_outside_seal(session: Session, outside: Mapping[str, Any]) -> Iterator[Finding]:
    """Hold a seal that was kept outside against the one here: `outside` has its number and hash."""
    number = int(outside["number"])
    here = session.get(Seal, number)
    if here is None or here.hash != outside["hash"]:
        yield Finding(
            "seal_forged", "seal", number, number, f"Seal {number} here is not the one that was kept outside."
        )
