"""How one cell of a case list is read: each function takes a cell as it stands and gives a `Reading`.

Cells arrive as text (CSV) or as typed values (workbooks). A `Reading` has the canonical text; a `note`
where something was read as something else (the row is kept); a `fault` where the row cannot be kept.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

__all__ = [
    "EXACT_UP_TO",
    "MAX_REFERENCE",
    "MAX_TEXT",
    "Reader",
    "Reading",
    "allocated_name",
    "clean_text",
    "coded_text",
    "family_reference",
    "read_reference",
    "without_prefix",
    "words_of",
]

MAX_REFERENCE = 100
"""Longest case reference, in characters."""

MAX_TEXT = 200
"""Longest team, worker or other text, in characters."""

_ERRORS = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!)", re.I)
_NOBODY = re.compile(
    r"(un ?|not |awaiting |to be |no )(allocat\w+|assign\w+)( worker| team)?|no (worker|team)|none|nil|null|n ?a"
    r"|tba|tbc|vacant|vacancy|not known|unknown|not recorded|"
)
_PLAIN = re.compile(rf"(?=.{{0,{MAX_TEXT}}}\Z)(?:[!\"$-~]++ ?+)*+(?<! )")
"""Text that is clean as it stands: ASCII, single spaces inside, no number sign."""

_PREFIX = re.compile(r"\(?[A-Za-z]{1,2}\)\s*")
_TEXT_NUMBER = re.compile(r'="?([^"]*)"?')
_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
EXACT_UP_TO = 10**15
"""Whole numbers below this are exact in a spreadsheet, which keeps 15 digits."""


class Reading(NamedTuple):
    """What a cell says: canonical text, and a note, or a fault that follows the name of the column."""

    text: str
    note: str = ""
    fault: str = ""


Reader = Callable[[object], Reading]


def plain_text(value: object) -> str:
    """A cell as text: whole numbers without a decimal point, days as yyyy-mm-dd, nothing else changed."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return "" if value is None else str(value)


def clean_text(value: object) -> Reading:
    """Text in NFC, white space of any kind as single spaces, control characters taken out.

    A spreadsheet's error (`#N/A`, `#REF!`) is blank with a note; more than `MAX_TEXT` characters is a fault.
    """
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return Reading(value)
    spaced = " ".join(unicodedata.normalize("NFC", plain_text(value)).split())
    if _ERRORS.fullmatch(spaced):
        return Reading("", note="a spreadsheet error was read as blank")
    text = "".join(filter(str.isprintable, spaced))
    if len(text) > MAX_TEXT:
        return Reading("", fault=f"is longer than {MAX_TEXT} characters")
    return Reading(text, note="invisible characters were taken out" if text != spaced else "")


def without_prefix(text: str) -> str:
    """A code's words without the letter that lists put before them: `a) Yes` is `Yes`."""
    return _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text


def coded_text(value: object) -> Reading:
    """As `clean_text`, without a code's letter in front."""
    reading = clean_text(value)
    return reading._replace(text=without_prefix(reading.text))


def allocated_name(value: object) -> Reading:
    """The name of a team or worker; every way of writing that there is none is blank, with a note."""
    reading = clean_text(value)
    if reading.text and _says_nobody(reading.text):
        return Reading("", note="read as not allocated")
    return reading


def family_reference(value: object) -> Reading:
    """A family's or sibling group's reference."""
    reading = clean_text(value)
    return Reading("") if _says_nobody(reading.text) else reading


def _says_nobody(text: str) -> bool:
    """Whether the words say that there is none; words that end in a digit never do, and are most references."""
    return not text[-1:].isdigit() and _NOBODY.fullmatch(words_of(text)) is not None


def words_of(text: str) -> str:
    """Lower-case letters and digits (of any script) with single spaces, to compare with known words."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def read_reference(value: object) -> Reading:
    """A case reference: trimmed, NFC, case as it stands; a fault when it cannot be trusted to name one case."""
    if isinstance(value, date):
        return Reading("", fault="is a date, not a reference")
    if isinstance(value, float) and abs(value) >= EXACT_UP_TO:
        return Reading("", fault="is a number too long for a spreadsheet, which loses its last digits")
    text = unicodedata.normalize("NFC", plain_text(value)).strip().lstrip("\ufeff")
    if text.startswith('="'):
        text = _TEXT_NUMBER.sub(r"\1", text).strip()
    return Reading(text, fault=_fault_of_reference(text))


def _fault_of_reference(text: str) -> str:
    """Why this text cannot be a reference; blank when it can."""
    faults = (
        (not text, "is blank"),
        (_ERRORS.fullmatch(text) is not None, "is a spreadsheet error"),
        (len(text) > MAX_REFERENCE, f"is longer than {MAX_REFERENCE} characters"),
        (not text.isprintable(), "contains a control character or an invisible one"),
        (text[:1] in "=+-@", "begins with a character that spreadsheets take for a formula"),
        (_SHORTENED.fullmatch(text) is not None, "is a number that a spreadsheet has shortened"),
    )
    return next((sentence for is_so, sentence in faults if is_so), "")
