"""Workbooks: what is read from them, and the many that must be refused with a sentence, never with a crash."""

import io
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from python_calamine import PasswordError

from auditflow.adapters import case_list_archive, case_list_workbook
from auditflow.adapters.case_list import describe_sheets, open_case_list, read_cases
from auditflow.adapters.case_list_shared import SharedText, text_pointed_at
from auditflow.domain.errors import BadInput
from tests.factories.annex_a import AS_AT, workbook_bytes
from tests.factories.workbooks import encrypted_container, lying_zip, ods, replaced_part, sheet_xml, zip_of

MAPPING = {"Cases": {"case_ref": "Case ID", "team": "Team"}}
GOOD = workbook_bytes({"Cases": [["Case ID", "Team"], ["A1", "North"]]})
SHEET = "xl/worksheets/sheet1.xml"


def read(content, mapping=MAPPING, name="cases.xlsx"):
    return read_cases(open_case_list(content, name=name), mapping, as_at=AS_AT)


def refusal(content, name="cases.xlsx"):
    with pytest.raises(BadInput) as caught:
        describe_sheets(open_case_list(content, name=name))
    assert caught.value.field == "file"
    assert f"“{name}”" in str(caught.value)
    return caught.value


def saved(workbook):
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_formulas_are_read_as_the_values_saved_with_them():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet("Cases")
        sheet.write_row(0, 0, ["Case ID", "Team"])
        sheet.write_formula(1, 0, '="A"&"1"', None, "A1")
        sheet.write_formula(1, 1, "=Teams!A1", None, "North")
        sheet.write_formula(2, 0, "=VLOOKUP(1,X:X,1)", None, "#N/A")
        sheet.write(2, 1, "South")
    reading = read(buffer.getvalue())
    assert [(case.case_ref, case.team) for case in reading.cases] == [("A1", "North")]
    assert [reject.row for reject in reading.rejects] == [3]


def test_error_cells_are_blank():
    workbook = openpyxl.load_workbook(io.BytesIO(GOOD))
    sheet = workbook["Cases"]
    sheet["B2"] = "#REF!"
    sheet["A3"] = "#N/A"
    sheet["B3"] = "South"
    assert (sheet["B2"].data_type, sheet["A3"].data_type) == ("e", "e")
    reading = read(saved(workbook))
    assert [(case.case_ref, case.team) for case in reading.cases] == [("A1", "")]
    assert [(reject.row, reject.reason) for reject in reading.rejects] == [(3, "the case reference is blank")]


def test_dates_typed_or_as_day_numbers():
    rows = [["Case ID", "Date opened"], ["A1", date(2026, 3, 5)], ["A2", 46086], ["A3", "05/03/2026"]]
    mapping = {"Cases": {"case_ref": "Case ID", "opened": "Date opened"}}
    assert {case.opened for case in read(workbook_bytes({"Cases": rows}), mapping).cases} == {"2026-03-05"}


def test_text_references_keep_their_zeros():
    assert read(workbook_bytes({"Cases": [["Case ID", "Team"], ["00123", "N"]]})).cases[0].case_ref == "00123"


def test_a_list_that_begins_further_down_and_right_keeps_its_row_numbers():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Cases"
    for place, value in {"C3": "Case ID", "D3": "Team", "C4": "A1", "D4": "North", "D6": "South"}.items():
        sheet[place] = value
    reading = read(saved(workbook))
    assert reading.origins == [("Cases", 4)]
    assert [reject.row for reject in reading.rejects] == [6]


def test_hidden_and_chart_sheets_are_left_out():
    workbook = openpyxl.load_workbook(io.BytesIO(GOOD))
    workbook.create_sheet("Names").append(["Case ID", "Team"])
    workbook["Names"].sheet_state = "hidden"
    workbook.create_chartsheet("Chart")
    assert list(open_case_list(saved(workbook), name="a.xlsx").sheets) == ["Cases"]


def test_a_workbook_without_rows_is_a_sentence():
    assert "has no rows in any sheet" in str(refusal(workbook_bytes({"Blank": [], "Also blank": []})))


def test_an_open_document_spreadsheet_is_read():
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{cell.format(a)}{cell.format(b)}<table:table-cell table:number-columns-repeated='1022'/>"
        "</table:table-row>"
        for a, b in (("Case ID", "Team"), ("A1", "North"))
    )
    rest = "<table:table-row table:number-rows-repeated='1048574'><table:table-cell/></table:table-row>"
    reading = read(ods(rows + rest), name="cases.ods")
    assert [(case.case_ref, case.team) for case in reading.cases] == [("A1", "North")]


def test_a_workbook_with_a_password_is_a_sentence():
    assert refusal(encrypted_container()).code == "encrypted"
    assert "protected with a password" in str(refusal(encrypted_container()))


def test_an_open_document_spreadsheet_with_a_password_is_a_sentence():
    locked = ods("", manifest='<manifest:encryption-data manifest:checksum="x"/>')
    assert refusal(locked, "cases.ods").code == "encrypted"


