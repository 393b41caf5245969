"""A round that checked some kinds of case more often than others: no share of its cases is one of all cases."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from auditflow.domain.graded import RoundGrades
from auditflow.reporting.board_report import board_report
from auditflow.reporting.board_sentences import OF_CHECKED
from auditflow.reporting.workbook import results_workbook
from auditflow.web.results_links import Links
from auditflow.web.results_page import round_page
from tests.factories.board import ABOUT, MANY, checked_unevenly, grades_of, results_of_round

EVEN = grades_of(MANY, {"Planning": MANY})
UNEVEN = checked_unevenly(EVEN)


def domain_sheet(given: RoundGrades) -> dict[str, Any]:
    made = results_workbook(results_of_round(given), None, {}, ABOUT, teams=False)
    headings, row = openpyxl.load_workbook(io.BytesIO(made), read_only=True)["Domains"].iter_rows(values_only=True)
    return dict(zip(headings, row, strict=True))


def test_the_workbook_counts_a_domain_and_gives_no_share() -> None:
    even, uneven = domain_sheet(EVEN), domain_sheet(UNEVEN)
    left_out = {name for name in even if even[name] != uneven[name]}
    assert len(left_out) == 3, left_out
    assert all(uneven[name] is None for name in left_out)


def test_the_page_gives_a_domain_no_range_and_says_so() -> None:
    links = Links(1, opens=False)
    even, uneven = (
        round_page(results_of_round(given, locked_digest=None), links, teams=False) for given in (EVEN, UNEVEN)
    )
    assert (even["weighted"], uneven["weighted"]) == (False, True)
    assert [even["domains"][0][place] == uneven["domains"][0][place] for place in range(5)] == [True] * 3 + [
        False,
        True,
    ]
    assert uneven["domains"][0][3] == ""


def test_a_board_is_told_what_the_shares_of_domains_are_of() -> None:
    def said(given: RoundGrades) -> str:
        return str(board_report(results_of_round(given), ABOUT))

    assert OF_CHECKED in said(UNEVEN)
    assert OF_CHECKED not in said(EVEN)
