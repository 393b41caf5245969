"""A design as nearly everybody writes it, read without PyYAML, which takes longer to load than a draw to make.

Read here: one key a line with a value on the same line, or a list or pairs below it whose values stand on their lines.
Everything else is left to PyYAML; what is read here, PyYAML reads alike (the tests hold one against the other).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

__all__ = ["IMPLICIT", "Other", "read_plain"]

IMPLICIT = {
    "bool": r"^(?:true|false)$",
    "int": r"^-?(?:0|[1-9][0-9]*)$",
    "float": r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$",
    "null": r"^(?:null|~|)$",
    "timestamp": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
"""What a word without quotes is when it is not text."""

_LINE = re.compile(r"( *)(?:(- +)|([A-Za-z_][A-Za-z0-9_]*):(?: +|$))(.*)")
_SCALAR = re.compile(r""" *(?:"([^"\\]*)"|'([^']*)'|([A-Za-z0-9_][A-Za-z0-9_ ./()-]*)) *""")
_COMMENT = re.compile(r"(?:^|\s)#.*")


class Other(Exception):
    """The text is written in another way than is read here."""


def read_plain(text: str) -> dict[str, object]:
    """The keys and values of a design. Raises Other for what PyYAML must read, or refuse."""
    found: dict[str, object] = {}
    open_key, depth = "", 0
    for indent, item, key, value in _lines(text.replace("\r\n", "\n")):
        if not item and not indent:
            _put(found, key, _whole(value) if value else None)
            open_key, depth = ("" if value else key), 0
            continue
        depth = depth or indent + 1
        if not open_key or not value or depth != indent + 1:
            raise Other
        _put_below(found, open_key, None if item else key, _whole(value))
    if not found:
        raise Other
    return found


def _lines(text: str) -> list[tuple[int, bool, str, str]]:
    """Each line's indent, whether it is an item of a list, else its key, and what follows."""
    lines = []
    for line in text.split("\n"):
        if not line.isprintable():
            raise Other
        bare = line if "'" in line or '"' in line else _COMMENT.sub("", line)
        if bare.strip():
            match = _LINE.fullmatch(bare)
            if match is None:
                raise Other
            lines.append((len(match[1]), match[2] is not None, match[3] or "", match[4].strip()))
    return lines


def _put_below(found: dict[str, object], key: str, name: str | None, value: object) -> None:
    """One more line below a key: an item of its list, or one of its pairs, never both."""
    below = found[key]
    if below is None:
        below = found[key] = [] if name is None else {}
    if isinstance(below, list) and name is None:
        below.append(value)
    elif isinstance(below, dict) and name is not None:
        _put(below, name, value)
    else:
        raise Other


def _put(found: dict[str, object], key: str, value: object) -> None:
    if key in found or not isinstance(_word(key), str):
        raise Other
    found[key] = value


def _whole(text: str) -> object:
    value, end = _value(text, 0)
    if end != len(text):
        raise Other
    return value


def _value(text: str, at: int) -> tuple[object, int]:
    """The value that starts at a place, and the place behind it and its spaces."""
    if text[at : at + 1] == "[":
        return _list(text, at + 1)
    if text[at : at + 1] == "{":
        return _pairs(text, at + 1)
    match = _SCALAR.match(text, at)
    if match is None:
        raise Other
    quoted = match[1] if match[1] is not None else match[2]
    return (_word(match[3].rstrip()) if quoted is None else quoted), match.end()


def _list(text: str, at: int) -> tuple[list[object], int]:
    values: list[object] = []
    while True:
        value, at = _value(text, _skip(text, at))
        values.append(value)
        if text[at : at + 1] == "]":
            return values, _skip(text, at + 1)
        at = _expect(text, at, ",")


def _pairs(text: str, at: int) -> tuple[dict[str, object], int]:
    pairs: dict[str, object] = {}
    while True:
        key, at = _value(text, _skip(text, at))
        value, at = _value(text, _skip(text, _expect(text, at, ": ")))
        if not isinstance(key, str) or key in pairs:
            raise Other
        pairs[key] = value
        if text[at : at + 1] == "}":
            return pairs, _skip(text, at + 1)
        at = _expect(text, at, ",")


def _skip(text: str, at: int) -> int:
    while text[at : at + 1] == " ":
        at += 1
    return at


def _expect(text: str, at: int, mark: str) -> int:
    if not text.startswith(mark, at):
        raise Other
    return at + len(mark)


def _word(text: str) -> object:
    """A word without quotes: text, or what it plainly is. A day that is none is PyYAML's to refuse."""
    kind = next((name for name, pattern in IMPLICIT.items() if re.match(pattern, text)), "text")
    try:
        return _MADE[kind](text) if kind in _MADE else text
    except ValueError:
        raise Other from None


_MADE: dict[str, Callable[[str], object]] = {
    "bool": lambda text: text == "true",
    "int": int,
    "float": float,
    "null": lambda _text: None,
    "timestamp": date.fromisoformat,
}
