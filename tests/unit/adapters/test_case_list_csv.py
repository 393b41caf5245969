"""CSV as councils have it: encodings, delimiters, ragged rows, and text that is no CSV at all."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.adapters.case_list import describe_sheets, open_case_list, read_cases
from auditflow.adapters.case_list_csv import CSV_SHEET
from auditflow.domain.errors import BadInput
from tests.factories.annex_a import AS_AT

MAPPING = {CSV_SHEET: {"case_ref": "Case ID", "team": "Team"}}


def read(content, name="list.csv"):
    return read_cases(open_case_list(content, name=name), MAPPING, as_at=AS_AT)


def refusal(content, name="list.csv"):
    with pytest.raises(BadInput) as caught:
        read(content, name)
    assert caught.value.field in ("file", "case_ref", "mapping")
    return str(caught.value)


def teams(content):
    return {case.case_ref: case.team for case in read(content).cases}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_usual_encoding(encoding):
    assert teams("Case ID,Team\nA1,Café – North\n".encode(encoding)) == {"A1": "Café – North"}


def test_bytes_that_no_usual_encoding_explains_are_a_sentence():
    sentence = refusal(b"Case ID,Team\nA1,Caf\x81\n")
    assert "is in an encoding that is not known here" in sentence
    assert "CSV UTF-8" in sentence


def test_a_broken_utf_16_file_is_a_sentence():
    assert "encoding" in refusal("Case ID,Team\nA1,x\n".encode("utf-16")[:-1])


def test_nul_characters_are_no_text():
    assert "is not a spreadsheet that can be read" in refusal(b"Case ID,Team\nA1,No\x00rth\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter(delimiter):
    text = "Case ID,Team,Worker\nA1,North,Ann\nA2,South,Bo\n".replace(",", delimiter)
    assert teams(text.encode()) == {"A1": "North", "A2": "South"}


def test_commas_inside_cells_do_not_decide_the_delimiter():
    text = 'Case ID;Team;Notes\nA1;North, East;"a; b, c, d"\nA2;South, West;e, f\n'
    assert teams(text.encode()) == {"A1": "North, East", "A2": "South, West"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_with_and_without_quotes(end):
    for text in ("Case ID,Team\nA1,North\nA2,South", 'Case ID,Team\nA1,"North"\nA2,South\n'):
        assert teams(text.replace("\n", end).encode()) == {"A1": "North", "A2": "South"}


def test_short_rows_are_filled_and_too_long_ones_refused_with_their_number():
    reading = read(b"Case ID,Team,Worker\nA1\nA2,North,Ann,,\nA3,North,Ann,extra\nA4,South,Bo\n")
    assert [(case.case_ref, case.team) for case in reading.cases] == [("A1", ""), ("A2", "North"), ("A4", "South")]
    assert [(reject.row, reject.reason) for reject in reading.rejects] == [
        (4, "the row has 4 values where the header has 3")
    ]
    assert reading.origins == [("List", 2), ("List", 3), ("List", 5)]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  ,, \r\n ,,\r\n"])
def test_an_empty_file_is_a_sentence(content):
    assert refusal(content) == "“list.csv” is empty."


def test_a_quotation_mark_that_is_never_closed_is_a_sentence_with_the_row():
    sentence = refusal(b'Case ID,Team\nA1,North\nA2,"South\nA3,West\n')
    assert sentence.startswith("Row 3 of the file has a quotation mark that is not closed")


def test_a_quotation_mark_in_the_middle_of_a_quoted_cell_is_a_sentence_with_the_row():
    assert refusal(b'Case ID,Team\nA1,"No"rth\n').startswith("Row 2 of the file has a quotation mark")


def test_a_cell_beyond_the_limit_is_a_sentence_with_the_row():
    sentence = refusal(b'Case ID,Team\nA1,"' + b"x" * 140_000 + b'"\n')
    assert sentence.startswith("Row 2 of the file has a cell of more than 131,072 characters")


def test_a_long_cell_without_quotes_refuses_its_row_only():
    reading = read(b"Case ID,Team\nA1," + b"x" * 140_000 + b"\nA2,North\n")
    assert [case.case_ref for case in reading.cases] == ["A2"]
    assert reading.rejects[0].reason == "Team: is longer than 200 characters"


def test_a_quoted_cell_over_several_lines_is_one_row():
    reading = read(b'Case ID,Team\nA1,"North\nEast"\n,South\n')
    assert reading.cases[0].team == "North East"
    assert reading.rejects[0].row == 3


def test_control_characters_blank_and_repeated_references_refuse_their_rows():
    reading = read(b"Case ID,Team\nA1,North\nA\x012,North\n,North\nA1,South\n#N/A,North\nA6,#REF!\n")
    assert [case.case_ref for case in reading.cases] == ["A1", "A6"]
    assert [(reject.row, reject.reason) for reject in reading.rejects] == [
        (3, "the case reference contains a control character or an invisible one"),
        (4, "the case reference is blank"),
        (5, "the case reference A1 is already on row 2"),
        (6, "the case reference is a spreadsheet error"),
    ]
    assert reading.cases[1].team == ""


def test_formulas_in_text_are_text():
    reading = read(b'Case ID,Team\n"=""00123""",=HYPERLINK(1)\n=1+1,North\n')
    assert [(case.case_ref, case.team) for case in reading.cases] == [("00123", "=HYPERLINK(1)")]
    assert "begins with a character that spreadsheets take for a formula" in reading.rejects[0].reason


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 rest of it", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0JFIF", "a picture"),
        (b"<html><table><tr><td>Case ID</td></tr></table></html>", "a web page"),
        (b"\xef\xbb\xbf <!DOCTYPE html><p>", "a web page"),
        (b"{\\rtf1 text}", "a text document"),
        (b"\x1f\x8b\x08rest", "a compressed file"),
    ],
)
def test_other_kinds_of_file_are_named(content, what):
    sentence = refusal(content, "list.xls")
    assert "“list.xls” is not a spreadsheet that can be read" in sentence
    assert f"It is {what}." in sentence


def test_words_that_are_no_table_have_no_reference_column():
    assert "has no column with the heading “Case ID”" in refusal(b"Dear all, please find nothing here.")


CELL = st.text(st.characters(exclude_characters='"\r\n\x00,', exclude_categories=["Cs"]), max_size=6)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_text_without_quotation_marks_reads_as_the_standard_reader_does(rows):
    text = "Case ID,Team,Worker\n" + "".join(",".join(row) + "\n" for row in rows)
    case_list = open_case_list(text.encode(), name="list.csv")
    ours = [row for batch in case_list.batches(CSV_SHEET, first_row=2, width=3) for row in batch.rows]
    assert ours == list(csv.reader(io.StringIO(text, newline="")))[1:]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_described_or_refused_with_a_sentence(content):
    sentence = ""
    try:
        described = len(describe_sheets(open_case_list(content, name="list.csv")))
    except BadInput as refused:
        described, sentence = 0, str(refused)
    assert described == 1 or sentence.endswith(".")