def test_an_archive_with_a_password_is_a_sentence():
    data = bytearray(GOOD)
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    assert refusal(bytes(data)).code == "encrypted"


@pytest.mark.parametrize(
    "content",
    [
        GOOD[: len(GOOD) // 2],
        GOOD[:4] + b"nothing that follows",
        replaced_part(SHEET, b"<worksheet><sheetData><row"),
        replaced_part("xl/workbook.xml", b"not xml at all"),
        zip_of({"word/document.xml": b"<w:document/>", "[Content_Types].xml": b"<Types/>"}),
        zip_of({"readme.txt": b"hello"}),
        zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
        zip_of({"xl/workbook.bin": b"\x00"}),
        ods("<table:table-row>"),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2_000),
        b"PK\x03\x04" + bytes(100),
    ],
    ids=["half", "stub", "broken sheet", "broken workbook", "Word", "zip", "odt", "xlsb", "broken ods", "ole", "zeros"],
)
def test_what_is_no_workbook_or_a_damaged_one_is_a_sentence(content):
    assert refusal(content).code == "not_a_spreadsheet"


def test_a_flipped_bit_is_found():
    data = bytearray(GOOD)
    data[60] ^= 0xFF
    assert refusal(bytes(data)).code == "not_a_spreadsheet"


def test_whichever_byte_is_damaged_the_file_is_read_or_refused():
    outcomes = {outcome_of(bytes([*GOOD[:place], GOOD[place] ^ 0xA5, *GOOD[place + 1 :]])) for place in places()}
    assert "read" in outcomes
    assert "not_a_spreadsheet" in outcomes
    assert outcomes <= {"read", "not_a_spreadsheet", "encrypted", "encoding", "bad_input"}


def places():
    """Some bytes of the parts, and every byte of the directory at the end of the archive."""
    return [*range(0, len(GOOD), 97), *range(len(GOOD) - 400, len(GOOD))]


def outcome_of(content):
    try:
        describe_sheets(open_case_list(content, name="cases.xlsx"))
    except BadInput as refused:
        return refused.code
    return "read"


def test_a_fault_inside_the_reader_is_a_sentence(monkeypatch):
    class PanicException(BaseException):
        pass

    for fault, code in ((PanicException("index out of bounds"), "not_a_spreadsheet"), (PasswordError(), "encrypted")):
        monkeypatch.setattr(case_list_workbook, "CalamineWorkbook", Failing(fault))
        assert refusal(GOOD).code == code
    monkeypatch.setattr(case_list_workbook, "CalamineWorkbook", Failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        open_case_list(GOOD, name="cases.xlsx")


class Failing:
    """A reader that fails in this way."""

    def __init__(self, fault):
        self.fault = fault

    def from_object(self, _file):
        raise self.fault


def test_an_archive_that_unpacks_without_end_is_refused_by_what_it_declares(monkeypatch):
    monkeypatch.setattr(case_list_archive, "MAX_UNPACKED", 10 << 20)
    bomb = replaced_part("xl/media/picture.bin", bytes(11 << 20))
    assert len(bomb) < 100_000
    assert refusal(bomb).code == "too_large"
    assert "unpacks to more than 10 MB" in str(refusal(bomb))


@pytest.mark.parametrize("part", ["xl/media/picture.bin", "mimetype", "META-INF/manifest.xml"])
def test_an_archive_that_declares_less_than_it_unpacks_to_is_refused_too(monkeypatch, part):
    monkeypatch.setattr(case_list_archive, "MAX_UNPACKED", 10 << 20)
    bomb = lying_zip(replaced_part(part, bytes(11 << 20)), part, 20)
    assert refusal(bomb).code in ("too_large", "not_a_spreadsheet")


def test_a_workbook_just_within_the_limit_is_read(monkeypatch):
    monkeypatch.setattr(case_list_archive, "MAX_UNPACKED", 3 << 20)
    assert read(replaced_part("xl/media/picture.bin", bytes(2 << 20))).cases


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="Z1048576"><v>2</v></c><c r="CW1"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>2</v></c></row>",
        '<row r="1"><c r="A1"><v>1</v></c><c\n r\t=\n"xfd1048576"\n><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r' + " " * 9_000_000 + '="XFD1048576"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD0001048576"><v>2</v></c></row>',
    ],
    ids=["corners", "cell in another row", "one wide one deep", "single quotes", "white space", "long space", "zeros"],
)
def test_cells_so_far_apart_that_they_would_fill_the_memory_are_refused(cells):
    assert refusal(sheet_xml(cells)).code == "too_large"


