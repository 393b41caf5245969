"""Several rounds of different cases: what may be said of them, and from how many."""

from __future__ import annotations

from typing import Any

import pytest

from auditflow.statistics.estimates import wilson
from auditflow.statistics.trend_summary import TrendPoint, trend_summary


def point(good: int, n: int, name: str = "Round") -> TrendPoint:
    interval = wilson(good, n)
    return TrendPoint(name, good, n, good / n if n else None, interval.low, interval.high)


def test_fewer_than_four_rounds_are_no_trend() -> None:
    found: Any = trend_summary([point(10, 80), point(30, 80), point(60, 80)])
    assert (found["z"], found["p"], found["reason"]) == (None, None, "too_few_rounds")
    assert found["sentence"].startswith("3 rounds are too few to tell a trend: look at how the ranges overlap.")


def test_the_test_is_cochran_armitage() -> None:
    """Numbers of R's prop.trend.test(c(83, 90, 129, 70), c(86, 93, 136, 82)): chi-squared 8.2249, its smokers' data."""
    found: Any = trend_summary([point(83, 86), point(90, 93), point(129, 136), point(70, 82)])
    assert found["z"] ** 2 == pytest.approx(8.2249, abs=5e-5)
    assert found["sentence"].startswith(
        "Over 4 rounds the share of cases good or better fell, by more than chance alone would explain."
    )


def test_a_small_rise_could_be_chance() -> None:
    found: Any = trend_summary([point(26, 80), point(27, 80), point(26, 80), point(29, 80)])
    assert found["sentence"].startswith(
        "Over 4 rounds the share of cases good or better rose a little; that could be chance."
    )


@pytest.mark.parametrize("good", [0, 20])
def test_rounds_that_are_all_alike_neither_rose_nor_fell(good: int) -> None:
    found: Any = trend_summary([point(good, 20)] * 5)
    assert (found["p"], found["reason"]) == (None, "all_shares_equal")
    assert "neither rose nor fell" in found["sentence"]


def test_a_round_without_cases_is_left_out() -> None:
    found: Any = trend_summary([point(0, 0), point(5, 20), point(6, 20), point(7, 20)])
    assert len(found["points"]) == 3
    assert found["reason"] == "too_few_rounds"
    nothing: Any = trend_summary([])
    assert nothing["points"] == []


def test_a_weighted_round_has_no_test_that_could_contradict_its_picture() -> None:
    """Plain counts rise from 10 to 40 of 80 while the weighted shares that are shown fall."""
    counts, shares = (10, 20, 30, 40), (0.5, 0.4, 0.3, 0.2)
    rounds = [
        TrendPoint("R", good, 80, value, value - 0.1, value + 0.1) for good, value in zip(counts, shares, strict=True)
    ]
    found: Any = trend_summary([point(10, 80), *rounds[1:]])
    assert (found["z"], found["p"], found["reason"]) == (None, None, "weighted_round")
    assert found["sentence"].startswith(
        "In 3 of the 4 rounds some kinds of case were checked more often than others. The shares allow for that, and "
        "no test for a trend does: look at how the ranges overlap."
    )
    assert "rose" not in found["sentence"]
    one: Any = trend_summary(rounds[:1])
    assert one["reason"] == "too_few_rounds"


def test_every_sentence_warns_of_the_grading() -> None:
    for rounds in (1, 4):
        found: Any = trend_summary([point(5, 20)] * rounds)
        assert "kinder or stricter grading" in found["sentence"]
