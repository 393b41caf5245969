"""Blind second gradings of several rounds together, where one round has too few for the coefficients."""

from collections.abc import Iterable, Sequence

from auditflow.domain.grades import Grade
from auditflow.statistics.agreement_summary import agreement_summary
from auditflow.statistics.tables import Figures

__all__ = ["pooled_agreement"]


def pooled_agreement(tables: Iterable[Sequence[Sequence[int]]]) -> Figures:
    """The figures of agreement over the tables of several rounds (first grade by second, Inadequate first)."""
    pairs = [
        (first, second)
        for table in tables
        for first in Grade
        for second in Grade
        for _ in range(table[first - 1][second - 1])
    ]
    return agreement_summary(pairs)
