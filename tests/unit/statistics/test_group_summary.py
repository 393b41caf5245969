"""Groups of children side by side: mostly too few to compare, and never a percentage of fewer than ten."""

from __future__ import annotations

from typing import Any

import pytest

from auditflow.statistics.group_summary import group_summary


def group(listed: int, n: int, good: int) -> dict[str, int]:
    return {"listed": listed, "n": n, "good": good}


def test_fewer_than_ten_cases_are_counts_and_too_few_to_compare() -> None:
    found: Any = group_summary([{"Yes": group(60, 7, 2), "No": group(440, 73, 31)}])
    yes, no = sorted(found["groups"], key=lambda row: row["n"])
    assert (yes["p"], yes["low"], yes["reason"]) == (None, None, "too_few_cases")
    assert no["p"] == pytest.approx(31 / 73)
    assert found["sentence"] == "Too few to compare."


def test_ranges_that_overlap_are_too_few_to_compare() -> None:
    found: Any = group_summary([{"Female": group(250, 46, 20), "Male": group(250, 34, 13)}])
    assert found["sentence"] == "Too few to compare: the ranges overlap."


def test_ranges_apart_are_named_the_higher_first() -> None:
    found: Any = group_summary([{"Female": group(1, 100, 20), "Male": group(1, 100, 60)}])
    assert found["sentence"] == "Male lies above Female, and their ranges do not overlap: look at why."


def test_rounds_are_put_together_and_the_list_is_the_newest() -> None:
    rounds = [{"A": group(30, 6, 3), "B": group(70, 9, 1)}, {"A": group(90, 5, 2)}, {"C": group(5, 1, 1)}]
    found: Any = group_summary(rounds)
    assert [(row["group"], row["listed"], row["n"], row["good"]) for row in found["groups"]] == [
        ("A", 30, 11, 5),
        ("B", 70, 9, 1),
        ("C", 0, 1, 1),
    ]
    assert found["groups"][0]["listed_share"] == pytest.approx(0.3)
    assert found["n"] == 21


def test_what_is_not_recorded_is_last_and_compared_with_nothing() -> None:
    found: Any = group_summary([{"": group(10, 100, 90), "Female": group(50, 100, 10)}])
    assert [row["group"] for row in found["groups"]] == ["Female", "Not recorded"]
    assert found["sentence"] == "Too few to compare."


def test_groups_are_not_compared_where_some_kinds_of_case_were_checked_more_often() -> None:
    apart = {"Female": {"listed": 50, "n": 40, "good": 38}, "Male": {"listed": 50, "n": 40, "good": 4}}
    assert "lies above" in str(group_summary([apart])["sentence"])
    told: Any = group_summary([apart], uneven=True)
    assert told["sentence"].startswith("Not compared")
    assert [(row["n"], row["good"], row["p"], row["low"]) for row in told["groups"]] == [
        (40, 38, None, None),
        (40, 4, None, None),
    ]


def test_nothing_at_all() -> None:
    found: Any = group_summary([])
    assert (found["groups"], found["n"]) == ([], 0)
