"""People, the roles they hold, and what limits them: team, service, capacity, training."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_security import RoleMixin, UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auditflow.models.base import Base, Chained, Id, one_of
from workflows.roles import PERSON_ROLES

if TYPE_CHECKING:
    from auditflow.models.team import Team


class Role(RoleMixin, Base):
    """A role a person can hold; `name` is the role key of workflows.roles.PERSON_ROLES."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(32), unique=True)
    description: Mapped[str | None] = mapped_column(sa.String(255))
    permissions: Mapped[str | None] = mapped_column(sa.Text())  # type: ignore[assignment]

    __table_args__ = (one_of("name", tuple(PERSON_ROLES), "role_known"),)


person_role = sa.Table(
    "person_role",
    Base.metadata,
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id"), primary_key=True),
)


class Person(UserMixin, Chained, Base):
    """Somebody who signs in. Signing in is Flask-Security's; its column names are kept."""

    __tablename__ = "person"
    # Flask-Security's mixin declares a plain int; without this every query of people would be typed as one.
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(255), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None] = mapped_column(sa.String(255))
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("council_service.id"))
    manager_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    capacity: Mapped[int] = mapped_column(default=8)
    trained_on: Mapped[date | None]
    training_until: Mapped[date | None]
    external_until: Mapped[date | None]
    created_at: Mapped[datetime]

    # `roles` is Flask-Security's name for it
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=person_role, lazy="selectin", order_by=Role.name
    )
    team: Mapped[Team | None] = relationship(foreign_keys=[team_id])

    __table_args__ = (
        sa.CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        sa.CheckConstraint("manager_id <> id", name="not_own_manager"),
    )

    @property
    def role_keys(self) -> frozenset[str]:
        """The keys of the roles held."""
        return frozenset(role.name for role in self.roles)

    def roles_on(self, day: date) -> frozenset[str]:
        """The keys of the roles held on a day: an external moderator's ends with their last day."""
        return held_on(day, self.role_keys, self.external_until)


def held_on(day: date, roles: frozenset[str], external_until: date | None) -> frozenset[str]:
    """Which of these roles are held on a day by somebody with that last day as an external moderator."""
    over = external_until is not None and external_until < day
    return roles - {"external_moderator"} if over else roles
