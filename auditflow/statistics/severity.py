"""How strict or lenient each auditor is: private figures for the QA lead and the auditor, never a league table.

Only meaningful when cases are allocated at random. The input is each grade less the mean grade of the same case
type and round; what comes out is shrunken towards the middle, so that few cases cannot make an extreme auditor.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from auditflow.statistics.shapes import Figures

__all__ = ["Severity", "severity"]

_Z = 1.959964
_LARGE_EFFECT = 0.5
_ENOUGH_CASES = 10
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Severity(Figures):
    """Per auditor: the shrunken effect in grades (positive is lenient) and the shrinkage factor applied.

    `intervals` are ± 1.96 conditional standard deviations; `flagged` lists auditors whose effect is larger than
    half a grade, rests on 10 cases or more, and whose interval leaves out 0. `centre`, `sd_between` and
    `sd_within` describe the model. Without two auditors and one repeated case: empty, with a reason.
    """

    effects: dict[Hashable, float]
    shrinkage: dict[Hashable, float]
    intervals: dict[Hashable, tuple[float, float]] = field(default_factory=dict, kw_only=True)
    flagged: tuple[Hashable, ...] = field(default=(), kw_only=True)
    centre: float | None = field(default=None, kw_only=True)
    sd_between: float | None = field(default=None, kw_only=True)
    sd_within: float | None = field(default=None, kw_only=True)
    reason: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class _Group:
    """One auditor's values, boiled down: how many, their mean, their squares around it."""

    m: int
    mean: float
    squares: float


def severity(groups: Mapping[Hashable, Sequence[float]] | Sequence[Sequence[float]]) -> Severity:
    """Estimate each auditor's difference from what was expected, by a random-intercept model (REML).

    `groups` maps an auditor to differences from expected (a list of lists is keyed by its places). The effect is
    shrinkage × (mean − centre), with shrinkage σ_b² / (σ_b² + σ_w²/m). Reasons when undefined: too_few_auditors,
    too_few_cases. Source: Bates et al. (2015), Journal of Statistical Software 67, for the criterion.
    """
    named = dict(groups) if isinstance(groups, Mapping) else dict(enumerate(groups))
    summaries = {name: _summary(values) for name, values in named.items() if len(values) > 0}
    if len(summaries) < 2:
        return Severity({}, {}, reason="too_few_auditors")
    if sum(g.m for g in summaries.values()) == len(summaries):
        return Severity({}, {}, reason="too_few_cases")
    return _fitted(summaries)


def _summary(values: Sequence[float]) -> _Group:
    mean = math.fsum(values) / len(values)
    return _Group(len(values), mean, math.fsum((value - mean) ** 2 for value in values))


def _fitted(groups: dict[Hashable, _Group]) -> Severity:
    all_groups = list(groups.values())
    ratio = _best_ratio(all_groups)
    centre, within = _centre_and_within(all_groups, ratio)
    between = ratio * within
    shrinkage = {name: ratio * g.m / (1 + ratio * g.m) for name, g in groups.items()}
    effects = {name: shrinkage[name] * (g.mean - centre) for name, g in groups.items()}
    half = {name: _Z * math.sqrt(between * (1 - shrinkage[name])) for name in groups}
    intervals = {name: (effects[name] - half[name], effects[name] + half[name]) for name in groups}
    flagged = tuple(name for name, g in groups.items() if _stands_out(effects[name], half[name], g.m))
    return Severity(
        effects,
        shrinkage,
        intervals=intervals,
        flagged=flagged,
        centre=centre,
        sd_between=math.sqrt(between),
        sd_within=math.sqrt(within),
    )


def _stands_out(effect: float, half: float, cases: int) -> bool:
    return abs(effect) > _LARGE_EFFECT and cases >= _ENOUGH_CASES and abs(effect) > half


def _centre_and_within(groups: Sequence[_Group], ratio: float) -> tuple[float, float]:
    """The weighted centre and the residual variance for a given ratio σ_b²/σ_w²."""
    weights = [g.m / (1 + ratio * g.m) for g in groups]
    centre = math.fsum(w * g.mean for w, g in zip(weights, groups, strict=True)) / math.fsum(weights)
    rest = math.fsum(w * (g.mean - centre) ** 2 for w, g in zip(weights, groups, strict=True))
    n = sum(g.m for g in groups)
    return centre, (math.fsum(g.squares for g in groups) + rest) / (n - 1)


def _best_ratio(groups: Sequence[_Group]) -> float:
    """The ratio σ_b²/σ_w² that minimises the REML criterion, searched on a scale that holds 0 and infinity."""
    if math.fsum(g.squares for g in groups) == 0:
        return 0.0 if len({g.mean for g in groups}) == 1 else 1e12
    n = sum(g.m for g in groups)

    def criterion(t: float) -> float:
        ratio = t / (1 - t)
        _, within = _centre_and_within(groups, ratio)
        spread = math.fsum(math.log1p(ratio * g.m) for g in groups)
        return spread + math.log(math.fsum(g.m / (1 + ratio * g.m) for g in groups)) + (n - 1) * math.log(within)

    t = _lowest(criterion)
    return t / (1 - t) if criterion(t) < criterion(0.0) else 0.0


def _lowest(criterion: Callable[[float], float]) -> float:
    """Where a function of 0 ≤ t < 1 is least: the best of 200 places, then golden-section search around it."""
    step = 1 / 200
    start = min((i * step for i in range(200)), key=criterion)
    low, high = max(start - step, 0.0), min(start + step, 1 - 1e-9)
    while high - low > 1e-12:
        one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, two) if criterion(one) <= criterion(two) else (one, high)
    return (low + high) / 2
