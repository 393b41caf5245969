"""Downloads: what was typed stays text, and everything arrives."""

import csv
import io
import math
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.adapters import spreadsheet
from auditflow.adapters.spreadsheet import MAX_CELL, Sheet, csv_bytes, csv_lines, xlsx_bytes
from auditflow.domain.errors import BadInput
from auditflow.domain.safe_cell import is_formula_like

SUMMER = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
DANGEROUS = ["=1+1", "+44 7700 900123", "-2+3", "@SUM(A1)", "=HYPERLINK(0)", "\t=1", "=cmd|' /C calc'!A0"]


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def opened(*sheets):
    return openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheets)))


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_csv_file_has_a_mark_headings_and_rows():
    data = csv_bytes(["Case", "Team"], [["A1", "Équipe, nord"], ["A2", None]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert rows_of(data) == [["Case", "Team"], ["A1", "Équipe, nord"], ["A2", ""]]


@pytest.mark.parametrize("text", DANGEROUS)
def test_nothing_in_a_csv_file_runs_as_a_formula(text):
    assert rows_of(csv_bytes([text], [[text]])) == [[f"'{text}"], [f"'{text}"]]


def test_numbers_days_instants_and_truths_in_csv():
    row = [3, -1.5, Decimal("2.50"), date(2026, 7, 1), SUMMER, True, False, "-7"]
    assert rows_of(csv_bytes(["x"] * 8, [row]))[1] == [
        "3",
        "-1.5",
        "2.50",
        "2026-07-01",
        "2026-07-01 10:30",
        "Yes",
        "No",
        "-7",
    ]


def test_a_long_csv_file_comes_in_pieces():
    pieces = list(csv_lines(["n"], ([n] for n in range(2_500))))
    assert len(pieces) == 4
    assert rows_of(b"".join(pieces)) == [["n"], *([str(n)] for n in range(2_500))]


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2, max_size=2), max_size=4
    )
)
def test_csv_reads_back_with_no_formula_in_it(rows):
    back = rows_of(csv_bytes(["a", "b"], rows))[1:]
    assert not any(is_formula_like(cell) for row in back for cell in row)
    assert [[cell.removeprefix("'") for cell in row] for row in back] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


@pytest.mark.parametrize("text", [*DANGEROUS, "http://example.org", "mailto:a@b.c", "00123", "1e5"])
def test_text_in_xlsx_is_exactly_what_was_typed_and_never_a_formula_or_a_link(text):
    cell = opened(Sheet("Cases", ["Case"], [[text]])).active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_dangerous_text_in_xlsx_is_marked_as_text_for_whoever_edits_it():
    sheet = opened(Sheet("Cases", ["Case"], [["=1+1"], ["plain"]])).active
    assert sheet["A2"].quotePrefix
    assert not sheet["A3"].quotePrefix


def test_values_in_xlsx_keep_their_kinds():
    row = [3, -1.5, Decimal("2.5"), date(2026, 7, 1), SUMMER, True, None, "", math.nan, math.inf]
    sheet = opened(Sheet("Cases", ["x"] * 10, [row])).active
    assert cells(sheet)[1] == [3, -1.5, 2.5, datetime(2026, 7, 1), datetime(2026, 7, 1, 10, 30), "Yes", *[None] * 4]
    assert sheet["D2"].number_format == "dd/mm/yyyy"


def test_headings_are_bold_and_stay_in_sight():
    sheet = opened(Sheet("Cases", ["Case", "Team"])).active
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"


def test_sheet_names_are_made_acceptable_and_different():
    names = ["By team / worker", "By team : worker", "x" * 40, "x" * 40, "", "history", "'quoted'"]
    made = opened(*(Sheet(name, ["a"]) for name in names)).sheetnames
    assert len(set(map(str.casefold, made))) == len(names)
    assert all(0 < len(name) <= 31 for name in made)
    assert made[0] == "By team   worker"


def test_text_too_long_for_a_cell_is_cut_with_a_remark():
    (_, (fits,), (cut,)) = cells(opened(Sheet("A", ["a"], [["x" * MAX_CELL], ["x" * 40_000]])).active)
    assert fits == "x" * MAX_CELL
    assert len(cut) == MAX_CELL
    assert cut.endswith("(cut here: the whole text does not fit in one cell)")


def test_control_characters_do_not_damage_the_workbook():
    assert cells(opened(Sheet("A", ["a"], [["a\x00b\x1fc\ud800d\nline"]])).active)[1] == ["abcd\nline"]
    assert rows_of(csv_bytes(["a"], [["a\ud800b"]]))[1] == ["a?b"]


def test_more_rows_than_a_sheet_holds_is_a_sentence(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 4)
    assert len(cells(opened(Sheet("A", ["a"], [[1], [2], [3]])).active)) == 4
    with pytest.raises(BadInput, match="“A” has more rows than a spreadsheet can hold"):
        xlsx_bytes([Sheet("A", ["a"], [[1], [2], [3], [4]])])
