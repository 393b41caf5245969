"""Agreement coefficients against published tables and other libraries, at their edges, and moderation's shift."""

import math

import krippendorff as krippendorff_library
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from auditflow.domain.errors import BadInput
from auditflow.statistics.agreement import krippendorff, krippendorff_alpha, moderation_shift, two_graders
from auditflow.statistics.agreement_intervals import agreement_intervals

# Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition: pregnancy type by two abstractors, and psychiatric
# diagnosis by two methods. Values as the author's and the irrCAC packages print them, with 95 % intervals ± 1.984 se.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
DIAGNOSES = [[40, 6, 4, 15], [4, 25, 1, 5], [4, 2, 21, 9], [17, 13, 12, 45]]
# Krippendorff (2011), Computing Krippendorff's alpha-reliability: four observers, twelve units, gaps.
GAP = None
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
    [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
]
TABLES = st.lists(st.lists(st.integers(0, 12), min_size=4, max_size=4), min_size=4, max_size=4)


@pytest.mark.parametrize(
    ("weights", "ac", "kappa", "alpha"),
    [("identity", 0.849, 0.796, 0.797), ("linear", 0.900, 0.843, 0.844), ("quadratic", 0.940, 0.892, 0.893)],
)
def test_gwets_abstractors(weights, ac, kappa, alpha):
    result = two_graders(ABSTRACTORS, weights)
    assert (result.n, result.exact, result.adjacent) == (100, 89, 100)
    assert (result.ac, result.kappa, result.alpha) == pytest.approx((ac, kappa, alpha), abs=5e-4)


def test_standard_errors_of_the_abstractors():
    result = two_graders(ABSTRACTORS, "identity")
    assert result.ac_se == pytest.approx(0.04322, abs=3e-4)
    assert result.kappa_se == pytest.approx(0.05891, abs=5e-4)


@pytest.mark.parametrize(
    ("weights", "ac", "ac_se", "kappa", "kappa_se"),
    [
        ("identity", 0.456, 0.043, 0.432, 0.046),
        ("linear", 0.377, 0.056, 0.407, 0.053),
        ("quadratic", 0.299, 0.075, 0.383, 0.066),
    ],
)
def test_gwets_diagnoses(weights, ac, ac_se, kappa, kappa_se):
    result = two_graders(DIAGNOSES, weights)
    assert (result.ac, result.kappa) == pytest.approx((ac, kappa), abs=5e-4)
    assert (result.ac_se, result.kappa_se) == pytest.approx((ac_se, kappa_se), abs=6e-4)


def test_the_two_paradoxes():
    # Feinstein and Cicchetti (1990), J Clin Epidemiol 43, 543-549: the same 85 %, kappa 0.70 and 0.32; and 118/5/2/0
    # of Gwet (2008): 94 % agreement, kappa -0.02, AC1 0.94.
    balanced, skewed = (two_graders(table, "identity") for table in ([[40, 9], [6, 45]], [[80, 10], [5, 5]]))
    assert (round(balanced.pa, 2), round(balanced.kappa, 2)) == (0.85, 0.70)
    assert (round(skewed.pa, 2), round(skewed.kappa, 2)) == (0.85, 0.32)
    rare = two_graders([[118, 5], [2, 0]], "identity")
    assert (round(rare.pa, 2), round(rare.kappa, 2), round(rare.ac, 2)) == (0.94, -0.02, 0.94)


def test_cohens_first_example():
    # Cohen (1960), Educational and Psychological Measurement 20, 37-46: proportions of 200 cases, kappa 0.492.
    result = two_graders([[88, 14, 18], [10, 40, 10], [2, 6, 12]], "identity")
    assert result.kappa == pytest.approx(0.492, abs=5e-4)


