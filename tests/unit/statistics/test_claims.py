"""The sentences that may claim something about practice, and those that must not."""

import re

import pytest

from auditflow.statistics.claims import board_sentence, claim_sentence, finding_sentence, unclaimed_sentence
from auditflow.statistics.crossing import Crossing
from auditflow.statistics.drift import DriftAdjusted, drift_adjusted

CROSSED = Crossing(19, 4, 18, 30)
NAMES = ("December", "March")


def result(change, drift, adjusted, claim, **others):
    """Figures (value, low, high) as `drift_adjusted` would hand them over."""
    return DriftAdjusted(
        71, 20, change[0], *drift, *adjusted, claim, change_low=change[1], change_high=change[2], **others
    )


KINDER = result((0.34, 0.22, 0.46), (0.12, 0.01, 0.23), (0.22, 0.07, 0.37), "improved")
STEADY = result((0.34, 0.22, 0.46), (0.1, -0.1, 0.3), (0.3, 0.1, 0.5), "improved")
CHANCE = result((0.34, 0.22, 0.46), (0.3, 0.2, 0.4), (0.04, -0.12, 0.2), "could_be_chance")
ONLY_ADJUSTED = result((-0.07, -0.18, 0.04), (-0.3, -0.4, -0.2), (0.23, 0.1, 0.36), "improved")
DECLINED = result((-0.3, -0.5, -0.2), (0.1, -0.1, 0.2), (-0.4, -0.6, -0.2), "declined")


def test_without_second_grading_nothing_is_claimed():
    assert unclaimed_sentence(0.4, "December") == (
        "The grades rose. Whether practice did cannot be told, because no December record was graded again."
    )
    assert unclaimed_sentence(-0.4) == (
        "The grades fell. Whether practice did cannot be told, because no baseline record was graded again."
    )
    assert unclaimed_sentence(0.0).startswith("The grades came out the same on average.")
    assert "no case was audited both times" in unclaimed_sentence(None)


@pytest.mark.parametrize("say", [claim_sentence, finding_sentence])
def test_no_bridge_cases_end_in_that_sentence_however_much_the_grades_rose(say):
    before = {f"C{i}": 2.0 + i % 2 for i in range(80)}
    after = {ref: value + 0.9 + (i % 3) / 10 for i, (ref, value) in enumerate(before.items())}
    assert say(drift_adjusted(before, after, {}), *NAMES) == unclaimed_sentence(0.4, "December")
    few = say(drift_adjusted(before, after, dict(list(before.items())[:9])), *NAMES)
    assert few.endswith("because only 9 December records were graded again (at least 10 are needed).")
    pairs = say(drift_adjusted(dict(list(before.items())[:4]), after, before), *NAMES)
    assert pairs.endswith("because only 4 cases were audited both times (at least 10 are needed).")


@pytest.mark.parametrize("say", [claim_sentence, finding_sentence])
def test_records_graded_again_are_never_denied(say):
    before = {f"C{i}": 2.0 + i % 2 for i in range(20)}
    after = {ref: value + 0.5 for ref, value in before.items()}
    lost = {f"L{i}": 2.0 for i in range(15)}
    alone = say(drift_adjusted(before, after, lost), *NAMES)
    assert alone.endswith("because the 15 December records graded again were left out, without a pair to compare with.")
    some = say(drift_adjusted(before, after, {**lost, "C1": 3.0}), *NAMES)
    assert some.endswith(
        "because only 1 December record with a pair was graded again (at least 10 are needed), 15 without."
    )
    few = drift_adjusted({"C1": 2.0}, {"C1": 3.0}, lost)
    assert few.reason == "too_few_pairs"
    assert say(few, *NAMES).endswith("because only 1 case was audited both times (at least 10 are needed).")


def test_drift_is_said_first_when_its_interval_leaves_out_nought():
    assert claim_sentence(KINDER, *NAMES) == (
        "20 December records were graded again by March’s auditors: they were 0.12 of a grade kinder (0.01 to "
        "0.23). The grades of the same 71 cases rose by 0.3 of a grade (0.2 to 0.5). Allowing for that, practice "
        "improved by 0.2 of a grade (0.1 to 0.4), more than chance alone would explain."
    )
    assert finding_sentence(KINDER, *NAMES) == (
        "Auditors in March graded the same December records about a tenth of a grade more kindly. The grades rose "
        "by about a third of a grade. Allowing for that, practice improved by about a fifth of a grade: more than "
        "chance alone would explain."
    )


