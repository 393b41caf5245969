"""What a person may do with one item now: the only source of the buttons on its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.queries.facts import Facts, list_facts, this_one
from workflows import machine
from workflows.facts import when_asking
from workflows.registry import get_workflow
from workflows.table import Move


@dataclass(frozen=True, slots=True)
class Moves:
    """The facts, the moves that are open to the person, and why others that are theirs are not."""

    facts: Facts
    open: tuple[Move, ...]
    blocked: Mapping[str, str]

    def may(self, action: str) -> bool:
        """Whether this move can be made now."""
        return any(move.action == action for move in self.open)

    def __iter__(self):  # type: ignore[no-untyped-def]
        """So that it can be taken apart as (facts, moves, blocked)."""
        return iter((self.facts, self.open, self.blocked))


def moves_for(session: Session, subject_type: str, subject_id: int, actor_id: int | None, at: datetime) -> Moves:
    """The moves of one item for one person (None is the system). Raises NotFound if there is no such item."""
    found = list_facts(session, subject_type, actor_id=actor_id, at=at, where=this_one, subject_id=subject_id)
    if not found:
        raise NotFound("There is no such item.")
    facts, workflow = found[0], get_workflow(subject_type)
    known = {**when_asking(subject_type), **facts.values}
    return Moves(
        facts,
        machine.available(workflow, state=facts.state, roles=facts.roles, facts=known),
        machine.blocked(workflow, state=facts.state, roles=facts.roles, facts=known),
    )