def long_sheet(rows, last=""):
    return sheet_xml("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, rows + 1)) + last)


def test_a_long_sheet_is_refused_only_for_what_it_really_spans(monkeypatch):
    rows = 30_000
    monkeypatch.setattr(case_list_archive, "MAX_CELLS", 26 * rows)
    assert outcome_of(long_sheet(rows)) == "read"
    one_more = f'<row r="{rows + 1}"><c r="A{rows + 1}"><v>1</v></c></row>'
    assert refusal(long_sheet(rows, one_more)).code == "too_large"


@pytest.mark.parametrize("far", ["A1048576", "ZZ1", "b999999", "XFD30000"])
def test_one_cell_far_out_in_a_long_sheet_is_found(monkeypatch, far):
    monkeypatch.setattr(case_list_archive, "MAX_CELLS", 26 * 30_000)
    assert refusal(long_sheet(30_000, f'<row r="1"><c r="{far}"><v>1</v></c></row>')).code == "too_large"


def test_cells_without_an_address_are_counted(monkeypatch):
    monkeypatch.setattr(case_list_archive, "MAX_CELLS", 1_999)
    assert refusal(sheet_xml("<row>" + "<c><v>1</v></c>" * 1_000 + "</row>")).code == "too_large"
    assert refusal(sheet_xml("<row>" + "<c/>" * 1_000 + "</row>")).code == "too_large"


def pointing(times, length, texts=1):
    """A workbook in which so many cells of a few columns point at the last of some texts, which is so long."""
    many = "".join(f"<si><t>text {n}</t></si>" for n in range(texts - 1)) + f"<si><t>{'x' * length}</t></si>"
    rows = "".join(f'<row><c t="s"><v>{texts - 1}</v></c></row>' for _ in range(times))
    return sheet_xml(rows, texts=many)


def test_many_cells_that_point_at_one_long_text_are_refused(monkeypatch):
    monkeypatch.setattr(case_list_archive, "MAX_UNPACKED", 10 << 20)
    for times, length, texts in ((1_000, 20_000, 1), (400, 32_000, 50), (20_000, 700, 3)):
        bomb = pointing(times, length, texts)
        assert len(bomb) < 100_000
        assert "the text in its cells comes to more than 10 MB" in str(refusal(bomb))


def test_one_long_text_among_many_short_ones_is_read(monkeypatch):
    monkeypatch.setattr(case_list_archive, "MAX_UNPACKED", 10 << 20)
    assert outcome_of(pointing(300, 32_000)) == "read"
    monkeypatch.setattr(case_list_archive, "MAX_UNPACKED", 1 << 20)
    assert "comes to more than 1 MB" in str(refusal(pointing(300, 32_000)))


@pytest.mark.parametrize("size", [1, 7, 64, 1_000])
def test_shared_texts_are_measured_however_the_blocks_fall(size):
    part = b"<sst><si><t>ab</t></si><x:si><t>" + b"y" * 300 + b"</t></x:si></sst>"
    sheet = b"<c><v>0</v></c><c><x:v> 1 </x:v></c><c><v>1</v></c><c><v>7</v></c><c><v>1.5</v></c>"
    shared = SharedText()
    lengths = [length for block in blocks(part, size) for length in shared.see(block)]
    assert lengths == [len(b"<sst><si><t>ab</t>"), len(b"<x:si><t></t>") + 300]
    assert shared.longest == lengths[1]
    assert text_pointed_at(blocks(part, size), blocks(sheet, size)) == lengths[0] + 2 * lengths[1]


def blocks(content, size):
    return [content[start : start + size] for start in range(0, len(content), size)]


def test_cells_far_apart_in_a_part_of_another_name_are_refused():
    far = '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'
    part = f"<worksheet><sheetData>{far}</sheetData></worksheet>".encode()
    assert refusal(replaced_part("elsewhere/data.txt", part)).code == "too_large"


@pytest.mark.parametrize(
    "rows",
    [
        "<table:table-row><table:table-cell table:number-columns-repeated='16383'/>{c}</table:table-row>"
        "<table:table-row table:number-rows-repeated='100000'><table:table-cell/></table:table-row>"
        "<table:table-row>{c}</table:table-row>",
        "<table:table-row table:number-rows-repeated='1048576'>{wide}</table:table-row>",
    ],
    ids=["corners", "repeated"],
)
def test_far_apart_cells_of_an_open_document_are_refused(rows):
    cell = "<table:table-cell office:value-type='string'{}><text:p>x</text:p></table:table-cell>"
    table = rows.format(c=cell.format(""), wide=cell.format(" table:number-columns-repeated='1000'"))
    assert refusal(ods(table), "cases.ods").code == "too_large"


def test_a_long_list_of_few_columns_is_not_mistaken_for_a_danger():
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 30_001))
    case_list = open_case_list(sheet_xml(cells), name="a.xlsx")
    assert case_list.row_count("Cases") == 30_000


def test_a_file_larger_than_the_limit_is_a_sentence(monkeypatch):
    from auditflow.adapters import case_list_source

    monkeypatch.setattr(case_list_source, "MAX_BYTES", 1 << 20)
    assert str(refusal(bytes(2 << 20))) == "“cases.xlsx” is larger than 1 MB."
