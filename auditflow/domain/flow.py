"""Networks with capacities and costs: the most that can flow from one place to another, at the least cost.

Whole numbers only, so every answer is exact. Method: successive shortest paths with potentials (Edmonds & Karp
1972), all the paths of one length at a time (Dinic 1970).
"""

import heapq
from collections import deque
from collections.abc import Mapping

__all__ = ["ENDLESS", "Network"]

ENDLESS = 1 << 60


class Network:
    """A directed network. Arcs come in pairs: arc `a` and its reverse `a ^ 1`, which gives flow back."""

    def __init__(self) -> None:
        self.head: list[int] = []
        self.room: list[int] = []
        self.cost: list[int] = []
        self.arcs: list[list[int]] = []
        self.open: list[dict[int, None]] = []
        self.potential: list[int] = []

    def node(self) -> int:
        """A new node."""
        self.arcs.append([])
        self.open.append({})
        self.potential.append(0)
        return len(self.arcs) - 1

    def arc(self, tail: int, head: int, capacity: int, cost: int = 0) -> int:
        """A new arc from `tail` to `head` for up to `capacity`, each unit at `cost` (0 or more)."""
        for start, end, room, price in ((tail, head, capacity, cost), (head, tail, 0, -cost)):
            arc = len(self.head)
            self.arcs[start].append(arc)
            self.head.append(end)
            self.room.append(room)
            self.cost.append(price)
            if room:
                self.open[start][arc] = None
        return len(self.head) - 2

    def flow(self, arc: int) -> int:
        """How much flows through an arc."""
        return self.room[arc ^ 1]

    def fill(self, source: int, sink: int) -> int:
        """Send as much as can flow from `source` to `sink`, at the least cost, and return how much."""
        total = 0
        while self._raise_potentials(source, sink):
            while (levels := self._levels(source, sink)) is not None:
                total += self._block(source, sink, levels)
        return total

    def way_to_best(self, start: int, goals: Mapping[int, int], barred: set[int]) -> list[int]:
        """A way from `start` to the goal of the least worth among those still reached without changing the cost.

        Not through `barred`; goals are nodes with their worth. Returns its arcs, none if no goal is reached.
        """
        came: dict[int, int] = {start: -1}
        waiting = deque([start])
        sought = set(goals)
        while waiting and sought:
            tail = waiting.popleft()
            for arc in self.open[tail]:
                head = self.head[arc]
                if head not in came and head not in barred and self.is_free(tail, arc):
                    came[head] = arc
                    waiting.append(head)
                    sought.discard(head)
        best = min((goal for goal in goals if goal in came), key=lambda goal: goals[goal], default=start)
        way: list[int] = []
        while came[best] >= 0:
            way.append(came[best])
            best = self.head[came[best] ^ 1]
        return way[::-1]

    def shift(self, arc: int, units: int) -> None:
        """Let `units` more flow through an arc (fewer when negative), whatever the rest of the network does."""
        for one, less in ((arc, units), (arc ^ 1, -units)):
            self.room[one] -= less
            if self.room[one]:
                self.open[self.head[one ^ 1]][one] = None
            else:
                self.open[self.head[one ^ 1]].pop(one, None)

    def is_free(self, tail: int, arc: int) -> bool:
        """Whether flow may move to or from an arc without changing the least cost."""
        return self.cost[arc] + self.potential[tail] == self.potential[self.head[arc]]

    def reached(self, source: int) -> set[int]:
        """The nodes to which more could still flow: after `fill`, the source's side of a smallest cut."""
        seen = {source}
        waiting = [source]
        while waiting:
            for arc in self.open[waiting.pop()]:
                if self.head[arc] not in seen:
                    seen.add(self.head[arc])
                    waiting.append(self.head[arc])
        return seen

    def _raise_potentials(self, source: int, sink: int) -> bool:
        """Dijkstra over reduced costs; False when the sink cannot be reached any more."""
        distance = [ENDLESS] * len(self.arcs)
        distance[source] = 0
        waiting = [(0, source)]
        while waiting:
            far, tail = heapq.heappop(waiting)
            if far > distance[tail]:
                continue
            base = far + self.potential[tail]
            for arc in self.open[tail]:
                head = self.head[arc]
                if (new := base + self.cost[arc] - self.potential[head]) < distance[head]:
                    distance[head] = new
                    heapq.heappush(waiting, (new, head))
        last = distance[sink]
        if last == ENDLESS:
            return False
        for node, far in enumerate(distance):
            self.potential[node] += min(far, last)
        return True

    def _levels(self, source: int, sink: int) -> list[int] | None:
        levels = [-1] * len(self.arcs)
        levels[source] = 0
        waiting = deque([source])
        while waiting:
            tail = waiting.popleft()
            if tail == sink:
                return levels
            for arc in self.open[tail]:
                head = self.head[arc]
                if levels[head] < 0 and self.is_free(tail, arc):
                    levels[head] = levels[tail] + 1
                    waiting.append(head)
        return None

    def _block(self, source: int, sink: int, levels: list[int]) -> int:
        """Fill every shortest free way; an arc that cannot lead on is passed once and for all."""
        passed = [0] * len(self.arcs)
        way: list[int] = []
        total, tail = 0, source
        while True:
            if tail == sink:
                total += self._send(way)
                way.clear()
                tail = source
            arc = self._next_arc(tail, levels, passed)
            if arc is not None:
                way.append(arc)
                tail = self.head[arc]
            elif way:
                levels[tail] = -1
                tail = self.head[way.pop() ^ 1]
            else:
                return total

    def _next_arc(self, tail: int, levels: list[int], passed: list[int]) -> int | None:
        arcs, head, room, cost = self.arcs[tail], self.head, self.room, self.cost
        potential, base = self.potential, self.potential[tail]
        for place in range(passed[tail], len(arcs)):
            arc = arcs[place]
            end = head[arc]
            if room[arc] and levels[end] == levels[tail] + 1 and cost[arc] + base == potential[end]:
                passed[tail] = place
                return arc
        passed[tail] = len(arcs)
        return None

    def _send(self, way: list[int]) -> int:
        most = min(self.room[arc] for arc in way)
        for arc in way:
            self.shift(arc, most)
        return most
