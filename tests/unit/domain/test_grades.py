"""Grades: order, names, reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.grades import Grade, good_or_better, parse_grade

READ = {
    Grade.INADEQUATE: [1, "1", 1.0, "Inadequate", "INADEQUATE", "i", " inadequate "],
    Grade.REQUIRES_IMPROVEMENT: [
        2,
        "2",
        "RI",
        "ri",
        "Requires improvement",
        "requires  improvement",
        "REQUIRES IMPROVEMENT TO BE GOOD",
        "requires_improvement",
        "Requires-Improvement",
    ],
    Grade.GOOD: [3, "3", 3.0, "3.0", "Good", "gOOD", "G", Grade.GOOD],
    Grade.OUTSTANDING: [4, "4", "Outstanding", "o"],
}


@pytest.mark.parametrize(("value", "grade"), [(v, g) for g, values in READ.items() for v in values])
def test_reading_a_grade(value, grade):
    assert parse_grade(value) is Grade.parse(value) is grade


@pytest.mark.parametrize("value", [None, "", "  ", "NA", "na", "N/A", "n/a", "Not applicable", "#N/A"])
def test_not_applicable_is_no_grade(value):
    assert parse_grade(value) is None


@pytest.mark.parametrize(
    "value", ["5", "0", 0, 5, "-1", "3.5", 3.5, "Goodish", "RIG", True, "1 2", "nan", "-RI", "2-3"]
)
def test_anything_else_is_a_sentence_that_names_it(value):
    with pytest.raises(BadInput, match="is not a grade") as refusal:
        parse_grade(value)
    assert str(value) in str(refusal.value)


def test_order_and_names():
    assert sorted([Grade.GOOD, Grade.INADEQUATE, Grade.OUTSTANDING, Grade.REQUIRES_IMPROVEMENT]) == [1, 2, 3, 4]
    assert Grade.REQUIRES_IMPROVEMENT.long_name == "Requires improvement to be good"
    assert Grade.REQUIRES_IMPROVEMENT.short_name == "Requires improvement"
    assert [grade.code for grade in Grade] == ["I", "RI", "G", "O"]


@given(st.sampled_from(Grade))
def test_every_name_reads_back(grade):
    for name in (grade.long_name, grade.short_name, grade.code, grade.name, str(grade.value)):
        assert parse_grade(name.upper()) is parse_grade(name.lower()) is grade


def test_good_or_better():
    assert [grade.good_or_better for grade in Grade] == [False, False, True, True]
    assert good_or_better(3) is True
    assert good_or_better(2) is False
    assert good_or_better(None) is None
