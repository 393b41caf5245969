"""How much text the cells of an xlsx file hold once each has its own: the file keeps a text once and points at it.

A file of 100 KB can point a million times at one long text, and the reader copies it each time.
"""

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["PART", "SMALLEST_POINTER", "SharedText", "text_pointed_at"]

PART = "sharedstrings.xml"
"""How the name of the part with the shared texts ends, in lower case."""

SMALLEST_POINTER = len("<v>0</v>")
"""Bytes that a cell's pointer takes at the least."""

_END = re.compile(rb"</(?:\w+:)?si>")
_POINTERS = re.compile(rb"<(?:\w+:)?v>\s*(\d{1,9})\s*</")
_TAIL = 64


class SharedText:
    """The longest of the shared texts, in bytes with its markup."""

    def __init__(self) -> None:
        self.longest = 0
        self._open = 0
        self._tail = b""

    def see(self, block: bytes) -> list[int]:
        """Take in the next bytes of the part; the lengths of the texts that end there, in order."""
        *whole, rest = _END.split(self._tail + block)
        lengths = [len(text) for text in whole]
        if lengths:
            lengths[0] += self._open
            self._open = 0
            self.longest = max(self.longest, *lengths)
        # An end tag may be broken in two.
        self._tail = rest[-_TAIL:]
        self._open += len(rest) - len(self._tail)
        return lengths


def text_pointed_at(texts: Iterable[bytes], sheets: Iterable[bytes]) -> int:
    """The bytes of text that the cells of the sheets point at; a cell that holds a number counts as a pointer too."""
    shared = SharedText()
    lengths = [length for block in texts for length in shared.see(block)]
    found: Counter[bytes] = Counter()
    rest = b""
    for block in sheets:
        # Cut behind an end tag, in which no pointer can be broken.
        whole, cut, rest = (rest + block).rpartition(b"</")
        found.update(_POINTERS.findall(whole + cut))
    return sum(lengths[int(number)] * times for number, times in found.items() if int(number) < len(lengths))
