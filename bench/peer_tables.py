"""The product's tables in SQLAlchemy's ORM, for the two peers that bring no database of their own.

Of every table only the columns that the move needs; that is a little less than an application would load.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from peer_run import ADDRESS, NO_DIGEST, THREADS, clock, entry, message, told
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

ENGINE = sa.create_engine(ADDRESS.replace("postgresql://", "postgresql+psycopg://"), pool_size=THREADS, max_overflow=0)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: sa.DateTime(timezone=True), dict[str, Any]: JSONB}


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    active: Mapped[bool]


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    manager_id: Mapped[int | None]


class Item(Base):
    __tablename__ = "case_audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    version: Mapped[int]
    chain_head: Mapped[str]
    auditor_id: Mapped[int]
    worker_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"))
    worker: Mapped[Person] = relationship(innerjoin=True)
    team: Mapped[Team] = relationship(innerjoin=True)


class Instance(Base):
    """Where a peer keeps what it knows of an audit, when that is more than the state."""

    __tablename__ = "peer_instance"
    id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"), primary_key=True)
    body: Mapped[str]


class Journal(Base):
    __tablename__ = "journal"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    number: Mapped[int]
    workflow_version: Mapped[int]
    action: Mapped[str]
    entry: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    actor_id: Mapped[int]
    role: Mapped[str]
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    key: Mapped[str]
    request_sha256: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


class Outbox(Base):
    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    template: Mapped[str]
    person_id: Mapped[int]
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]


class Deadline(Base):
    __tablename__ = "deadline"
    subject_type: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    acts: Mapped[bool]
    due_at: Mapped[datetime]


def loaded(session: Session, item_id: int) -> Item:
    """The audit, locked, with those whom the move concerns: one statement."""
    wanted = [joinedload(Item.worker), joinedload(Item.team)]
    return session.get_one(Item, item_id, options=wanted, with_for_update={"of": Item})


def saved(session: Session, item: Item, actor: int, key: str, at: datetime) -> None:
    """Everything that goes with the move, which the peer has made on `item`."""
    item.version += 1
    item.chain_head = NO_DIGEST
    ended = (Deadline.subject_type == "case_audit", Deadline.subject_id == item.id, Deadline.key != "challenge")
    session.execute(sa.delete(Deadline).where(*ended).execution_options(synchronize_session=False))
    session.add(Journal(**entry(item.id, item.version, actor, at, key)))
    session.add(Deadline(**clock(item.id, at)))
    session.add_all(Outbox(**message(item.id, person, at, key)) for person in told(item))
