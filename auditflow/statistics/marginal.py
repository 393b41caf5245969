"""Did the whole distribution of grades shift? Stuart–Maxwell and Bhapkar tests of a before × after table."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from auditflow.statistics.distributions import chi_square_tail
from auditflow.statistics.shapes import Figures, check_square

__all__ = ["MarginalHomogeneity", "marginal_homogeneity"]


@dataclass(frozen=True)
class MarginalHomogeneity(Figures):
    """Degrees of freedom, Stuart–Maxwell W and its p, Bhapkar's statistic and its p.

    `bhapkar` is None with reason every_pair_moved_one_way where it would be infinite.
    """

    df: int
    stuart: float
    p_stuart: float
    bhapkar: float | None
    p_bhapkar: float | None
    reason: str | None = field(default=None, kw_only=True)


def marginal_homogeneity(matrix: Sequence[Sequence[int]]) -> MarginalHomogeneity:
    """Test whether the margins of a square table are equal, in whole numbers up to the last step.

    W = d' S⁻¹ d over the grades that any pair moved from or to, df = their number − 1 (less one more for each
    further group of grades between which nothing moved, where S would be singular); Bhapkar is W / (1 − W/n)
    with all n pairs. No moves at all: df 0 and p = 1. Sources: Stuart (1955), Biometrika 42, 412–416;
    Maxwell (1970); Bhapkar (1966), JASA 61, 228–235.
    """
    rows = check_square(matrix)
    n = sum(map(sum, rows))
    kept = [grade for group in _connected(rows) for grade in group[:-1]]
    if not kept:
        return MarginalHomogeneity(0, 0.0, 1.0, 0.0, 1.0)
    top, bottom = _quadratic_form(rows, kept)
    stuart, df = top / bottom, len(kept)
    p_stuart = chi_square_tail(stuart, df)
    left = n * bottom - top
    if left <= 0:
        reason = "every_pair_moved_one_way"
        return MarginalHomogeneity(df, stuart, p_stuart, None, None, reason=reason)
    bhapkar = n * top / left
    return MarginalHomogeneity(df, stuart, p_stuart, bhapkar, chi_square_tail(bhapkar, df))


def _connected(rows: list[list[int]]) -> list[list[int]]:
    """Groups of two or more grades that are linked by moves, directly or through others."""
    left, groups = set(range(len(rows))), []
    while left:
        group, reached = set(), {min(left)}
        while reached:
            i = reached.pop()
            group.add(i)
            reached |= {j for j in left - group if rows[i][j] + rows[j][i] > 0}
        left -= group
        if len(group) > 1:
            groups.append(sorted(group))
    return groups


def _quadratic_form(rows: list[list[int]], kept: list[int]) -> tuple[int, int]:
    """D' S⁻¹ d as a fraction: minus the determinant of S bordered by d, over that of S (Schur complement)."""
    d = [sum(rows[i]) - sum(row[i] for row in rows) for i in kept]
    s = [[_covariance(rows, i, j) for j in kept] for i in kept]
    bordered = [[*row, difference] for row, difference in zip(s, d, strict=True)] + [[*d, 0]]
    return -_determinant(bordered), _determinant(s)


def _covariance(rows: list[list[int]], i: int, j: int) -> int:
    """One entry of S: counts that moved from or to grade i, or minus those between i and j."""
    if i == j:
        return sum(rows[i]) + sum(row[i] for row in rows) - 2 * rows[i][i]
    return -(rows[i][j] + rows[j][i])


def _determinant(matrix: list[list[int]]) -> int:
    """The determinant in whole numbers by Bareiss's elimination.

    No pivot is 0 here: the leading minors are those of S, which is positive definite.
    """
    work, before = [list(row) for row in matrix], 1
    for k in range(len(work) - 1):
        for i in range(k + 1, len(work)):
            for j in range(k + 1, len(work)):
                work[i][j] = (work[i][j] * work[k][k] - work[i][k] * work[k][j]) // before
        before = work[k][k]
    return work[-1][-1]
