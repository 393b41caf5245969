"""Krippendorff's alpha: agreement of any number of graders, with gaps, on four kinds of scale."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditflow.domain.errors import BadInput
from auditflow.statistics.shapes import Figures

__all__ = ["Alpha", "krippendorff", "krippendorff_alpha"]

_METRICS = ("nominal", "ordinal", "interval", "ratio")


@dataclass(frozen=True)
class Alpha(Figures):
    """Alpha; None with reason no_pairs (no case has two grades) or one_grade_only."""

    alpha: float | None
    reason: str | None = field(default=None, kw_only=True)


def krippendorff(ratings_by_grader: Sequence[Sequence[float | None]], metric: str = "ordinal") -> float | None:
    """Alpha of ratings given as one equally long row per grader, None where a grader did not rate.

    None when it is undefined; `krippendorff_alpha` also says why. Source: Krippendorff (2011), Computing
    Krippendorff's alpha-reliability.
    """
    return krippendorff_alpha(ratings_by_grader, metric).alpha


def krippendorff_alpha(ratings_by_grader: Sequence[Sequence[float | None]], metric: str = "ordinal") -> Alpha:
    """The same with the reason when alpha is undefined. Unknown metrics and ragged rows are BadInput."""
    if metric not in _METRICS:
        raise BadInput(f"The metric is one of {', '.join(_METRICS)}, not {metric}.", field="metric")
    if len({len(row) for row in ratings_by_grader}) > 1:
        raise BadInput("Every grader needs one rating, or a gap, for each case.", field="ratings")
    units = [[v for v in unit if v is not None] for unit in zip(*ratings_by_grader, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    totals = Counter(float(value) for unit in units for value in unit)
    if not totals:
        return Alpha(None, reason="no_pairs")
    if len(totals) == 1:
        return Alpha(None, reason="one_grade_only")
    distance = _distances(totals, metric)
    observed = math.fsum(_disagreement(Counter(map(float, unit)), distance) / (len(unit) - 1) for unit in units)
    n = sum(totals.values())
    expected = _disagreement(totals, distance) / (n - 1)
    return Alpha(1 - observed / expected)


def _disagreement(counts: Counter[float], distance: dict[tuple[float, float], float]) -> float:
    """The sum of squared distances over all ordered pairs of different values."""
    return math.fsum(counts[c] * counts[k] * distance[c, k] for c in counts for k in counts if c != k)


def _distances(totals: Counter[float], metric: str) -> dict[tuple[float, float], float]:
    """Squared distances between all values that occur."""
    values = sorted(totals)
    if metric == "ratio" and values[0] < 0:
        raise BadInput("A ratio scale has no values below 0.", field="metric")
    table = {}
    for i, c in enumerate(values):
        for j, k in enumerate(values):
            if metric == "ordinal":
                between = values[min(i, j) : max(i, j) + 1]
                table[c, k] = (sum(totals[g] for g in between) - (totals[c] + totals[k]) / 2) ** 2
            elif metric == "ratio":
                table[c, k] = ((c - k) / (c + k)) ** 2 if c != k else 0.0
            else:
                table[c, k] = float(c != k) if metric == "nominal" else (c - k) ** 2
    return table
