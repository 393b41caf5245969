"""The search behind the allocation of cases: how full the fullest must be, then the fewest repeats, then evenness.

Each question is a flow through a network: from groups of alike cases, through pairs of team and auditor, to the
auditors and out. The last one moves single cases along ways that change no repeat, until no move evens the loads.
"""

import heapq
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from auditflow.domain.flow import ENDLESS, Network

__all__ = ["Desk", "Group", "assign", "level_needed"]


@dataclass(frozen=True)
class Group:
    """Cases alike: of one team (blank: none) and open to the same auditors, who are given by place."""

    refs: tuple[str, ...]
    team: str
    fit: tuple[int, ...]


@dataclass(frozen=True)
class Desk:
    """An auditor's capacity (at least 1) and the cases already there."""

    capacity: int
    load: int

    def room(self, level: Fraction) -> int:
        """How many more cases fit while the share of capacity used stays within `level`."""
        return max(0, math.floor(level * self.capacity) - self.load)


def level_needed(groups: Sequence[Group], desks: Sequence[Desk]) -> Fraction:
    """The smallest possible largest share of capacity used, what is already there counted.

    Starts from a level that cannot be undercut and, while some groups do not fit beside each other, raises it to
    what those groups need of their auditors (the side of a smallest cut): so it never rises too far.
    """
    level = max((Fraction(desk.load, desk.capacity) for desk in desks), default=Fraction(0))
    total = sum(len(group.refs) for group in groups)
    level = _raised(level, total, desks)
    while (tight := _tight(groups, desks, level)) is not None:
        need, places = tight
        level = _raised(level, need, [desks[place] for place in places])
    return level


def _raised(level: Fraction, need: int, desks: Sequence[Desk]) -> Fraction:
    """The smallest level, not under `level`, at which these desks have room for `need` cases."""
    rooms = [desk.room(level) for desk in desks]
    room = sum(rooms)
    following = [
        (Fraction(desk.load + more + 1, desk.capacity), place)
        for place, (desk, more) in enumerate(zip(desks, rooms, strict=True))
    ]
    heapq.heapify(following)
    while room < need:
        level, place = following[0]
        heapq.heapreplace(following, (level + Fraction(1, desks[place].capacity), place))
        room += 1
    return level


def _tight(groups: Sequence[Group], desks: Sequence[Desk], level: Fraction) -> tuple[int, list[int]] | None:
    """Cases that do not fit at a level, as their number and their auditors; None when all fit."""
    network = Network()
    source, sink = network.node(), network.node()
    nodes = [network.node() for _desk in desks]
    for node, desk in zip(nodes, desks, strict=True):
        network.arc(node, sink, desk.room(level))
    sizes: dict[tuple[int, ...], int] = {}
    for group in groups:
        sizes[group.fit] = sizes.get(group.fit, 0) + len(group.refs)
    starts = {}
    for fit, size in sizes.items():
        starts[fit] = network.node()
        network.arc(source, starts[fit], size)
        for place in fit:
            network.arc(starts[fit], nodes[place], ENDLESS)
    if network.fill(source, sink) == sum(sizes.values()):
        return None
    reached = network.reached(source)
    need = sum(size for fit, size in sizes.items() if starts[fit] in reached)
    return need, [place for place, node in enumerate(nodes) if node in reached]


def assign(
    groups: Sequence[Group], desks: Sequence[Desk], level: Fraction, met: Collection[tuple[str, int]]
) -> list[list[int]]:
    """For each group the auditors of its cases: within `level`, the fewest repeats, then the evenest loads.

    `met` are (team, auditor) of whom the first case is already a repeat.
    """
    plan = _Plan(groups, desks, level, met)
    plan.network.fill(plan.source, plan.sink)
    plan.even_out()
    return [plan.places(number) for number in range(len(groups))]


class _Plan:
    """The network of one allocation: a repeat costs 1, everything else nothing."""

    def __init__(
        self,
        groups: Sequence[Group],
        desks: Sequence[Desk],
        level: Fraction,
        met: Collection[tuple[str, int]],
    ) -> None:
        self.desks, self.met = desks, met
        self.network = network = Network()
        self.source, self.sink = network.node(), network.node()
        self.nodes = [network.node() for _desk in desks]
        self.out = [
            network.arc(node, self.sink, desk.room(level)) for node, desk in zip(self.nodes, desks, strict=True)
        ]
        self.pairs: dict[tuple[str, int], int] = {}
        self.ways = [self._add(group) for group in groups]
        scale = math.lcm(*(desk.capacity for desk in desks)) if desks else 1
        self.steps = [scale // desk.capacity for desk in desks]

    def _add(self, group: Group) -> list[tuple[int, int]]:
        start = self.network.node()
        self.network.arc(self.source, start, len(group.refs))
        return [(place, self.network.arc(start, self._pair(group.team, place), ENDLESS)) for place in group.fit]

    def _pair(self, team: str, place: int) -> int:
        """The node through which an auditor's cases of one team pass: the first is free, more are repeats."""
        if not team:
            return self.nodes[place]
        if (team, place) not in self.pairs:
            node = self.pairs[team, place] = self.network.node()
            if (team, place) not in self.met:
                self.network.arc(node, self.nodes[place], 1)
            self.network.arc(node, self.nodes[place], ENDLESS, 1)
        return self.pairs[team, place]

    def places(self, number: int) -> list[int]:
        """The auditors of a group's cases, each as often as cases flow there."""
        return [place for place, arc in self.ways[number] for _case in range(self.network.flow(arc))]

    def even_out(self) -> None:
        """Move cases from fuller to emptier auditors while it makes the sum of squares over capacity smaller.

        A move runs along ways without cost, so level and repeats stay; when no single move helps, none does: the
        loads are a convex flow, and every better one differs by such moves.
        """
        loads = [desk.load + self.network.flow(arc) for desk, arc in zip(self.desks, self.out, strict=True)]
        waiting = self._fullest(loads)
        while waiting:
            giver = waiting.pop()
            taker = self._move(giver, loads)
            if taker is not None:
                loads[giver] -= 1
                loads[taker] += 1
                waiting = self._fullest(loads)

    def _fullest(self, loads: Sequence[int]) -> list[int]:
        """Auditors who could give a case away, the one who would gain most last."""
        givers = [place for place in range(len(loads)) if self.network.flow(self.out[place]) and self._open(place)]
        return sorted(givers, key=lambda place: ((2 * loads[place] - 1) * self.steps[place], -place))

    def _move(self, giver: int, loads: Sequence[int]) -> int | None:
        """Move one case from an auditor to the emptiest who can be reached and gains by it; None if nobody."""
        network = self.network
        way = network.way_to_best(self.nodes[giver], self._takers(giver, loads), {self.source, self.sink})
        if not way:
            return None
        for arc in way:
            network.shift(arc, 1)
        taker = self.nodes.index(network.head[way[-1]])
        network.shift(self.out[giver], -1)
        network.shift(self.out[taker], 1)
        return taker

    def _takers(self, giver: int, loads: Sequence[int]) -> dict[int, int]:
        """Nodes of the auditors with room for whom one more case costs less than the giver's last, with its cost."""
        saved = (2 * loads[giver] - 1) * self.steps[giver]
        extra = [(2 * load + 1) * step for load, step in zip(loads, self.steps, strict=True)]
        return {
            self.nodes[place]: cost
            for place, cost in enumerate(extra)
            if cost < saved and self.network.room[self.out[place]] and self._open(place)
        }

    def _open(self, place: int) -> bool:
        """Whether an auditor may get more or fewer cases without a change in repeats."""
        return self.network.is_free(self.nodes[place], self.out[place])
