"""What every table shares: names of constraints, UTC times, and the columns of a journalled subject."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

GENESIS = "0" * 64
"""The head of an empty chain."""


class UtcDateTime(sa.TypeDecorator[datetime]):
    """Aware datetimes only: stored as UTC, returned aware. A naive value is a programming error."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Convert to UTC; SQLite keeps no zone, so it gets the bare UTC value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return it aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Id = sa.Integer()
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    """The declarative base; `Base.metadata` is what the migrations are compared with."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: Json, list[Any]: Json}


class Chained:
    """A subject with a journal: `version` counts its entries, `chain_head` is the hash of the last one."""

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    chain_head: Mapped[str] = mapped_column(sa.String(64), default=GENESIS, server_default=GENESIS)


class Moved(Chained):
    """A subject that a workflow moves. Only `services.transitions` writes `state`."""

    state: Mapped[str] = mapped_column(sa.String(32))
    workflow_version: Mapped[int] = mapped_column(default=1, server_default="1")


def state_check(states: frozenset[str], name: str = "state_known") -> sa.CheckConstraint:
    """A CHECK that the state is one of the workflow's."""
    listed = ", ".join(f"'{state}'" for state in sorted(states))
    return sa.CheckConstraint(f"state IN ({listed})", name=name)


def one_of(column: str, values: tuple[str, ...], name: str) -> sa.CheckConstraint:
    """A CHECK that `column` holds one of `values` (or NULL)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name)


def core(model: type[Base]) -> sa.Table:
    """The Core table of a model, for statements that do without the ORM."""
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table
