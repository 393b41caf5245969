"""Estimates of a proportion from a random sample, each with an interval (docs/statistics.md, "Estimates").

Proportions are shares between 0 and 1. Intervals are two-sided at `confidence`. Impossible counts raise
BadInput; nothing to estimate from gives None with a reason.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditflow.domain.errors import BadInput
from auditflow.statistics.distributions import beta_quantile, t_two_sided_quantile, wilson_ends
from auditflow.statistics.shapes import Figures, check_confidence, check_count, check_share, exact_tail

__all__ = [
    "FiniteInterval",
    "Interval",
    "StratifiedEstimate",
    "Stratum",
    "clopper_pearson",
    "finite_population",
    "stratified_proportion",
    "wilson",
]

_RARE = 0.1  # below 10 % or above 90 % a symmetrical interval misleads


@dataclass(frozen=True)
class Interval(Figures):
    """An interval; both ends None, with the reason, when there is nothing to estimate from."""

    low: float | None
    high: float | None
    reason: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class FiniteInterval(Figures):
    """How many of a finite population's cases have the property, and the same as shares of it."""

    count_low: int | None
    count_high: int | None
    low: float | None
    high: float | None
    reason: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Stratum(Figures):
    """One stratum: eligible cases in it, cases graded, and how many of those have the property."""

    population: int
    n: int
    x: int


@dataclass(frozen=True)
class StratifiedEstimate(Figures):
    """A weighted proportion with standard error, degrees of freedom and interval.

    `covered` of `population` eligible cases lie in strata with at least one graded case: the estimate speaks
    of those only. `method` names the interval: t, wilson, wilson_effective_n or census.
    """

    p: float | None
    se: float | None
    df: int | None
    low: float | None
    high: float | None
    reason: str | None = field(default=None, kw_only=True)
    covered: int = field(default=0, kw_only=True)
    population: int = field(default=0, kw_only=True)
    method: str | None = field(default=None, kw_only=True)


_NOTHING = Interval(None, None, reason="no_cases")


