"""Workflow tables are data: states, moves and deadlines, checked when they are loaded.

A table that is wrong (a move nobody may make, a state nobody can leave, a guard that does not
exist) is a `TableError` at import, long before anybody meets it on a screen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Facts = Mapping[str, Any]

SNAKE_CASE = re.compile("[a-z]+(_[a-z]+)*")


class TableError(ValueError):
    """A workflow table contradicts itself; the message names the workflow and the row."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition over plain facts, with the sentence shown when it refuses.

    `reads` names the facts it looks at (`workflows.facts`), so that a caller can select those and no others.
    """

    name: str
    sentence: str
    holds: Callable[[Facts], bool]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """One state: its key, its words on screen, and whether it ends the story.

    `resting`: nothing is waiting here, though the item can be taken up again (a concern that is resolved).
    """

    key: str
    label: str
    final: bool = False
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a table.

    `action` is imperative, `past` the journal's word for it (both snake_case), `target` None means "stays where it is".
    `roles` are role keys of `workflows.roles`, as held *towards this subject*. Several rows may share
    an action; the first whose role and guards hold is taken. `tell` names the roles that are told.
    """

    action: str
    past: str
    sources: tuple[str, ...]
    target: str | None
    roles: tuple[str, ...]
    label: str
    guards: tuple[Guard, ...] = ()
    reason: bool = False
    tell: tuple[str, ...] = ()

    def target_from(self, state: str) -> str:
        """The state that this move leads to from `state`."""
        return state if self.target is None else self.target


@dataclass(frozen=True, slots=True)
class Deadline:
    """Time limit that starts on entering one of `states`; a move that stays there does not start it again.

    Exactly one of `working_days`, `hours`, `from_fact` (a fact that holds an aware datetime or None)
    says when. `acts` True: the system makes the move `action` when it is due; if a guard refuses it then,
    it stays due and is tried again. `acts` False: the item is late, and the roles of `tell` are told.
    `setting` is the key under which a council may change the figure.
    """

    key: str
    states: tuple[str, ...]
    action: str
    working_days: int | None = None
    hours: int | None = None
    from_fact: str | None = None
    acts: bool = False
    setting: str = ""
    tell: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Workflow:
    """A checked table. `name` is the noun whose rows it moves.

    Two workflows are equal only if they are the same object: tables are module constants, and a hash over
    every row would be paid at each decision. Raises `TableError` when a row contradicts another.
    """

    name: str
    version: int
    initial: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    deadlines: tuple[Deadline, ...] = ()
    note: str = ""
    known_roles: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise TableError(f"{self.name}: {problem}")

    @cached_property
    def state_keys(self) -> frozenset[str]:
        """Every state key."""
        return frozenset(state.key for state in self.states)

    @cached_property
    def final(self) -> frozenset[str]:
        """The states that end the story."""
        return frozenset(state.key for state in self.states if state.final)

    @cached_property
    def open(self) -> frozenset[str]:
        """The states in which somebody, or a time limit, is waited for: neither final nor resting."""
        return frozenset(state.key for state in self.states if not (state.final or state.resting))

    @cached_property
    def labels(self) -> dict[str, str]:
        """State key -> words on screen."""
        return {state.key: state.label for state in self.states}

    @cached_property
    def by_action(self) -> dict[str, tuple[Move, ...]]:
        """Action -> its rows, in table order."""
        actions = dict.fromkeys(move.action for move in self.moves)
        return {action: tuple(m for m in self.moves if m.action == action) for action in actions}

    @cached_property
    def by_state(self) -> dict[str, tuple[Move, ...]]:
        """State -> the rows that leave it (or stay in it), in table order."""
        return {key: tuple(m for m in self.moves if key in m.sources) for key in self.state_keys}

    @cached_property
    def guards(self) -> dict[str, Guard]:
        """Guard name -> guard, in the order in which the table first names them."""
        return {guard.name: guard for move in self.moves for guard in move.guards}

    def facts_for(self, action: str) -> frozenset[str]:
        """The facts that a decision about `action` reads: all that a caller has to select."""
        return frozenset(fact for m in self.by_action[action] for guard in m.guards for fact in guard.reads)

    def deadlines_of(self, state: str) -> tuple[Deadline, ...]:
        """The time limits that run while a subject is in `state`."""
        return tuple(deadline for deadline in self.deadlines if state in deadline.states)


