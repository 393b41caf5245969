"""Comparisons between different cases: two rounds with new samples, trends, and cases picked for being poor."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditflow.domain.errors import BadInput
from auditflow.statistics.crossing import Change, square_and_add
from auditflow.statistics.distributions import normal_quantile, normal_two_sided
from auditflow.statistics.shapes import Figures, check_confidence, check_share

__all__ = ["Trend", "cochran_armitage", "expected_regression", "newcombe_independent"]


@dataclass(frozen=True)
class Trend(Figures):
    """A linear trend in shares: signed z (positive when they rise), z², two-sided p; None with a reason."""

    z: float | None
    chi2: float | None
    p: float | None
    reason: str | None = field(default=None, kw_only=True)


def newcombe_independent(x1: int, n1: int, x2: int, n2: int, confidence: float = 0.95) -> Change:
    """Difference x1/n1 − x2/n2 of two independent shares, with its interval.

    Either n = 0 gives None with reason no_cases.
    Source: Newcombe (1998), Statistics in Medicine 17, 873–890, method 10.
    """
    check_share(x1, n1)
    check_share(x2, n2)
    check_confidence(confidence)
    if n1 == 0 or n2 == 0:
        return Change(None, None, None, reason="no_cases")
    low, high = square_and_add((x1, n1), (x2, n2), confidence)
    return Change(x1 / n1 - x2 / n2, low, high)


def cochran_armitage(x: Sequence[int], n: Sequence[int], scores: Sequence[float] | None = None) -> Trend:
    """Test for a linear trend in the shares x/n over groups with the given scores (1, 2, 3 … by default).

    z = T / √V with V from p(1 − p) of all cases together. None with reason no_cases, all_shares_equal (no case
    or every case has the property) or one_group. Sources: Cochran (1954), Armitage (1955), Biometrics.
    """
    s = list(scores) if scores is not None else [float(i + 1) for i in range(len(x))]
    if not len(x) == len(n) == len(s):
        raise BadInput("Counts, numbers of cases and scores must be equally many.", field="scores")
    for count, size in zip(x, n, strict=True):
        check_share(count, size)
    total, good = sum(n), sum(x)
    if total == 0:
        return Trend(None, None, None, reason="no_cases")
    if good in (0, total):
        return Trend(None, None, None, reason="all_shares_equal")
    centre = sum(size * score for size, score in zip(n, s, strict=True)) / total
    spread = sum(size * (score - centre) ** 2 for size, score in zip(n, s, strict=True))
    if spread <= 0:
        return Trend(None, None, None, reason="one_group")
    p = good / total
    t = sum((score - centre) * count for count, score in zip(x, s, strict=True))
    z = t / math.sqrt(p * (1 - p) * spread)
    return Trend(z, z * z, normal_two_sided(z))


def expected_regression(sd_between: float, sd_within: float, share: float) -> float:
    """The rise in grade to expect with no real change when only the worst `share` of cases is graded again.

    `sd_within` comes from double gradings. Source: Davis (1976), American Journal of Epidemiology 104, 493–498.
    """
    check_confidence(share)
    total = math.hypot(sd_between, sd_within)
    if total == 0:
        return 0.0
    z = normal_quantile(share)
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return sd_within**2 / total * density / share