def wilson(x: int, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for x of n. n = 0 gives None with reason no_cases.

    Source: Wilson (1927); Newcombe (1998), Statistics in Medicine 17, 857–872, method 3.
    """
    check_share(x, n)
    check_confidence(confidence)
    if n == 0:
        return _NOTHING
    return Interval(*wilson_ends(x / n, n, confidence))


def clopper_pearson(x: int, n: int, confidence: float = 0.95) -> Interval:
    """The "guaranteed" interval from exact binomial tails. n = 0 gives None with reason no_cases.

    Source: Clopper and Pearson (1934), by quantiles of the beta distribution.
    """
    check_share(x, n)
    numerator, denominator = exact_tail(confidence)
    tail = numerator / denominator
    if n == 0:
        return _NOTHING
    low = 0.0 if x == 0 else tail ** (1 / n) if x == n else beta_quantile(tail, x, n - x + 1)
    high = 1.0 if x == n else 1 - tail ** (1 / n) if x == 0 else 1 - beta_quantile(tail, n - x, x + 1)
    return Interval(low, high)


def finite_population(x: int, n: int, population: int, confidence: float = 0.95) -> FiniteInterval:
    """How many of `population` cases have the property, when x of n drawn without replacement have it.

    The ends are the smallest count M with P(X ≥ x | M) above the tail and the largest with P(X ≤ x | M) above
    it, from exact hypergeometric tails in whole numbers. n = 0 gives 0 to the population; no population gives
    None. Source: Buonaccorsi (1987), The American Statistician 41, 215–218.
    """
    check_share(x, n)
    check_count(population, "population")
    if n > population:
        raise BadInput(f"{n} cases cannot be drawn from {population}.", field="population")
    tail = exact_tail(confidence)
    if population == 0:
        return FiniteInterval(None, None, None, None, reason="no_cases")
    low = _fewest(x, n, population, tail)
    high = population - _fewest(n - x, n, population, tail)
    return FiniteInterval(low, high, low / population, high / population)


def _fewest(x: int, n: int, population: int, tail: tuple[int, int]) -> int:
    """The smallest count M with P(X ≥ x | M) > tail, by halving: the probability rises with M."""
    low, high = x, population - (n - x)
    every = math.comb(population, n)
    while low < high:
        middle = (low + high) // 2
        if _ways_at_least(x, n, middle, population) * tail[1] > tail[0] * every:
            high = middle
        else:
            low = middle + 1
    return low


def _ways_at_least(x: int, n: int, good: int, population: int) -> int:
    """How many samples of n hold at least x of the `good` cases; each term follows from the one before."""
    poor = population - good
    least = max(x, n - poor)
    term = math.comb(good, least) * math.comb(poor, n - least)
    total = 0
    for k in range(least, min(n, good) + 1):
        total += term
        term = term * (good - k) * (n - k) // ((k + 1) * (poor - n + k + 1))
    return total


def stratified_proportion(strata: Sequence[Stratum], confidence: float = 0.95) -> StratifiedEstimate:
    """The proportion over all strata, each weighted by its population, with a t interval clipped to 0–1.

    Strata without a graded case are left out and shown in `covered`; a stratum with one graded case of
    several gives no standard error (reason one_case_in_a_stratum: merge strata); no variation at all gives
    Wilson on n; below 10 % or above 90 % it is Wilson with the effective n. Source: Cochran (1977), chapter 5.
    """
    check_confidence(confidence)
    strata = [_checked(stratum) for stratum in strata]
    population = sum(s.population for s in strata)
    covered = [s for s in strata if s.n > 0]
    size = sum(s.population for s in covered)
    if not covered:
        return StratifiedEstimate(None, None, None, None, None, reason="no_cases", population=population)
    p = sum(s.population * s.x / s.n for s in covered) / size
    df = sum(s.n for s in covered) - len(covered)
    if any(s.n == 1 < s.population for s in covered):
        reason = "one_case_in_a_stratum"
        return StratifiedEstimate(p, None, None, None, None, reason=reason, covered=size, population=population)
    variance = sum(_variance(s, size) for s in covered)
    low, high, method = _stratified_ends(p, variance, covered, confidence)
    se = math.sqrt(variance)
    return StratifiedEstimate(p, se, df, low, high, covered=size, population=population, method=method)


def _checked(stratum: Stratum) -> Stratum:
    check_share(stratum.x, stratum.n)
    check_count(stratum.population, "population")
    if stratum.n > stratum.population:
        raise BadInput(
            f"A stratum of {stratum.population} cases cannot have {stratum.n} graded ones.", field="population"
        )
    return stratum


def _variance(stratum: Stratum, size: int) -> float:
    """One stratum's part of the variance; nothing when every case of it was graded."""
    if stratum.n == stratum.population:
        return 0.0
    p = stratum.x / stratum.n
    weight = stratum.population / size
    left = 1 - stratum.n / stratum.population
    return weight * weight * left * p * (1 - p) / (stratum.n - 1)


def _stratified_ends(
    p: float, variance: float, covered: Sequence[Stratum], confidence: float
) -> tuple[float, float, str]:
    n = sum(s.n for s in covered)
    if all(s.n == s.population for s in covered):
        return p, p, "census"
    if variance == 0:
        return (*_holding(p, wilson_ends(p, n, confidence)), "wilson")
    if p < _RARE or p > 1 - _RARE:
        return (*_holding(p, wilson_ends(p, p * (1 - p) / variance, confidence)), "wilson_effective_n")
    half = t_two_sided_quantile(confidence, n - len(covered)) * math.sqrt(variance)
    return max(p - half, 0.0), min(p + half, 1.0), "t"


def _holding(p: float, ends: tuple[float, float]) -> tuple[float, float]:
    """The same ends, moved by a rounding error at most so that they hold p itself (0 and 1 exactly)."""
    return min(ends[0], p), max(ends[1], p)
