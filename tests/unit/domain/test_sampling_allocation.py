"""Allocation over strata, weights and sample sizes, against published examples and an exact oracle."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import (
    design_weights,
    largest_remainder,
    margin_of_error,
    neyman,
    sample_size,
)

sizes_of = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 400), min_size=1, max_size=9)


def test_shares_of_a_real_sized_list():
    sizes = {"CIN": 1290, "CP": 512, "CLA": 664, "leaver": 441, "none": 33}
    assert largest_remainder(sizes, 80, 2) == {"CIN": 34, "CP": 14, "CLA": 18, "leaver": 12, "none": 2}
    assert largest_remainder(sizes, 80) == {"CIN": 35, "CP": 14, "CLA": 18, "leaver": 12, "none": 1}


def test_alabama_paradox():
    """One seat more in all and the smallest loses one (Balinski & Young 1982): why a drawn sample never grows so."""
    sizes = {"first": 6, "second": 6, "third": 2}
    assert largest_remainder(sizes, 10) == {"first": 4, "second": 4, "third": 2}
    assert largest_remainder(sizes, 11) == {"first": 5, "second": 5, "third": 1}


def test_a_total_that_rounding_up_gets_wrong():
    sizes = {"a": 6072, "b": 2994, "c": 753, "d": 181}
    assert sum(-(-500 * size // 10000) for size in sizes.values()) == 502
    assert largest_remainder(sizes, 500) == {"a": 303, "b": 150, "c": 38, "d": 9}


def test_ties_go_to_the_larger_stratum_then_to_the_name():
    assert largest_remainder({"b": 1, "a": 1, "c": 2}, 2) == {"b": 0, "a": 1, "c": 1}
    assert largest_remainder({"small": 1, "large": 3}, 2) == {"small": 0, "large": 2}
    assert largest_remainder({"x": 5, "y": 5}, 1) == {"x": 1, "y": 0}


def test_minima_are_iterated():
    """Raising the two smallest takes a case from the third, which then needs raising too."""
    sizes = {"a": 940, "b": 22, "c": 20, "d": 18}
    assert largest_remainder(sizes, 100, 2) == {"a": 94, "b": 2, "c": 2, "d": 2}
    assert largest_remainder(sizes, 60, 3) == {"a": 51, "b": 3, "c": 3, "d": 3}


def test_a_stratum_never_needs_more_than_it_has():
    assert largest_remainder({"a": 100, "b": 1}, 10, 5) == {"a": 9, "b": 1}


def test_more_than_there_are_is_a_census():
    assert largest_remainder({"a": 5, "b": 2}, 80, 2) == {"a": 5, "b": 2}


def test_minima_that_do_not_fit_say_the_smallest_size_that_works():
    with pytest.raises(BadInput, match="smallest sample that can is 9") as refusal:
        largest_remainder({"a": 100, "b": 40, "c": 1}, 8, 4)
    assert refusal.value.details["smallest"] == 9
    assert sum(largest_remainder({"a": 100, "b": 40, "c": 1}, 9, 4).values()) == 9


def quota_oracle(sizes, n):
    """Largest remainder written with fractions and a full sort, to compare with the integer arithmetic."""
    total = sum(sizes.values())
    quotas = {name: Fraction(n * size, total) for name, size in sizes.items()}
    shares = {name: int(quota) for name, quota in quotas.items()}
    ranked = sorted(sizes, key=lambda name: (shares[name] - quotas[name], -sizes[name], name))
    for name in ranked[: n - sum(shares.values())]:
        shares[name] += 1
    return shares


@given(sizes_of, st.integers(1, 500))
def test_agrees_with_the_oracle(sizes, n):
    assume(n < sum(sizes.values()))
    assert largest_remainder(sizes, n) == quota_oracle(sizes, n)


@given(sizes_of, st.integers(1, 500), st.integers(0, 6))
def test_allocation_adds_up_and_keeps_its_bounds(sizes, n, minimum):
    least = {name: min(minimum, size) for name, size in sizes.items()}
    if sum(least.values()) > n and n < sum(sizes.values()):
        with pytest.raises(BadInput, match="cannot give every group its minimum"):
            largest_remainder(sizes, n, minimum)
        return
    shares = largest_remainder(sizes, n, minimum)
    assert list(shares) == list(sizes)
    assert sum(shares.values()) == min(n, sum(sizes.values()))
    assert all(least[name] <= shares[name] <= sizes[name] for name in sizes)


@given(sizes_of, st.integers(1, 500), st.integers(0, 4), st.randoms())
def test_allocation_does_not_depend_on_the_order_of_strata(sizes, n, minimum, random):
    names = list(sizes)
    random.shuffle(names)
    try:
        expected = largest_remainder(sizes, n, minimum)
    except BadInput:
        return
    assert largest_remainder({name: sizes[name] for name in names}, n, minimum) == expected


def test_neyman_textbook_shares():
    """N_h S_h of 1000x10, 1000x20, 2000x5 give 1/4, 1/2, 1/4 of the sample (Cochran 1977, section 5.5)."""
    assert neyman({"a": 1000, "b": 1000, "c": 2000}, {"a": 10, "b": 20, "c": 5}, 100) == {"a": 25, "b": 50, "c": 25}


def test_neyman_never_takes_more_than_there_are_and_shares_the_rest():
    assert neyman({"a": 10, "b": 100, "c": 100}, {"a": 50.0, "b": 1.0, "c": 1.0}, 50) == {"a": 10, "b": 20, "c": 20}


def test_neyman_gives_a_stratum_without_spread_the_smallest_spread():
    equal = neyman({"a": 50, "b": 50}, {"a": 0.0, "b": 0.4}, 10)
    assert equal == {"a": 5, "b": 5}
    assert neyman({"a": 30, "b": 70}, {"a": 0, "b": 0}, 10) == largest_remainder({"a": 30, "b": 70}, 10)


@given(sizes_of, st.data(), st.integers(1, 300), st.integers(0, 4))
def test_neyman_adds_up_and_keeps_its_bounds(sizes, data, n, minimum):
    sds = {name: data.draw(st.floats(0, 3)) for name in sizes}
    least = {name: min(minimum, size) for name, size in sizes.items()}
    assume(sum(least.values()) <= n)
    shares = neyman(sizes, sds, n, minimum)
    assert sum(shares.values()) == min(n, sum(sizes.values()))
    assert all(least[name] <= shares[name] <= sizes[name] for name in sizes)


@given(sizes_of, st.integers(1, 300), st.integers(0, 4), st.floats(0.01, 3))
def test_neyman_with_equal_spreads_is_proportionate(sizes, n, minimum, sd):
    assume(sum(min(minimum, size) for size in sizes.values()) <= n)
    assert neyman(sizes, dict.fromkeys(sizes, sd), n, minimum) == largest_remainder(sizes, n, minimum)


@pytest.mark.parametrize("sd", [None, -0.1, float("nan"), float("inf"), "0.5", True])
def test_neyman_refuses_a_spread_it_cannot_use(sd):
    with pytest.raises(BadInput, match="“a” needs a standard deviation"):
        neyman({"a": 10, "b": 10}, {"a": sd, "b": 0.5}, 5)


@pytest.mark.parametrize("n", [0, -1, 2.5, "80", True, None])
def test_a_sample_of_nothing_is_refused(n):
    with pytest.raises(BadInput, match="sample size must be a whole number, 1 or more"):
        largest_remainder({"a": 10}, n)
    with pytest.raises(BadInput, match="sample size must be a whole number, 1 or more"):
        neyman({"a": 10}, {"a": 1}, n)


@pytest.mark.parametrize(
    ("sizes", "minimum", "sentence"),
    [
        ({}, 0, "no group"),
        ({"a": -1}, 0, "size of “a”"),
        ({"a": 1.5}, 0, "size of “a”"),
        ({"a": 9}, -1, "minimum for each group"),
        ({"a": 9}, True, "minimum for each group"),
    ],
)
def test_bad_sizes_are_sentences(sizes, minimum, sentence):
    with pytest.raises(BadInput, match=sentence):
        largest_remainder(sizes, 3, minimum)


def test_design_weights():
    assert design_weights({"a": 300, "b": 30, "c": 5}, {"a": 60, "b": 3}) == {"a": 5.0, "b": 10.0, "c": None}


@given(st.dictionaries(st.text(max_size=2), st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=1))
def test_weights_add_up_to_the_cases_they_stand_for(parts):
    population = {name: sampled + more for name, (sampled, more) in parts.items()}
    sampled = {name: sampled for name, (sampled, _more) in parts.items()}
    weights = design_weights(population, sampled)
    assert sum(weights[name] * sampled[name] for name in weights) == pytest.approx(sum(population.values()))


def test_weights_refuse_more_than_there_are():
    with pytest.raises(BadInput, match="3 cases of “a” are sampled but it has 2"):
        design_weights({"a": 2}, {"a": 3})
    with pytest.raises(BadInput, match="1 cases of “z” are sampled but it has 0"):
        design_weights({"a": 2}, {"z": 1})


@pytest.mark.parametrize(
    ("population", "margin", "n"),
    [
        (None, 0.03, 1068),  # Lohr 2010, section 2.6: 1067.1, and with 3,078 counties 793
        (3078, 0.03, 793),
        (100, 0.05, 80),  # Krejcie & Morgan 1970, table 1
        (1000, 0.05, 278),
        (10000, 0.05, 370),
        (1, 0.1, 1),
    ],
)
def test_published_sample_sizes(population, margin, n):
    assert sample_size(population, margin) == n


def test_sample_size_with_another_confidence_and_proportion():
    assert sample_size(None, 0.05, confidence=0.99) == 664
    assert sample_size(None, 0.05, proportion=0.2) == 246


def test_eighty_cases_give_about_eleven_points_and_a_team_of_ten_more_than_twenty_five():
    assert round(margin_of_error(3679, 80), 3) == 0.108
    assert round(margin_of_error(3679, 80, proportion=0.25), 3) == 0.094
    assert round(margin_of_error(None, 10), 2) == 0.31
    assert margin_of_error(80, 80) == 0


@given(st.integers(2, 100_000), st.floats(0.01, 0.4), st.floats(0.5, 0.99), st.floats(0.05, 0.95))
def test_size_and_margin_turn_into_each_other(population, margin, confidence, proportion):
    n = sample_size(population, margin, confidence, proportion)
    assert 1 <= n <= population
    assert margin_of_error(population, n, confidence, proportion) <= margin + 1e-12
    if n > 1:
        assert margin_of_error(population, n - 1, confidence, proportion) > margin - 1e-12


@pytest.mark.parametrize("bad", [0, 1, -0.1, 1.5, float("nan"), "0.1", True, 1e-300, None])
def test_fractions_out_of_range_are_sentences(bad):
    with pytest.raises(BadInput, match="margin must be more than 0 and less than 1"):
        sample_size(100, bad)
    with pytest.raises(BadInput, match="confidence must be"):
        sample_size(100, 0.1, confidence=bad)
    with pytest.raises(BadInput, match="proportion must be"):
        sample_size(100, 0.1, proportion=bad)


@pytest.mark.parametrize("population", [0, -5, 2.5, "100", True])
def test_population_must_be_a_count(population):
    with pytest.raises(BadInput, match="population must be a whole number"):
        sample_size(population, 0.1)
