"""The gathered figures: keys always present, counts that add up, the interval that the design asks for."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.grades import Grade
from auditflow.statistics.agreement_summary import agreement_summary
from auditflow.statistics.chart_summary import ChartInput, chart_summary
from auditflow.statistics.estimates import Stratum, finite_population, stratified_proportion, wilson
from auditflow.statistics.movement_summary import MovementInput, movement_summary
from auditflow.statistics.summary import EstimateInput, estimate_summary, headline_interval, is_weighted
from auditflow.statistics.tables import count_grades, grade_table

MAYBE = st.one_of(st.none(), st.sampled_from(list(Grade)))
AUDITS = st.dictionaries(st.sampled_from("ABCDEFGHIJKLMNOP"), MAYBE)


def leaves(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def check(figures):
    """Every figure is finite or None, and the whole can be written as JSON."""
    assert all(not isinstance(figure, float) or math.isfinite(figure) for figure in leaves(figures))
    json.dumps(figures, allow_nan=False)
    assert figures["sentence"].endswith(".")


def test_tables_and_counts():
    pairs = [(Grade.GOOD, Grade.OUTSTANDING), (Grade.INADEQUATE, Grade.GOOD)]
    assert grade_table(pairs) == [[0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert list(count_grades([Grade.GOOD]).items()) == [
        ("Outstanding", 0),
        ("Good", 1),
        ("Requires improvement", 0),
        ("Inadequate", 0),
    ]


def test_the_interval_that_the_design_asks_for():
    proportional = [Stratum(1000, 40, 10), Stratum(1010, 40, 20)]
    skewed = [Stratum(1000, 60, 10), Stratum(1010, 20, 10)]
    assert headline_interval(30, 80, 2010, proportional) == wilson(30, 80)
    assert headline_interval(20, 80, 2010, skewed) == stratified_proportion(skewed)
    close = headline_interval(30, 80, 200, None)
    assert close.high - close.low < wilson(30, 80).high - wilson(30, 80).low
    assert headline_interval(30, 80, None, None) == wilson(30, 80)


@given(st.lists(MAYBE, max_size=40), st.integers(40, 400))
def test_every_estimate_adds_up(grades, population):
    figures = estimate_summary(EstimateInput(grades, population=population))
    check(figures)
    assert figures["n"] + figures["not_applicable"] == len(grades)
    assert sum(figures["distribution"].values()) == figures["n"]
    assert figures["good"] == figures["distribution"]["Good"] + figures["distribution"]["Outstanding"]
    assert (figures["p"] is None) == (figures["reason"] == "no_cases")


def test_strata_without_a_graded_case_are_told():
    given_grades = EstimateInput([Grade.GOOD, Grade.INADEQUATE, None], ["a", "a", "b"], {"a": 20, "b": 30})
    stratified = estimate_summary(given_grades)["stratified"]
    assert (stratified["covered"], stratified["population"], stratified["p"]) == (20, 50, 0.5)


def test_groups_not_drawn_in_proportion_are_weighted_even_where_the_shares_happen_to_agree():
    grades, strata = [Grade.GOOD, Grade.INADEQUATE] * 10, ["a"] * 10 + ["b"] * 10
    uneven = estimate_summary(EstimateInput(grades, strata, {"a": 20, "b": 180}))
    assert (uneven["interval"]["value"], uneven["p"]) == (0.5, 0.5)
    assert is_weighted(uneven)
    assert not is_weighted(estimate_summary(EstimateInput(grades, strata, {"a": 100, "b": 100})))
    frozen_before = {name: value for name, value in uneven.items() if name != "weighted"}
    assert is_weighted(frozen_before | {"interval": {"value": 0.4}})
    assert not is_weighted(frozen_before)


UNCOVERED = EstimateInput([Grade.GOOD] * 20 + [Grade.INADEQUATE] * 20, ["a"] * 40, {"a": 400, "b": 500})


def test_groups_without_a_graded_case_are_never_spoken_for():
    figures = estimate_summary(UNCOVERED)
    assert figures["sentence"] == (
        "20 of 40 (50%) good or better; weighted to the 400 of 900 eligible cases in groups that were graded that is "
        "50%, and we can be fairly confident it is between 35% and 65%."
    )
    finite = figures["finite_population"]
    assert (finite["count_low"], finite["high"], finite["reason"]) == (None, None, "groups_not_graded")


def test_a_group_too_small_for_a_case_of_its_own_is_not_spoken_for_either():
    small = EstimateInput([Grade.GOOD, Grade.INADEQUATE] * 6, ["a"] * 12, {"a": 100, "b": 5})
    figures = estimate_summary(small)
    assert "across the 100 of 105 eligible cases in groups that were graded we can" in figures["sentence"]
    within = finite_population(6, 12, 100)
    assert (figures["interval"]["low"], figures["interval"]["high"]) == (within.low, within.high)
    every = estimate_summary(EstimateInput([Grade.GOOD] * 10, ["a"] * 10, {"a": 10, "b": 50}))
    assert every["sentence"] == (
        "10 of 10 (100%) good or better: these are the 10 of 60 eligible cases in groups that were graded, and nothing "
        "is known of the other groups."
    )
    nothing = estimate_summary(EstimateInput([], [], {"a": 10}))
    assert nothing["finite_population"]["reason"] == "groups_not_graded"


@settings(max_examples=60, deadline=None)
@given(AUDITS, AUDITS, st.frozensets(st.sampled_from("ABCD")), st.one_of(st.none(), AUDITS))
def test_every_movement_adds_up(before, after, unpaired, again):
    def rows(grades):
        return {ref: {"plan": grade, "voice": Grade.GOOD} for ref, grade in grades.items()}

    figures = movement_summary(
        MovementInput(
            before,
            after,
            unpaired,
            ["plan", "voice"],
            rows(before),
            rows(after),
            None if again is None else rows(again),
        )
    )
    check(figures)
    both = [r for r in before if before[r] and after.get(r) and r not in unpaired]
    assert figures["pairs"] == len(both) == sum(map(sum, figures["matrix"]))
    assert figures["improved"] + figures["same"] + figures["declined"] == len(both)
    assert figures["lost"] == sum(1 for r in before if before[r] and r not in unpaired) - len(both)
    assert figures["unpaired"] == sum(1 for r in after if after[r] and r not in both)
    assert (figures["drift"] is None) == (again is None) == (figures["reason"] == "no_regraded_file")
    assert figures["domains"]["plan"]["matrix"] == figures["matrix"]
    if again is None or figures["drift"]["claim"] == "cannot_tell":
        assert "practice improved by" not in figures["sentence"]


def test_a_domain_without_pairs_is_not_counted_by_holm():
    before = {f"C{i}": Grade.INADEQUATE for i in range(8)}
    after = dict.fromkeys(before, Grade.GOOD)
    rows = [{ref: {"plan": grade, "court": None} for ref, grade in grades.items()} for grades in (before, after)]
    figures = movement_summary(
        MovementInput(before, after, domains=["plan", "court"], domains_before=rows[0], domains_after=rows[1])
    )
    assert figures["domains"]["court"]["holm"] is None
    assert figures["domains"]["plan"]["holm"] == figures["domains"]["plan"]["mcnemar"]["mid_p"]


@settings(deadline=None)  # the first time that a table comes up, its intervals are resampled
@given(st.lists(st.tuples(st.sampled_from(list(Grade)), st.sampled_from(list(Grade))), max_size=20))
def test_every_agreement_can_be_written(pairs):
    figures = agreement_summary(pairs)
    check(figures)
    assert figures["n"] == len(pairs) == sum(figures["shift"][name] for name in ("raised", "unchanged", "lowered"))
    for weights in ("identity", "linear", "quadratic"):
        assert (figures[weights]["kappa"] is None) == (figures[weights]["reason"] is not None)


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=30),
    st.one_of(st.none(), st.floats(0, 1)),
    st.sampled_from(["up", "down"]),
    st.booleans(),
)
def test_every_chart_can_be_written(values, target, better, shares):
    figures = chart_summary(ChartInput(values, target, better, shares))
    check(figures)
    assert len(figures["labels"]) == len(figures["lower"]) == len(figures["upper"]) == len(values)
    assert (figures["variation"] is None) == (figures["reason"] is not None)


@pytest.mark.parametrize(
    ("values", "target", "words"),
    [
        ([5.0] * 12, 4, "within the usual ups and downs; the average is 5"),
        ([1, 2] * 8 + [9], None, "a change for the better: it lies above the upper limit"),
        ([1, 2] * 8 + [-9], None, "a change for the worse: it lies below the lower limit"),
        ([1, 2] * 8, 30, "The target of 30 will not be met unless something changes."),
        ([1, 2] * 8, 1.5, "The target of 1.5 is met in some months and missed in others."),
        ([1, 2] * 8, -5, "The target of −5 is met as things are."),
        ([1, 2], 1.5, "Only 2 points"),
        ([], None, "There are no points to show."),
    ],
)
def test_what_a_chart_says(values, target, words):
    assert words in chart_summary(ChartInput(values, target, "up"))["sentence"]
