"""Cells of a workbook that come out blank although they hold something: spreadsheet errors, and formulas whose
value was not saved with them. The reader does not tell them from blank cells, so they are counted in the file's text.
"""

import re

from auditflow.domain.frame import Note

__all__ = ["LostCells"]

_ERROR = re.compile(rb"""\s(?:t=["']e["']|calcext:value-type=["']error["'])""")
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR_BEGINS = (b'"e', b"'e")
_FORMULA_BEGINS = (b"<f", b":f")
_SELDOM = 5_000
_STARTS = (b"<c ", b":c ", b":table-cell ")
_NEAR = 1 << 12
_LONGEST = 1 << 19
_EVERYWHERE = "The whole file"


class LostCells:
    """How many cells of the sheets hold an error, and how many a formula without a value."""

    def __init__(self) -> None:
        self._errors = self._formulas = 0
        self._rest: dict[str, bytes] = {}

    def see(self, name: str, block: bytes) -> None:
        """Take in the next bytes of a part; only those that can be sheets count."""
        if not name.startswith("xl/worksheets/") and name != "content.xml":
            return
        data = self._rest.get(name, b"") + block
        # The last cell may be broken in two: it waits for the bytes that follow.
        cut = _last_cell(data)
        self._count(data[:cut])
        rest = data[cut:]
        # Much text without another cell, such as what follows the last row: its middle is of no use.
        self._rest[name] = rest if len(rest) < 2 * _LONGEST else rest[:_LONGEST] + rest[-_LONGEST:]

    def notes(self) -> list[Note]:
        """What was lost, in so many cells; call it once, after the last bytes."""
        for rest in self._rest.values():
            self._count(rest)
        found = {
            "a spreadsheet error such as #N/A was read as blank": self._errors,
            "a formula was saved without its value, and read as blank": self._formulas,
        }
        return [Note(_EVERYWHERE, "", text, count) for text, count in found.items() if count]

    def _count(self, data: bytes) -> None:
        # A plain search first: it takes a tenth of the time, and most lists have neither.
        if _holds(data, _ERROR_BEGINS):
            self._errors += len(_ERROR.findall(data))
        if _holds(data, _FORMULA_BEGINS):
            self._formulas += len(_NO_VALUE.findall(data))


def _holds(data: bytes, marks: tuple[bytes, bytes]) -> bool:
    """Whether one of two marks, which end in the same letter, is in the data.

    Most sheets keep their text elsewhere, so that the letter is rare: to look at each takes a tenth of a search.
    """
    letter = marks[0][1:]
    if data.count(letter) > _SELDOM:
        return any(mark in data for mark in marks)
    at = data.find(letter, 1)
    while at > 0 and not data.startswith(marks, at - 1):
        at = data.find(letter, at + 1)
    return at > 0


def _last_cell(data: bytes) -> int:
    """Where the last cell begins; 0 if none does. Looked for near the end first: it nearly always is there."""
    near = max(data.rfind(start, -_NEAR) for start in _STARTS)
    return near if near > 0 else max(0, *(data.rfind(start) for start in _STARTS))
