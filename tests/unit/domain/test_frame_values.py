"""Cells of a case list: text, names and references as they are kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.frame_values import (
    MAX_REFERENCE,
    MAX_TEXT,
    allocated_name,
    clean_text,
    coded_text,
    family_reference,
    read_reference,
    without_prefix,
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Locality   1 ", "Locality 1"),
        ("Ann\u00a0Archer", "Ann Archer"),
        ("line\nbreak", "line break"),
        ("Zoe\u0308", "Zoë"),
        (12.0, "12"),
        (12.5, "12.5"),
        (True, "True"),
        (None, ""),
        ("", ""),
    ],
)
def test_text_is_trimmed_composed_and_on_one_line(cell, text):
    assert clean_text(cell) == (text, "", "")


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#n/a", " #N/A "]
)
def test_a_spreadsheet_error_is_blank_with_a_note(error):
    reading = clean_text(error)
    assert (reading.text, reading.fault) == ("", "")
    assert reading.note == "a spreadsheet error was read as blank"


def test_control_and_invisible_characters_are_taken_out_of_text_with_a_note():
    assert clean_text("Loc\x07al\u200bity") == ("Locality", "invisible characters were taken out", "")


def test_text_may_be_as_long_as_the_limit_and_no_longer():
    assert clean_text("x" * MAX_TEXT).text == "x" * MAX_TEXT
    assert clean_text("x" * (MAX_TEXT + 1)).fault == f"is longer than {MAX_TEXT} characters"
    assert clean_text("é" * (MAX_TEXT + 1)).fault


@settings(deadline=None)
@given(st.text())
def test_clean_text_is_stable_and_printable(text):
    first = clean_text(text)
    assert first.text == "" or first.text.isprintable()
    if not first.fault and not first.note:
        assert clean_text(first.text).text == first.text


@pytest.mark.parametrize(
    ("text", "words"),
    [("a) Yes", "Yes"), ("b)No", "No"), ("(c) Other", "Other"), ("aa) X", "X"), ("N1 - Abuse", "N1 - Abuse")],
)
def test_a_code_loses_its_letter(text, words):
    assert without_prefix(text) == words
    assert coded_text(text).text == words


@pytest.mark.parametrize(
    "cell",
    ["Unallocated", "UNALLOCATED ", "Un-allocated", "Not allocated", "No worker", "n/a", "-", "None", "TBC", "Vacant"],
)
def test_nobody_is_blank_with_a_note(cell):
    assert allocated_name(cell) == ("", "read as not allocated", "")


@pytest.mark.parametrize("name", ["Ann Archer", "Nona Ali", "Émile Z", "वर्मा", "Duty team", "O'Neil, Sean", "Team 7"])
def test_a_name_of_a_worker_or_team_is_kept(name):
    assert allocated_name(name) == (name, "", "")


def test_a_blank_worker_is_blank_without_a_note():
    assert allocated_name("") == ("", "", "")


@pytest.mark.parametrize(("cell", "ref"), [(8001.0, "8001"), ("F-12", "F-12"), ("none", ""), ("", "")])
def test_family_references(cell, ref):
    assert family_reference(cell).text == ref


@pytest.mark.parametrize(
    ("cell", "ref"),
    [
        (" C0012 ", "C0012"),
        ("\u00a0C0012", "C0012"),
        (9212044.0, "9212044"),
        ("00123", "00123"),
        ('="00123"', "00123"),
        ("caf\u0065\u0301", "café"),
        ("aB", "aB"),
        ("12 34", "12 34"),
    ],
)
def test_a_reference_is_trimmed_and_composed_and_keeps_its_case_and_zeros(cell, ref):
    assert read_reference(cell) == (ref, "", "")


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("", "is blank"),
        ("   ", "is blank"),
        (None, "is blank"),
        ("#N/A", "is a spreadsheet error"),
        ("C1\x072", "contains a control character or an invisible one"),
        ("C1\n2", "contains a control character or an invisible one"),
        ("C1\u200b2", "contains a control character or an invisible one"),
        ("C1\u00a02", "contains a control character or an invisible one"),
        ("=A1+1", "begins with a character that spreadsheets take for a formula"),
        ("@x", "begins with a character that spreadsheets take for a formula"),
        ("1.23457E+11", "is a number that a spreadsheet has shortened"),
        ("2e+10", "is a number that a spreadsheet has shortened"),
        (1234567890123456.0, "is a number too long for a spreadsheet, which loses its last digits"),
        ("x" * (MAX_REFERENCE + 1), f"is longer than {MAX_REFERENCE} characters"),
    ],
)
def test_a_reference_that_cannot_name_one_case_is_a_fault(cell, fault):
    assert read_reference(cell).fault == fault


def test_a_date_is_not_a_reference():
    from datetime import date, datetime

    assert read_reference(date(2026, 1, 1)).fault == "is a date, not a reference"
    assert read_reference(datetime(2026, 1, 1, 9)).fault == "is a date, not a reference"
