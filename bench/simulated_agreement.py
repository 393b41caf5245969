"""How often the intervals of agreement hold the truth: blind second gradings with a table that is known.

Both auditors see the case as it is and add a judgement of their own; the second may be kinder. The true coefficients
are those of the table of both grades' chances.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from statistics import NormalDist

from auditflow.statistics.agreement import two_graders
from auditflow.statistics.agreement_intervals import agreement_intervals
from auditflow.statistics.estimates import Interval
from bench.simulated_intervals import Cell

COEFFICIENTS = ("ac", "kappa")
CASES = (10, 16, 30, 60)
USUAL = (0.25, 0.50, 0.20, 0.05)
MOSTLY_GOOD = (0.03, 0.12, 0.75, 0.10)
NEARLY_ALL_GOOD = (0.02, 0.05, 0.90, 0.03)
_SLICES = 400
_WHOLE = 10**9


@dataclass(frozen=True, slots=True)
class Doubles:
    """So many cases graded twice: how often each grade is given, how alike two gradings are, how kind the second is."""

    words: str
    cases: int
    shares: tuple[float, ...] = USUAL
    alike: float = 0.75
    kinder: float = 0.0


WORLDS = (
    ("usual grades, alike (0.9)", USUAL, 0.9, 0.0),
    ("usual grades, fairly alike (0.75)", USUAL, 0.75, 0.0),
    ("usual grades, little alike (0.5)", USUAL, 0.5, 0.0),
    ("usual grades, second auditor kinder by 0.5", USUAL, 0.8, 0.5),
    ("three in four good, fairly alike (0.8)", MOSTLY_GOOD, 0.8, 0.0),
    ("nine in ten good, fairly alike (0.7)", NEARLY_ALL_GOOD, 0.7, 0.0),
)
DOUBLES = tuple(Doubles(words, cases, *rest) for words, *rest in WORLDS for cases in CASES)


@cache
def chances(shares: tuple[float, ...], alike: float, kinder: float) -> tuple[float, ...]:
    """How often each pair of grades is given, the first auditor's grade by rows, by slices of equally many cases."""
    normal = NormalDist()
    cuts = [-math.inf, *(normal.inv_cdf(share) for share in accumulate(shares[:-1])), math.inf]
    own = math.sqrt(1 - alike)
    cells = [0.0] * len(shares) ** 2
    for place in range(_SLICES):
        case = math.sqrt(alike) * normal.inv_cdf((place + 0.5) / _SLICES)
        first, second = (
            [normal.cdf(high) - normal.cdf(low) for low, high in pairwise((cut - seen) / own for cut in cuts)]
            for seen in (case, case + kinder)
        )
        for i, one in enumerate(first):
            for j, other in enumerate(second):
                cells[len(shares) * i + j] += one * other / _SLICES
    return tuple(cells)


@cache
def truth(doubles: Doubles) -> tuple[float, float]:
    """The coefficients of the table of chances: Gwet's AC2 and quadratic kappa."""
    agreed = two_graders(_square([round(_WHOLE * p) for p in chances(doubles.shares, doubles.alike, doubles.kinder)]))
    assert agreed.ac is not None
    assert agreed.kappa is not None
    return agreed.ac, agreed.kappa


def agreement_coverage(doubles: Doubles, number: int, seed: str) -> list[Cell]:
    """One cell for each coefficient, over the samples in which it has an interval."""
    chance = random.Random(seed)
    bounds = list(accumulate(chances(doubles.shares, doubles.alike, doubles.kinder)))
    cells = [Cell() for _ in COEFFICIENTS]
    for _ in range(number):
        counts = [0] * len(bounds)
        for _ in range(doubles.cases):
            counts[min(bisect(bounds, chance.random()), len(bounds) - 1)] += 1
        made = agreement_intervals(_square(counts))
        for cell, interval, true in zip(cells, (made.ac, made.kappa), truth(doubles), strict=True):
            _count(cell, interval, true)
    return cells


def _count(cell: Cell, interval: Interval, true: float) -> None:
    if interval.low is not None and interval.high is not None:
        cell.add(Cell(1, interval.low <= true <= interval.high, interval.high - interval.low))


def _square(cells: Sequence[int]) -> list[list[int]]:
    size = math.isqrt(len(cells))
    return [list(cells[start : start + size]) for start in range(0, len(cells), size)]