def _problems(workflow: Workflow) -> list[str]:
    states = {state.key for state in workflow.states}
    problems = [f"state {key!r} twice" for key in _twice(state.key for state in workflow.states)]
    if workflow.initial not in states:
        problems.append(f"unknown initial state {workflow.initial!r}")
    for move in workflow.moves:
        problems += _move_problems(workflow, move, states)
    for deadline in workflow.deadlines:
        problems += _deadline_problems(workflow, deadline, states)
    problems += _name_problems(workflow)
    return problems or _graph_problems(workflow) + _shadowed(workflow)


def _twice(keys: Iterable[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]


def _move_problems(workflow: Workflow, move: Move, states: set[str]) -> list[str]:
    name = move.action
    problems = _unknown_roles(workflow, f"{name!r}", (*move.roles, *move.tell))
    if not move.roles:
        problems.append(f"{name!r} has no roles")
    if not move.sources:
        problems.append(f"{name!r} starts nowhere")
    if not move.label:
        problems.append(f"{name!r} has no label")
    problems += [f"{word!r} is not snake_case" for word in (name, move.past) if not SNAKE_CASE.fullmatch(word)]
    named = move.sources if move.target is None else (*move.sources, move.target)
    return problems + [f"{name!r} names the unknown state {key!r}" for key in named if key not in states]


def _unknown_roles(workflow: Workflow, where: str, roles: Iterable[str]) -> list[str]:
    unknown = sorted(set(roles) - workflow.known_roles)
    return [f"{where} names the unknown role {role!r}" for role in unknown]


def _deadline_problems(workflow: Workflow, deadline: Deadline, states: set[str]) -> list[str]:
    where = f"deadline {deadline.key!r}"
    given = [deadline.working_days, deadline.hours, deadline.from_fact]
    problems = _unknown_roles(workflow, where, deadline.tell)
    if sum(measure is not None for measure in given) != 1:
        problems.append(f"{where} needs one measure of time")
    if not deadline.states:
        problems.append(f"{where} runs in no state")
    for key in deadline.states:
        rows = [m for m in workflow.moves if m.action == deadline.action and key in m.sources]
        if key not in states:
            problems.append(f"{where} names the unknown state {key!r}")
        elif not rows:
            problems.append(f"{where}: {deadline.action!r} does not leave {key!r}")
        elif deadline.acts and not any("system" in m.roles for m in rows):
            problems.append(f"{where}: the system may not {deadline.action!r} from {key!r}")
    return problems


def _name_problems(workflow: Workflow) -> list[str]:
    """One name, one thing: deadlines, guards, and the words of one action."""
    problems = [f"deadline {key!r} twice" for key in _twice(d.key for d in workflow.deadlines)]
    guards = {guard for move in workflow.moves for guard in move.guards}
    problems += [f"two guards are called {name!r}" for name in _twice(guard.name for guard in guards)]
    words = {(move.action, move.label, move.past) for move in workflow.moves}
    problems += [f"{action!r} is worded in two ways" for action in _twice(row[0] for row in words)]
    return problems


def _graph_problems(workflow: Workflow) -> list[str]:
    edges = {(source, m.target_from(source)) for m in workflow.moves for source in m.sources}
    reached, frontier = {workflow.initial}, [workflow.initial]
    while frontier:
        here = frontier.pop()
        found = {target for source, target in edges if source == here} - reached
        reached |= found
        frontier += found
    problems = [f"state {s.key!r} cannot be reached" for s in workflow.states if s.key not in reached]
    for state in workflow.states:
        leaves = any(source == state.key != target for source, target in edges)
        if leaves and state.final:
            problems.append(f"final state {state.key!r} has a way out")
        if not leaves and not state.final:
            problems.append(f"state {state.key!r} has no way out")
    return problems


def _shadowed(workflow: Workflow) -> list[str]:
    """Rows that can never be taken, because an earlier row of the action asks for no more than they do."""
    return [
        f"{later.action!r} for {role!r} from {source!r} stands twice"
        for i, later in enumerate(workflow.moves)
        for earlier in workflow.moves[:i]
        if earlier.action == later.action and set(earlier.guards) <= set(later.guards)
        for source in later.sources
        if source in earlier.sources
        for role in later.roles
        if role in earlier.roles
    ]
