"""What the headers of a list mean: which column each suggests, and which may never be kept.

Headers vary from council to council ("Age", "Age of Child (Years)"; "Allocated Team", "Team"), so they are
compared as plain words. Personal details beyond what an audit needs are refused by their header: names of
children and relatives, addresses and postcodes, telephone numbers, e-mail addresses, NHS numbers. A date of
birth may only become an age band.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from auditflow.domain.frame_values import clean_text, words_of

__all__ = [
    "MAX_COLUMNS",
    "find_header_row",
    "forbidden_reason",
    "header_words",
    "list_kind",
    "may_map",
    "suggest_columns",
    "unique_headers",
]

MAX_COLUMNS = 300
"""More columns than this are refused: such a file is not a case list."""

_CERTAIN = 4
"""A row that suggests so many columns is the header; rows below it are not looked at."""

_LIST = r"(case|child(s|ren)?|client|person|service user|pupil|student|young person|worker|staff)"
_ID = r"(id|ids|identifier|ref|reference|number|no|num)"
_SYSTEM = r"(ics|lcs|ehm|mosaic|liquidlogic|carefirst|eclipse|azeus|protocol|capita|system|la|local authority)"

_SUGGESTIONS: dict[str, tuple[str, ...]] = {
    "case_ref": (
        rf"(la )?{_LIST} (unique )?({_ID} ?)+",
        rf"{_LIST} ({_SYSTEM} )?({_ID} ?)+",
        rf"({_SYSTEM} )+({_LIST} )?({_ID} ?)+",
        rf"unique ({_LIST} )?({_ID} ?)+",
        rf"({_ID} ?)+",
        r"case",
    ),
    "case_type": (
        r"case type|type of case|kind of case|case category|service type|cohort|list",
        r"case status",
        r"legal status group|type",
    ),
    "status": (r"case status|status|open closed|open or closed|case open|current status|state",),
    "team": (
        r"allocated team|team allocated|case holding team|current team|team name|team",
        r"(social work|responsible|responsible social work|service|worker) team( name)?",
        r"(allocated |current )?(team|unit|service)( name)?",
    ),
    "worker": (
        r"allocated (case |social )?worker( name)?|name of allocated (social )?worker",
        r"(current |lead |named )?(social worker|case worker|caseworker|key worker|case holder|worker)( name)?",
        r"(lead )?(practitioner|professional|personal adviser|pa)( name)?",
    ),
    "family": (
        rf"(family|sibling|sibling group|household)( group)?( unique)?( {_ID})*",
        r"family|siblings",
    ),
    "opened": (
        r"cin start date|child protection plan start date|date started to be looked after",
        r"(date |case )?(opened|open)( date| on)?|date (case )?opened|case (open|opened|start|started)( date)?",
        r"(plan )?start date|date (of )?start|date started|started|date of referral|referral date",
    ),
    "closed": (
        r"cin closure date|child protection plan end date|date ceased to be looked after",
        r"(date )?(case )?(closed|closure|ceased)( date| on)?|case end(ed)?( date)?",
        r"(plan )?end date|date (of )?end|date ended|ended",
    ),
    "last_audited": (
        r"(case |date |file )?(of )?last (case |file )?audit(ed)?( date| on)?|date (case )?last audited",
        r"(previous|most recent|latest) audit( date)?|date of (previous|last|most recent|latest) (case )?audit",
    ),
    "restricted": (
        r"(is )?(the )?(record |case |file |access )?(restricted|sensitive|confidential|locked)"
        r"( record| case| file| access| flag| y n)*",
    ),
    "age_band": (
        r"age band|age group",
        r"(current )?age( of( the)? child)?( in)?( years)?( at .*)?|childs age",
        r"§born",
    ),
    "sex": (r"sex|gender|(childs|child) (sex|gender)|(sex|gender) (of )?(the )?child|gender identity",),
    "ethnicity": (r"(childs |child )?(ethnicity|ethnic (group|origin|code|background))( code| group)?",),
    "disability": (
        r"does the child have a disability|(is the child |child )?(disability|disabled)( flag| status| y n)*",
    ),
    "worker_last_audited": (
        r"(date )?(allocated )?worker(s)? (was )?last audit(ed)?( date| on)?|last audit(ed)? (of|for) worker",
    ),
}
"""For each column, patterns over a header's words, the most certain first."""

_KINDS = (
    ("child_in_care", r"date started to be looked after|date ceased to be looked after"),
    ("child_protection", r"child protection plan (start|end) date"),
    ("care_leaver", r"eligibility category|la in touch|suitability of accommodation"),
    ("child_in_need", r"cin (start|closure) date"),
)

