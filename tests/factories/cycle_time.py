"""What time alone brings about in the model: the system accepts, passes on, passes up and closes.

Written apart from `workflows/`, like `cycle_rules`; nothing here imports the product.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.factories.cycle_effects import accept, back, close_if_settled
from tests.factories.cycle_world import Case, Clock, Concern, Item, World

AGAIN = timedelta(days=1)
"""How long the system waits before it tries a move again that could not be made."""


def pass_time(world: World, delta: timedelta) -> None:
    """Let time pass, and the system look at what is due then: the oldest first."""
    world.now += delta
    due = [
        (clock.due, kind, number, key, item, clock)
        for kind, items in world.items.items()
        for number, item in enumerate(items)
        for key, clock in item.clocks.items()
        if clock.due <= world.now and _unnoticed(world, key, clock)
    ]
    for *_, key, item, clock in sorted(due, key=lambda row: row[:4]):
        if item.clocks.get(key) is clock:
            _keep(world, item, key, clock)


def _unnoticed(world: World, key: str, clock: Clock) -> bool:
    return clock.noticed is None or (key in ACTS and clock.noticed < world.now - AGAIN)


def _keep(world: World, item: Item, key: str, clock: Clock) -> None:
    clock.noticed = world.now
    if key in ACTS and (key != "accept" or item.kind == "case_audit"):
        ACTS[key](world, item)


def _escalate(_world: World, case: Case) -> None:
    if case.contest is not None and not case.contest.escalated:
        case.contest.escalated = True
        case.entries.append("escalated_to_director")


def _pass_up(level: str, key: str) -> Callable[[World, Concern], None]:
    def effect(_world: World, alert: Concern) -> None:
        alert.level = "director" if "director" in (level, alert.level) else level
        alert.entries.append(f"escalated_to_{level}")
        del alert.clocks[key]

    return effect


ACTS: dict[str, Callable[[World, Any], object]] = {
    "accept": lambda world, case: accept(world, case, 0, None),
    "challenge": close_if_settled,
    "determine": _escalate,
    "offer_to_next": lambda world, task: back(world, task, "offered_to_next"),
    "acknowledge": _pass_up("head", "acknowledge"),
    "acknowledge_director": _pass_up("director", "acknowledge_director"),
    "resolve": _pass_up("head", "resolve"),
    "resolve_director": _pass_up("director", "resolve_director"),
}
"""Clocks at whose end the system makes a move; at the end of the others it says that something is late."""
