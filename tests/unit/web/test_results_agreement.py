"""What the lead reads of two auditors who graded the same records blind."""

from __future__ import annotations

from typing import Any

import pytest

from auditflow.domain.grades import Grade
from auditflow.statistics.agreement_summary import agreement_summary
from auditflow.web.results_agreement import agreement_part

INADEQUATE, RI, GOOD, OUTSTANDING = Grade
MIXED = [(GOOD, GOOD), (RI, RI), (RI, GOOD), (GOOD, GOOD), (INADEQUATE, RI), (RI, RI), (GOOD, RI), (GOOD, GOOD)]
AC, KAPPA = "Agreement beyond chance (Gwet’s AC2)", "Weighted kappa"


def part(pairs: list[tuple[Grade, Grade]]) -> Any:
    return agreement_part(agreement_summary(pairs), "/cases")


def facts(pairs: list[tuple[Grade, Grade]]) -> dict[str, str]:
    return {row["key"]: row["value"] for row in part(pairs)["facts"]}


def test_nothing_is_shown_where_nothing_was_graded_twice() -> None:
    assert part([]) is None


def test_fewer_than_ten_cases_have_counts_only() -> None:
    assert facts(MIXED) == {"The same grade": "5 of 8", "Within one grade": "8 of 8"}
    assert part(MIXED)["words"] == "Fewer than 10 cases were graded twice, so there are only counts."


@pytest.mark.parametrize("times", [2, 4])
def test_from_ten_cases_both_coefficients_have_a_range(times: int) -> None:
    found = facts(MIXED * times)
    for name in (AC, KAPPA):
        value, _, interval = found[name].partition(", fairly confident ")
        low, _, high = interval.partition(" to ")
        assert float(low.replace("−", "-")) < float(value) < float(high) <= 1
    assert part(MIXED * times)["words"].endswith("With so few cases the range is wide.")


def test_the_table_has_the_first_auditors_grade_as_its_row() -> None:
    rows = {row[0]: row[1:] for row in part(MIXED)["rows"]}
    assert rows["Inadequate"] == [0, 1, 0, 0]
    assert rows["Good"] == [0, 1, 3, 0]


def test_one_grade_by_everybody_leaves_kappa_undefined() -> None:
    found = facts([(GOOD, GOOD)] * 25)
    assert found[KAPPA] == "Not defined: everyone used one grade."
    assert found[AC] == "1.00; there is no range, because no disagreement was seen"


def test_no_disagreement_is_not_certainty() -> None:
    pairs = [(GOOD, GOOD), (RI, RI)] * 8
    found = facts(pairs)
    assert found[AC] == found[KAPPA] == "1.00; there is no range, because no disagreement was seen"
    assert part(pairs)["words"] == (
        "The two auditors gave the same grade in all 16 cases. More cases might have shown disagreements, and how many "
        "cannot be told from none."
    )


def test_results_that_were_frozen_without_ranges_still_open() -> None:
    older = {name: value for name, value in agreement_summary(MIXED * 2).items() if name != "intervals"}
    found = agreement_part(older, "")
    assert found is not None
    assert [row["key"] for row in found["facts"]] == ["The same grade", "Within one grade"]
