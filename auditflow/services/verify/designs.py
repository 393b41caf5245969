"""Locked designs against the journal: list, design and seed of each draw are those that were locked and journalled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import Refused
from auditflow.domain.frame import canonical_sha256
from auditflow.domain.sampling import Design, lock_digest
from auditflow.models import AuditRound, Draw, Frame, Journal
from auditflow.models.base import core
from auditflow.queries.frame import read_canonical_cases
from auditflow.services.verify.finding import Finding


def check_designs(session: Session) -> Iterator[Finding]:
    """Each locked design with its list has the digest that locked it; each list and seed is the journalled one.

    A re-audit has no design of its own: its cases are the baseline's.
    """
    yield from _check_lists(session)
    row, frame = core(AuditRound), core(Frame)
    locked = (
        sa.select(row.c.id, row.c.version, row.c.design, row.c.locked_digest, frame.c.frame_sha256)
        .join(frame, frame.c.id == row.c.frame_id, isouter=True)
        .where(row.c.locked_digest.is_not(None), row.c.kind != "re_audit")
    )
    for round_id, version, design, digest, frame_sha256 in session.execute(locked.order_by(row.c.id)):
        if _digest(frame_sha256, design) != digest:
            sentence = "The design or its case list is not the one that was locked."
            yield Finding("design_edited", "audit_round", round_id, version, sentence)
    yield from _check_seeds_of_draws(session)


def _digest(frame_sha256: str | None, design: Any) -> str:
    try:
        return lock_digest(frame_sha256 or "", Design.from_dict(design))
    except Refused:
        return ""


def _check_lists(session: Session) -> Iterator[Finding]:
    """Each list that an entry froze has the digest of that entry, and its rows still give it."""
    said = {of: details.get("frame_sha256") for of, details in _entries(session, "frame", "frozen")}
    for frame in session.scalars(sa.select(Frame).where(Frame.id.in_(said)).order_by(Frame.id)):
        rows = canonical_sha256(read_canonical_cases(session, frame), frame.columns or ())
        if not said[frame.id] == frame.frame_sha256 == rows:
            sentence = "The case list is not the one that was frozen."
            yield Finding("design_edited", "frame", frame.id, frame.version, sentence)


def _check_seeds_of_draws(session: Session) -> Iterator[Finding]:
    """A seed is journalled before its draw: it stands in the entries of the round."""
    made = {(of, details.get("seed")) for of, details in _entries(session, "audit_round", "seed_made")}
    draw = core(Draw)
    for round_id, number, seed in session.execute(sa.select(draw.c.round_id, draw.c.number, draw.c.seed)):
        if seed and (round_id, seed) not in made:
            sentence = f"The seed of draw {number} is not one that was journalled before it."
            yield Finding("design_edited", "audit_round", round_id, number, sentence)


def _entries(session: Session, subject_type: str, entry: str) -> list[Any]:
    where = (Journal.subject_type == subject_type, Journal.entry == entry)
    columns = (Journal.subject_id, Journal.details)
    return list(session.execute(sa.select(*columns).where(*where).order_by(Journal.id)))
