"""Intervals of agreement coefficients: analytic from 20 cases, by seeded resampling of cases below that."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from auditflow.statistics.agreement import two_coefficients, two_graders, weight_table
from auditflow.statistics.distributions import z_for
from auditflow.statistics.estimates import Interval
from auditflow.statistics.shapes import Figures, check_confidence

__all__ = ["AgreementIntervals", "agreement_intervals"]

LEAST_CASES = 10
_ANALYTIC_FROM = 20
_RESAMPLES = 2000
_SEED = 20081  # any fixed number: the same table always gives the same interval
_TOO_FEW = Interval(None, None, reason="too_few_cases")
_ONE_GRADE = Interval(None, None, reason="one_grade_only")


@dataclass(frozen=True)
class AgreementIntervals(Figures):
    """Intervals of Gwet's coefficient and of kappa, clipped to −1 to 1; `method` is analytic or bootstrap."""

    ac: Interval
    kappa: Interval
    method: str | None = field(default=None, kw_only=True)


def agreement_intervals(
    table: Sequence[Sequence[int]], weights: str = "quadratic", confidence: float = 0.95
) -> AgreementIntervals:
    """Intervals for a table of first × second grader.

    Below 10 cases counts are shown only: None with reason too_few_cases. From 10 to 19 cases 2,000 seeded
    bootstrap samples of cases, percentile method; from 20 estimate ± z standard errors.
    """
    check_confidence(confidence)
    return _intervals(tuple(map(tuple, table)), weights, confidence)


@lru_cache(maxsize=64)  # resampling takes longer than all the rest of a round's figures, and its table seldom changes
def _intervals(table: tuple[tuple[int, ...], ...], weights: str, confidence: float) -> AgreementIntervals:
    agreed = two_graders(table, weights)
    if agreed.n < LEAST_CASES:
        return AgreementIntervals(_TOO_FEW, _TOO_FEW)
    if agreed.n >= _ANALYTIC_FROM:
        z = z_for(confidence)
        ac, kappa = _around(agreed.ac, agreed.ac_se, z), _around(agreed.kappa, agreed.kappa_se, z)
        return AgreementIntervals(ac, kappa, method="analytic")
    of = weight_table(len(table), weights)
    samples = [two_coefficients(resampled, of, agreed.n) for resampled in _resamples(table, agreed.n)]
    return AgreementIntervals(
        _percentiles(agreed.ac, [ac for ac, _ in samples], confidence),
        _percentiles(agreed.kappa, [kappa for _, kappa in samples], confidence),
        method="bootstrap",
    )


def _around(value: float | None, se: float | None, z: float) -> Interval:
    if value is None or se is None:
        return _ONE_GRADE
    return Interval(max(value - z * se, -1.0), min(value + z * se, 1.0))


def _resamples(table: Sequence[Sequence[int]], n: int) -> list[list[list[int]]]:
    """Tables of n cases drawn with replacement from the cases of a table, always the same ones."""
    import random  # here, because the command line should not pay for it at its start

    source = random.Random(_SEED)  # noqa: S311 - resampling, not a secret
    size = len(table)
    bounds = list(accumulate(count for row in table for count in row))
    places = range(size * size)
    made = []
    for _ in range(_RESAMPLES):
        cells = [0] * (size * size)
        for cell in source.choices(places, cum_weights=bounds, k=n):
            cells[cell] += 1
        made.append([cells[start : start + size] for start in range(0, size * size, size)])
    return made


def _percentiles(
    value: float | None,
    resampled: Sequence[float | None],
    confidence: float,
) -> Interval:
    """The middle `confidence` of the resampled values, those that are undefined left out."""
    figures = sorted(figure for figure in resampled if figure is not None)
    if value is None or not figures:
        return _ONE_GRADE
    tail = int(len(figures) * (1 - confidence) / 2)
    return Interval(max(min(figures[tail], value), -1.0), min(max(figures[-1 - tail], value), 1.0))
