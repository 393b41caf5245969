"""Intervals and estimates against published values, other libraries and their own laws."""

import itertools
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from auditflow.domain.errors import BadInput
from auditflow.statistics.estimates import (
    Stratum,
    clopper_pearson,
    finite_population,
    stratified_proportion,
    wilson,
)

# Newcombe (1998), Statistics in Medicine 17, 857-872, table I: methods 3 (Wilson) and 5 (Clopper-Pearson).
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]
SHARES = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("x", "n", "score", "exact"), NEWCOMBE)
def test_newcombe_table_one(x, n, score, exact):
    assert tuple(wilson(x, n)) == pytest.approx(score, abs=5e-5)
    assert tuple(clopper_pearson(x, n)) == pytest.approx(exact, abs=5e-5)


def test_intervals_of_eighty_cases():
    assert [round(100 * end) for end in wilson(40, 80)] == [39, 61]
    assert [round(100 * end) for end in wilson(20, 80)] == [17, 35]
    assert [round(100 * end) for end in wilson(26, 80)] == [23, 43]


@given(SHARES, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_and_clopper_pearson_against_statsmodels(share, confidence):
    x, n = share
    for ours, method in ((wilson, "wilson"), (clopper_pearson, "beta")):
        expected = proportion_confint(x, n, alpha=1 - confidence, method=method)
        assert tuple(ours(x, n, confidence)) == pytest.approx(expected, abs=1e-9)


@given(SHARES)
def test_intervals_hold_the_estimate_and_shrink_with_n(share):
    x, n = share
    for interval in (wilson, clopper_pearson):
        low, high = interval(x, n)
        assert 0 <= low <= x / n <= high <= 1
        low_of_double, high_of_double = interval(2 * x, 2 * n)
        assert high_of_double - low_of_double < high - low


def test_ends_are_exactly_nought_and_one():
    for interval in (wilson, clopper_pearson):
        assert interval(0, 7).low == 0.0
        assert interval(7, 7).high == 1.0
        assert interval(1, 1).high == 1.0


def test_no_cases_is_undefined_with_a_reason():
    for interval in (wilson(0, 0), clopper_pearson(0, 0), finite_population(0, 0, 0)):
        assert interval.low is None
        assert interval.high is None
        assert interval.reason == "no_cases"


@pytest.mark.parametrize("call", [lambda: wilson(3, 2), lambda: wilson(-1, 2), lambda: wilson(1, 2, 1.0)])
def test_impossible_counts_are_refused(call):
    with pytest.raises(BadInput):
        call()


# Finite population


def test_finite_population_avoids_the_first_excluded_count():
    # R's samplingbook answers 110 to 161, the first counts outside.
    assert (finite_population(45, 100, 300).count_low, finite_population(45, 100, 300).count_high) == (111, 160)


def brute_force(x, n, population, tail=Fraction(1, 40)):
    def chance(good, wanted):
        ways = sum(math.comb(good, k) * math.comb(population - good, n - k) for k in wanted if n >= k)
        return Fraction(ways, math.comb(population, n))

    counts = range(population + 1)
    low = min(good for good in counts if chance(good, range(x, n + 1)) > tail)
    high = max(good for good in counts if chance(good, range(x + 1)) > tail)
    return low, high


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_finite_population_against_every_count(data):
    population = data.draw(st.integers(1, 40))
    n = data.draw(st.integers(0, population))
    x = data.draw(st.integers(0, n))
    result = finite_population(x, n, population)
    assert (result.count_low, result.count_high) == brute_force(x, n, population)
    assert (result.low, result.high) == (result.count_low / population, result.count_high / population)
    assert x <= result.count_low <= result.count_high <= population - (n - x)


def test_finite_population_against_scipy_for_a_real_size():
    result = finite_population(26, 80, 3679)
    assert stats.hypergeom.sf(25, 3679, result.count_low, 80) > 0.025
    assert stats.hypergeom.sf(25, 3679, result.count_low - 1, 80) <= 0.025
    assert stats.hypergeom.cdf(26, 3679, result.count_high, 80) > 0.025
    assert stats.hypergeom.cdf(26, 3679, result.count_high + 1, 80) <= 0.025


def test_finite_population_edges():
    assert tuple(finite_population(0, 0, 50)) == (0, 50, 0.0, 1.0)
    assert tuple(finite_population(7, 20, 20)) == (7, 7, 0.35, 0.35)
    assert tuple(finite_population(1, 1, 1)) == (1, 1, 1.0, 1.0)
    with pytest.raises(BadInput):
        finite_population(3, 10, 9)


@given(SHARES, st.integers(1, 300))
@settings(max_examples=50, deadline=None)
def test_finite_population_narrows_as_the_sample_covers_more(share, extra):
    x, n = share
    near, far = finite_population(x, n, n + extra), finite_population(x, n, n + 4 * extra)
    assert near.count_high - near.count_low <= far.count_high - far.count_low


# Stratified


def test_learned_societies_survey_of_lohr():
    # Lohr, Sampling: Design and Analysis, chapter on stratified sampling: share of women in seven scholarly
    # societies, printed as rounded percentages; published estimate 0.2465, standard error 0.0071.
    societies = [
        (9100, 636, 38),
        (1950, 451, 27),
        (5500, 481, 18),
        (10850, 611, 19),
        (2100, 493, 36),
        (5500, 575, 13),
        (9000, 588, 26),
    ]
    strata = [Stratum(size, n, round(n * per_cent / 100)) for size, n, per_cent in societies]
    result = stratified_proportion(strata)
    assert result.p == pytest.approx(0.2465, abs=4e-4)
    assert result.se == pytest.approx(0.0071, abs=5e-5)
    assert result.df == sum(n for _, n, _ in societies) - 7


def test_standard_error_is_unbiased_over_every_possible_sample():
    strata = [([1, 0, 0, 1, 1], 3), ([0, 0, 1, 0], 2)]
    samples = [itertools.combinations(values, n) for values, n in strata]
    results = [
        stratified_proportion([Stratum(5, 3, sum(one)), Stratum(4, 2, sum(two))])
        for one, two in itertools.product(*map(list, samples))
    ]
    true = 4 / 9
    assert sum(r.p for r in results) / len(results) == pytest.approx(true)
    variance = sum((r.p - true) ** 2 for r in results) / len(results)
    assert sum(r.se**2 for r in results) / len(results) == pytest.approx(variance)


def test_the_t_interval_by_hand():
    result = stratified_proportion([Stratum(100, 10, 3), Stratum(300, 30, 12)])
    variance = 0.25**2 * 0.9 * 0.3 * 0.7 / 9 + 0.75**2 * 0.9 * 0.4 * 0.6 / 29
    half = stats.t.ppf(0.975, 38) * math.sqrt(variance)
    assert tuple(result) == pytest.approx((0.375, math.sqrt(variance), 38, 0.375 - half, 0.375 + half))
    assert result.method == "t"


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(2, 40), st.floats(0, 1)), min_size=1, max_size=6))
def test_a_stratified_interval_holds_its_estimate(rows):
    strata = [Stratum(n + extra, n, round(n * share)) for extra, n, share in rows]
    result = stratified_proportion(strata)
    assert 0 <= result.low <= result.p <= result.high <= 1
    assert all(math.isfinite(figure) for figure in result)


