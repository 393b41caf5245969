"""Monthly measures over time: XmR charts with the NHS rules "MDC-7/7".

Limits come from the average moving range with the constant 2.66, pinned (NIST and R's qcc use 3/1.128). A missing
month (None) is a gap: no moving range is taken across it, but a run goes on. Sources: Wheeler, Understanding
Variation; NHS England, Making Data Count; NHSRplotthedots 0.2.2 for which points are coloured.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from auditflow.domain.errors import BadInput
from auditflow.statistics.runs import Sides, label_runs
from auditflow.statistics.shapes import Figures, check_share
from auditflow.statistics.signals import judge

__all__ = [
    "CONSTANT",
    "FULL_LIMITS",
    "LEAST_AFTER_RECALCULATION",
    "LEAST_FOR_ICONS",
    "RULES",
    "Chart",
    "Limits",
    "PChart",
    "assurance",
    "chart",
    "nhs_rules",
    "p_chart",
    "variation",
    "xmr",
]

RULES = "MDC-7/7"
LEAST_FOR_ICONS = 10
LEAST_AFTER_RECALCULATION = 8
FULL_LIMITS = 12
CONSTANT = 2.66
_SCREEN = 3.267
_BIAS = 1.128  # mean range of two normal values, in standard deviations
_DIRECTIONS = ("up", "down")


@dataclass(frozen=True)
class Limits(Figures):
    """Mean, average moving range and process limits, unclipped.

    Fewer than two neighbouring points give no limits (reason too_few_points; no points at all no_points).
    """

    mean: float | None
    mr_bar: float | None
    lower: float | None
    upper: float | None
    reason: str | None = field(default=None, kw_only=True)
    points: int = field(default=0, kw_only=True)

    @property
    def trial(self) -> bool:
        """Whether the limits rest on fewer than 12 points and may still move a good deal."""
        return self.points < FULL_LIMITS

    def clipped(self, low: float = 0.0, high: float = 1.0) -> tuple[float | None, float | None]:
        """The limits for display, kept between the least and the greatest possible value."""
        return (
            None if self.lower is None else max(self.lower, low),
            None if self.upper is None else min(self.upper, high),
        )


@dataclass(frozen=True)
class PChart(Figures):
    """Mean share, and for each period its limits; None where nothing was counted."""

    mean: float | None
    lower: list[float | None]
    upper: list[float | None]
    values: list[float | None] = field(default_factory=list, kw_only=True)
    reason: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Chart:
    """A whole chart: per point its value, label and limits; the icons; and what was asked for.

    `starts` are the places where limits were calculated anew. `rules` names the version of the rules.
    """

    values: list[float | None]
    labels: list[str | None]
    limits: list[Limits]
    starts: list[int]
    variation: str | None
    assurance: str | None
    target: float | None = None
    better: str | None = None
    rules: str = RULES


def xmr(values: Sequence[float | None], screen: bool = False) -> Limits:
    """Limits of an XmR chart: mean ± 2.66 × the average moving range.

    `screen` leaves out moving ranges above 3.267 times their average and averages again, once.
    """
    known = [value for value in values if value is not None]
    if not known:
        return Limits(None, None, None, None, reason="no_points")
    mean = math.fsum(known) / len(known)
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if not ranges:
        return Limits(mean, None, None, None, reason="too_few_points", points=len(known))
    average = math.fsum(ranges) / len(ranges)
    if screen:
        kept = [size for size in ranges if size <= _SCREEN * average]
        average = math.fsum(kept) / len(kept)
    half = CONSTANT * average
    return Limits(mean, average, mean - half, mean + half, points=len(known))


def nhs_rules(
    values: Sequence[float | None], shift: int = 7, trend: int = 7, *, screen: bool = False
) -> list[str | None]:
    """What each point of one segment signals, None for a gap.

    above_limit, below_limit · trend_up, trend_down (`trend` points strictly rising or falling) ·
    two_of_three_high, two_of_three_low (two of three beyond two thirds of the way to a limit, all three on that
    side; those two are labelled) · shift_high, shift_low (`shift` points on one side; the mean itself breaks the
    run) · common. Where several apply the first of this order stands.
    """
    if shift < 2 or trend < 2:
        raise BadInput("A shift and a trend need at least two points.", field="shift")
    limits = xmr(values, screen)
    places = [place for place, value in enumerate(values) if value is not None]
    known = [value for value in values if value is not None]
    labels: list[str | None] = [None] * len(values)
    if limits.mean is None:
        return labels
    sides = Sides(limits.mean, CONSTANT * limits.mr_bar if limits.mr_bar else None)
    for place, label in zip(places, label_runs(known, sides, shift, trend), strict=True):
        labels[place] = label
    return labels


def variation(labels: Sequence[str | None], better: str | None) -> str | None:
    """The variation icon, from the last point: improvement, concern, common or neutral (no direction is good).

    `better` is up, down or None. Fewer than 10 points: None.
    """
    _check_direction(better)
    known = [label for label in labels if label is not None]
    if len(known) < LEAST_FOR_ICONS:
        return None
    return judge(known[-1], better)


def assurance(target: float | None, limits: Limits, better: str | None) -> str | None:
    """The assurance icon: consistent_pass, consistent_fail, or inconsistent (hit or miss).

    None without a target, a direction or limits.
    """
    _check_direction(better)
    if target is None or better is None or limits.lower is None or limits.upper is None:
        return None
    if target > limits.upper:
        return "consistent_fail" if better == "up" else "consistent_pass"
    if target < limits.lower:
        return "consistent_pass" if better == "up" else "consistent_fail"
    return "inconsistent"


def _check_direction(better: str | None) -> None:
    if better is not None and better not in _DIRECTIONS:
        raise BadInput(f"Better is up or down, not {better}.", field="better")


def chart(
    values: Sequence[float | None],
    *,
    starts: Sequence[int] = (0,),
    target: float | None = None,
    better: str | None = None,
    screen: bool = False,
) -> Chart:
    """An XmR chart with limits calculated anew at each of `starts` (places in `values`, the first is 0).

    Icons come from the last point and the last limits and need 10 points there. A target without a direction,
    starts out of order, or fewer than 8 points after a recalculation are BadInput.
    """
    if target is not None and better is None:
        raise BadInput("Say whether up or down is better: a target needs a direction.", field="better")
    segments = _segments(values, starts)
    labels = [label for segment in segments for label in nhs_rules(segment, screen=screen)]
    limits = [xmr(segment, screen) for segment in segments]
    per_point = [limit for limit, segment in zip(limits, segments, strict=True) for _ in segment]
    last = limits[-1]
    enough = last.points >= LEAST_FOR_ICONS
    return Chart(
        list(values),
        labels,
        per_point,
        list(starts),
        variation(labels[starts[-1] :], better),
        assurance(target, last, better) if enough else None,
        target,
        better,
    )


def _segments(values: Sequence[float | None], starts: Sequence[int]) -> list[Sequence[float | None]]:
    ordered = len(starts) > 0 and starts[0] == 0 and all(a < b for a, b in pairwise(starts))
    if not ordered or (len(starts) > 1 and starts[-1] >= len(values)):
        raise BadInput("Recalculations must be in order, the first at the first point.", field="starts")
    segments = [values[start:end] for start, end in pairwise([*starts, len(values)])]
    for segment in segments[1:]:
        if sum(value is not None for value in segment) < LEAST_AFTER_RECALCULATION:
            raise BadInput("Limits are calculated anew only with at least 8 points after.", field="starts")
    return segments


def p_chart(x: Sequence[int], n: Sequence[int], *, laney: bool = False) -> PChart:
    """Limits p̄ ± 3 √(p̄(1 − p̄)/nᵢ) for x of n in each period, clipped to 0–1; n = 0 is a gap.

    Too tight for n in the hundreds: use `xmr` of the shares, or `laney` (Laney's p′, limits widened by the
    variation between periods). Sources: Montgomery, Introduction to Statistical Quality Control; Laney (2002).
    """
    if len(x) != len(n):
        raise BadInput("Numerators and denominators must be equally many.", field="denominator")
    for count, size in zip(x, n, strict=True):
        check_share(count, size)
    total = sum(n)
    if total == 0:
        gaps: list[float | None] = [None] * len(n)
        return PChart(None, gaps, list(gaps), values=list(gaps), reason="no_cases")
    mean = sum(x) / total
    values = [count / size if size else None for count, size in zip(x, n, strict=True)]
    sds = [math.sqrt(mean * (1 - mean) / size) if size else None for size in n]
    width = 3 * (_between_periods(values, sds, mean) if laney else 1.0)
    lower = [None if sd is None else max(mean - width * sd, 0.0) for sd in sds]
    upper = [None if sd is None else min(mean + width * sd, 1.0) for sd in sds]
    return PChart(mean, lower, upper, values=values)


def _between_periods(values: list[float | None], sds: list[float | None], mean: float) -> float:
    """How much more than binomially the shares vary: the average moving range of z scores over 1.128."""
    scores = [(v - mean) / sd if v is not None and sd else None for v, sd in zip(values, sds, strict=True)]
    average = xmr(scores).mr_bar
    return 1.0 if average is None else average / _BIAS
