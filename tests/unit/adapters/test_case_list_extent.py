"""How large a sheet's rectangle is taken to be, from the addresses in its text."""

from __future__ import annotations

import pytest

from auditflow.adapters.case_list_extent import XlsxExtent

HEAD = b'<worksheet xmlns:r="http://schemas.openxmlformats.org/relationships"><sheetData>'
LONG = HEAD + b'<row r="2"><c r="B2"/></row>' * 50_000


def cells(data: bytes, *, exactly: bool = False) -> int:
    extent = XlsxExtent(exactly=exactly)
    extent.see("xl/worksheets/sheet1.xml", data)
    return extent.cells()


def test_a_long_sheet_is_not_searched_for_its_last_row_because_it_names_a_namespace() -> None:
    assert cells(LONG) == 99_999 * 26
    assert cells(LONG, exactly=True) == 2 * 26


@pytest.mark.parametrize(
    ("far", "most"),
    [(b'<c r="AB3"/>', 3 * 28), (b'<row r="123456"/>', 123_456 * 26), (b'<c r="C123456"/>', 123_456 * 26)],
)
def test_a_long_sheet_with_an_address_far_out_is_measured(far: bytes, most: int) -> None:
    assert cells(LONG + far) == most
