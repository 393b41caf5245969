"""Did practice improve, or did the auditors get kinder? The one place for it (docs/statistics.md, "The claim")."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auditflow.statistics.shapes import Figures

__all__ = ["LEAST_BRIDGE", "LEAST_PAIRS", "DriftAdjusted", "drift_adjusted"]

LEAST_BRIDGE = 10
LEAST_PAIRS = 10
_Z = 1.96
_NO_VARIATION = 1e-12


@dataclass(frozen=True)
class DriftAdjusted(Figures):
    """The change in score of the pairs, less the drift of the auditors' standard, and what may be said of it.

    `claim` is improved, declined, could_be_chance or cannot_tell; with cannot_tell `low` and `high` are None
    and `reason` is too_few_pairs, too_few_bridge_cases or no_variation. `bridge_left_out` counts regraded cases
    without a pair. `change_low` and `change_high` are the interval of the unadjusted change.
    """

    pairs: int
    bridge: int
    change: float | None
    drift: float | None
    drift_low: float | None
    drift_high: float | None
    adjusted: float | None
    low: float | None
    high: float | None
    claim: str
    reason: str | None = field(default=None, kw_only=True)
    bridge_left_out: int = field(default=0, kw_only=True)
    change_low: float | None = field(default=None, kw_only=True)
    change_high: float | None = field(default=None, kw_only=True)


def drift_adjusted(
    before: Mapping[str, float], after: Mapping[str, float], regraded: Mapping[str, float]
) -> DriftAdjusted:
    """Adjusted change = mean(after − before) over the pairs − mean(regraded − before) over the bridge cases.

    Scores by case reference, in grades, as first submitted. Only references in both `before` and `after` are
    pairs, and only pairs count among `regraded`. The variance is var(d)/n + var(r)/m − 2 cov(d, r)/n with the
    covariance over the bridge cases; intervals are ± 1.96 standard deviations. Neither the adjusted interval
    nor that of the drift is given below 10 pairs or 10 bridge cases.
    """
    pairs = sorted(ref for ref in before if ref in after)
    bridge = [ref for ref in pairs if ref in regraded]
    d = [after[ref] - before[ref] for ref in pairs]
    r = [regraded[ref] - before[ref] for ref in bridge]
    change, drift = _mean(d), _mean(r)
    adjusted = None if change is None or drift is None else change - drift
    change_low, change_high = _ends(change, _variance(d) / len(d) if len(d) >= LEAST_PAIRS else None)
    enough = len(d) >= LEAST_PAIRS and len(r) >= LEAST_BRIDGE
    drift_low, drift_high = _ends(drift, _variance(r) / len(r) if enough else None)
    variance = _adjusted_variance(d, r, [after[ref] - before[ref] for ref in bridge]) if enough else None
    reason = _why_not(len(d), len(r), variance)
    low, high = _ends(adjusted, None if reason else variance)
    return DriftAdjusted(
        len(d),
        len(r),
        change,
        drift,
        drift_low,
        drift_high,
        adjusted,
        low,
        high,
        _claim(low, high),
        reason=reason,
        bridge_left_out=len(regraded) - len(bridge),
        change_low=change_low,
        change_high=change_high,
    )


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _variance(values: Sequence[float]) -> float:
    return _covariance(values, values)


def _covariance(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Sample covariance with n − 1 (at least two values)."""
    centre_x, centre_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    products = ((x - centre_x) * (y - centre_y) for x, y in zip(xs, ys, strict=True))
    return math.fsum(products) / (len(xs) - 1)


def _adjusted_variance(d: Sequence[float], r: Sequence[float], d_of_bridge: Sequence[float]) -> float:
    return _variance(d) / len(d) + _variance(r) / len(r) - 2 * _covariance(d_of_bridge, r) / len(d)


def _why_not(pairs: int, bridge: int, variance: float | None) -> str | None:
    if pairs < LEAST_PAIRS:
        return "too_few_pairs"
    if bridge < LEAST_BRIDGE:
        return "too_few_bridge_cases"
    return "no_variation" if variance is None or variance <= _NO_VARIATION else None


def _ends(centre: float | None, variance: float | None) -> tuple[float | None, float | None]:
    if centre is None or variance is None:
        return None, None
    half = _Z * math.sqrt(max(variance, 0.0))
    return centre - half, centre + half


def _claim(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "cannot_tell"
    if low > 0:
        return "improved"
    return "declined" if high < 0 else "could_be_chance"