@settings(max_examples=60)
@given(TABLES.filter(lambda table: sum(map(sum, table)) > 1))
def test_kappa_and_its_standard_error_against_statsmodels(table):
    if any(row[i] == sum(map(sum, table)) for i, row in enumerate(table)):
        return
    for weights, name in (("identity", None), ("linear", "linear"), ("quadratic", "quadratic")):
        ours, theirs = two_graders(table, weights), cohens_kappa(np.array(table), wt=name)
        assert ours.kappa == pytest.approx(theirs.kappa, abs=1e-9)
        assert ours.kappa_se == pytest.approx(math.sqrt(max(theirs.var_kappa, 0)), abs=1e-6)


def test_kappa_of_fleiss_cohen_and_everitt():
    # Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72, 323-327: 200 cases, weights given in the paper are
    # not ours, so only the unweighted values: kappa 0.429, standard error 0.054.
    table = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
    result = two_graders(table, "identity")
    assert (result.kappa, result.kappa_se) == pytest.approx((0.429, 0.054), abs=6e-4)


def test_an_unused_grade_still_counts_as_a_grade():
    without, declared = two_graders([[20, 5], [4, 11]], "identity"), [[20, 5, 0], [4, 11, 0], [0, 0, 0]]
    assert two_graders(declared, "identity").ac > without.ac
    assert two_graders(declared, "identity").kappa == pytest.approx(without.kappa)


