"""What is said of strict and lenient auditors."""

from __future__ import annotations

from auditflow.domain.graded import FirstGrade
from auditflow.statistics.severity_summary import severity_summary


def grades(auditor: str, values: list[int], *, by_hand: bool = False, kind: str = "in need") -> list[FirstGrade]:
    return [FirstGrade(auditor, 1, kind, value, by_hand) for value in values]


STRICT, FAIR, OTHER = [1, 2] * 10, [2, 3] * 10, [2, 3] * 10
ROUND = grades("strict", STRICT) + grades("fair", FAIR) + grades("other", OTHER)


def test_a_stricter_auditor_is_named_with_the_size_and_its_range() -> None:
    found = severity_summary(ROUND)["auditors"]
    assert isinstance(found, dict)
    strict = found["strict"]
    assert strict["sentence"].startswith("20 cases: stricter than expected by 0.6 of a grade (")
    assert strict["flagged"]
    assert strict["high"] < 0
    assert not found["fair"]["flagged"]


def test_expected_is_the_same_kind_of_case_in_the_same_round() -> None:
    hard = grades("a", [1] * 12, kind="protection") + grades("b", [1] * 12, kind="protection")
    found = severity_summary(hard + grades("c", [3] * 12) + grades("b", [3] * 12))["auditors"]
    assert isinstance(found, dict)
    assert {one["effect"] for one in found.values()} == {0.0}, "hard cases make nobody strict"


def test_few_cases_and_few_auditors_are_not_told() -> None:
    found = severity_summary(ROUND + grades("new", [1] * 9))["auditors"]
    assert isinstance(found, dict)
    assert (found["new"]["effect"], found["new"]["sentence"]) == (None, "9 cases: too few to tell.")
    two = severity_summary(grades("strict", STRICT) + grades("fair", FAIR))
    assert two["reason"] == "too_few_auditors"
    assert isinstance(two["auditors"], dict)
    assert all(one["effect"] is None for one in two["auditors"].values())


def test_cases_given_by_hand_are_left_out_and_with_most_of_them_the_round() -> None:
    some = severity_summary(ROUND + grades("strict", [1] * 20, by_hand=True))
    assert isinstance(some["auditors"], dict)
    assert (some["auditors"]["strict"]["cases"], some["by_hand"]) == (20, 20)
    most = severity_summary(ROUND + grades("strict", [1] * 61, by_hand=True))
    assert most["auditors"] == {}
    assert most["reason"] == "too_few_auditors"
