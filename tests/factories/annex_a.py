"""An invented workbook of the shape that inspectors ask for: eleven lists, messy in the usual ways.

Children have the references 1001, 1002 …; nobody in it exists. The date of the list is `AS_AT`.
"""

import io
from datetime import date
from typing import Any

import openpyxl

__all__ = ["AS_AT", "CHILD_COLUMNS", "annex_a_lists", "annex_a_workbook", "workbook_bytes"]

AS_AT = date(2026, 9, 30)

CHILD_COLUMNS = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Does the Child have a Disability"]
_STAFF = ["Allocated Team", "Allocated Worker"]


def _child(ref: int | str, *, sex: str = "b) Female", ethnicity: str = "a) WBRI", born: Any = None) -> list[Any]:
    return [ref, sex, ethnicity, born or date(2014, 5, 17), 12.37, "b) No"]


def annex_a_lists() -> dict[str, list[list[Any]]]:
    """The sheets as rows, headers first; tests may change them before making the workbook."""
    contacts = [
        ["Child Unique ID", "Gender", "Date of Contact", "Contact Source"],
        [2001, "Male", date(2026, 8, 3), "q"],
    ]
    adopters = [["Individual adopter identifier", "Family identifier", "Gender"], [9001, 8001, "a) Male"]]
    others = {f"List {number}": [list(row) for row in contacts] for number in (1, 2, 3, 4, 5)}
    return {
        **others,
        "List 6": _children_in_need(),
        "List 7": _protection_plans(),
        "List 8": _looked_after(),
        "List 9": _care_leavers(),
        "List 10": [["Child Unique ID", "Family identifier", "Age of Child (Years)"], [1006, 8001, 7]],
        "List 11": adopters,
    }


def _children_in_need() -> list[list[Any]]:
    header = [*CHILD_COLUMNS, "CIN Start Date", "CIN Closure Date", "Case Status", *_STAFF]
    return [
        header,
        [*_child(1001), date(2026, 2, 3), None, "c) Child in need plan", "Locality 1", "Ann\u00a0Archer"],
        [
            *_child(1002, sex="Male"),
            date(2026, 1, 9),
            date(2026, 7, 1),
            "e) Closed episode",
            "Locality 1",
            "Ann Archer",
        ],
        [*_child(1003), date(2025, 11, 20), None, "b) Child protection plan", "Locality 2", "Bo Birch"],
        [*_child(1004), date(2025, 6, 2), None, "a) Looked after child", "Locality 2", "Bo Birch"],
        [*_child(1005, ethnicity="s) NOBT"), date(2026, 8, 30), None, "d) Open assessment", "Unallocated", "#N/A"],
    ]


def _protection_plans() -> list[list[Any]]:
    header = [*CHILD_COLUMNS, "Child Protection Plan Start Date", "Child Protection Plan End Date", *_STAFF]
    return [header, [*_child(1003), date(2026, 3, 1), None, "Locality 2", "Bo Birch"]]


def _looked_after() -> list[list[Any]]:
    header = [
        *CHILD_COLUMNS,
        "Date Started to be Looked After",
        "Date Ceased to be Looked After",
        "Placement postcode",
        *_STAFF,
    ]
    return [
        header,
        [*_child(1004, ethnicity=""), date(2026, 4, 4), None, "ZZ9 9ZZ", "Children in Care 1", "Cy Cole"],
        [*_child(1006), date(2024, 4, 4), date(2026, 5, 5), "ZZ9 9ZZ", "Children in Care 1", "Cy Cole"],
    ]


def _care_leavers() -> list[list[Any]]:
    header = [*CHILD_COLUMNS, *_STAFF, "Eligibility Category", "LA in Touch"]
    born = date(2006, 1, 15)
    return [
        header,
        ["1006", "a) Male", "a) WBRI", born, 20.7, "b) No", "Leaving Care", "Di Drake", "b) Former relevant", "a) Yes"],
    ]


def annex_a_workbook(lists: dict[str, list[list[Any]]] | None = None) -> bytes:
    """The workbook as bytes."""
    return workbook_bytes(lists or annex_a_lists())


def workbook_bytes(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Any sheets of rows as an xlsx file."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
