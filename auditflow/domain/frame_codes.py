"""Codes in a case list: kind of case, open or closed, sex, ethnic group, yes or no.

Lists write the same thing as `b) Female`, `Female`, `F` or `2`; here each has one canonical text.
"""

import re

from auditflow.domain.frame_values import Reading, coded_text, words_of

__all__ = [
    "CLOSED",
    "OPEN",
    "read_case_type",
    "read_disability",
    "read_ethnicity",
    "read_restricted",
    "read_sex",
    "read_status",
]

OPEN = "Open"
CLOSED = "Closed"

_SEX = {
    **dict.fromkeys(["f", "female", "girl", "woman", "2"], "Female"),
    **dict.fromkeys(["m", "male", "boy", "man", "1"], "Male"),
    **dict.fromkeys(["indeterminate", "other", "non binary", "neither", "i", "9", "intersex", "x"], "Other"),
}
_YES = frozenset(["yes", "y", "true", "t", "1", "disabled"])
_NO = frozenset(["no", "n", "false", "f", "0", "none", "not disabled", "non disabled"])
_RESTRICTED = frozenset(["restricted", "sensitive", "confidential", "locked", "secure", "r"])
_UNRESTRICTED = frozenset(["unrestricted", "standard", "normal"])
_UNKNOWN = re.compile(r"(u|unk|unknown|0|nobt|refu|n a|na|nk|.*\b(not|refused|declined|unknown|missing)\b.*)")

_OPEN_WORDS = re.compile(r"(open|active|allocated|current|ongoing|live|in progress|re ?opened|open\b.*)")
_CLOSED_WORDS = re.compile(r"(closed?\b.*|ceased|ended|inactive|de ?registered|completed?|discharged)")
_OPEN_IN_LISTS = re.compile(r"looked after child|child protection plan|child in need plan|open assessment")

_CASE_TYPES = (
    (r"lac|cla|cic|(child(ren)? )?looked after( child(ren)?)?|child(ren)? in care|in care", "child_in_care"),
    (r"cp|cpp|child(ren)? protection( plan)?|on a child protection plan", "child_protection"),
    (r"cin|cin plan|child(ren)? in need( plan)?|open assessment|closed episode", "child_in_need"),
    (r"cl|care leavers?|care experienced|leaving care", "care_leaver"),
)
_ETHNIC_CODES = {
    **dict.fromkeys(["wbri", "wiri", "wirt", "woth", "wrom"], "White"),
    **dict.fromkeys(["mwbc", "mwba", "mwas", "moth"], "Mixed"),
    **dict.fromkeys(["aind", "apkn", "aban", "aoth", "chne"], "Asian"),
    **dict.fromkeys(["bcrb", "bafr", "both"], "Black"),
    **dict.fromkeys(["ooth", "arab"], "Other"),
}
_ETHNIC_WORDS = (
    (r"mixed|multiple|dual|white and ", "Mixed"),
    (r"white|gypsy|roma\b|irish|traveller", "White"),
    (r"asian|indian|pakistani|bangladeshi|chinese", "Asian"),
    (r"black|african|caribbean|somali", "Black"),
    (r"other|arab", "Other"),
)


def read_case_type(value: object) -> Reading:
    """The kind of case: a key of `frame.CASE_TYPES` where the words are known, else the list's own words."""
    reading = coded_text(value)
    words = words_of(reading.text)
    known = next((key for pattern, key in _CASE_TYPES if re.fullmatch(pattern, words)), None)
    return reading._replace(text=known) if known else reading


def read_status(value: object) -> Reading:
    """`Open` or `Closed` where the words are known, else the list's own words."""
    reading = coded_text(value)
    words = words_of(reading.text)
    if _CLOSED_WORDS.fullmatch(words):
        return Reading(CLOSED)
    if _OPEN_WORDS.fullmatch(words) or _OPEN_IN_LISTS.fullmatch(words):
        return Reading(OPEN)
    return reading


def read_sex(value: object) -> Reading:
    """`Female`, `Male` or `Other`; not stated is blank; anything else is blank with a note."""
    reading = coded_text(value)
    words = words_of(reading.text)
    if words in _SEX:
        return Reading(_SEX[words])
    return _not_recorded(reading, words)


def read_ethnicity(value: object) -> Reading:
    """The ethnic group (White, Mixed, Asian, Black, Other) of a code or of words; never the finer code."""
    reading = coded_text(value)
    words = words_of(reading.text)
    code = words.split(" ")[0]
    if code in _ETHNIC_CODES:
        return Reading(_ETHNIC_CODES[code])
    if _UNKNOWN.fullmatch(words):
        return Reading("")
    group = next((group for pattern, group in _ETHNIC_WORDS if re.search(pattern, words)), "")
    return Reading(group) if group else _not_recorded(reading, words)


def read_disability(value: object) -> Reading:
    """`Yes` or `No`; not known is blank; anything else is blank with a note."""
    reading = coded_text(value)
    words = words_of(reading.text)
    if words in _YES or words in _NO:
        return Reading("Yes" if words in _YES else "No")
    return _not_recorded(reading, words)


def read_restricted(value: object) -> Reading:
    """`Yes` or `No`; blank stays blank. Anything else is a fault: a guess could open a restricted record."""
    reading = coded_text(value)
    words = words_of(reading.text)
    if words in _YES | _RESTRICTED:
        return Reading("Yes")
    if words in _NO | _UNRESTRICTED:
        return Reading("No")
    return Reading("", fault=f"“{reading.text[:40]}” is neither yes nor no") if words else reading


def _not_recorded(reading: Reading, words: str) -> Reading:
    """Blank; with a note unless the cell was blank or said that it is not known."""
    if not words or _UNKNOWN.fullmatch(words):
        return Reading("", note=reading.note)
    return Reading("", note="a code that is not known here was left blank")
