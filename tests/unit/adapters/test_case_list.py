"""Case lists from files: an Annex A workbook and any CSV, through description, mapping and reading."""

import gc
import hashlib
from datetime import date

import pytest

from auditflow.adapters.case_list import describe_sheets, open_case_list, read_cases, read_rows
from auditflow.domain.errors import BadInput
from auditflow.domain.frame import Case, canonical_csv
from auditflow.domain.frame_mapping import suggest_mapping
from tests.factories.annex_a import AS_AT, annex_a_lists, annex_a_workbook, workbook_bytes

CSV = (
    b"Case Reference,Team,Worker,Date Opened,Child Name,Postcode,Date of Birth\n"
    b"A1,Locality 1,Ann,01/02/2026,Someone,ZZ9 9ZZ,17/05/2014\n"
    b"A2,Locality 2,Bo,02/02/2026,Another,ZZ9 9ZZ,03/01/2020\n"
)


def read(content, name="list.csv", mapping=None, as_at=AS_AT, progress=None):
    case_list = open_case_list(content, name=name)
    headers = {sheet.name: sheet.headers for sheet in describe_sheets(case_list)}
    return read_cases(case_list, mapping or suggest_mapping(headers), as_at=as_at, progress=progress)


def test_an_annex_a_workbook_becomes_one_case_for_each_child():
    reading = read(annex_a_workbook(), "annex a.xlsx")
    found = {case.case_ref: case for case in reading.cases}
    assert {ref: (case.case_type, case.status, case.lists) for ref, case in found.items()} == {
        "1001": ("child_in_need", "Open", "List 6"),
        "1002": ("child_in_need", "Closed", "List 6"),
        "1003": ("child_protection", "Open", "List 6; List 7"),
        "1004": ("child_in_care", "Open", "List 6; List 8"),
        "1005": ("child_in_need", "Open", "List 6"),
        "1006": ("care_leaver", "Open", "List 8; List 9"),
    }
    assert found["1004"] == Case(
        "1004",
        "child_in_care",
        "Open",
        "Children in Care 1",
        "Cy Cole",
        opened="2026-04-04",
        age_band="10 to 15",
        sex="Female",
        ethnicity="White",
        disability="No",
        lists="List 6; List 8",
    )
    assert (found["1005"].team, found["1005"].worker, found["1005"].ethnicity) == ("", "", "")
    assert found["1001"].worker == "Ann Archer"
    assert (reading.rows_read, reading.joined, reading.rejects) == (9, 3, [])
    assert dict(zip([case.case_ref for case in reading.cases], reading.origins, strict=True))["1004"] == ("List 8", 2)


def test_nothing_but_the_mapped_columns_is_kept():
    reading = read(annex_a_workbook(), "annex a.xlsx")
    text = canonical_csv(reading.cases, reading.columns).decode()
    assert "ZZ9" not in text
    assert "2014" not in text
    assert reading.columns[0] == "case_ref"
    assert text.splitlines()[0].split(",") == list(reading.columns)


def test_the_description_of_a_workbook_for_the_mapping_page():
    described = {sheet.name: sheet for sheet in describe_sheets(open_case_list(annex_a_workbook(), name="a.xlsx"))}
    assert list(described) == [f"List {number}" for number in range(1, 12)]
    eight = described["List 8"]
    assert (eight.rows, eight.header_row, eight.kind) == (2, 1, "child_in_care")
    assert eight.forbidden == {"Placement postcode": "an address"}
    assert "Placement postcode" not in eight.examples
    assert eight.examples["Child Unique ID"] == ["1004", "1006"]


def test_the_description_of_a_csv_file_shows_no_name_and_no_postcode():
    (sheet,) = describe_sheets(open_case_list(CSV, name="list.csv"))
    assert (sheet.name, sheet.rows, sheet.header_row) == ("List", 2, 1)
    assert set(sheet.forbidden) == {"Child Name", "Postcode"}
    assert "Someone" not in str(sheet.examples)
    assert "ZZ9" not in str(sheet.examples)


def test_a_csv_file_is_read_through_the_same_mapping():
    reading = read(CSV)
    assert [(case.case_ref, case.team, case.opened, case.age_band) for case in reading.cases] == [
        ("A1", "Locality 1", "2026-02-01", "10 to 15"),
        ("A2", "Locality 2", "2026-02-02", "5 to 9"),
    ]
    assert reading.columns == ("case_ref", "status", "team", "worker", "opened", "age_band")


def test_csv_and_workbook_of_the_same_list_give_the_same_canonical_file():
    rows = [["Case ID", "Team", "Date opened"], ["A1", "North", date(2026, 1, 2)], ["A2", "n/a", date(2026, 1, 3)]]
    workbook = read(workbook_bytes({"Cases": rows}), "cases.xlsx")
    text = read(b"Case ID,Team,Date opened\nA2,n/a,2026-01-03\nA1,North,02/01/2026\n")
    assert workbook.columns == text.columns
    assert [case._replace(lists="") for case in workbook.cases] == [
        case._replace(lists="") for case in reversed(text.cases)
    ]
    assert canonical_csv(workbook.cases, workbook.columns) == canonical_csv(text.cases, text.columns)


