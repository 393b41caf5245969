"""Coverage of the intervals of one share, worked out without chance for every number of good cases a list can have.

How many of a plain random sample are good follows the hypergeometric distribution; a simulation finds the same only if
the draw takes every case equally often.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import comb

from bench.simulated_intervals import OF_SHARE, PLAIN, share_ends
from bench.simulated_lists import Plan

USUAL = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Exact:
    """Coverage of one interval by the number of good cases, from none to all of the list."""

    plan: Plan
    interval: str
    by_good: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over every number of good cases alike."""
        return sum(self.by_good) / len(self.by_good)

    def smallest(self, low: float = 0.0, high: float = 1.0) -> tuple[float, float]:
        """The smallest coverage with from `low` to `high` of the list good, and the share at which it is."""
        shares = ((held, good / self.plan.population) for good, held in enumerate(self.by_good))
        return min((held, share) for held, share in shares if low <= share <= high)


@cache
def every_exact() -> tuple[Exact, ...]:
    """Every interval of one share on every plain plan."""
    return tuple(exact(plan, interval) for interval in OF_SHARE for plan in PLAIN)


def exact(plan: Plan, interval: str) -> Exact:
    """The coverage of that interval on that plan."""
    ends = [share_ends(interval, found, plan) for found in range(plan.size + 1)]
    return Exact(plan, interval, tuple(_coverage(plan, good, ends) for good in range(plan.population + 1)))


def _coverage(plan: Plan, good: int, ends: list[tuple[float, float]]) -> float:
    truth, poor = good / plan.population, plan.population - good
    holding = (found for found, (low, high) in enumerate(ends) if low <= truth <= high)
    ways = sum(comb(good, found) * comb(poor, plan.size - found) for found in holding)
    return ways / comb(plan.population, plan.size)