def test_everyone_used_one_grade():
    result = two_graders([[0, 0, 0, 0], [0, 14, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    assert (result.n, result.exact, result.pa, result.ac) == (14, 14, 1.0, 1.0)
    assert (result.kappa, result.kappa_se, result.alpha) == (None, None, None)
    assert result.reason == "one_grade_only"


def test_none_and_one_case_are_counts_only():
    nothing, one = two_graders([[0] * 4] * 4), two_graders([[0, 1, 0, 0], [0] * 4, [0] * 4, [0] * 4])
    assert (nothing.n, nothing.pa, nothing.reason) == (0, None, "no_cases")
    assert (one.n, one.exact, one.adjacent, one.ac, one.reason) == (1, 0, 1, None, "one_case")


def test_wrong_tables_and_weights_are_refused():
    for table, weights in (([[1, 2]], "linear"), ([[1]], "linear"), ([[1, 0], [0, 1]], "ordinal")):
        with pytest.raises(BadInput):
            two_graders(table, weights)


@given(TABLES, st.sampled_from(["identity", "linear", "quadratic"]))
def test_every_table_gives_figures_or_none(table, weights):
    result = two_graders(table, weights)
    assert all(figure is None or math.isfinite(figure) for figure in result)
    turned = two_graders([list(column) for column in zip(*table, strict=True)], weights)
    for name in ("pa", "kappa", "ac", "alpha"):
        assert getattr(turned, name) == pytest.approx(getattr(result, name))
    assert result.exact <= result.adjacent <= result.n


# Alpha


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_four_observers(metric, alpha):
    assert krippendorff(OBSERVERS, metric) == pytest.approx(alpha, abs=5e-4)


RATINGS = st.integers(2, 4).flatmap(
    lambda graders: st.lists(
        st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=7, max_size=7),
        min_size=graders,
        max_size=graders,
    )
)


@settings(max_examples=80)
@given(RATINGS, st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_alpha_against_the_library(ratings, metric):
    ours = krippendorff_alpha(ratings, metric)
    assert (ours.alpha is None) == (ours.reason is not None)
    if ours.alpha is not None:
        data = np.array(ratings, dtype=float)
        assert ours.alpha == pytest.approx(
            krippendorff_library.alpha(data, level_of_measurement=metric, value_domain=[1, 2, 3, 4])
        )
        assert krippendorff(ratings, metric) == ours.alpha


def test_alpha_of_two_graders_is_krippendorffs():
    pairs = [(i, j) for i, row in enumerate(DIAGNOSES) for j, count in enumerate(row) for _ in range(count)]
    first, second = zip(*pairs, strict=True)
    assert two_graders(DIAGNOSES, "identity").alpha == pytest.approx(krippendorff([first, second], "nominal"))
    assert two_graders(DIAGNOSES, "quadratic").alpha == pytest.approx(krippendorff([first, second], "interval"))


def test_alpha_edges():
    assert krippendorff_alpha([], "ordinal").reason == "no_pairs"
    assert krippendorff_alpha([[1, None], [None, 2]]).reason == "no_pairs"
    assert krippendorff_alpha([[3, 3], [3, 3]]).reason == "one_grade_only"
    assert krippendorff([[3, 3], [3, 3]]) is None
    for ratings, metric in (([[1, 2], [1]], "ordinal"), ([[1], [2]], "circular"), ([[-1, 1], [1, 1]], "ratio")):
        with pytest.raises(BadInput):
            krippendorff(ratings, metric)


# Intervals


def test_intervals_on_a_scale_without_an_end():
    """Of many cases they are those of the large-sample formula: Gwet's own, ± 1.96 standard errors."""
    result = agreement_intervals(DIAGNOSES)
    assert result.method == "transformed_t"
    assert tuple(result.ac) == pytest.approx((0.150, 0.447), abs=0.02)
    assert tuple(result.kappa) == pytest.approx((0.254, 0.513), abs=0.02)


def test_intervals_are_made_as_the_page_says():
    table = [[3, 1, 0, 0], [1, 5, 1, 0], [0, 0, 4, 0], [0, 0, 0, 1]]
    agreed, result = two_graders(table), agreement_intervals(table)
    t = scipy.stats.t.ppf(0.975, 15) * math.sqrt(16 / 15)
    away = np.log(1 - agreed.ac) + np.array([1, -1]) * t * agreed.ac_se / (1 - agreed.ac)
    assert tuple(result.ac) == pytest.approx(tuple(1 - np.exp(away)), rel=1e-9)
    z = np.arctanh(agreed.kappa) + np.array([-1, 1]) * t * agreed.kappa_se / (1 - agreed.kappa**2)
    assert tuple(result.kappa) == pytest.approx(tuple(np.tanh(z)), rel=1e-9)
    wide = agreement_intervals(table, confidence=0.99)
    assert wide.ac.low < result.ac.low < agreed.ac < result.ac.high < wide.ac.high < 1


@given(TABLES)
def test_every_interval_holds_its_coefficient_and_ends_within_one(table):
    agreed, result = two_graders(table), agreement_intervals(table)
    for value, interval in ((agreed.ac, result.ac), (agreed.kappa, result.kappa)):
        if interval.low is None:
            assert interval.reason in {"too_few_cases", "one_grade_only", "no_disagreement_seen", "no_variation"}
        else:
            assert -1 <= interval.low < value < interval.high <= 1


def test_intervals_that_do_not_exist():
    assert agreement_intervals([[4, 1], [1, 3]]).ac.reason == "too_few_cases"
    alike = agreement_intervals([[12, 0], [0, 0]])
    assert (alike.ac.low, alike.ac.high, alike.ac.reason) == (None, None, "no_disagreement_seen")
    assert (alike.kappa.low, alike.kappa.reason) == (None, "one_grade_only")
    assert agreement_intervals([[30, 0], [0, 0]]).kappa.low is None
    diagonal = agreement_intervals([[6, 0], [0, 24]])
    assert diagonal.ac.reason == diagonal.kappa.reason == "no_disagreement_seen"
    assert agreement_intervals([[0, 12], [0, 0]]).ac.reason == "no_variation"


# Moderation


def test_moderation_shift():
    shift = moderation_shift([(3, 2)] * 4 + [(2, 2)] * 16 + [(2, 3)])
    assert tuple(shift)[:4] == (21, 1, 16, 4)
    assert shift.mean == pytest.approx(-3 / 21)
    assert shift.sign_p == pytest.approx(2 * (1 + 5) / 2**5)
    assert (shift.good_before, shift.good_after) == (4, 1)


def test_no_moderation():
    shift = moderation_shift([])
    assert (shift.n, shift.mean, shift.sign_p, shift.reason) == (0, None, 1.0, "no_cases")
