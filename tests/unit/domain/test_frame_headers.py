"""What headers mean, and which columns are never kept."""

import pytest

from auditflow.domain.frame_headers import (
    find_header_row,
    forbidden_reason,
    header_words,
    list_kind,
    may_map,
    suggest_columns,
    unique_headers,
)
from tests.factories.annex_a import annex_a_lists


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Child Unique ID", "case_ref"),
        ("ChildUniqueID", "case_ref"),
        ("child_unique_id", "case_ref"),
        ("Child's Unique Identifier", "case_ref"),
        ("LA Child ID", "case_ref"),
        ("Case Reference", "case_ref"),
        ("Case Ref No.", "case_ref"),
        ("case_ref", "case_ref"),
        ("Mosaic ID", "case_ref"),
        ("Person ID", "case_ref"),
        ("ID", "case_ref"),
        ("Case Type", "case_type"),
        ("Status", "status"),
        ("Allocated Team", "team"),
        ("Team", "team"),
        ("Team Name", "team"),
        ("Allocated Worker", "worker"),
        ("Allocated Social Worker", "worker"),
        ("Social Worker Name", "worker"),
        ("Key worker", "worker"),
        ("Family identifier", "family"),
        ("Sibling Group ID", "family"),
        ("CIN Start Date", "opened"),
        ("Child Protection Plan Start Date", "opened"),
        ("Date Started to be Looked After", "opened"),
        ("Date Opened", "opened"),
        ("CIN Closure Date", "closed"),
        ("Date Ceased to be Looked After", "closed"),
        ("End date", "closed"),
        ("Date of last audit", "last_audited"),
        ("Last Audited", "last_audited"),
        ("Restricted record (Y/N)", "restricted"),
        ("Age", "age_band"),
        ("Age of Child (Years)", "age_band"),
        ("Date of Birth", "age_band"),
        ("D.O.B.", "age_band"),
        ("Gender", "sex"),
        ("Sex of child", "sex"),
        ("Ethnicity", "ethnicity"),
        ("Ethnic group", "ethnicity"),
        ("Does the Child have a Disability", "disability"),
        ("Disability", "disability"),
        ("Worker last audited", "worker_last_audited"),
    ],
)
def test_headers_and_their_variants_suggest_a_column(header, column):
    assert suggest_columns([header]) == {column: header}


@pytest.mark.parametrize(
    "header", ["Primary Need Code", "Reason for Closure", "Date Child Was Last Seen", "Notes", "Column 7", ""]
)
def test_other_headers_suggest_nothing(header):
    assert suggest_columns([header]) == {}


def test_an_age_is_preferred_to_a_date_of_birth():
    assert suggest_columns(["Date of Birth", "Age"])["age_band"] == "Age"


def test_the_start_of_care_is_preferred_to_other_start_dates():
    headers = ["Start date", "Date Started to be Looked After"]
    assert suggest_columns(headers)["opened"] == "Date Started to be Looked After"


def test_one_header_serves_one_column_but_case_status_serves_two():
    assert suggest_columns(["Case Status"]) == {"case_type": "Case Status", "status": "Case Status"}
    both = suggest_columns(["Type", "Status"])
    assert both == {"case_type": "Type", "status": "Status"}


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        ("Forename", "a person’s name"),
        ("Child Surname", "a person’s name"),
        ("Child's Name", "a person’s name"),
        ("Name", "a person’s name"),
        ("FirstName", "a person’s name"),
        ("Full Name", "a person’s name"),
        ("Known as / alias", "a person’s name"),
        ("Mother", "a relative’s details"),
        ("Father's name", "a person’s name"),
        ("Name of carer", "a person’s name"),
        ("Parent/carer", "a relative’s details"),
        ("Postcode", "an address"),
        ("Placement postcode", "an address"),
        ("Post Code", "an address"),
        ("Home Address", "an address"),
        ("Address line 1", "an address"),
        ("Mobile phone", "contact details"),
        ("E-mail", "contact details"),
        ("NHS Number", "a national identifier"),
        ("Home Office Registration", "a national identifier"),
    ],
)
def test_personal_details_are_never_mapped(header, holds):
    assert forbidden_reason(header) == holds
    assert not any(may_map(header, column) for column in ("case_ref", "family", "team", "age_band"))
    assert suggest_columns([header]) == {}


@pytest.mark.parametrize(
    "header",
    [
        "Team Name",
        "Name of allocated worker",
        "Social Worker Name",
        "Sibling Group ID",
        "Case Reference",
        "Placement Type",
    ],
)
def test_names_of_staff_and_references_may_be_mapped(header):
    assert forbidden_reason(header) == ""
    assert may_map(header, "worker")


@pytest.mark.parametrize(
    "header", ["Date of Birth", "DOB", "D.O.B.", "Child date of birth", "Birthdate", "Month of birth"]
)
def test_a_date_of_birth_may_only_become_an_age_band(header):
    assert may_map(header, "age_band")
    assert not any(may_map(header, column) for column in ("case_ref", "opened", "last_audited", "family"))


def test_a_mothers_date_of_birth_is_treated_as_a_date_of_birth():
    assert not may_map("Mother's DOB", "opened")


def test_words_of_headers():
    assert header_words("ChildUniqueID") == header_words("child unique id") == header_words("Child-Unique.ID")


def test_the_four_lists_are_known_by_their_headers_whatever_the_sheet_is_called():
    lists = annex_a_lists()
    kinds = {name: list_kind(rows[0]) for name, rows in lists.items()}
    assert {name: kind for name, kind in kinds.items() if kind} == {
        "List 6": "child_in_need",
        "List 7": "child_protection",
        "List 8": "child_in_care",
        "List 9": "care_leaver",
    }


def test_headers_are_made_distinct_and_blank_ones_numbered():
    assert unique_headers(["Team", "", "Team", None, " Team "]) == [
        "Team",
        "Column 2",
        "Team (column 3)",
        "Column 4",
        "Team (column 5)",
    ]


def test_the_header_is_found_under_titles():
    rows = [
        ["List 6: children in need", "", ""],
        ["", "", ""],
        ["Child Unique ID", "Allocated Team", "Allocated Worker"],
        ["1001", "Team", "Status"],
    ]
    assert find_header_row(rows) == 2


def test_an_unknown_header_is_the_first_row_with_two_cells():
    assert find_header_row([["Export"], ["Alpha", "Beta"], ["1", "2"]]) == 1


def test_a_header_of_one_column_is_found_and_blank_rows_have_none():
    assert find_header_row([["Reference"], ["1"]]) == 0
    assert find_header_row([["", None], []]) is None
    assert find_header_row([]) is None


def test_data_above_three_hundred_columns_do_not_hide_the_header():
    assert find_header_row([["Child Unique ID", "Team", "Worker", *["x"] * 400]]) == 0