def test_otherwise_the_grades_are_said_first():
    assert claim_sentence(STEADY, *NAMES) == (
        "The grades of the same 71 cases rose by 0.3 of a grade (0.2 to 0.5). 20 December records were graded "
        "again by March’s auditors: they were 0.1 of a grade kinder (−0.1 to 0.3). Allowing for that, practice "
        "improved by 0.3 of a grade (0.1 to 0.5), more than chance alone would explain."
    )
    assert finding_sentence(STEADY, *NAMES).startswith("The grades rose by about a third of a grade.")


def test_what_could_be_chance_is_not_called_practice():
    for say in (claim_sentence, finding_sentence):
        text = say(CHANCE, *NAMES)
        assert "practice" not in text
        assert "could be chance" in text


def test_no_movement_at_all_reads_as_such():
    still = result((0.0, -0.1, 0.1), (0.0, 0.0, 0.0), (0.0, -0.1, 0.1), "could_be_chance")
    assert claim_sentence(still, *NAMES) == (
        "The grades of the same 71 cases came out the same on average. 20 December records were graded again by "
        "March’s auditors: they were the same on average (0.0 to 0.0). Allowing for that, the change is 0.0 of a "
        "grade (−0.1 to 0.1), which could be chance."
    )
    assert finding_sentence(still, *NAMES) == (
        "The grades came out the same on average. Allowing for how March’s auditors graded December records, what "
        "is left of the change could be chance."
    )


def test_a_claim_that_rests_on_the_allowance_alone_says_so():
    alone = "Only the allowance makes this claim: the grades as given would not."
    assert claim_sentence(ONLY_ADJUSTED, *NAMES).endswith(alone)
    assert finding_sentence(ONLY_ADJUSTED, *NAMES).endswith(alone)
    assert "stricter (0.2 to 0.4)" in claim_sentence(ONLY_ADJUSTED, *NAMES)
    assert alone not in claim_sentence(KINDER, *NAMES)


def test_a_fall_reads_as_a_size():
    text = claim_sentence(DECLINED, "baseline", "re-audit")
    assert "fell by 0.3 of a grade (0.2 to 0.5)" in text
    assert "practice declined by 0.4 of a grade (0.2 to 0.6)" in text
    assert "20 baseline records were graded again by the re-audit’s auditors" in text


@pytest.mark.parametrize(
    ("outcome", "ending"),
    [
        (None, "cannot be told, because no December record was graded again."),
        (KINDER, "grading had become kinder; allowing for that, practice probably has improved."),
        (STEADY, "the auditors’ standard had not moved, so practice probably has improved."),
        (CHANCE, "grading had become kinder; allowing for that, what is left of the change could be chance."),
        (DECLINED, "the auditors’ standard had not moved, so practice has probably got worse."),
    ],
)
def test_the_boards_sentence(outcome, ending):
    text = board_sentence(CROSSED, outcome, *NAMES)
    assert text.startswith(
        "In December about 1 in 3 of these cases were good or better; in March, of the same cases, about half. "
    )
    assert text.endswith(ending)
    assert not re.search(r"\d\.\d|%|kappa|\bproved", text)


def test_the_board_hears_no_small_numbers():
    assert board_sentence(Crossing(2, 1, 3, 2), KINDER) == (
        "Fewer than 10 cases were audited both times: too few to report."
    )
    assert "very few or none" in board_sentence(Crossing(0, 2, 1, 60), None)


@pytest.mark.parametrize("outcome", [KINDER, STEADY, CHANCE, ONLY_ADJUSTED, DECLINED])
def test_the_raw_and_the_adjusted_change_are_always_both_there(outcome):
    for say in (claim_sentence, finding_sentence):
        text = say(outcome, *NAMES)
        assert re.search(r"The grades( of the same 71 cases)? (rose|fell)", text)
        assert "Allowing for" in text
