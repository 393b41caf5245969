"""What people read: exact sentences for the figures of a worked example, and rules for every other figure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.statistics.agreement import moderation_shift, two_graders
from auditflow.statistics.estimates import Stratum, stratified_proportion, wilson
from auditflow.statistics.movement import crossing, movement, newcombe_paired
from auditflow.statistics.sentences import (
    agreement_sentence,
    bounds_matter,
    bounds_sentence,
    chance_words,
    domains_sentence,
    estimate_sentence,
    moderation_sentence,
    movement_sentence,
    when,
)
from auditflow.statistics.wording import fraction_words, grade_change, number, percent, points, share, signed

REAUDIT = [[4, 6, 2, 0], [4, 16, 15, 1], [0, 4, 14, 3], [0, 0, 1, 1]]
SHARES = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CELLS = st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=4, max_size=4)


def movement_of(table, *names):
    folded = crossing(table)
    return movement_sentence(movement(table), folded, newcombe_paired(*folded), *names)


def test_the_estimate_of_eighty_cases():
    assert estimate_sentence(26, 80, wilson(26, 80)) == (
        "26 of 80 (33%) good or better; across all eligible cases we can be fairly confident it is between 23% and 43%."
    )


def test_estimates_of_few_no_and_all_cases():
    assert estimate_sentence(3, 8, wilson(3, 8), not_applicable=2) == (
        "3 of 8 good or better. That is too few cases for a percentage. 2 cases not applicable, left out."
    )
    assert estimate_sentence(0, 0, wilson(0, 0)) == "No cases were graded, so there is no figure."
    assert estimate_sentence(7, 12, wilson(7, 12), population=12) == (
        "7 of 12 (58%) good or better: every eligible case was audited."
    )


def test_a_weighted_estimate_says_that_it_is_weighted():
    strata = stratified_proportion([Stratum(1000, 40, 8), Stratum(500, 40, 20)])
    assert estimate_sentence(28, 80, strata) == (
        "28 of 80 (35%) good or better; weighted to all eligible cases that is 30%, and we can be fairly confident "
        "it is between 20% and 40%."
    )
    single = stratified_proportion([Stratum(30, 1, 1), Stratum(40, 10, 4)])
    assert "cannot be given" in estimate_sentence(5, 11, single)


def test_the_movement_of_the_reaudit():
    assert movement_of(REAUDIT, "December", "March") == (
        "Of the same 71 cases, 23 were good or better in December and 37 in March (+20 points, 7 to 31); 27 moved "
        "up, 35 stayed, 9 moved down."
    )
    assert "at the baseline and 37 at the re-audit" in movement_of(REAUDIT)


def test_movement_of_few_and_no_pairs():
    few = [[0, 1, 0, 0], [0, 2, 1, 0], [0, 0, 3, 0], [0, 0, 0, 0]]
    assert movement_of(few) == (
        "Of the same 7 cases, 3 were good or better at the baseline and 4 at the re-audit; 2 moved up, 5 stayed, 0 "
        "moved down."
    )
    nothing = [[0] * 4] * 4
    assert movement_of(nothing) == "No case was audited both times, so nothing can be said about movement."
    one = [[0, 0, 1, 0], [0] * 4, [0] * 4, [0] * 4]
    assert movement_of(one).startswith("The one case audited both times")


def test_the_bounds_of_the_reaudit():
    assert bounds_sentence(26, 80, 37, 71, "December") == (
        "Even if none of the 9 missing cases were good or better, 37 of 80 (46%), against 26 of 80 (33%) in "
        "December; if all of them were, 46 of 80 (58%)."
    )
    assert bounds_sentence(26, 80, 37, 80) == ""
    assert "the one missing case" in bounds_sentence(26, 80, 37, 79)
    assert (bounds_matter(71, 80), bounds_matter(72, 80)) == (True, False)


def test_agreement_and_moderation():
    table = [[3, 1, 0, 0], [1, 5, 1, 0], [0, 0, 4, 0], [0, 0, 0, 1]]
    assert agreement_sentence(two_graders(table)) == (
        "Two auditors gave the same grade in 13 of 16, within one grade in 16."
    )
    assert agreement_sentence(two_graders([[0] * 4] * 4)).startswith("No case was graded by two")
    assert "one case that both" in agreement_sentence(two_graders([[0, 1], [0, 0]]))
    shift = moderation_shift([(3, 2)] * 4 + [(2, 2)] * 16 + [(2, 3)])
    assert moderation_sentence(shift) == (
        "Moderation of 21 cases raised 1, confirmed 16 and lowered 4 (on average 0.1 of a grade down)."
    )
    assert moderation_sentence(moderation_shift([])) == "No case was moderated."


def test_words_for_chance_and_domains():
    assert chance_words(0.049) == "more than chance alone would explain"
    assert chance_words(0.05) == "could be chance"
    assert chance_words(None) == "cannot be told"
    assert domains_sentence([0.01, 0.2, None, 0.04], [True, True, True, False]) == (
        "1 of 4 domains improved more than chance would explain."
    )


def test_when():
    assert (when("December"), when("baseline"), when("2026/27")) == ("in December", "at the baseline", "in 2026/27")


@given(SHARES)
def test_percentages_are_whole_below_a_hundred_and_absent_below_ten(pair):
    x, n = pair
    text = share(x, n)
    assert text.startswith(f"{x} of {n}")
    assert ("%" in text) == (n >= 10)
    assert ("." in text) == (n >= 100)


@given(SHARES, CELLS)
def test_no_sentence_holds_what_is_never_said(pair, table):
    x, n = pair
    said = [estimate_sentence(x, n, wilson(x, n)), movement_of(table, "December", "March")]
    for text in said:
        assert not re.search(r"nan|None|proved|no change|practice|p =|inf", text)
        assert text.endswith(".")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (percent(26 / 80, 80), "33%"),
        (percent(1 / 8, 80), "13%"),
        (percent(0.512, 1000), "51.2%"),
        (number(1234.5), "1,235"),
        (number(-0.04, 1), "0.0"),
        (number(-0.06, 1), "−0.1"),
        (signed(0.0, 1), "0.0"),
        (signed(0.3, 1), "+0.3"),
        (points(-0.031, 80), "−3"),
        (points(0.197, 71), "+20"),
        (grade_change(0.3, 0.1, 0.5), "0.3 of a grade (0.1 to 0.5)"),
        (grade_change(0.15, 0.003, 0.3), "0.150 of a grade (0.003 to 0.300)"),
        (grade_change(0.12, 0.01, 0.23), "0.12 of a grade (0.01 to 0.23)"),
        (fraction_words(23, 71), "about 1 in 3"),
        (fraction_words(37, 71), "about half"),
        (fraction_words(4, 71), "very few or none"),
        (fraction_words(0, 71), "very few or none"),
        (fraction_words(67, 71), "all or nearly all"),
    ],
)
def test_numbers_as_people_read_them(made, text):
    assert made == text
