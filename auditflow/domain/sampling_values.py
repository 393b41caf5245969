"""How cells of a case list are read for a draw: references, words and dates, exactly and the same everywhere."""

import hashlib
import re
import unicodedata
from datetime import date, datetime

__all__ = ["clean", "clean_ref", "hash_key", "read_day"]

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_EDGES = " \t\r\n"
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9:.]{5,15})?")


def hash_key(seed: str, ref: str) -> str:
    """The key that orders the draw: lower-case hex SHA-256 of the UTF-8 of `seed|ref`.

    `printf '%s' 'seed|ref' | sha256sum` gives the same.
    """
    return hashlib.sha256(f"{seed}|{ref}".encode()).hexdigest()


def clean(value: object) -> str:
    """A cell's text, trimmed and in Unicode's composed form (NFC), its letters as stored; None is blank."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _spelt(value)
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _spelt(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def clean_ref(value: object) -> str:
    """A case reference ready for hashing. Raises ValueError, saying what is wrong, for one that cannot be used.

    Blank references are refused, and those with control or other invisible characters inside: two that look
    alike must be alike.
    """
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    text = "" if value is None else value if isinstance(value, str) else _spelt(value)
    text = text.strip(_EDGES)
    if not text.isprintable() and any(unicodedata.category(mark) in _INVISIBLE for mark in text):
        raise ValueError(f"the case reference {text!a} has a control or invisible character in it")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.strip())
    if not text:
        raise ValueError("the case reference is blank")
    return text


def read_day(value: object) -> date | None:
    """The day in a cell written as 2026-12-01 (a time after it is ignored); None when the cell is blank.

    Raises ValueError for anything else.
    """
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    text = clean(value)
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text}” is not a date like 2026-12-01")
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        raise ValueError(f"“{text}” is not a day of the calendar") from None
