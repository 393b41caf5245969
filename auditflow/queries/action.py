"""Finding actions: one that somebody may open, lists of them, and how many are overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import Action, ActionFinding, AuditRound, CaseAudit, Person, Team
from auditflow.models.base import core
from auditflow.queries.scope import Viewer, visible_actions
from workflows.action import WORKFLOW

SORTS = ("due", "case", "owner", "team", "state")
UNDONE = ("proposed", "open")
PAGE = 50


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action in a list, with the case and the people it is about. It is overdue from its first date."""

    action: Action
    ref: str
    round_name: str
    team: str
    owner: str

    def overdue(self, today: date) -> bool:
        """Whether its first date has passed and it is not done."""
        return self.action.state in UNDONE and self.action.first_due_on < today


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows: `show` is `unfinished`, `overdue`, `all` or a state; `mine` leaves those the viewer owns."""

    show: str = "unfinished"
    mine: bool = False
    search: str = ""
    sort: str = "due"


def get_action(session: Session, viewer: Viewer, action_id: int) -> Action:
    """The action, if it exists for this person. Raises NotFound."""
    found = session.scalars(sa.select(Action).where(Action.id == action_id, visible_actions(viewer))).one_or_none()
    if found is None:
        raise NotFound("There is no such action.")
    return found


def list_actions(
    session: Session, viewer: Viewer, chosen: Filter, today: date, *, page: int | None = 1
) -> list[ActionRow]:
    """The actions that this person may see and the filter chooses: one statement. `page` None is all of them."""
    owner = core(Person).alias("owner")
    team = sa.func.coalesce(Team.name, "")
    statement = (
        sa.select(Action, CaseAudit.ref, AuditRound.name, team, sa.func.coalesce(owner.c.name, ""))
        .join(CaseAudit, CaseAudit.id == Action.case_audit_id)
        .join(AuditRound, AuditRound.id == CaseAudit.round_id)
        .outerjoin(Team, Team.id == CaseAudit.team_id)
        .outerjoin(owner, owner.c.id == Action.owner_id)
        .where(visible_actions(viewer), *_conditions(viewer, chosen, today))
        .order_by(*_order(chosen.sort, owner, team))
    )
    if page is not None:
        statement = statement.limit(PAGE).offset((page - 1) * PAGE)
    return [ActionRow(*row) for row in session.execute(statement)]


def count_actions(session: Session, viewer: Viewer, chosen: Filter, today: date) -> int:
    """How many actions the filter chooses of those that this person may see."""
    statement = (
        sa.select(sa.func.count())
        .select_from(Action)
        .join(CaseAudit, CaseAudit.id == Action.case_audit_id)
        .where(visible_actions(viewer), *_conditions(viewer, chosen, today))
    )
    return int(session.scalar(statement) or 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the actions stand that a person may see: not settled, overdue, and those they own and have not done."""

    unsettled: int
    overdue: int
    own: int


def count_standing(session: Session, viewer: Viewer, today: date) -> Standing:
    """The three figures at the top of the list: one statement."""
    open_now, late = Action.state.in_(WORKFLOW.open), _overdue(today)
    own = sa.and_(Action.owner_id == viewer.person_id, Action.state.in_(UNDONE))
    counts = [sa.func.count().filter(condition) for condition in (open_now, late, own)]
    row = session.execute(sa.select(*counts).select_from(Action).where(visible_actions(viewer))).one()
    return Standing(row[0], row[1], row[2])


def _overdue(today: date) -> Any:
    return sa.and_(Action.state.in_(UNDONE), Action.first_due_on < today)


def _conditions(viewer: Viewer, chosen: Filter, today: date) -> list[Any]:
    conditions: list[Any] = []
    if chosen.show == "overdue":
        conditions.append(_overdue(today))
    elif chosen.show in WORKFLOW.state_keys:
        conditions.append(Action.state == chosen.show)
    elif chosen.show != "all":
        conditions.append(Action.state.in_(WORKFLOW.open))
    if chosen.mine:
        conditions.append(Action.owner_id == viewer.person_id)
    if chosen.search:
        conditions.append(CaseAudit.ref.icontains(chosen.search, autoescape=True))
    return conditions


def _order(sort: str, owner: Any, team: Any) -> list[Any]:
    columns = {"case": CaseAudit.ref, "owner": owner.c.name, "team": team, "state": Action.state}
    column = columns.get(sort.removeprefix("-"), Action.first_due_on)
    return [column.desc() if sort.startswith("-") else column, CaseAudit.ref, Action.id]


def list_findings(session: Session, action: Action) -> list[str]:
    """The findings of its own audit that an action answers, in order."""
    return list(
        session.scalars(
            sa.select(ActionFinding.finding)
            .where(ActionFinding.action_id == action.id, ActionFinding.case_audit_id == action.case_audit_id)
            .order_by(ActionFinding.finding)
        )
    )


def find_action_before(session: Session, action_id: int) -> Action | None:
    """The action that made no difference and that this one follows up; None if it follows none."""
    return session.scalars(sa.select(Action).where(Action.follow_up_id == action_id)).first()
