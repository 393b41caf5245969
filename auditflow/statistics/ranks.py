"""Rank tests with ties counted exactly: Wilcoxon's signed ranks and the Mann–Whitney test.

Grades tie all the time, and library routines that ignore ties or drop exactness give other p-values. Here the
whole permutation distribution is counted in whole numbers; only samples too large for that use the normal
approximation with the tie correction, and say so in `method`.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditflow.statistics.distributions import normal_two_sided
from auditflow.statistics.shapes import Figures

__all__ = ["MannWhitney", "SignedRank", "mann_whitney", "wilcoxon_signed_rank"]

_EXACT_PAIRS = 300  # non-zero differences; beyond, the normal approximation agrees to four figures
_EXACT_WAYS = 40_000  # m·n·(m+n), about 27 against 27: a fifth of a second


@dataclass(frozen=True)
class SignedRank(Figures):
    """The sum of the ranks of the positive differences, and the two-sided p-value."""

    w_plus: float
    p: float
    method: str = field(default="exact", kw_only=True)


@dataclass(frozen=True)
class MannWhitney(Figures):
    """U of the first sample, the two-sided p-value, and U/(mn): the chance that a first beats a second.

    Ties count half. p is None with reason all_values_equal or no_cases.
    """

    u: float | None
    p: float | None
    superiority: float | None
    reason: str | None = field(default=None, kw_only=True)
    method: str = field(default="exact", kw_only=True)


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the mid-rank of each value: whole numbers, whatever the ties."""
    below, rank_of = 0, {}
    counts = Counter(values)
    for value in sorted(counts):
        rank_of[value] = 2 * below + counts[value] + 1
        below += counts[value]
    return [rank_of[value] for value in values]


def wilcoxon_signed_rank(differences: Sequence[float]) -> SignedRank:
    """Wilcoxon's signed-rank test: zeros dropped, mid-ranks, exact two-sided p from all sign patterns.

    No differences but zeros: W+ = 0, p = 1. Above 300 non-zero differences `method` is normal.
    Sources: Pratt (1959); Hollander and Wolfe, Nonparametric Statistical Methods, section 3.1.
    """
    moved = [float(value) for value in differences if value != 0]
    if not moved:
        return SignedRank(0.0, 1.0)
    ranks = _doubled_ranks([abs(value) for value in moved])
    plus = sum(rank for rank, value in zip(ranks, moved, strict=True) if value > 0)
    least = min(plus, sum(ranks) - plus)
    if len(moved) > _EXACT_PAIRS:
        z = (2 * plus - sum(ranks)) / math.sqrt(sum(rank * rank for rank in ranks))
        return SignedRank(plus / 2, normal_two_sided(z), method="normal")
    return SignedRank(plus / 2, min(1.0, 2 * _sign_patterns_up_to(least, ranks) / 2 ** len(ranks)))


def _sign_patterns_up_to(limit: int, ranks: list[int]) -> int:
    """How many of the 2**n sign patterns give a positive rank sum of at most `limit`.

    The counts for every sum sit side by side in one long whole number, `width` bits each, so that adding a
    rank is one shift and one addition. The digits up to the limit are then added up by taking the remainder
    by base − 1 (casting out nines); with one bit to spare no digit, and no sum of digits, can overflow.
    """
    width = len(ranks) + 1
    window = (1 << width * (limit + 1)) - 1
    counts = 1
    for rank in ranks:
        counts = (counts + (counts << width * rank)) & window
    return counts % ((1 << width) - 1)


def mann_whitney(x: Sequence[float], y: Sequence[float], method: str = "auto") -> MannWhitney:
    """Mann–Whitney test of two independent samples, with the probability of superiority U/(mn).

    The exact p-value counts every way of splitting the pooled mid-ranks ("auto" does so while that is quick,
    "exact" always, "normal" never); the other is the normal approximation with tie and continuity correction.
    An empty sample, or values that are all equal, give p None. Source: Hollander and Wolfe, section 4.1.
    """
    m, n = len(x), len(y)
    if m == 0 or n == 0:
        return MannWhitney(None, None, None, reason="no_cases")
    pooled = [float(value) for value in (*x, *y)]
    ranks = _doubled_ranks(pooled)
    doubled_u = sum(ranks[:m]) - m * (m + 1)
    u, superiority = doubled_u / 2, doubled_u / (2 * m * n)
    if len(set(pooled)) == 1:
        return MannWhitney(u, None, superiority, reason="all_values_equal")
    if method == "exact" or (method == "auto" and m * n * (m + n) <= _EXACT_WAYS):
        return MannWhitney(u, _split_share(ranks, m), superiority)
    return MannWhitney(u, _normal_split(ranks, doubled_u, m, n), superiority, method="normal")


def _split_share(ranks: list[int], m: int) -> float:
    """The share of the splits whose rank sum lies at least as far from its mean as the one seen."""
    ways: list[Counter[int]] = [Counter({0: 1})] + [Counter() for _ in range(m)]
    for seen, rank in enumerate(ranks):
        for size in range(min(m, seen + 1), 0, -1):
            for total, count in ways[size - 1].items():
                ways[size][total + rank] += count
    middle = m * (len(ranks) + 1)  # the mean of the doubled rank sum
    away = abs(sum(ranks[:m]) - middle)
    extreme = sum(count for total, count in ways[m].items() if abs(total - middle) >= away)
    return extreme / math.comb(len(ranks), m)


def _normal_split(ranks: list[int], doubled_u: int, m: int, n: int) -> float:
    """Normal approximation with the variance of the mid-ranks and a continuity correction of one half."""
    size = m + n
    spread = sum((rank - (size + 1)) ** 2 for rank in ranks) / 4
    variance = m * n * spread / (size * (size - 1))
    away = max(abs(doubled_u - m * n) / 2 - 0.5, 0.0)
    return normal_two_sided(away / math.sqrt(variance))
