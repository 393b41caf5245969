"""Agreement of two blind graders, and what moderation changed (docs/statistics.md, "Agreement").

The two are never mixed: blind double grading measures agreement, moderation (the first grade in sight) measures
challenge. Coefficients weigh a disagreement by its distance on the whole grade scale, used or not. Kappa is never
shown alone: with one common grade it collapses while agreement stays high (Feinstein and Cicchetti 1990).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditflow.domain.errors import BadInput
from auditflow.statistics.alpha import Alpha, krippendorff, krippendorff_alpha
from auditflow.statistics.crossing import sign_test
from auditflow.statistics.severity import Severity, severity
from auditflow.statistics.shapes import Figures, check_square

__all__ = [
    "Agreement",
    "Alpha",
    "ModerationShift",
    "Severity",
    "krippendorff",
    "krippendorff_alpha",
    "moderation_shift",
    "severity",
    "two_coefficients",
    "two_graders",
    "weight_table",
]

_GOOD = 3
_POWERS = {"linear": 1, "quadratic": 2}


@dataclass(frozen=True)
class Agreement(Figures):
    """Agreement of two graders over n cases.

    `exact` counts cases with the same grade, `adjacent` those within one grade (the exact ones included), `pa`
    is the weighted share of agreement; kappa is Cohen's, ac Gwet's, alpha Krippendorff's with the same weights.
    Coefficients that are undefined are None: reason no_cases, one_case or one_grade_only.
    """

    n: int
    exact: int
    adjacent: int
    pa: float | None
    kappa: float | None
    kappa_se: float | None
    ac: float | None
    ac_se: float | None
    alpha: float | None
    reason: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class ModerationShift(Figures):
    """How many of n moderated grades were raised, left unchanged and lowered, and the mean shift in grades.

    `sign_p` is the exact sign test; `good_before` and `good_after` count good or better.
    """

    n: int
    raised: int
    unchanged: int
    lowered: int
    mean: float | None
    sign_p: float
    good_before: int
    good_after: int
    reason: str | None = field(default=None, kw_only=True)


def moderation_shift(pairs: Sequence[tuple[int, int]]) -> ModerationShift:
    """Compare (grade before moderation, grade after) of the moderated cases; none at all gives mean None."""
    moves = [after - before for before, after in pairs]
    raised, lowered = sum(move > 0 for move in moves), sum(move < 0 for move in moves)
    return ModerationShift(
        len(moves),
        raised,
        len(moves) - raised - lowered,
        lowered,
        sum(moves) / len(moves) if moves else None,
        sign_test(raised, lowered),
        sum(before >= _GOOD for before, _ in pairs),
        sum(after >= _GOOD for _, after in pairs),
        reason=None if moves else "no_cases",
    )


def weight_table(size: int, weights: str) -> list[list[float]]:
    """Agreement weights: identity 1 or 0, linear 1 − |i − j|/(k − 1), quadratic 1 − (i − j)²/(k − 1)²."""
    if weights == "identity":
        return [[float(i == j) for j in range(size)] for i in range(size)]
    if weights not in _POWERS:
        raise BadInput(f"Weights are identity, linear or quadratic, not {weights}.", field="weights")
    power = _POWERS[weights]
    return [[1 - (abs(i - j) / (size - 1)) ** power for j in range(size)] for i in range(size)]


def two_graders(table: Sequence[Sequence[int]], weights: str = "quadratic") -> Agreement:
    """Agreement from a table of first grader (rows) × second grader (columns) over the whole grade scale.

    kappa: Cohen (1960, 1968), its standard error Fleiss, Cohen and Everitt (1969); ac: Gwet (2008), AC1 with
    identity weights and AC2 otherwise; alpha: Krippendorff (2011) for two graders without gaps.
    """
    rows = check_square(table)
    if len(rows) < 2:
        raise BadInput("The grade scale must have at least two grades.", field="table")
    w = weight_table(len(rows), weights)
    n = sum(map(sum, rows))
    exact, adjacent = _within(rows, 0), _within(rows, 1)
    if n <= 1:
        why = "one_case" if n else "no_cases"
        return Agreement(n, exact, adjacent, None, None, None, None, None, None, reason=why)
    p = [[count / n for count in row] for row in rows]
    pa = _weighted(w, p)
    ac, ac_se = _gwet(w, p, pa, n)
    kappa, kappa_se = _cohen(w, p, pa, n)
    reason = "one_grade_only" if kappa is None else None
    return Agreement(n, exact, adjacent, pa, kappa, kappa_se, ac, ac_se, _alpha(w, rows, pa), reason=reason)


def two_coefficients(rows: Sequence[Sequence[int]], w: Sequence[Sequence[float]], n: int) -> tuple[float, float | None]:
    """Gwet's coefficient and kappa alone, of a table of n > 1 cases: for thousands of tables, one after another."""
    k = range(len(rows))
    r, c = list(map(sum, rows)), list(map(sum, zip(*rows, strict=True)))
    pa = sum([a * b for weights, counts in zip(w, rows, strict=True) for a, b in zip(weights, counts, strict=True)]) / n
    used = sum([(r[i] + c[i]) ** 2 for i in k]) / (4 * n * n)
    chance = sum(map(sum, w)) / (len(rows) * (len(rows) - 1)) * (1 - used)
    ac = (pa - chance) / (1 - chance)
    if any(rows[i][i] == n for i in k):
        return ac, None
    pe = sum([r[i] * sum([a * b for a, b in zip(w[i], c, strict=True)]) for i in k if r[i]]) / (n * n)
    return ac, (pa - pe) / (1 - pe)