def test_the_digest_is_that_of_the_bytes_and_a_path_reads_like_bytes(tmp_path):
    path = tmp_path / "upload"
    for content, name in ((CSV, "list.csv"), (annex_a_workbook(), "a.xlsx")):
        path.write_bytes(content)
        from_path, from_bytes = open_case_list(path, name=name), open_case_list(content, name=name)
        assert from_path.sha256 == from_bytes.sha256 == hashlib.sha256(content).hexdigest()
        assert describe_sheets(from_path) == describe_sheets(from_bytes)


def test_a_header_under_a_title_keeps_the_row_numbers_of_the_file():
    rows = [["Our cases, September"], [], ["Case ID", "Team"], ["A1", "North"], [], ["", "South"], ["A1", "West"]]
    for reading in (
        read(workbook_bytes({"Cases": rows}), "cases.xlsx"),
        read(b"Our cases September\n\nCase ID,Team\nA1,North\n\n,South\nA1,West\n"),
    ):
        assert [case.case_ref for case in reading.cases] == ["A1"]
        assert [(reject.row, reject.reason) for reject in reading.rejects] == [
            (6, "the case reference is blank"),
            (7, "the case reference A1 is already on row 4"),
        ]
        assert reading.origins[0][1] == 4


def test_progress_counts_rows_up_to_all_of_them():
    steps = []
    content = b"Case ID,Team\n" + b"".join(b"A%d,North\n" % n for n in range(1_234))
    reading = read(content, progress=lambda done, total: steps.append((done, total)))
    assert len(reading.cases) == 1_234
    assert len(steps) > 1
    assert steps == sorted(steps)
    assert steps[-1] == (1_234, 1_234)


def test_progress_may_end_the_reading_and_the_collector_works_again():
    class Cancelled(Exception):
        pass

    def cancel(done, total):
        raise Cancelled

    assert gc.isenabled()
    with pytest.raises(Cancelled):
        read(CSV, progress=cancel)
    assert gc.isenabled()


def test_a_list_of_twenty_thousand_rows_in_batches():
    content = b"Case ID,Team\n" + b"".join(b"A%05d,Team %d\n" % (n, n % 14) for n in range(20_000))
    reading = read(content)
    assert len(reading.cases) == 20_000
    assert reading.cases[19_999].case_ref == "A19999"
    assert reading.origins[19_999] == ("List", 20_001)


def test_what_was_read_as_something_else_is_told():
    reading = read(annex_a_workbook(), "a.xlsx")
    sentences = [note.sentence() for note in reading.notes]
    assert "List 6, Team: read as not allocated (1 cell)." in sentences
    assert any("List 6, Case reference: stored as numbers" in sentence for sentence in sentences)


def test_closed_rows_and_rejects_of_every_sheet_are_told_with_the_sheet():
    lists = annex_a_lists()
    lists["List 7"].append([1003, "Male"])
    lists["List 9"].append(["", "Male"])
    reading = read(annex_a_workbook(lists), "a.xlsx")
    assert [(reject.sheet, reject.row) for reject in reading.rejects] == [("List 7", 3), ("List 9", 3)]


def test_a_mapping_that_does_not_fit_is_refused_before_anything_is_read():
    case_list = open_case_list(CSV, name="list.csv")
    for mapping in ({"List": {"case_ref": "Gone"}}, {"Sheet1": {"case_ref": "Team"}}, {}, {"List": {"team": "Team"}}):
        with pytest.raises(BadInput):
            next(iter(read_rows(case_list, mapping, as_at=AS_AT)))


def test_a_file_without_a_reference_column_suggests_nothing_and_is_refused():
    case_list = open_case_list(b"Colour,Shape\nred,round\n", name="shapes.csv")
    headers = {sheet.name: sheet.headers for sheet in describe_sheets(case_list)}
    assert suggest_mapping(headers) == {}
    with pytest.raises(BadInput, match="Choose at least one sheet"):
        read_cases(case_list, {}, as_at=AS_AT)
    with pytest.raises(BadInput, match="Choose the column of “List” that holds the case reference"):
        read_cases(case_list, {"List": {"team": "Colour"}}, as_at=AS_AT)


def test_a_header_without_cases_is_a_sentence():
    for content, name in ((b"Case ID,Team\n", "a.csv"), (workbook_bytes({"Cases": [["Case ID", "Team"]]}), "a.xlsx")):
        with pytest.raises(BadInput, match="The list has a header row but no cases under it"):
            read(content, name)


def test_two_hundred_columns_are_read_and_four_hundred_refused():
    def wide(columns):
        header = ["Case ID", *(f"Extra {n}" for n in range(columns - 1))]
        return [header, ["A1", *range(columns - 1)]]

    for content, name in ((_as_csv(wide(200)), "a.csv"), (workbook_bytes({"Cases": wide(200)}), "a.xlsx")):
        assert [case.case_ref for case in read(content, name).cases] == ["A1"]
    for content, name in ((_as_csv(wide(400)), "a.csv"), (workbook_bytes({"Cases": wide(400)}), "a.xlsx")):
        with pytest.raises(BadInput, match="has 400 columns; a case list may have 300"):
            read(content, name)


def _as_csv(rows):
    return "\n".join(",".join(map(str, row)) for row in rows).encode()
