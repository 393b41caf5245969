"""A mapping says which columns of a file become which columns of the case list.

It is plain data, kept per council: `{sheet: {column: header}}`, with the columns of `frame.COLUMNS`. A value
that begins with `=` is the same text for every row of the sheet: `{"case_type": "=child_protection"}`.
"""

import hashlib
from collections.abc import Mapping, Sequence

from auditflow.domain.errors import BadInput
from auditflow.domain.frame import COLUMN_LABELS, COLUMNS
from auditflow.domain.frame_headers import forbidden_reason, list_kind, may_map, suggest_columns

__all__ = [
    "FrameMapping",
    "adapt_mapping",
    "check_mapping",
    "headers_digest",
    "mapped_columns",
    "no_reference_found",
    "suggest_mapping",
]

FrameMapping = Mapping[str, Mapping[str, str]]
Headers = Mapping[str, Sequence[str]]

MAPPABLE = tuple(column for column in COLUMNS if column != "lists")
_SHOWN = 12
_CONSTANT_ALLOWED = ("case_type", "team")


def suggest_mapping(headers: Headers) -> dict[str, dict[str, str]]:
    """A first mapping of a file with these headers per sheet, for a person to confirm.

    In a workbook of several lists those that inspectors know as lists 6 to 9 are taken: they are recognised
    by their headers, whatever the sheets are called. Otherwise every sheet with a case reference is taken.
    """
    suggested = {sheet: _suggest_sheet(names) for sheet, names in headers.items()}
    usable = {sheet: columns for sheet, columns in suggested.items() if "case_ref" in columns}
    known = {sheet: columns for sheet, columns in usable.items() if list_kind(headers[sheet])}
    return known or usable


def _suggest_sheet(headers: Sequence[str]) -> dict[str, str]:
    columns = suggest_columns(headers)
    if kind := list_kind(headers):
        columns.setdefault("case_type", f"={kind}")
    return {column: columns[column] for column in MAPPABLE if column in columns}


def no_reference_found(headers: Headers) -> BadInput:
    """The refusal of a file in which nothing looks like a case reference: it says what the columns are called."""
    named = {sheet: _listed(names) for sheet, names in headers.items() if names}
    columns = next(iter(named.values()), "") if len(headers) == 1 else _by_sheet(named)
    have = f"Its columns are {columns}." if named else "It has no row that could be its headings."
    return BadInput(f"No column of this file looks like a case reference. {have}", code="no_reference", field="mapping")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"“{'”, “'.join(names[:_SHOWN])}”{more}"


def _by_sheet(named: Mapping[str, str]) -> str:
    more = f"; and those of {len(named) - _SHOWN} more sheets" if len(named) > _SHOWN else ""
    return "; ".join(f"on {sheet} {columns}" for sheet, columns in list(named.items())[:_SHOWN]) + more


def adapt_mapping(remembered: FrameMapping, headers: Headers) -> dict[str, dict[str, str]]:
    """The mapping used last time, as far as this file still has its sheets and headers.

    Sheets that are new, or whose reference column is gone, are left to `suggest_mapping`.
    """
    fitting: dict[str, dict[str, str]] = {}
    for sheet, columns in remembered.items():
        names = headers.get(sheet, ())
        kept = {c: h for c, h in columns.items() if c in MAPPABLE and (h.startswith("=") or h in names)}
        if "case_ref" in kept:
            fitting[sheet] = kept
    return fitting or suggest_mapping(headers)


def headers_digest(headers: Headers) -> str:
    """A digest of sheets and headers: two files of the same shape have the same one."""
    parts = (f"{sheet}\x1e" + "\x1f".join(names) for sheet, names in sorted(headers.items()))
    return hashlib.sha256("\x1d".join(parts).encode()).hexdigest()


def mapped_columns(mapping: FrameMapping) -> tuple[str, ...]:
    """The columns that a list with this mapping has, in order.

    Open or closed is always there, since it can be told from the closing date; the names of the lists only
    if there are several.
    """
    wanted = {"case_ref", "status", *(column for columns in mapping.values() for column in columns)}
    if len(mapping) > 1:
        wanted.add("lists")
    return tuple(column for column in COLUMNS if column in wanted)


def check_mapping(mapping: FrameMapping, headers: Headers) -> None:
    """Raises BadInput, with the sheet and column at fault, unless the file can be read with this mapping."""
    if not mapping:
        raise BadInput("Choose at least one sheet to take cases from.", field="mapping")
    for sheet, columns in mapping.items():
        if sheet not in headers:
            raise BadInput(f"The file has no sheet called “{sheet}”.", field="mapping")
        if not columns.get("case_ref"):
            raise BadInput(f"Choose the column of “{sheet}” that holds the case reference.", field="case_ref")
        for column, header in columns.items():
            _check_column(sheet, column, header, headers[sheet])


def _check_column(sheet: str, column: str, header: str, headers: Sequence[str]) -> None:
    if column not in MAPPABLE:
        raise BadInput(f"A case list has no column called “{column}”.", field="mapping")
    if header.startswith("=") and column in _CONSTANT_ALLOWED:
        return
    if header not in headers:
        raise BadInput(f"“{sheet}” has no column with the heading “{header}”.", field=column)
    if not may_map(header, column):
        held = forbidden_reason(header) or "a date of birth"
        raise BadInput(
            f"“{header}” holds {held}, which is not kept, so it cannot be used for “{COLUMN_LABELS[column]}”.",
            field=column,
        )
