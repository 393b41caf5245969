"""How large a rectangle the cells of a workbook span, found without loading it.

The addresses in an xlsx file are searched for, not parsed: parsing 100,000 rows takes longer than reading them.
"""

import re
import sys
from collections.abc import Iterable
from xml.parsers import expat

from auditflow.domain.whole_number import LARGEST, read_whole_number

__all__ = ["SMALLEST_CELL", "OdsExtent", "XlsxExtent", "count_cells"]

SMALLEST_CELL = 4
"""Bytes that a cell of an xlsx file takes at the least: `<c/>`."""

_TAIL = 64
_ADDRESSES = re.compile(rb'r="([A-Za-z]{2,})?(\d+)"')
"""Rows, and cells from the 27th column on. The other cells are looked at only where they lie beyond the rows."""

_ODD = re.compile(rb'r\s+=|r=[^"]')
_LETTERS = 26


_FAR = re.compile(rb'r="(?<!:r=")(?:[A-Za-z]{2}|[A-Za-z]?\d{6})')
"""An address beyond the first 99,999 rows or the first 26 columns; not `xmlns:r="http…"`, with which sheets begin."""

_NEAR_ROWS = 99_999
_LONG = 1 << 20


class XlsxExtent:
    """The extent of each part of an xlsx file, from the addresses of rows and cells (`r="12"`, `r="AB12"`).

    Unless `exactly`, a long piece of a sheet without an address far out counts as 99,999 rows: to see that there
    is none takes half as long as to find the last.
    """

    def __init__(self, *, exactly: bool = False) -> None:
        self._shortest = sys.maxsize if exactly else _LONG
        self._parts: dict[str, _Part] = {}

    def see(self, name: str, block: bytes) -> None:
        """Take in the next bytes of a part, of whatever name: a sheet may have any."""
        self._parts.setdefault(name, _Part()).see(block, self._shortest)

    def cells(self) -> int:
        """The sum over the sheets of their rectangles; a cell without an address is in none."""
        return sum(part.rows * part.columns for part in self._parts.values() if part.is_sheet)


def count_cells(blocks: Iterable[bytes]) -> int:
    """The cells in these bytes of sheets, or some more: whatever begins like a cell counts."""
    return sum(block.count(b"<c") + block.count(b":c") for block in blocks)


class _Part:
    """The largest row and column in the addresses seen so far; up to 26 columns count as 26."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = _LETTERS
        self.is_sheet = False
        self._tail = b""

    def see(self, block: bytes, shortest: int) -> None:
        data = self._tail + block
        # No cell stands before this; what never has it is no sheet.
        self.is_sheet = self.is_sheet or b"sheetData" in data
        if self.is_sheet:
            if _ODD.search(data) or data[-_TAIL:].isspace():
                data = _usual_spelling(data)
            if len(data) < shortest or _FAR.search(data):
                self._look(data)
            else:
                self.rows = max(self.rows, _NEAR_ROWS)
        self._tail = data[-_TAIL:]

    def _look(self, data: bytes) -> None:
        found = _ADDRESSES.findall(data)
        self.columns = max(self.columns, *map(_column_number, {letters for letters, _row in found}), 0)
        self.rows = max(self.rows, *(int(row) for _letters, row in found), 0)
        beyond = re.compile(rb'r="[A-Za-z](' + _above(self.rows) + rb')"')
        self.rows = max(self.rows, *map(int, beyond.findall(data)), 0)


def _usual_spelling(data: bytes) -> bytes:
    """The same addresses in double quotes, without white space around the equals sign."""
    return re.sub(rb"""r ?= ?["'] ?([A-Za-z]*\d+) ?["']""", rb'r="\1"', re.sub(rb"\s+", b" ", data))


def _column_number(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("@")
    return number


def _above(number: int) -> bytes:
    """A pattern for whole numbers above this one. Sheets are in order, so it seldom matches."""
    digits = str(number)
    longer = [rf"\d{{{len(digits) + 1},}}"]
    higher = [
        rf"{digits[:place]}[{int(digit) + 1}-9]\d{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if digit != "9"
    ]
    return "|".join(longer + higher).encode()


class OdsExtent:
    """The extent of the tables of an ods file. Rows and cells may be repeated; blank ones at the end of a row
    or table count for nothing, as in the reader.
    """

    _ROW = "table:table-row"
    _CELLS = ("table:table-cell", "table:covered-table-cell")

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._total = self._height = self._width = 0
        self._rows = self._repeated = self._place = self._filled = 0

    def see(self, name: str, block: bytes) -> None:
        """Take in the next bytes of a part; only the content counts."""
        if name == "content.xml":
            self._parser.Parse(block)

    def cells(self) -> int:
        """The sum of the tables' rectangles."""
        return self._total

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._height = self._width = self._rows = 0
        elif name == self._ROW:
            self._place = self._filled = 0
            self._repeated = _count(attributes.get("table:number-rows-repeated"))
        elif name in self._CELLS:
            self._place += _count(attributes.get("table:number-columns-repeated"))
            if any(key.endswith(("value-type", ":formula")) for key in attributes):
                self._filled = self._place

    def _end(self, name: str) -> None:
        if name == self._ROW:
            self._rows += self._repeated
            if self._filled:
                self._height = self._rows
                self._width = max(self._width, self._filled)
        elif name == "table:table":
            self._total += self._height * self._width


def _count(text: str | None) -> int:
    """How often it is repeated; what is no number, or one too large, must not make the table look small."""
    number = read_whole_number(text or "1")
    return LARGEST if number is None else number