_STAFF = r"worker|team|practitioner|manager|staff|officer|auditor|professional|adviser|advisor|service|unit|holder"
_BORN = r"\b(dob|date of birth|birth ?date|born|birthday|month of birth|d o b)\b"
_FORBIDDEN = (
    ("a person’s name", r"\b(fore|sur|first|last|middle|family|full|given|known|child|childs|pupil)? ?names?\b"),
    ("a person’s name", r"\b(forename|surname|firstname|lastname|fullname|initials|aka|alias)s?\b"),
    ("a relative’s details", r"\b(mother|father|parent|carer|guardian|grandparent|grandmother|sibling)s?\b"),
    ("an address", r"\b(post ?code|post ?codes|address|addresses|street|uprn|house number)\b"),
    ("contact details", r"\b(telephone|phone|mobile|e ?mail|email)\b"),
    ("a national identifier", r"\b(nhs|national insurance|nino|passport|home office)\b"),
)
_GROUP_ID = rf"\b{_ID}\b|\bgroup\b"


@lru_cache(maxsize=1_000)
def header_words(header: str) -> str:
    """A header as plain lower-case words: `ChildUniqueID`, `child_unique_id` and `Child Unique ID` are the same."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    return words_of(re.sub(r"['’]|(?<=\b\w)\.", "", apart))


def forbidden_reason(header: str) -> str:
    """What a column holds that is never kept, or blank. A date of birth is not in this list: see `may_map`."""
    words = header_words(header)
    for reason, pattern in _FORBIDDEN:
        if re.search(pattern, words) and not _is_allowed(reason, words):
            return reason
    return ""


def _is_allowed(reason: str, words: str) -> bool:
    """Names of staff and teams are kept, and so is the reference of a sibling group."""
    if reason == "a person’s name":
        return re.search(rf"\b({_STAFF})s?\b", words) is not None
    return reason == "a relative’s details" and re.search(_GROUP_ID, words) is not None and "name" not in words


def may_map(header: str, column: str) -> bool:
    """Whether a column of the file may become this column of the list."""
    if re.search(_BORN, header_words(header)):
        return column == "age_band"
    return not forbidden_reason(header)


def suggest_columns(headers: Sequence[str]) -> dict[str, str]:
    """A header for each column of the list that seems to be there: {column: header}.

    One header serves one column, except that a list's "Case Status" gives both kind and status.
    """
    words = {header: header_words(header) for header in headers}
    chosen: dict[str, str] = {}
    for column, patterns in _SUGGESTIONS.items():
        free = [h for h in headers if may_map(h, column) and (h not in chosen.values() or words[h] == "case status")]
        if found := _best(patterns, free, words):
            chosen[column] = found
    return chosen


def _best(patterns: Sequence[str], headers: Sequence[str], words: dict[str, str]) -> str:
    """The first header that matches the most certain pattern."""
    for pattern in patterns:
        born = pattern == "§born"
        for header in headers:
            if re.search(_BORN, words[header]) if born else re.fullmatch(pattern, words[header]):
                return header
    return ""


def list_kind(headers: Sequence[str]) -> str:
    """The kind of case that a list of these headers holds (a key of `frame.CASE_TYPES`), or blank."""
    words = [header_words(header) for header in headers]
    return next((kind for kind, pattern in _KINDS if any(re.fullmatch(pattern, w) for w in words)), "")


def unique_headers(cells: Sequence[object]) -> list[str]:
    """The header row as distinct names; blank cells and repeats are named by their column number."""
    headers: list[str] = []
    for number, cell in enumerate(cells, 1):
        text = clean_text(cell).text or f"Column {number}"
        headers.append(f"{text} (column {number})" if text in headers else text)
    return headers


def find_header_row(rows: Sequence[Sequence[object]]) -> int | None:
    """The index of the header row: the first that means several columns, or the one that means most.

    A title above the header has few cells or words that mean nothing here. None if all rows are blank.
    """
    best, found = (0, 0), None
    for index, row in enumerate(rows):
        score = _score(row)
        if score > best:
            best, found = score, index
        if score[0] >= _CERTAIN:
            break
    return found


def _score(row: Sequence[object]) -> tuple[int, int]:
    """How many columns a row would suggest as a header; then whether it has anything at all in it."""
    filled = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    if not filled:
        return (0, 0)
    return (len(suggest_columns(unique_headers(row[:MAX_COLUMNS]))), min(len(filled), 2))
