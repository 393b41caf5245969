"""Sealing the journal: a Merkle root over every chain that changed since the last seal, chained to it.

Against somebody who owns the database only a copy kept elsewhere helps: each seal is mailed to the
addresses in the settings, and its number and hash stand in reports.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import GENESIS, leaf_hash, merkle_root, seal_hash
from auditflow.models import Journal, Seal, SealLeaf


def seal_journal(session: Session, at: datetime) -> Seal | None:
    """Make the next seal; None if nothing changed since the last one."""
    last = session.scalars(sa.select(Seal).order_by(Seal.number.desc()).limit(1)).one_or_none()
    leaves = _changed_chains(session)
    if not leaves:
        return None
    number = last.number + 1 if last else 1
    previous = last.hash if last else GENESIS
    root = merkle_root(leaf_hash(*leaf) for leaf in leaves)
    seal = Seal(
        number=number,
        at=at,
        root=root,
        leaves=len(leaves),
        previous=previous,
        hash=seal_hash(number, at, root, previous),
    )
    session.add(seal)
    session.flush()
    rows = [
        {"seal_number": number, "subject_type": kind, "subject_id": subject, "length": length, "head": head}
        for kind, subject, length, head in leaves
    ]
    session.execute(sa.insert(SealLeaf), rows)
    return seal


def _changed_chains(session: Session) -> list[tuple[str, int, int, str]]:
    """(type, id, length, head) of each chain that is longer than the last seal says, in order."""
    longest = (
        sa.select(Journal.subject_type, Journal.subject_id, sa.func.max(Journal.number).label("length"))
        .group_by(Journal.subject_type, Journal.subject_id)
        .subquery()
    )
    sealed = (
        sa.select(SealLeaf.subject_type, SealLeaf.subject_id, sa.func.max(SealLeaf.length).label("length"))
        .group_by(SealLeaf.subject_type, SealLeaf.subject_id)
        .subquery()
    )
    same = sa.and_(sealed.c.subject_type == longest.c.subject_type, sealed.c.subject_id == longest.c.subject_id)
    head = sa.and_(
        Journal.subject_type == longest.c.subject_type,
        Journal.subject_id == longest.c.subject_id,
        Journal.number == longest.c.length,
    )
    rows = session.execute(
        sa.select(longest.c.subject_type, longest.c.subject_id, longest.c.length, Journal.hash)
        .join(Journal, head)
        .outerjoin(sealed, same)
        .where(sa.or_(sealed.c.length.is_(None), sealed.c.length < longest.c.length))
        .order_by(longest.c.subject_type, longest.c.subject_id)
    )
    return [(kind, subject, length, head) for kind, subject, length, head in rows]
