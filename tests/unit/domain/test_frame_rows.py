"""Rows into cases: by column, with every refused row named by its number."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.frame import Case, RawBatch, Reject
from auditflow.domain.frame_rows import RowReader

AS_AT = date(2026, 9, 30)
HEADERS = ["Ref", "Team", "Worker", "Opened", "Closed", "Status", "Born", "Family", "Locked"]
COLUMNS = {
    "case_ref": "Ref",
    "team": "Team",
    "worker": "Worker",
    "opened": "Opened",
    "closed": "Closed",
    "status": "Status",
    "age_band": "Born",
    "family": "Family",
    "restricted": "Locked",
}


def row(ref="C1", **cells):
    """A row of the file with these cells by column, the rest blank."""
    values = {"case_ref": ref, **cells}
    return [values.get(column, "") for column in COLUMNS]


def read(*rows, columns=COLUMNS, headers=HEADERS, first=2):
    reader = RowReader("List", headers, columns, as_at=AS_AT)
    batch = reader.read(RawBatch(range(first, first + len(rows)), list(rows)))
    return batch, reader


def read_one(**cells):
    batch, _reader = read(row(**cells))
    (case,) = batch.cases
    return case


def test_a_row_becomes_a_case():
    cells = {"team": " Locality  1", "worker": "Ann", "opened": "03/02/2026", "age_band": "17/05/2014", "family": "F1"}
    batch, _reader = read(row("C1", **cells, restricted="a) Yes"))
    assert batch.cases == [
        Case(
            "C1",
            status="Open",
            team="Locality 1",
            worker="Ann",
            family="F1",
            opened="2026-02-03",
            restricted="Yes",
            age_band="10 to 15",
            lists="List",
        )
    ]
    assert (list(batch.numbers), batch.rejects) == ([2], [])


def test_typed_cells_of_a_workbook_read_the_same():
    typed = [1001.0, "T", "W", date(2026, 2, 3), datetime(2026, 8, 1, 0, 0), "Open", date(2014, 5, 17), 8001.0, False]
    batch, _reader = read(typed)
    (case,) = batch.cases
    assert (case.case_ref, case.opened, case.closed, case.status) == ("1001", "2026-02-03", "2026-08-01", "Closed")
    assert (case.age_band, case.family, case.restricted) == ("10 to 15", "8001", "No")


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({}, "Open"),
        ({"status": "Closed"}, "Closed"),
        ({"status": "Open", "closed": "01/09/2026"}, "Closed"),
        ({"closed": "30/09/2026"}, "Closed"),
        ({"closed": "01/10/2026"}, "Open"),
        ({"status": "Pending"}, "Pending"),
        ({"status": "Pending", "closed": "01/09/2026"}, "Closed"),
    ],
)
def test_open_or_closed_is_told_from_status_and_closing_date(cells, status):
    assert read_one(**cells).status == status


def test_without_status_and_closing_date_every_case_is_open():
    batch, _reader = read(["C1"], headers=["Ref"], columns={"case_ref": "Ref"})
    assert batch.cases == [Case("C1", status="Open", lists="List")]


def test_a_constant_is_the_same_in_every_row_and_a_known_list_fills_a_blank_kind():
    columns = {"case_ref": "Ref", "case_type": "=child_protection", "team": "=Duty"}
    batch, _reader = read(["C1"], ["C2"], headers=["Ref"], columns=columns)
    assert [(case.case_type, case.team) for case in batch.cases] == [("child_protection", "Duty")] * 2
    headers = ["Ref", "Kind", "CIN Start Date"]
    columns = {"case_ref": "Ref", "case_type": "Kind"}
    batch, _reader = read(["C1", "", ""], ["C2", "LAC", ""], headers=headers, columns=columns)
    assert [case.case_type for case in batch.cases] == ["child_in_need", "child_in_care"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"ref": "", "team": "T"}, "the case reference is blank"),
        ({"ref": "C\x071"}, "the case reference contains a control character or an invisible one"),
        ({"ref": "#N/A"}, "the case reference is a spreadsheet error"),
        ({"opened": "31/02/2026"}, "Date opened: “31/02/2026” cannot be read as a date"),
        ({"opened": "01/10/2026"}, "Date opened: 2026-10-01 is after the date of the list, 2026-09-30"),
        ({"closed": "whenever"}, "Date closed: “whenever” cannot be read as a date"),
        ({"restricted": "level 3"}, "Restricted record: “level 3” is neither yes nor no"),
        ({"team": "x" * 201}, "Team: is longer than 200 characters"),
    ],
)
def test_a_row_that_cannot_be_kept_is_refused_with_its_number_and_reason(cells, reason):
    batch, _reader = read(row("A1"), row(**cells), row("A3"), first=10)
    assert [case.case_ref for case in batch.cases] == ["A1", "A3"]
    assert list(batch.numbers) == [10, 12]
    (reject,) = batch.rejects
    assert (reject.sheet, reject.row, reject.reason) == ("List", 11, reason)


def test_a_refused_row_has_one_reason_and_its_reference_is_shown_without_control_characters():
    batch, _reader = read(row("C\x071", opened="whenever", closed="never"))
    (reject,) = batch.rejects
    assert (reject.reference, reject.reason) == (
        "C1",
        "the case reference contains a control character or an invisible one",
    )


def test_blank_rows_are_passed_over_in_silence():
    batch, _reader = read(row("A1"), [""] * 9, ["  "] * 9, [None] * 9, row("A5"))
    assert [case.case_ref for case in batch.cases] == ["A1", "A5"]
    assert list(batch.numbers) == [2, 6]
    assert batch.rejects == []


def test_rejects_of_the_file_itself_stay_in_row_order_with_the_others():
    reader = RowReader("List", HEADERS, COLUMNS, as_at=AS_AT)
    ragged = Reject("List", 3, "", "the row has 10 values where the header has 9")
    batch = reader.read(RawBatch([2, 4], [row("A1"), row("", team="T")], [ragged]))
    assert [reject.row for reject in batch.rejects] == [3, 4]
    assert reader.read(RawBatch([], [], [ragged])).rejects == [ragged]


def test_what_was_read_as_something_else_is_counted():
    _batch, reader = read(
        row("A1", team="Unallocated", worker="#N/A"),
        row("A2", team="Not allocated", worker="#REF!"),
        row("A3", team="Locality 1", age_band="soon"),
    )
    assert [note.sentence() for note in reader.notes()] == [
        "List, Team: read as not allocated (2 cells).",
        "List, Worker: a spreadsheet error was read as blank (2 cells).",
        "List, Age (kept as an age band): what is not an age was left blank (1 cell).",
    ]


def test_references_stored_as_numbers_are_noted_since_leading_zeros_are_lost():
    for rows in ([row(1001.0), row(1002.0)], [row(1001.0), row("1002")]):
        batch, reader = read(*rows)
        assert [case.case_ref for case in batch.cases] == ["1001", "1002"]
        assert "stored as numbers" in reader.notes()[0].sentence()


def test_numbers_that_name_no_case_exactly_are_refused_among_those_that_do():
    batch, _reader = read(row(1001.0), row(1e16), row(-3.0), row(1002.0))
    assert [case.case_ref for case in batch.cases] == ["1001", "1002"]
    assert [reject.row for reject in batch.rejects] == [3, 4]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_blank_reference_is_found_wherever_it_stands(place):
    refs = ["A1", "A2", "A3"]
    refs[place] = ""
    batch, _reader = read(*(row(ref, team="T") for ref in refs))
    assert [reject.row for reject in batch.rejects] == [2 + place]
    assert len(batch.cases) == 2


def test_a_column_with_more_values_than_are_remembered_reads_on(monkeypatch):
    monkeypatch.setattr("auditflow.domain.frame_rows._REMEMBERED", 3)
    batch, _reader = read(*(row(f"C{n}", team=f"Team {n}", opened=f"{n:02}/01/2026") for n in range(1, 29)))
    assert [case.team for case in batch.cases] == [f"Team {n}" for n in range(1, 29)]
    assert [case.opened for case in batch.cases] == [f"2026-01-{n:02}" for n in range(1, 29)]


CELLS = st.one_of(
    st.text(max_size=12), st.floats(), st.dates(), st.booleans(), st.none(), st.sampled_from(["A1", "b-2", "0 3"])
)


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=8))
def test_whatever_the_cells_hold_every_row_is_kept_refused_or_blank(rows):
    batch, _reader = read(*rows)
    kept, refused = set(batch.numbers), {reject.row for reject in batch.rejects}
    blank = {
        number
        for number, cells in enumerate(rows, 2)
        if not any(str(cell).strip() for cell in cells if cell is not None)
    }
    assert not kept & refused
    assert kept | refused == set(range(2, 2 + len(rows))) - blank
    assert all(value.isprintable() for case in batch.cases for value in case)
    assert all(case.case_ref for case in batch.cases)


@settings(deadline=None)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=6))
def test_a_batch_reads_as_its_rows_one_by_one(refs):
    together, _reader = read(*(row(ref, family=ref) for ref in refs))
    apart = [case for ref in refs for case in read(row(ref, family=ref))[0].cases]
    assert together.cases == apart
