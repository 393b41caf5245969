"""Intervals of agreement coefficients that hold for few cases (docs/statistics.md, "Agreement").

Estimate ± z standard errors holds the truth in 80 to 92 of 100 samples of 10 to 30 cases: the coefficients lie near
their upper end, where their sampling error is lopsided. On a scale without an end, and with Student's t, it is 92 and
more for Gwet's coefficient (bench/SIMULATION.md).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditflow.statistics.agreement import two_graders
from auditflow.statistics.distributions import t_two_sided_quantile
from auditflow.statistics.estimates import Interval
from auditflow.statistics.shapes import Figures, check_confidence

__all__ = ["AgreementIntervals", "agreement_intervals"]

LEAST_CASES = 10
_NO_SPREAD = 1e-9
_TOO_FEW = Interval(None, None, reason="too_few_cases")
_ONE_GRADE = Interval(None, None, reason="one_grade_only")
_NO_DISAGREEMENT = Interval(None, None, reason="no_disagreement_seen")
_NO_VARIATION = Interval(None, None, reason="no_variation")


@dataclass(frozen=True)
class AgreementIntervals(Figures):
    """Intervals of Gwet's coefficient and of kappa, from −1 to 1; `method` is transformed_t where there are any."""

    ac: Interval
    kappa: Interval
    method: str | None = field(default=None, kw_only=True)


def agreement_intervals(
    table: Sequence[Sequence[int]], weights: str = "quadratic", confidence: float = 0.95
) -> AgreementIntervals:
    """Intervals for a table of first × second grader.

    Gwet's coefficient by log(1 − AC), kappa by Fisher's z: estimate ± t standard errors on that scale, n − 1 degrees
    of freedom. None with a reason: too_few_cases below 10; no_disagreement_seen, because cases that are all alike
    have no spread to judge by, which would claim certainty; no_variation where every case disagreed alike.
    """
    check_confidence(confidence)
    agreed = two_graders(table, weights)
    if agreed.n < LEAST_CASES:
        return AgreementIntervals(_TOO_FEW, _TOO_FEW)
    if agreed.exact == agreed.n:
        return AgreementIntervals(_NO_DISAGREEMENT, _ONE_GRADE if agreed.kappa is None else _NO_DISAGREEMENT)
    t = t_two_sided_quantile(confidence, agreed.n - 1) * math.sqrt(agreed.n / (agreed.n - 1))
    ac, kappa = _by_distance(agreed.ac, agreed.ac_se, t), _by_fisher(agreed.kappa, agreed.kappa_se, t)
    return AgreementIntervals(ac, kappa, method="transformed_t")


def _by_distance(value: float | None, se: float | None, t: float) -> Interval:
    """Ends by the logarithm of the distance from full agreement."""
    if value is None or se is None or se <= _NO_SPREAD:
        return _NO_VARIATION
    away = 1 - value
    times = math.exp(t * se / away)
    return Interval(max(1 - away * times, -1.0), 1 - away / times)


def _by_fisher(value: float | None, se: float | None, t: float) -> Interval:
    """Ends by Fisher's z, which has neither the one end nor the other."""
    if value is None or se is None or se <= _NO_SPREAD or abs(value) >= 1:
        return _NO_VARIATION
    centre, half = math.atanh(value), t * se / (1 - value * value)
    return Interval(math.tanh(centre - half), math.tanh(centre + half))
