"""The score of an audit: the same domains on every occasion, or none."""

import pytest

from auditflow.statistics.movement import drift_adjusted
from auditflow.statistics.scores import occasion_scores

DOMAINS = ["plan", "voice", "risk", "record"]


def row(*grades):
    return dict(zip(DOMAINS, grades, strict=True))


def test_only_domains_graded_on_both_occasions_count():
    scores = occasion_scores({"A": row(1, 2, 3, None)}, {"A": row(2, None, 3, 4)}, {}, DOMAINS)
    assert scores.before == {"A": 2.0}
    assert scores.after == {"A": 2.5}


def test_three_weak_domains_that_become_not_applicable_are_no_improvement():
    before = {f"C{i}": row(1, 3, 3, 3) for i in range(12)}
    after = {ref: row(None, 3, 3, 3) for ref in before}
    scores = occasion_scores(before, after, {}, DOMAINS)
    assert drift_adjusted(scores.before, scores.after, {}).change == 0.0


def test_a_third_occasion_narrows_the_domains_of_that_case_only():
    before = {"A": row(1, 2, 3, 4), "B": row(1, 2, 3, 4)}
    after = {"A": row(4, 4, 4, 4), "B": row(4, 4, 4, 4)}
    scores = occasion_scores(before, after, {"A": row(1, 3, None, None)}, DOMAINS)
    assert scores.before == {"A": 1.5, "B": 2.5}
    assert scores.regraded == {"A": 2.0}


def test_fewer_than_half_of_the_domains_leaves_a_case_out():
    before = {"A": row(1, None, None, None), "B": row(1, 2, None, None), "C": row(None, None, None, None)}
    after = {ref: row(3, 3, 3, 3) for ref in before}
    scores = occasion_scores(before, after, {"A": row(1, 1, 1, 1)}, DOMAINS)
    assert scores.left_out == ("A", "C")
    assert set(scores.before) == set(scores.after) == {"B"}
    assert scores.regraded == {"A": 1.0}
    assert drift_adjusted(scores.before, scores.after, scores.regraded).bridge_left_out == 1
    five = [*DOMAINS, "court"]
    assert occasion_scores({"B": before["B"]}, {"B": after["B"]}, {}, five).left_out == ("B",)


def test_regraded_cases_without_a_pair_stay_countable():
    scores = occasion_scores({"A": row(2, 2, 2, 2)}, {"A": row(3, 3, 3, 3)}, {"Z": row(1, 1, 3, None)}, DOMAINS)
    result = drift_adjusted(scores.before, scores.after, scores.regraded)
    assert (result.pairs, result.bridge, result.bridge_left_out) == (1, 0, 1)
    assert scores.regraded["Z"] == pytest.approx(5 / 3)


def test_without_domains_or_cases_there_are_no_scores():
    nothing = occasion_scores({}, {}, {}, DOMAINS)
    assert (nothing.before, nothing.after, nothing.left_out) == ({}, {}, ())
    assert occasion_scores({"A": {}}, {"A": {}}, {}, []).left_out == ("A",)
