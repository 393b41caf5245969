"""Grades counted: distributions and 4 × 4 tables."""

from collections.abc import Sequence

from auditflow.domain.grades import Grade

__all__ = ["Figures", "count_grades", "grade_table"]

Figures = dict[str, object]


def count_grades(grades: Sequence[Grade]) -> dict[str, int]:
    """How many cases have each grade, best first, by the grade's short name."""
    return {grade.short_name: sum(g == grade for g in grades) for grade in sorted(Grade, reverse=True)}


def grade_table(pairs: Sequence[tuple[Grade, Grade]]) -> list[list[int]]:
    """The 4 × 4 table of pairs: rows the first grade, columns the second, Inadequate to Outstanding."""
    table = [[0] * len(Grade) for _ in Grade]
    for first, second in pairs:
        table[first - 1][second - 1] += 1
    return table
