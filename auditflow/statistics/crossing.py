"""Good or not good, before and after, on the same cases: the change, its test and its bounds.

The four counts of a pair table are written as in Newcombe and Fagerland: a good both times, b stopped being
good, c became good, d not good either time. A change is after minus before, as a share of the pairs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditflow.domain.errors import BadInput
from auditflow.statistics.distributions import half_binomial_lower, half_binomial_two_sided, wilson_ends
from auditflow.statistics.shapes import Figures, check_confidence, check_count, check_share, check_square

__all__ = [
    "AttritionBounds",
    "Change",
    "Crossing",
    "McNemar",
    "Movement",
    "attrition_bounds",
    "crossing",
    "holm",
    "mcnemar",
    "movement",
    "newcombe_paired",
    "sign_test",
    "square_and_add",
]

_GOOD_FROM = 2  # the place of Good in a grade table, counted from 0


@dataclass(frozen=True)
class Movement(Figures):
    """How many of n pairs improved, stayed the same and declined; the three add up to n."""

    n: int
    improved: int
    same: int
    declined: int


@dataclass(frozen=True)
class Crossing(Figures):
    """A 4 × 4 table folded at Good: a good both times, b stopped being good, c became good, d neither."""

    a: int
    b: int
    c: int
    d: int

    @property
    def n(self) -> int:
        """All pairs."""
        return self.a + self.b + self.c + self.d

    @property
    def good_before(self) -> int:
        """Pairs good or better before."""
        return self.a + self.b

    @property
    def good_after(self) -> int:
        """Pairs good or better after."""
        return self.a + self.c


@dataclass(frozen=True)
class McNemar(Figures):
    """Two-sided p-values of McNemar's test: exact, and mid-p (the one to show)."""

    exact: float
    mid_p: float


@dataclass(frozen=True)
class Change(Figures):
    """A difference of two shares, with its interval."""

    difference: float | None
    low: float | None
    high: float | None
    reason: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class AttritionBounds(Figures):
    """The share good or better afterwards among all baseline cases, and its change, whatever the lost were."""

    after_low: float | None
    after_high: float | None
    change_low: float | None
    change_high: float | None
    reason: str | None = field(default=None, kw_only=True)


def movement(matrix: Sequence[Sequence[int]]) -> Movement:
    """Improved (above the diagonal), same and declined (below it) of a before × after table."""
    rows = check_square(matrix)
    places = range(len(rows))
    improved = sum(rows[i][j] for i in places for j in places if j > i)
    declined = sum(rows[i][j] for i in places for j in places if j < i)
    same = sum(rows[i][i] for i in places)
    return Movement(improved + same + declined, improved, same, declined)


def crossing(matrix: Sequence[Sequence[int]]) -> Crossing:
    """Fold a 4 × 4 grade table (rows before, columns after) into good or better against not."""
    rows = check_square(matrix)

    def block(good_before: bool, good_after: bool) -> int:
        return sum(
            count
            for i, row in enumerate(rows)
            for j, count in enumerate(row)
            if (i >= _GOOD_FROM) is good_before and (j >= _GOOD_FROM) is good_after
        )

    return Crossing(block(True, True), block(True, False), block(False, True), block(False, False))


def mcnemar(b: int, c: int) -> McNemar:
    """Exact and mid-p McNemar tests from the pairs that crossed the line; both 1 when none did.

    mid-p is the exact p-value less the chance of the table seen; with b = c it is 1 − P(X = b) / 2.
    Source: Fagerland, Lydersen and Laake (2013), BMC Medical Research Methodology 13:91.
    """
    check_count(b, "stopped being good")
    check_count(c, "became good")
    n, least = b + c, min(b, c)
    if n == 0:
        return McNemar(1.0, 1.0)
    seen = math.comb(n, least)
    twice = 2 * half_binomial_lower(least, n)
    mid = (2 ** (n + 1) - seen) / 2 ** (n + 1) if b == c else (twice - seen) / 2**n
    return McNemar(min(1.0, twice / 2**n), mid)


def sign_test(improved: int, declined: int) -> float:
    """Exact two-sided sign test: improved against declined under a fair coin; 1 when neither occurred."""
    check_count(improved, "improved")
    check_count(declined, "declined")
    return half_binomial_two_sided(improved, declined)


def newcombe_paired(a: int, b: int, c: int, d: int, confidence: float = 0.95) -> Change:
    """Change (c − b) / n in the share of pairs that are good, with the square-and-add interval.

    Wilson intervals of both shares are combined with the correlation phi, whose numerator is lowered by n/2
    (not below 0) when positive. No pairs gives None with reason no_pairs.
    Source: Newcombe (1998), Statistics in Medicine 17, 2635–2650, method 10 (there the sign is b − c).
    """
    for count in (a, b, c, d):
        check_count(count, "pairs")
    check_confidence(confidence)
    n = a + b + c + d
    if n == 0:
        return Change(None, None, None, reason="no_pairs")
    low, high = square_and_add((a + c, n), (a + b, n), confidence, _phi(a, b, c, d))
    difference = (c - b) / n
    return Change(difference, min(low, difference), max(high, difference))


def _phi(a: int, b: int, c: int, d: int) -> float:
    """The correlation of the two gradings with Newcombe's correction; 0 when a margin is empty."""
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0
    product, half = a * d - b * c, (a + b + c + d) / 2
    corrected = max(product - half, 0.0) if product > 0 else product
    return corrected / math.sqrt(margins)


def square_and_add(
    first: tuple[int, int], second: tuple[int, int], confidence: float, phi: float = 0.0
) -> tuple[float, float]:
    """The interval of share first − share second (each a count and its n > 0), from their Wilson intervals."""
    p1, p2 = first[0] / first[1], second[0] / second[1]
    low1, high1 = wilson_ends(p1, first[1], confidence)
    low2, high2 = wilson_ends(p2, second[1], confidence)

    def reach(one: float, two: float) -> float:
        return math.sqrt(max(one * one - 2 * phi * one * two + two * two, 0.0))

    low, high = p1 - p2 - reach(p1 - low1, high2 - p2), p1 - p2 + reach(high1 - p1, p2 - low2)
    return max(low, -1.0), min(high, 1.0)


def attrition_bounds(good_before_all: int, n_all: int, good_after_paired: int, n_paired: int) -> AttritionBounds:
    """Bounds for all n_all baseline cases when only n_paired were audited again.

    The low ends count every lost case as not good, the high ends every one as good. No baseline cases gives
    None with reason no_cases. Source: Manski (1989), Journal of Human Resources 24, 343–360.
    """
    check_share(good_before_all, n_all)
    check_share(good_after_paired, n_paired)
    if n_paired > n_all:
        raise BadInput(f"{n_paired} pairs cannot come from {n_all} baseline cases.", field="pairs")
    if n_all == 0:
        return AttritionBounds(None, None, None, None, reason="no_cases")
    most = good_after_paired + n_all - n_paired
    return AttritionBounds(
        good_after_paired / n_all,
        most / n_all,
        (good_after_paired - good_before_all) / n_all,
        (most - good_before_all) / n_all,
    )


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """Holm's adjusted p-values, in the order given; None (no test) stays None and is not counted.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65–70.
    """
    tested = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    highest = 0.0
    for rank, (p, place) in enumerate(tested):
        if not 0 <= p <= 1:
            raise BadInput(f"A p-value lies between 0 and 1, not {p}.", field="p")
        highest = max(highest, min(1.0, (len(tested) - rank) * p))
        adjusted[place] = highest
    return adjusted
