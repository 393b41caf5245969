"""Stuck: of each open item, who may move it? Where nobody may, it is listed with who was left out and why.

Run nightly, and after every change of a person, a role or a team.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import GuardRefused, NotFound, WrongState
from auditflow.models import Stuck
from auditflow.queries.stuck import Asked, Item, ask_holders, ask_roles, list_handed_back, list_open_items
from auditflow.services.act import Act
from auditflow.services.dispute_escalation import escalate_dispute
from auditflow.services.moderation import give_moderation
from auditflow.services.subjects import workflow_of
from workflows import machine
from workflows.facts import when_asking
from workflows.waiting import WAITING


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: how many items are open, and which are stuck."""

    open: int
    stuck: tuple[tuple[str, int], ...]


def check_stuck(session: Session, act: Act, *, only: tuple[str, Collection[int]] | None = None) -> Checked:
    """Ask of every open item (or of `only` these of one kind) who may move it, and keep the list of the stuck.

    A dispute that nobody may decide goes to the director at once; a moderation that waits, and that somebody
    may take, is given to them.
    """
    kinds = [only[0]] if only else list(WAITING)
    total, stuck = 0, []
    for kind in kinds:
        opened, found = _check_kind(session, kind, act, only[1] if only else None)
        total += opened
        stuck += [(kind, item_id) for item_id in found]
    return Checked(total, tuple(stuck))


def _check_kind(session: Session, kind: str, act: Act, only: Collection[int] | None) -> tuple[int, list[int]]:
    session.flush()
    items = list_open_items(session, kind, only=only)
    stuck = _find_stuck(session, items, act)
    _keep(session, kind, stuck, act, only)
    if kind == "case_audit" and _escalate(session, items, stuck, act):
        stuck = _find_stuck(session, items, act)
        _keep(session, kind, stuck, act, only)
    if kind == "moderation":
        _give(session, [i.subject_id for i in items if i.state == "waiting" and i.subject_id not in stuck], act)
    return len(items), list(stuck)


Excluded = list[dict[str, object]]


def _find_stuck(session: Session, items: list[Item], act: Act) -> dict[int, Excluded]:
    """Item -> who was left out and why, for the items that nobody may move."""
    if not items:
        return {}
    kind = items[0].subject_type
    states = {item.subject_id: item.state for item in items}
    excluded: dict[int, Excluded] = {item_id: [] for item_id in states}
    back = list_handed_back(session, states) if kind == "moderation" else {}
    held = [item_id for item_id, state in states.items() if WAITING[kind][state].holder]
    for asked in ask_holders(session, kind, held, act.at):
        _hear(kind, states, excluded, back, asked)
    for state, waiting in WAITING[kind].items():
        left = [item_id for item_id in excluded if states[item_id] == state]
        for asked in ask_roles(session, kind, left, act.at, waiting.asked):
            _hear(kind, states, excluded, back, asked)
    return excluded


def _hear(
    kind: str, states: dict[int, str], excluded: dict[int, Excluded], back: dict[int, set[int]], asked: Asked
) -> None:
    """Take in one answer: an item that somebody may move is no longer asked about."""
    state = states[asked.subject_id]
    if asked.subject_id not in excluded or not _concerned(kind, state, asked):
        return
    handed_back = state == "waiting" and asked.person_id in back.get(asked.subject_id, ())
    if not handed_back and may_move(kind, state, asked):
        del excluded[asked.subject_id]
        return
    why = "handed_back" if handed_back else _why(kind, asked)
    row: dict[str, object] = {"person": asked.person_id, "why": why}
    if row["person"] not in {r["person"] for r in excluded[asked.subject_id]}:
        excluded[asked.subject_id].append(row)


def _concerned(kind: str, state: str, asked: Asked) -> bool:
    """Whether the answer matters: a dispute is the director's once it went up, an external's once handed over."""
    if (kind, state) != ("case_audit", "disputed"):
        return True
    if asked.values.get("dispute_escalated") and "director" in asked.roles:
        return True
    return bool(asked.roles & {"independent_decider", "head_of_service", "external_moderator"})


def may_move(kind: str, state: str, asked: Asked) -> bool:
    """Whether this person may carry the item on. The director, who may when nobody else can, is left out."""
    workflow = workflow_of(kind)
    assert workflow is not None
    if not asked.active:
        return False
    # Whoever it is allocated to and is no auditor any more cannot open it.
    roles = asked.roles - {"auditor"} if asked.values.get("auditor_gone") else asked.roles
    # An action waits for somebody who may find that it made a difference.
    facts = {**asked.values, **when_asking(kind), "nobody_qualifies": False, "vouches": True}
    open_to = machine.available(workflow, state=state, roles=roles, facts=facts)
    return bool({move.action for move in open_to} & set(WAITING[kind][state].actions))


REASONS = (
    "actor_in_conflict",
    "actor_judges_own_work",
    "actor_graded_it",
    "actor_is_requester",
    "actor_is_owner_or_reports",
    "actor_manages_owner",
    "actor_is_case_worker",
    "actor_is_concerned",
)


def _why(kind: str, asked: Asked) -> str:
    if not asked.active:
        return "gone"
    if asked.values.get("auditor_gone") and "auditor" in asked.roles:
        return "lost_role"
    found = next((reason for reason in REASONS if asked.values.get(reason)), "")
    if not found and kind == "case_audit" and "head_of_service" in asked.roles:
        return "own_service"
    return found or "not_here"


def _keep(session: Session, kind: str, stuck: dict[int, Excluded], act: Act, only: Collection[int] | None) -> None:
    """Bring the list up to date: what is no longer stuck leaves it, what still is keeps its date."""
    rows = sa.select(Stuck).where(Stuck.subject_type == kind)
    if only is not None:
        rows = rows.where(Stuck.subject_id.in_(list(only)))
    known = {row.subject_id: row for row in session.scalars(rows)}
    for item_id, row in known.items():
        if item_id not in stuck:
            session.delete(row)
    for item_id, excluded in stuck.items():
        if item_id in known:
            known[item_id].excluded = excluded
        else:
            session.add(Stuck(subject_type=kind, subject_id=item_id, since=act.at, excluded=excluded))
    session.flush()


def _escalate(session: Session, items: list[Item], stuck: dict[int, Excluded], act: Act) -> int:
    """Disputes that nobody may decide go up at once. How many went."""
    gone = 0
    for item in items:
        if item.state == "disputed" and item.subject_id in stuck:
            try:
                escalate_dispute(session, item.subject_id, act.then(f"stuck-{item.subject_id}"))
            except (GuardRefused, WrongState, NotFound):
                continue
            gone += 1
    return gone


def _give(session: Session, waiting: list[int], act: Act) -> None:
    back = list_handed_back(session, waiting)
    for moderation_id in waiting:
        give_moderation(session, moderation_id, act, without=back.get(moderation_id, ()), step=f"stuck-{moderation_id}")
