"""The workbook of a round: what it is stands first, then a sheet a table, then every grading."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import openpyxl

from auditflow.reporting.workbook import results_workbook
from tests.factories.board import ABOUT, DIGEST, MANY, MARCH, grades_of, results_of_re_audit, results_of_round

STATES = {"agreed": "Agreed", "removed": "Removed"}


def sheets(made: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(made), read_only=True)
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_first_sheet_says_whose_results_these_are_and_how_to_check_them() -> None:
    given = grades_of(MANY, {"Planning": MANY})
    book = sheets(results_workbook(results_of_round(given), given.audits, STATES, ABOUT))
    assert list(book) == ["About", "Round", "Grades", "Domains", "Teams", "Gradings"]
    about = dict(book["About"])
    assert about["Marking"] == "OFFICIAL-SENSITIVE"
    assert about["Council"] == "Exampleshire Council"
    assert about["Results"] == "Version 1 of the results, closed 22 April 2027"
    assert about["SHA-256 of the results"] == DIGEST
    assert about["Latest seal of the journal"] == f"41, {'ab12' * 16}"
    assert "denominator" in about["Not applicable"]


def test_every_grading_stands_in_the_last_sheet_in_the_columns_of_the_audit_tool() -> None:
    given = grades_of([*MANY, None], {"Planning": [*MANY, None]})
    book = sheets(results_workbook(results_of_round(given), given.audits, STATES, ABOUT))
    headings, first, *others = book["Gradings"]
    assert headings[-1] == "Planning"
    assert (first[0], first[-1]) == ("CF-0000", 4)
    assert len(others) == 80
    assert others[-1][5] == "Removed"


def test_without_gradings_and_teams_for_those_who_may_not_see_them() -> None:
    given = grades_of(MANY, {"Planning": MANY})
    book = sheets(results_workbook(results_of_round(given), None, STATES, ABOUT, teams=False))
    assert list(book) == ["About", "Round", "Grades", "Domains"]


def test_a_re_audit_has_its_movement_and_a_draft_says_so() -> None:
    before, after = grades_of(MANY, {"Planning": MANY}), grades_of(MANY, {"Planning": MANY}, day=MARCH)
    draft = replace(ABOUT, version=None, closed_on=None, seal=None)
    book = sheets(results_workbook(results_of_re_audit(before, after), after.audits, STATES, draft))
    assert [name for name in book if name.startswith(("Movement", "Change"))] == [
        "Movement",
        "Change",
        "Change by domain",
    ]
    assert dict(book["About"])["Results"] == "Draft: these results are not published"
    assert dict(book["About"])["Latest seal of the journal"] == "none yet"
