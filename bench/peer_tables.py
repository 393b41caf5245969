"""SQLAlchemy's tables for the two peers that bring no database of their own."""

from datetime import datetime

import sqlalchemy as sa
from peer_run import ADDRESS, THREADS
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ENGINE = sa.create_engine(ADDRESS.replace("postgresql://", "postgresql+psycopg://"), pool_size=THREADS, max_overflow=0)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: sa.DateTime(timezone=True)}


class Item(Base):
    __tablename__ = "peer_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    body: Mapped[str | None]


class Journal(Base):
    __tablename__ = "peer_journal"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int]
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    actor: Mapped[int]
    at: Mapped[datetime]


class Outbox(Base):
    __tablename__ = "peer_outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int]
    person: Mapped[int]
    template: Mapped[str]
    at: Mapped[datetime]
