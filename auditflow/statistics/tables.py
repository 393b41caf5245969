"""Grades counted: distributions and 4 × 4 tables."""

from collections import Counter
from collections.abc import Sequence

from auditflow.domain.grades import Grade

__all__ = ["Figures", "count_grades", "grade_table"]

Figures = dict[str, object]

_BEST_FIRST = [(grade, grade.short_name) for grade in sorted(Grade, reverse=True)]


def count_grades(grades: Sequence[Grade]) -> dict[str, int]:
    """How many cases have each grade, best first, by the grade's short name."""
    counts = Counter(grades)
    return {name: counts[grade] for grade, name in _BEST_FIRST}


def grade_table(pairs: Sequence[tuple[Grade, Grade]]) -> list[list[int]]:
    """The 4 × 4 table of pairs: rows the first grade, columns the second, Inadequate to Outstanding."""
    table = [[0] * len(Grade) for _ in Grade]
    for first, second in pairs:
        table[first - 1][second - 1] += 1
    return table