def test_stratified_edges():
    assert stratified_proportion([]).reason == "no_cases"
    assert stratified_proportion([Stratum(30, 0, 0)]).p is None
    single = stratified_proportion([Stratum(30, 1, 1), Stratum(40, 10, 4)])
    assert (single.se, single.low, single.reason) == (None, None, "one_case_in_a_stratum")
    assert single.p == pytest.approx((30 + 40 * 0.4) / 70)
    one_of_one = stratified_proportion([Stratum(1, 1, 1), Stratum(40, 10, 4)])
    assert one_of_one.se > 0
    partly = stratified_proportion([Stratum(30, 0, 0), Stratum(40, 10, 4)])
    assert (partly.covered, partly.population, partly.p) == (40, 70, 0.4)


def test_no_variation_falls_back_to_wilson_and_a_census_to_the_figure_itself():
    same = stratified_proportion([Stratum(40, 10, 0), Stratum(60, 12, 0)])
    assert (same.low, same.high) == pytest.approx(tuple(wilson(0, 22)))
    assert same.method == "wilson"
    census = stratified_proportion([Stratum(10, 10, 3), Stratum(5, 5, 5)])
    assert (census.p, census.low, census.high, census.method) == (8 / 15, 8 / 15, 8 / 15, "census")


def test_a_rare_share_uses_wilson_with_the_effective_n():
    result = stratified_proportion([Stratum(500, 50, 2), Stratum(500, 50, 1)])
    effective = result.p * (1 - result.p) / result.se**2
    assert result.method == "wilson_effective_n"
    expected = proportion_confint(result.p * effective, effective, method="wilson")
    assert (result.low, result.high) == pytest.approx(expected)
    assert result.low > 0


def test_the_finite_interval_covers_at_least_as_often_as_it_says():
    random.seed(20261201)
    population = [1] * 60 + [0] * 140
    hits = 0
    for _ in range(400):
        result = finite_population(sum(random.sample(population, 40)), 40, 200)
        hits += result.count_low <= 60 <= result.count_high
    assert hits >= 0.95 * 400 - 3 * math.sqrt(400 * 0.05 * 0.95)


@pytest.mark.parametrize("nothing", [float("nan"), float("inf"), None, "3", [3]])
def test_what_is_no_number_is_refused_with_a_sentence(nothing):
    for call in (
        lambda: wilson(nothing, 3),
        lambda: wilson(1, nothing),
        lambda: clopper_pearson(nothing, 3),
        lambda: finite_population(1, 3, nothing),
        lambda: wilson(1, 3, confidence=nothing),
    ):
        with pytest.raises(BadInput):
            call()
