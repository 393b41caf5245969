"""The one place that knows the `transitions` library.

One stateless `Machine` per workflow, never a model attached to it: `events[action].trigger(snapshot)`
on a throw-away snapshot of plain values costs microseconds and keeps no memory, and the row that the
snapshot speaks of is written by the caller, with its journal entry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import cast

from transitions import Event, EventData, Machine, Transition

from auditflow.domain.errors import GuardRefused, Misuse, NotPermitted, Refused, WrongState
from workflows.table import Facts, Guard, Move, Workflow


@dataclass(frozen=True, slots=True)
class Decision:
    """A legal move: where from, where to, in which role, and the table row that allows it."""

    move: Move
    source: str
    target: str
    role: str


class _Snapshot:
    """What a decision looks at; `transitions` moves its `state` and nothing else."""

    __slots__ = ("facts", "refused", "roles", "state", "taken")

    def __init__(self, state: str, roles: Collection[str], facts: Facts) -> None:
        self.state = state
        self.roles = roles
        self.facts = facts
        self.taken: Move | None = None
        self.refused: Guard | None = None


def _condition(move: Move) -> Callable[[EventData], bool]:
    roles, guards = frozenset(move.roles), move.guards

    def allowed(event: EventData) -> bool:
        snapshot = cast(_Snapshot, event.model)
        if roles.isdisjoint(snapshot.roles):
            return False
        for guard in guards:
            if not guard.holds(snapshot.facts):
                snapshot.refused = snapshot.refused or guard
                return False
        snapshot.taken = move
        return True

    return allowed


class _Row(Transition):
    """A transition without callbacks: it looks at its conditions, and moves the snapshot."""

    def execute(self, event_data: EventData) -> bool:
        """Whether the conditions hold; if so, the snapshot is in the new state. Nothing else happens."""
        if not all(condition.check(event_data) for condition in self.conditions):
            return False
        event_data.machine.set_state(self.dest or self.source, event_data.model)
        return True


class _Machine(Machine):
    """A machine of such rows: a third of the time, since nothing here uses callbacks or the library's log."""

    transition_cls = _Row


@cache
def _events(workflow: Workflow) -> dict[str, Event]:
    """The events of the workflow's one machine; cached by the workflow's identity, which hashes at once."""
    machine = _Machine(
        model=None,
        states=[state.key for state in workflow.states],
        initial=workflow.initial,
        transitions=[
            {"trigger": m.action, "source": s, "dest": m.target_from(s), "conditions": [_condition(m)]}
            for m in workflow.moves
            for s in m.sources
        ],
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    return dict(machine.events)


def decide(workflow: Workflow, *, state: str, action: str, roles: Collection[str], facts: Facts) -> Decision:
    """The move that `action` makes from `state`, or a typed refusal with a sentence a person can act on.

    Raises `Misuse` (no such action or state), `WrongState`, `NotPermitted` or `GuardRefused`, whose code
    is the guard's name. A fact that is missing altogether is a programming error: `KeyError`.
    """
    event = _events(workflow).get(action)
    if event is None or state not in event.transitions:
        raise _not_from_here(workflow, state, action)
    snapshot = _Snapshot(state, roles, facts)
    event.trigger(snapshot)
    move = snapshot.taken
    if move is None:
        raise _refusal(workflow.by_action[action][0], snapshot.refused)
    return Decision(move, state, snapshot.state, _role(move, roles))


def _role(move: Move, roles: Collection[str]) -> str:
    """The first role of the row that the person holds: the one the journal names."""
    for role in move.roles:
        if role in roles:
            return role
    raise AssertionError(f"{move.action} was taken without a role")  # pragma: no cover


def _not_from_here(workflow: Workflow, state: str, action: str) -> Refused:
    rows = workflow.by_action.get(action)
    if rows is None:
        return Misuse(f"There is no move “{action}” for this item.")
    return WrongState(f"This is {_label(workflow, state)}, so “{rows[0].label}” is not possible now.")


def _label(workflow: Workflow, state: str) -> str:
    """The state's words within a sentence. Raises `Misuse` for a state that the table does not know."""
    if state not in workflow.labels:
        raise Misuse(f"“{state}” is not a state of this item.")
    words = workflow.labels[state]
    return words[0].lower() + words[1:]


def _refusal(move: Move, guard: Guard | None) -> Refused:
    if guard is not None:
        return GuardRefused(guard.sentence, code=guard.name)
    return NotPermitted(f"“{move.label}” is not yours to do here.")


def available(workflow: Workflow, *, state: str, roles: Collection[str], facts: Facts) -> tuple[Move, ...]:
    """Every move that someone in `roles` may make now: the only source of buttons and worklists.

    Raises `Misuse` for an unknown state.
    """
    found: dict[str, Move] = {}
    for move in _permitted(workflow, state, roles):
        if move.action not in found and _refused_by(move, facts) is None:
            found[move.action] = move
    return tuple(found.values())


def blocked(workflow: Workflow, *, state: str, roles: Collection[str], facts: Facts) -> dict[str, str]:
    """Action -> the sentence why it is refused now, for moves that the role alone would allow.

    Raises `Misuse` for an unknown state.
    """
    reasons: dict[str, str | None] = {}
    for move in _permitted(workflow, state, roles):
        guard = _refused_by(move, facts)
        if guard is None:
            reasons[move.action] = None
        else:
            reasons.setdefault(move.action, guard.sentence)
    return {action: sentence for action, sentence in reasons.items() if sentence is not None}


def _permitted(workflow: Workflow, state: str, roles: Collection[str]) -> list[Move]:
    rows = workflow.by_state.get(state)
    if rows is None:
        raise Misuse(f"“{state}” is not a state of this item.")
    held = frozenset(roles)
    return [move for move in rows if not held.isdisjoint(move.roles)]


def _refused_by(move: Move, facts: Facts) -> Guard | None:
    return next((guard for guard in move.guards if not guard.holds(facts)), None)
