"""Tables to download: CSV and xlsx, in which nothing that a person typed can run as a formula.

In CSV, text that a spreadsheet could take for a formula gets an apostrophe in front. In xlsx a text cell is
marked as text and holds exactly what was typed.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from auditflow.domain.clock import LONDON
from auditflow.domain.errors import BadInput
from auditflow.domain.safe_cell import is_formula_like, safe_cell

__all__ = ["Sheet", "csv_bytes", "csv_lines", "xlsx_bytes"]

MAX_ROWS = 1_048_576
"""Rows that an xlsx sheet can hold, header included."""

MAX_CELL = 32_767
"""Characters that an xlsx cell can hold."""

_CUT = " … (cut here: the whole text does not fit in one cell)"
_BLOCK = 1_000
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]|^'|'$|[\x00-\x1f]")
_NAME = 31
_NARROW, _WIDE = 8, 60
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Sheet:
    """One table: a name, the headings, the rows. Cells are text, numbers, days, instants, truths or None."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[object]] = field(default_factory=list)


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The table as CSV in pieces: UTF-8 with a byte order mark, by which Excel knows the encoding."""
    yield b"\xef\xbb\xbf"
    table = chain([headings], rows)
    while block := list(islice(table, _BLOCK)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([safe_cell(_plain(cell)) for cell in row] for row in block)
        yield text.getvalue().encode(errors="replace")


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as one CSV file."""
    return b"".join(csv_lines(headings, rows))


def _plain(value: object) -> object:
    """A cell for CSV: days as yyyy-mm-dd, instants to the minute in England's time, yes and no in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return _local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _local(moment: datetime) -> datetime:
    """England's wall-clock time, without the zone that spreadsheets do not know."""
    return moment.astimezone(LONDON).replace(tzinfo=None) if moment.tzinfo else moment


def xlsx_bytes(sheets: Iterable[Sheet]) -> bytes:
    """The tables as one workbook, a sheet each. Rows are written as they come, so they are never all in memory.

    Raises BadInput when a table has more rows than a sheet can hold.
    """
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        formats = {
            "heading": workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "day": workbook.add_format({"num_format": "dd/mm/yyyy"}),
            "instant": workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            "literal": workbook.add_format({"quote_prefix": True}),
        }
        taken: set[str] = set()
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(_sheet_name(sheet.name, taken)), sheet, formats)
    return buffer.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a workbook accepts: 31 characters, no brackets, slashes, colon or wildcards, each name once."""
    plain = _FORBIDDEN_IN_NAMES.sub(" ", name).strip()[:_NAME] or "Table"
    chosen, number = plain, 2
    while chosen.casefold() in taken or chosen.casefold() == "history":
        chosen = f"{plain[: _NAME - 4]} {number}"
        number += 1
    taken.add(chosen.casefold())
    return chosen


def _write_sheet(worksheet: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    worksheet.freeze_panes(1, 0)
    for column, heading in enumerate(sheet.headings):
        worksheet.set_column(column, column, min(max(len(heading) + 2, _NARROW), _WIDE))
        worksheet.write_string(0, column, _fitting(heading), formats["heading"])
    for number, row in enumerate(sheet.rows, 1):
        if number >= MAX_ROWS:
            raise BadInput(f"“{sheet.name}” has more rows than a spreadsheet can hold. Download it as CSV instead.")
        for column, value in enumerate(row):
            _write_cell(worksheet, (number, column), value, formats)


def _write_cell(worksheet: Worksheet, place: tuple[int, int], value: object, formats: dict[str, Format]) -> None:
    """Write a value by its type; text never becomes a formula, a link or a number."""
    match value:
        case None | "":
            return
        case float() if not math.isfinite(value):
            return
        case bool():
            worksheet.write_string(*place, "Yes" if value else "No")
        case int() | float() | Decimal():
            worksheet.write_number(*place, value)
        case datetime():
            worksheet.write_datetime(*place, _local(value), formats["instant"])
        case date():
            worksheet.write_datetime(*place, value, formats["day"])
        case _:
            text = _fitting(str(value))
            worksheet.write_string(*place, text, formats["literal"] if is_formula_like(text) else None)


def _fitting(text: str) -> str:
    """Text as one cell can hold it: without control characters, and cut with a remark if it is too long."""
    text = _CONTROL.sub("", text)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(_CUT)] + _CUT
