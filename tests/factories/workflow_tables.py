"""Expected moves as compact text, written by hand and compared with what the machine really decides.

A table has one line per state and role: `state role: action>target action>target`. A scenario changes
some facts and says which lines come and go. Whatever no line allows must be refused, and by the right
error: wrong state if no table ever allows the action there, not permitted if no table ever allows it to
that role, a refused condition otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from auditflow.domain.errors import GuardRefused, NotPermitted, Refused, WrongState
from workflows import machine
from workflows.roles import ROLES
from workflows.table import Guard, Workflow

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Scenario:
    """Some facts that differ from the usual ones, and the lines that this adds and takes away."""

    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    plus: str = ""
    minus: str = ""


@dataclass(frozen=True)
class Refusal:
    """A move refused by `guard` once `facts` hold; with `before` alone it is possible.

    `code` is the condition that is named, where an earlier row refuses first.
    """

    guard: str
    state: str
    action: str
    role: str
    facts: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""

    def __str__(self) -> str:
        return f"{self.guard}-{self.action}-{self.role}-{self.state}"


@dataclass(frozen=True)
class Expected:
    """Everything expected of one workflow."""

    workflow: Workflow
    facts: Mapping[str, Any]
    table: str
    scenarios: tuple[Scenario, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def parse(text: str) -> dict[Triple, str]:
    """(state, role, action) -> target, from lines of compact text. A triple given twice is a mistake."""
    moves: dict[Triple, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        head, _, tail = line.partition(":")
        state, role = head.split()
        for word in tail.split():
            action, target = word.split(">")
            assert (state, role, action) not in moves, line
            moves[state, role, action] = target
    return moves


def allowed(expected: Expected, scenario: Scenario) -> dict[Triple, str]:
    """The moves that the hand-written tables allow in a scenario."""
    usual = parse(expected.table)
    gone = parse(scenario.minus)
    assert gone.items() <= usual.items(), f"{scenario.name} takes away what is not there"
    kept = {triple: target for triple, target in usual.items() if triple not in gone}
    new = parse(scenario.plus)
    assert not kept.keys() & new.keys(), f"{scenario.name} adds what is there already"
    return kept | new


def everything(expected: Expected) -> dict[Triple, str]:
    """Every move that some scenario allows."""
    found = parse(expected.table)
    for scenario in expected.scenarios:
        found |= parse(scenario.plus)
    return found


def outcome(workflow: Workflow, triple: Triple, facts: Mapping[str, Any]) -> str:
    """The state that the move leads to, or the name of the refusal."""
    state, role, action = triple
    try:
        return machine.decide(workflow, state=state, action=action, roles=frozenset({role}), facts=facts).target
    except Refused as refusal:
        return type(refusal).__name__


def compare(expected: Expected, scenario: Scenario) -> tuple[dict[Triple, str], dict[Triple, str]]:
    """What the tables say and what the machine does, for every state × role × action."""
    facts = {**expected.facts, **scenario.facts}
    known = everything(expected)
    here = allowed(expected, scenario)
    triples = list(_triples(expected.workflow, known))
    return (
        {triple: here.get(triple) or _refusal(triple, known) for triple in triples},
        {triple: outcome(expected.workflow, triple, facts) for triple in triples},
    )


def _triples(workflow: Workflow, known: Mapping[Triple, str]) -> Iterator[Triple]:
    actions = {action for _, _, action in known} | set(workflow.by_action)
    for state in workflow.state_keys:
        for role in ROLES:
            for action in actions:
                yield state, role, action


def _refusal(triple: Triple, known: Mapping[Triple, str]) -> str:
    state, _, action = triple
    if triple in known:
        return GuardRefused.__name__
    if any((s, a) == (state, action) for s, _, a in known):
        return NotPermitted.__name__
    return WrongState.__name__


def refuse(expected: Expected, refusal: Refusal) -> GuardRefused:
    """The refusal of a move that is possible before; fails if it is not possible before, or not refused."""
    triple = (refusal.state, refusal.role, refusal.action)
    before = {**expected.facts, **refusal.before}
    assert outcome(expected.workflow, triple, before) in expected.workflow.state_keys, "not possible anyway"
    try:
        machine.decide(
            expected.workflow,
            state=refusal.state,
            action=refusal.action,
            roles=frozenset({refusal.role}),
            facts={**before, **refusal.facts},
        )
    except GuardRefused as refused:
        return refused
    raise AssertionError(f"{refusal} was not refused")


def without(workflow: Workflow, row: int, guard: Guard) -> Workflow:
    """The workflow with one guard of one row replaced by one that always holds."""
    lax = Guard(f"always_{guard.name}", guard.sentence, lambda facts: True)
    move = workflow.moves[row]
    looser = replace(move, guards=tuple(lax if g is guard else g for g in move.guards))
    return replace(workflow, moves=(*workflow.moves[:row], looser, *workflow.moves[row + 1 :]))


def unproved(expected: Expected) -> list[str]:
    """The guards, row by row, that could be taken out without any refusal noticing."""
    return [
        f"{move.action} {'/'.join(move.roles)}: {guard.name}"
        for row, move in enumerate(expected.workflow.moves)
        for guard in move.guards
        if not _noticed(expected, without(expected.workflow, row, guard))
    ]


def _noticed(expected: Expected, looser: Workflow) -> bool:
    for refusal in expected.refusals:
        triple = (refusal.state, refusal.role, refusal.action)
        facts = {**expected.facts, **refusal.before, **refusal.facts}
        if outcome(looser, triple, facts) != outcome(expected.workflow, triple, facts):
            return True
    return False
