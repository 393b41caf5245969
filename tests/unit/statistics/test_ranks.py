"""Rank tests against published examples and every permutation counted one by one."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditflow.statistics.movement import mann_whitney, sign_test, wilcoxon_signed_rank
from auditflow.statistics.ranks import MannWhitney

STEPS = st.integers(-3, 3)
GRADES = st.integers(1, 4)


def midranks(values):
    return [sum(o < v for o in values) + (sum(o == v for o in values) + 1) / 2 for v in values]


def every_sign_pattern(differences):
    moved = [d for d in differences if d]
    ranks = midranks([abs(d) for d in moved])
    seen = sum(rank for rank, d in zip(ranks, moved, strict=True) if d > 0)
    sums = [sum(itertools.compress(ranks, signs)) for signs in itertools.product((0, 1), repeat=len(ranks))]
    away = abs(seen - sum(ranks) / 2)
    return seen, sum(abs(s - sum(ranks) / 2) >= away - 1e-9 for s in sums) / len(sums)


def test_hollander_and_wolfes_depression_scores():
    # Hollander and Wolfe (1973), p. 29, as in R's ?wilcox.test: V = 40, one-sided p = 0.01953.
    x = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    result = wilcoxon_signed_rank([a - b for a, b in zip(x, y, strict=True)])
    assert result.w_plus == 40
    assert result.p == pytest.approx(2 * 0.01953, abs=1e-5)


@settings(max_examples=80)
@given(st.lists(STEPS, max_size=11))
def test_signed_ranks_with_ties_and_zeros_against_every_sign_pattern(differences):
    result = wilcoxon_signed_rank(differences)
    if any(differences):
        assert tuple(result) == pytest.approx(every_sign_pattern(differences))
    else:
        assert tuple(result) == (0.0, 1.0)


@given(st.lists(STEPS, min_size=1, max_size=80))
def test_signed_ranks_are_symmetrical_and_proper(differences):
    result = wilcoxon_signed_rank(differences)
    turned = wilcoxon_signed_rank([-d for d in differences])
    moved = sum(d != 0 for d in differences)
    assert result.p == turned.p
    assert 0 < result.p <= 1
    assert result.w_plus + turned.w_plus == moved * (moved + 1) / 2


def test_signed_ranks_without_ties_against_scipy():
    differences = [d * (-1) ** (d % 3) for d in range(1, 26)]
    expected = stats.wilcoxon(differences, method="exact")
    assert wilcoxon_signed_rank(differences).p == pytest.approx(expected.pvalue, rel=1e-12)


def test_beyond_three_hundred_moves_the_normal_approximation_takes_over():
    few, many = [1, 2, -1] * 100, [1, 2, -1] * 101
    assert wilcoxon_signed_rank(few).method == "exact"
    result = wilcoxon_signed_rank(many)
    assert result.method == "normal"
    expected = stats.wilcoxon(many, method="approx", correction=False)
    assert result.p == pytest.approx(expected.pvalue, rel=1e-9)


def test_steps_of_one_make_it_the_sign_test():
    assert wilcoxon_signed_rank([1] * 9 + [-1] * 3).p == pytest.approx(sign_test(9, 3))


def every_split(x, y):
    ranks = midranks([*x, *y])
    middle = len(x) * (len(ranks) + 1) / 2
    away = abs(sum(ranks[: len(x)]) - middle)
    sums = [sum(split) for split in itertools.combinations(ranks, len(x))]
    return sum(abs(s - middle) >= away - 1e-9 for s in sums) / len(sums)


def test_hollander_and_wolfes_permeability():
    # Hollander and Wolfe (1973), p. 69, as in R's ?wilcox.test: W = 35, one-sided p = 0.1272.
    term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    result = mann_whitney(term, early)
    assert (result.u, result.superiority) == (35, 0.7)
    assert result.p == pytest.approx(2 * 0.1272, abs=1e-4)


@settings(max_examples=80)
@given(st.lists(GRADES, min_size=1, max_size=6), st.lists(GRADES, min_size=1, max_size=6))
def test_splits_with_ties_against_every_permutation(x, y):
    result = mann_whitney(x, y)
    wins = sum((a > b) + (a == b) / 2 for a in x for b in y)
    assert (result.u, result.superiority) == pytest.approx((wins, wins / (len(x) * len(y))))
    if len({*x, *y}) == 1:
        assert (result.p, result.reason) == (None, "all_values_equal")
    else:
        assert result.p == pytest.approx(every_split(x, y))


@given(st.lists(GRADES, min_size=2, max_size=60), st.lists(GRADES, min_size=2, max_size=60))
def test_the_normal_version_is_scipys_with_its_tie_correction(x, y):
    result = mann_whitney(x, y, method="normal")
    if len({*x, *y}) > 1:
        expected = stats.mannwhitneyu(x, y, method="asymptotic")
        assert (result.u, result.p) == pytest.approx((expected.statistic, expected.pvalue))


def test_large_samples_are_quick_and_say_how_they_were_counted():
    x, y = [1, 2, 3, 4] * 20, [2, 3, 3, 4] * 20
    assert mann_whitney(x, y).method == "normal"
    assert mann_whitney(x[:20], y[:20]).method == "exact"
    assert mann_whitney(x[:20], y[:20], method="normal").p == pytest.approx(mann_whitney(x[:20], y[:20]).p, abs=0.02)


def test_an_empty_sample_is_undefined():
    assert mann_whitney([], [1]) == MannWhitney(None, None, None, reason="no_cases")
    assert mann_whitney([1], []).p is None


@given(st.lists(GRADES, max_size=30), st.lists(GRADES, max_size=30))
def test_no_figure_is_ever_not_a_number(x, y):
    assert all(figure is None or math.isfinite(figure) for figure in mann_whitney(x, y))
