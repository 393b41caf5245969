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
_STARTS = (b"<c ", b":c ", b":table-cell ")
_LONGEST = 1 << 20
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
        cut = max(map(data.rfind, _STARTS))
        self._count(data[: max(cut, 0)])
        self._rest[name] = data[max(cut, 0) :][-_LONGEST:]

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
        if b'="e' in data or b"='e" in data:
            self._errors += len(_ERROR.findall(data))
        if b"f>" in data or b"f " in data or b"f/>" in data:
            self._formulas += len(_NO_VALUE.findall(data))
