"""Cells that a workbook's reader gives as blank although they hold something."""

from __future__ import annotations

import pytest

from auditflow.adapters.case_list import open_case_list
from auditflow.adapters.case_list_lost import LostCells
from tests.factories.annex_a import annex_a_workbook
from tests.factories.workbooks import ods, sheet_xml

CELLS = (
    '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" s="1" t="e"><f>B2/0</f><v>#DIV/0!</v></c></row>'
    '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f>1+1</f></c><c r="C2"><f t="shared" si="0"/><v/></c>'
    '<c r="D2"><f>1+1</f><v></v></c><c r="E2" t="inlineStr"><is><t>x</t></is></c></row>'
)


def counts(lost: LostCells) -> list[int]:
    return [note.count for note in lost.notes()]


@pytest.mark.parametrize("size", [1, 7, 50, 10_000])
def test_they_are_counted_however_the_blocks_fall(size: int) -> None:
    lost, data = LostCells(), CELLS.encode()
    for start in range(0, len(data), size):
        lost.see("xl/worksheets/sheet1.xml", data[start : start + size])
    assert counts(lost) == [2, 3]


@pytest.mark.parametrize("more", ["", "<t>feeffe</t>" * 2_000], ids=["few letters", "much text"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_they_are_counted_in_either_quotes_and_in_much_text(quote: str, more: str) -> None:
    lost = LostCells()
    lost.see("xl/worksheets/sheet1.xml", (CELLS.replace('"', quote) + more).encode())
    assert counts(lost) == [2, 3]


def test_another_part_and_a_namespace_change_nothing() -> None:
    lost = LostCells()
    lost.see("xl/sharedStrings.xml", CELLS.encode())
    assert lost.notes() == []
    lost.see("xl/worksheets/a.xml", CELLS.replace("<", "<x:").replace("<x:/", "</x:").encode())
    assert counts(lost) == [2, 3]


def test_a_workbook_says_so_and_a_good_one_says_nothing() -> None:
    case_list = open_case_list(sheet_xml(CELLS), name="a.xlsx")
    assert (
        case_list.notes[0].sentence() == "The whole file: a spreadsheet error such as #N/A was read as blank (2 cells)."
    )
    assert open_case_list(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'), name="a.xlsx").notes == []
    cells = "<table:table-cell{} office:value-type='string'><text:p>x</text:p></table:table-cell>"
    row = cells.format(" calcext:value-type='error'") + cells.format("")
    error = f"<table:table-row>{row}</table:table-row>"
    assert [note.count for note in open_case_list(ods(error), name="a.ods").notes] == [1]
    assert open_case_list(annex_a_workbook(), name="a.xlsx").notes


def test_a_long_end_without_cells_loses_nothing() -> None:
    lost = LostCells()
    last = b'<c r="F2" t="e"><v>#REF!</v></c>'
    lost.see("xl/worksheets/sheet1.xml", CELLS.encode() + last + b"<mergeCell/>" * 200_000)
    lost.see("xl/worksheets/sheet1.xml", b"<mergeCell/>" * 200_000)
    assert counts(lost) == [3, 3]
