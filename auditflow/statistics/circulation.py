"""A network of counts, some hidden: how far each hidden one can be narrowed down, and what else to hide.

At every node as much flows in as out. A published arc is fixed; a hidden one may take any value of 0 or more.
The range of a hidden arc is its value plus what can be sent back round to its start through other hidden arcs,
and less what can be led round it: two maximum flows (Ford and Fulkerson).
"""

import heapq
from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass

__all__ = ["Arc", "Circulation"]


@dataclass(eq=False)
class Arc:
    """A count flowing from one node to another; what hiding it costs; whether it is hidden, or the last to be.

    `open_ended`: it is published nowhere and stands for no count in the table, so that nothing of it needs a range.
    """

    tail: str
    head: str
    value: int
    cost: int
    hidden: bool = False
    last_resort: bool = False
    open_ended: bool = False


class Circulation:
    """The arcs of a network whose counts balance at every node."""

    def __init__(self, arcs: list[Arc]) -> None:
        self.arcs = arcs
        self._at: dict[str, list[Arc]] = defaultdict(list)
        for arc in arcs:
            self._at[arc.tail].append(arc)
            self._at[arc.head].append(arc)

    def protect(self, width: int) -> None:
        """Hide further arcs until every hidden one has a range of at least `width`, then undo needless hiding."""
        first = {arc for arc in self.arcs if arc.hidden}
        while exposed := next((arc for arc in self.arcs if self._exposed(arc, width)), None):
            for arc in self._cheapest_cover(exposed, width):
                arc.hidden = True
        for arc in sorted(self.arcs, key=lambda arc: -arc.cost):
            if arc.hidden and arc not in first:
                arc.hidden = False
                arc.hidden = any(self._exposed(other, width) for other in self.arcs)

    def _exposed(self, arc: Arc, width: int) -> bool:
        return arc.hidden and not arc.open_ended and self.range_of(arc, width) < width

    def range_of(self, arc: Arc, enough: int) -> int:
        """How many steps of 1 the arc's value may take in all, upwards and downwards; counted up to `enough`."""
        up, _ = self._send(arc, enough, upwards=True)
        return up if up >= enough else up + self._send(arc, min(enough - up, arc.value), upwards=False)[0]

    def _cheapest_cover(self, arc: Arc, width: int) -> set[Arc]:
        """Published arcs that, once hidden, give the arc its range; those of the last resort only if they must."""
        for last_resort in (False, True):
            covers = [self._cover(arc, width, upwards, last_resort) for upwards in (True, False)]
            enough = [cover for cover in covers if cover is not None]
            if enough:
                return min(enough, key=lambda arcs: sum(other.cost for other in arcs))
        raise AssertionError("with every arc hidden any count is free")  # pragma: no cover

    def _cover(self, arc: Arc, width: int, upwards: bool, last_resort: bool) -> set[Arc] | None:
        """Widen one way first and the other way as far as still needed; None when that is not enough."""
        most = {True: width, False: min(width, arc.value)}
        other, _ = self._send(arc, most[not upwards], upwards=not upwards)
        sent, used = self._send(
            arc, min(most[upwards], width - other), upwards=upwards, allowed=self._allowed(last_resort)
        )
        if sent + other < width:
            needed = min(most[not upwards], width - sent)
            other, more = self._send(arc, needed, upwards=not upwards, allowed=self._allowed(last_resort))
            used |= more
        return used if sent + other >= width else None

    def _allowed(self, last_resort: bool) -> set[Arc]:
        return {arc for arc in self.arcs if last_resort or not arc.last_resort}

    def _send(self, arc: Arc, most: int, *, upwards: bool, allowed: Container[Arc] = ()) -> tuple[int, set[Arc]]:
        """Send up to `most` round the arc, path by path, through hidden arcs and `allowed` published ones.

        Returns what was sent and the published arcs that it went through.
        """
        start, goal = (arc.head, arc.tail) if upwards else (arc.tail, arc.head)
        changed: dict[Arc, int] = defaultdict(int)
        used: set[Arc] = set()
        sent = 0
        while sent < most and (path := self._path(start, goal, {arc}, changed, allowed, used)):
            size = min([most - sent] + [a.value + changed[a] for a, forwards in path if not forwards])
            for other, forwards in path:
                changed[other] += size if forwards else -size
                if not other.hidden:
                    used.add(other)
            sent += size
        return sent, used

    def _path(
        self,
        start: str,
        goal: str,
        closed: set[Arc],
        changed: dict[Arc, int],
        allowed: Container[Arc],
        used: set[Arc],
    ) -> list[tuple[Arc, bool]]:
        """The cheapest way from start to goal (Dijkstra), empty when there is none; arcs in use cost nothing."""
        best = {start: 0}
        came: dict[str, tuple[str, Arc, bool]] = {}
        queue = [(0, start)]
        while queue:
            cost, node = heapq.heappop(queue)
            if node == goal:
                return self._back(start, goal, came)
            for arc, forwards in self._steps(node, changed):
                if arc in closed or not (arc.hidden or arc in allowed):
                    continue
                other = arc.head if forwards else arc.tail
                total = cost + (0 if arc.hidden or arc in used else arc.cost)
                if total < best.get(other, total + 1):
                    best[other] = total
                    came[other] = (node, arc, forwards)
                    heapq.heappush(queue, (total, other))
        return []

    def _steps(self, node: str, changed: dict[Arc, int]) -> Iterator[tuple[Arc, bool]]:
        """Arcs along which more can flow from a node: forwards without limit, backwards what flows in by it."""
        for arc in self._at[node]:
            if arc.tail == node:
                yield arc, True
            elif arc.value + changed[arc] > 0:
                yield arc, False

    @staticmethod
    def _back(start: str, goal: str, came: dict[str, tuple[str, Arc, bool]]) -> list[tuple[Arc, bool]]:
        path, node = [], goal
        while node != start:
            node, arc, forwards = came[node]
            path.append((arc, forwards))
        return path[::-1]
