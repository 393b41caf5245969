"""Movement, good or better before and after, and the tests of both, against published values and other laws."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from auditflow.domain.errors import BadInput
from auditflow.statistics.movement import (
    attrition_bounds,
    cochran_armitage,
    crossing,
    expected_regression,
    holm,
    marginal_homogeneity,
    mcnemar,
    movement,
    newcombe_independent,
    newcombe_paired,
    sign_test,
)

# Rows before, columns after; the worked example of docs/statistics.md, "Wording": a re-audit of 71 cases.
REAUDIT = [[4, 6, 2, 0], [4, 16, 15, 1], [0, 4, 14, 3], [0, 0, 1, 1]]
COUNTS = st.integers(0, 40)
TABLES = st.lists(st.lists(COUNTS, min_size=4, max_size=4), min_size=4, max_size=4)


def test_improved_same_and_declined_of_the_reaudit():
    assert tuple(movement(REAUDIT)) == (71, 27, 35, 9)
    folded = crossing(REAUDIT)
    assert tuple(folded) == (19, 4, 18, 30)
    assert (folded.n, folded.good_before, folded.good_after) == (71, 23, 37)


@given(TABLES)
def test_movement_counts_add_up(table):
    moved, folded = movement(table), crossing(table)
    assert moved.improved + moved.same + moved.declined == moved.n == sum(map(sum, table)) == folded.n
    back = movement([list(column) for column in zip(*table, strict=True)])
    assert (back.improved, back.declined) == (moved.declined, moved.improved)
    assert folded.good_after - folded.good_before == folded.c - folded.b
    assert folded.good_before == sum(table[2]) + sum(table[3])


def test_tables_that_are_not_square_counts_are_refused():
    for table in ([[1, 2]], [[1, 2], [3]], [[1, -1], [0, 0]], [[1, 0.5], [0, 0]]):
        with pytest.raises(BadInput):
            movement(table)


# McNemar and the sign test


def test_fagerlands_pairs():
    # Fagerland, Lydersen and Laake (2013), BMC Med Res Methodol 13:91, tables 1 and 2: airway
    # hyper-responsiveness (Bentur 2009) and complete response (Cavo 2012).
    assert tuple(mcnemar(1, 7)) == pytest.approx((0.0703, 0.0391), abs=5e-5)
    assert tuple(mcnemar(6, 16)) == pytest.approx((0.0525, 0.0347), abs=5e-5)


def test_no_discordant_pairs_and_equal_ones():
    assert tuple(mcnemar(0, 0)) == (1.0, 1.0)
    five = Fraction(math.comb(10, 5), 2**10)
    assert tuple(mcnemar(5, 5)) == (1.0, float(1 - five / 2))
    assert sign_test(0, 0) == 1.0


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_against_statsmodels_and_its_own_definition(b, c):
    exact, mid = mcnemar(b, c)
    assert tuple(mcnemar(c, b)) == (exact, mid)
    assert sign_test(b, c) == exact
    assert 0 < mid <= exact <= 1 or b + c == 0 or exact < 1e-80
    if b + c:
        assert exact == pytest.approx(statsmodels_mcnemar([[1, b], [c, 1]], exact=True).pvalue, rel=1e-9)
        point = Fraction(math.comb(b + c, min(b, c)), 2 ** (b + c))
        expected = 1 - point / 2 if b == c else Fraction(exact) - point
        assert mid == pytest.approx(float(expected), rel=1e-9, abs=1e-300)


def test_counts_far_beyond_a_float_do_not_overflow():
    assert mcnemar(3000, 2900).exact == pytest.approx(0.1974, abs=5e-4)
    assert 0 <= mcnemar(4000, 100).mid_p < 1e-300 or mcnemar(4000, 100).mid_p == 0


# Newcombe's intervals


def test_newcombe_paired_on_fagerlands_pairs():
    # Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables (2017), chapter 8, tables 8.2 and
    # 8.3; their difference is before minus after, so signs turn.
    complete = newcombe_paired(59, 6, 16, 80)
    assert tuple(complete) == pytest.approx((0.0621, 0.0046, 0.1186), abs=5e-5)
    airway = newcombe_paired(1, 1, 7, 12)
    assert tuple(airway) == pytest.approx((0.286, 0.026, 0.507), abs=5e-4)


def test_the_change_of_the_reaudit():
    change = newcombe_paired(*crossing(REAUDIT))
    assert [round(100 * figure) for figure in change] == [20, 7, 31]


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_newcombe_paired_is_finite_symmetrical_and_holds_the_change(a, b, c, d):
    change = newcombe_paired(a, b, c, d)
    if a + b + c + d == 0:
        assert (change.difference, change.low, change.reason) == (None, None, "no_pairs")
        return
    assert all(math.isfinite(figure) for figure in change)
    assert -1 - 1e-9 <= change.low <= change.difference <= change.high <= 1 + 1e-9
    assert change.difference == pytest.approx((c - b) / (a + b + c + d))
    turned = newcombe_paired(a, c, b, d)
    assert (turned.low, turned.high) == pytest.approx((-change.high, -change.low), abs=1e-12)
    swapped = newcombe_paired(d, c, b, a)  # the same pairs, asked for not good
    assert tuple(swapped) == pytest.approx(tuple(turned), abs=1e-12)


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS).filter(lambda counts: sum(counts) > 0))
def test_newcombe_paired_shrinks_with_n(counts):
    small, large = newcombe_paired(*counts), newcombe_paired(*(9 * count for count in counts))
    assert large.high - large.low < small.high - small.low


# Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10.
INDEPENDENT = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
    (10, 10, 0, 10, 0.6075, 1.0000),
]


@pytest.mark.parametrize(("x1", "n1", "x2", "n2", "low", "high"), INDEPENDENT)
def test_newcombes_eight_rows(x1, n1, x2, n2, low, high):
    result = newcombe_independent(x1, n1, x2, n2)
    assert (result.low, result.high) == pytest.approx((low, high), abs=5e-5)
    assert result.difference == pytest.approx(x1 / n1 - x2 / n2)
    expected = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb")
    assert (result.low, result.high) == pytest.approx(expected, abs=1e-9)


def test_newcombe_independent_without_cases():
    assert newcombe_independent(0, 0, 3, 9).reason == "no_cases"
    assert newcombe_independent(3, 9, 0, 0).low is None


# All grades


def test_stuarts_vision_data():
    # Stuart (1955), Biometrika 42, 412-416: unaided vision of 7,477 women, W = 11.96; Bhapkar (1966): 11.98.
    vision = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
    result = marginal_homogeneity(vision)
    assert (result.df, round(result.stuart, 2), round(result.bhapkar, 2)) == (3, 11.96, 11.98)
    assert result.p_stuart == pytest.approx(0.0075, abs=5e-5)


def test_petersons_and_fleisss_tables():
    # Fagerland, Lydersen and Laake (2017), chapter 9: Peterson (2007), 26.250 and 27.304; Fleiss (2003), 14.000.
    # With 0.5 added to empty cells, statsmodels' default, the first is 20.78.
    peterson = [[596, 18, 6, 5], [0, 2, 0, 0], [0, 0, 42, 0], [11, 0, 0, 0]]
    result = marginal_homogeneity(peterson)
    assert (result.df, result.stuart) == (3, pytest.approx(26.250, abs=5e-4))
    assert result.bhapkar == pytest.approx(27.304, abs=5e-4)
    assert result.p_stuart == pytest.approx(0.000008, abs=5e-7)
    fleiss = [[35, 5, 0], [15, 20, 5], [10, 5, 5]]
    assert tuple(marginal_homogeneity(fleiss))[:2] == (2, pytest.approx(14.0))


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(1, 30), min_size=4, max_size=4), min_size=4, max_size=4))
def test_marginal_homogeneity_against_statsmodels(table):
    ours = marginal_homogeneity(table)
    square = SquareTable(np.array(table), shift_zeros=False)
    stuart, bhapkar = square.homogeneity("stuart_maxwell"), square.homogeneity("bhapkar")
    assert ours.df == stuart.df == 3
    assert (ours.stuart, ours.p_stuart) == pytest.approx((stuart.statistic, stuart.pvalue), abs=1e-7)
    assert (ours.bhapkar, ours.p_bhapkar) == pytest.approx((bhapkar.statistic, bhapkar.pvalue), abs=1e-7)


def test_unused_grades_are_dropped_but_count_in_n():
    used = marginal_homogeneity([[35, 5, 0], [15, 20, 5], [10, 5, 5]])
    padded = marginal_homogeneity([[35, 5, 0, 0], [15, 20, 5, 0], [10, 5, 5, 0], [0, 0, 0, 0]])
    stayed = marginal_homogeneity([[35, 5, 0, 0], [15, 20, 5, 0], [10, 5, 5, 0], [0, 0, 0, 50]])
    assert padded == used
    assert (stayed.df, stayed.stuart) == (used.df, used.stuart)
    assert stayed.bhapkar == pytest.approx(used.stuart / (1 - used.stuart / 150))


def test_no_moves_one_way_moves_and_separate_groups():
    assert tuple(marginal_homogeneity([[3, 0], [0, 4]])) == (0, 0.0, 1.0, 0.0, 1.0)
    assert tuple(marginal_homogeneity([])) == (0, 0.0, 1.0, 0.0, 1.0)
    one_way = marginal_homogeneity([[0, 7], [0, 0]])
    assert (one_way.df, one_way.stuart, one_way.bhapkar) == (1, 7.0, None)
    assert one_way.reason == "every_pair_moved_one_way"
    apart = marginal_homogeneity([[5, 2, 0, 0], [1, 4, 0, 0], [0, 0, 3, 4], [0, 0, 1, 3]])
    assert (apart.df, apart.stuart) == (2, pytest.approx(1 / 3 + 9 / 5))


@given(TABLES)
def test_marginal_homogeneity_is_always_defined(table):
    result = marginal_homogeneity(table)
    assert 0 <= result.p_stuart <= 1
    assert result.stuart >= 0
    assert (result.bhapkar is None) == (result.reason is not None)
    assert result.bhapkar is None or result.bhapkar >= result.stuart


# The rest


def test_bounds_of_the_reaudit():
    bounds = attrition_bounds(26, 80, 37, 71)
    assert tuple(bounds) == pytest.approx((37 / 80, 46 / 80, 11 / 80, 20 / 80))
    assert tuple(attrition_bounds(3, 9, 0, 0)) == pytest.approx((0, 1, -1 / 3, 2 / 3))
    assert attrition_bounds(0, 0, 0, 0).reason == "no_cases"
    with pytest.raises(BadInput):
        attrition_bounds(3, 9, 4, 10)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_bounds_hold_whatever_the_lost_cases_were(cases):
    before = sum(good for good, _, _ in cases)
    kept = [after for _, after, lost in cases if not lost]
    bounds = attrition_bounds(before, len(cases), sum(kept), len(kept))
    truth = sum(after for _, after, _ in cases) / len(cases)
    assert bounds.after_low <= truth <= bounds.after_high
    assert bounds.change_low - 1e-12 <= truth - before / len(cases) <= bounds.change_high + 1e-12


@given(st.lists(st.floats(0, 1), min_size=1, max_size=15))
def test_holm_against_statsmodels(ps):
    assert holm(ps) == pytest.approx(list(multipletests(ps, method="holm")[1]))
    with_gap = holm([ps[0], None, *ps[1:]])
    assert with_gap[1] is None
    assert with_gap[:1] + with_gap[2:] == holm(ps)


def test_holm_of_nothing():
    assert holm([]) == []
    assert holm([None]) == [None]
    with pytest.raises(BadInput):
        holm([1.5])


def test_cochran_armitage_on_fleisss_smokers():
    # Fleiss (1981), Statistical Methods for Rates and Proportions, p. 139; R's prop.trend.test: 8.2249, p 0.004132.
    result = cochran_armitage([83, 90, 129, 70], [86, 93, 136, 82])
    assert (result.chi2, result.p) == pytest.approx((8.2249, 0.004132), abs=5e-5)
    assert result.z < 0
    shifted = cochran_armitage([83, 90, 129, 70], [86, 93, 136, 82], scores=[10, 20, 30, 40])
    assert shifted.chi2 == pytest.approx(result.chi2)


def test_cochran_armitage_edges():
    assert cochran_armitage([], []).reason == "no_cases"
    assert cochran_armitage([0, 0], [4, 5]).reason == "all_shares_equal"
    assert cochran_armitage([4, 5], [4, 5]).p is None
    assert cochran_armitage([2, 0], [5, 0]).reason == "one_group"
    assert tuple(cochran_armitage([2, 4], [5, 10])) == pytest.approx((0.0, 0.0, 1.0), abs=1e-12)
    with pytest.raises(BadInput):
        cochran_armitage([1], [2, 3])


def test_two_groups_of_cochran_armitage_are_the_two_by_two_chi_square():
    for x1, x2 in itertools.product((1, 4, 9), (2, 8)):
        x, n = [x1, x2], [12, 10]
        p = sum(x) / 22
        chi2 = (x1 / 12 - x2 / 10) ** 2 / (p * (1 - p) * (1 / 12 + 1 / 10))
        assert cochran_armitage(x, n).chi2 == pytest.approx(chi2)


def test_expected_rise_of_the_worst_sixth():
    # After Davis (1976): 0.50 of a grade for nothing.
    assert expected_regression(0.75, 0.55, 0.16) == pytest.approx(0.50, abs=0.01)
    assert expected_regression(0.75, 0.0, 0.16) == 0.0
    assert expected_regression(0.0, 0.0, 0.5) == 0.0
