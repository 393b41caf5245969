"""Searching the journal by subject, person and day; never its words, so no case content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Journal, Person, Seal
from auditflow.models.base import core


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which entries: of a kind of subject, of one subject, by one person, from one instant until before another."""

    kind: str = ""
    number: int | None = None
    person_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry without its words: what happened to which subject, who did it in which role, when."""

    subject_type: str
    subject_id: int
    number: int
    entry: str
    actor: str
    role: str
    at: datetime
    hash: str


def count_journal_lines(session: Session, wanted: JournalFilter) -> int:
    """How many entries fit."""
    return int(session.scalar(sa.select(sa.func.count(Journal.id)).where(*_where(wanted))) or 0)


def list_journal_lines(
    session: Session, wanted: JournalFilter, *, offset: int = 0, most: int = 50
) -> list[JournalLine]:
    """The entries that fit, newest first: one statement."""
    person = core(Person)
    own = (Journal.subject_type, Journal.subject_id, Journal.number, Journal.entry)
    statement = (
        sa.select(*own, sa.func.coalesce(person.c.name, ""), Journal.role, Journal.at, Journal.hash)
        .outerjoin(person, person.c.id == Journal.actor_id)
        .where(*_where(wanted))
        .order_by(Journal.at.desc(), Journal.id.desc())
        .offset(offset)
        .limit(most)
    )
    return [JournalLine(*row) for row in session.execute(statement)]


def _where(wanted: JournalFilter) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if wanted.kind:
        where.append(Journal.subject_type == wanted.kind)
    if wanted.number is not None:
        where.append(Journal.subject_id == wanted.number)
    if wanted.person_id is not None:
        where.append(Journal.actor_id == wanted.person_id)
    if wanted.since is not None:
        where.append(Journal.at >= wanted.since)
    if wanted.before is not None:
        where.append(Journal.at < wanted.before)
    return where


def find_newest_seal(session: Session) -> Seal | None:
    """The last seal that was made; None if there is none."""
    return session.scalars(sa.select(Seal).order_by(Seal.number.desc()).limit(1)).first()