def _within(rows: list[list[int]], steps: int) -> int:
    return sum(count for i, row in enumerate(rows) for j, count in enumerate(row) if abs(i - j) <= steps)


def _weighted(w: list[list[float]], p: list[list[float]]) -> float:
    products = (a * b for weights, shares in zip(w, p, strict=True) for a, b in zip(weights, shares, strict=True))
    return min(math.fsum(products), 1.0)


def _margins(p: list[list[float]]) -> tuple[list[float], list[float]]:
    return [math.fsum(row) for row in p], [math.fsum(column) for column in zip(*p, strict=True)]


def _one_grade_only(p: list[list[float]]) -> bool:
    """Whether all cases lie in one cell of the diagonal: then no coefficient corrected by margins exists."""
    return any(p[i][i] == 1 for i in range(len(p)))


def _cohen(w: list[list[float]], p: list[list[float]], pa: float, n: int) -> tuple[float | None, float | None]:
    """Weighted kappa and its large-sample standard error (not the one under the hypothesis of no agreement)."""
    if _one_grade_only(p):
        return None, None
    k = range(len(p))
    r, c = _margins(p)
    pe = math.fsum(w[i][j] * r[i] * c[j] for i in k for j in k)
    row_means = [math.fsum(w[i][j] * c[j] for j in k) for i in k]
    column_means = [math.fsum(w[i][j] * r[i] for i in k) for j in k]
    kappa = (pa - pe) / (1 - pe)
    spread = math.fsum(p[i][j] * (w[i][j] - (row_means[i] + column_means[j]) * (1 - kappa)) ** 2 for i in k for j in k)
    variance = (spread - (kappa - pe * (1 - kappa)) ** 2) / (n * (1 - pe) ** 2)
    return kappa, math.sqrt(max(variance, 0.0))


def _gwet(w: list[list[float]], p: list[list[float]], pa: float, n: int) -> tuple[float, float]:
    """Gwet's coefficient and its standard error for an unlimited population of cases."""
    k = range(len(p))
    r, c = _margins(p)
    used = [(r[i] + c[i]) / 2 for i in k]
    scale = math.fsum(map(math.fsum, w)) / (len(p) * (len(p) - 1))
    pe = scale * math.fsum(share * (1 - share) for share in used)
    ac = (pa - pe) / (1 - pe)
    spread = math.fsum(
        p[i][j] * (w[i][j] - 2 * (1 - ac) * scale * (1 - (used[i] + used[j]) / 2)) ** 2 for i in k for j in k
    )
    variance = (spread - (pa - 2 * (1 - ac) * pe) ** 2) / (n * (1 - pe) ** 2)
    return ac, math.sqrt(max(variance, 0.0))


def _alpha(w: list[list[float]], rows: list[list[int]], pa: float) -> float | None:
    """Alpha for two graders: 1 − observed / expected disagreement among all 2n grades pooled."""
    k = range(len(rows))
    pooled = [sum(rows[i]) + sum(row[i] for row in rows) for i in k]
    total = sum(pooled)
    expected = math.fsum((1 - w[i][j]) * pooled[i] * pooled[j] for i in k for j in k) / (total * (total - 1))
    return None if expected <= 0 else 1 - (1 - pa) / expected
