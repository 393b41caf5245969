"""Mappings: suggested, remembered, checked."""

import pytest

from auditflow.domain.errors import BadInput
from auditflow.domain.frame_mapping import (
    adapt_mapping,
    check_mapping,
    headers_digest,
    mapped_columns,
    no_reference_found,
    suggest_mapping,
)
from tests.factories.annex_a import annex_a_lists

HEADERS = {"List": ["Ref", "Team", "Date of Birth", "Child name", "Date opened"]}
GOOD = {"List": {"case_ref": "Ref", "team": "Team", "age_band": "Date of Birth"}}


def annex_a_headers():
    return {name: [str(cell) for cell in rows[0]] for name, rows in annex_a_lists().items()}


def refusal(mapping, headers=HEADERS):
    with pytest.raises(BadInput) as caught:
        check_mapping(mapping, headers)
    return caught.value


def test_of_a_workbook_of_lists_six_to_nine_are_suggested():
    mapping = suggest_mapping(annex_a_headers())
    assert list(mapping) == ["List 6", "List 7", "List 8", "List 9"]
    assert mapping["List 6"] == {
        "case_ref": "Child Unique ID",
        "case_type": "Case Status",
        "status": "Case Status",
        "team": "Allocated Team",
        "worker": "Allocated Worker",
        "opened": "CIN Start Date",
        "closed": "CIN Closure Date",
        "age_band": "Age",
        "sex": "Gender",
        "ethnicity": "Ethnicity",
        "disability": "Does the Child have a Disability",
    }
    assert mapping["List 7"]["case_type"] == "=child_protection"
    assert mapping["List 8"]["case_type"] == "=child_in_care"
    assert mapping["List 9"]["case_type"] == "=care_leaver"
    assert "Placement postcode" not in mapping["List 8"].values()


def test_what_is_suggested_can_be_used():
    headers = annex_a_headers()
    check_mapping(suggest_mapping(headers), headers)


def test_any_other_file_is_taken_where_it_has_a_reference():
    headers = {"Cases": ["Case ID", "Team"], "Notes": ["Remark"]}
    assert suggest_mapping(headers) == {"Cases": {"case_ref": "Case ID", "team": "Team"}}
    assert suggest_mapping({"Notes": ["Remark"]}) == {}


def test_a_remembered_mapping_is_used_as_far_as_it_fits():
    remembered = {
        "List": {"case_ref": "Ref", "team": "Old team column", "case_type": "=child_in_need"},
        "Gone": GOOD["List"],
    }
    assert adapt_mapping(remembered, HEADERS) == {"List": {"case_ref": "Ref", "case_type": "=child_in_need"}}


def test_a_remembered_mapping_that_lost_its_reference_gives_way_to_a_suggestion():
    assert adapt_mapping({"List": {"case_ref": "Old ref"}}, HEADERS) == suggest_mapping(HEADERS)
    assert adapt_mapping({}, HEADERS)["List"]["case_ref"] == "Ref"


def test_the_digest_of_headers_tells_shapes_apart():
    assert headers_digest({"A": ["x"], "B": ["y"]}) == headers_digest({"B": ["y"], "A": ["x"]})
    different = [{"A": ["x", "y"]}, {"A": ["y", "x"]}, {"A": ["xy"]}, {"B": ["x", "y"]}, {"A": ["x"], "y": []}]
    assert len({headers_digest(headers) for headers in different}) == len(different)


def test_the_columns_of_a_list_are_those_mapped_in_fixed_order():
    assert mapped_columns(GOOD) == ("case_ref", "status", "team", "age_band")
    two = {**GOOD, "Other": {"case_ref": "Ref", "worker": "Worker"}}
    assert mapped_columns(two) == ("case_ref", "status", "team", "worker", "age_band", "lists")


def test_a_good_mapping_passes():
    check_mapping(GOOD, HEADERS)
    check_mapping({"List": {**GOOD["List"], "case_type": "=EHC plan"}}, HEADERS)


@pytest.mark.parametrize(
    ("mapping", "words", "field"),
    [
        ({}, "at least one sheet", "mapping"),
        ({"Other": {"case_ref": "Ref"}}, "no sheet called “Other”", "mapping"),
        ({"List": {"team": "Team"}}, "Choose the column of “List” that holds the case reference", "case_ref"),
        ({"List": {"case_ref": ""}}, "holds the case reference", "case_ref"),
        ({"List": {"case_ref": "Ref", "postcode": "Team"}}, "no column called “postcode”", "mapping"),
        ({"List": {"case_ref": "Ref", "lists": "Team"}}, "no column called “lists”", "mapping"),
        ({"List": {"case_ref": "Ref", "team": "Teem"}}, "no column with the heading “Teem”", "team"),
        ({"List": {"case_ref": "Ref", "family": "Child name"}}, "holds a person’s name, which is not kept", "family"),
        (
            {"List": {"case_ref": "Ref", "opened": "Date of Birth"}},
            "holds a date of birth, which is not kept",
            "opened",
        ),
        ({"List": {"case_ref": "=1"}}, "no column with the heading “=1”", "case_ref"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_with_the_column(mapping, words, field):
    found = refusal(mapping)
    assert words in str(found)
    assert found.field == field


def test_a_file_without_a_reference_is_told_what_its_columns_are() -> None:
    one = no_reference_found({"List": ["Name", "Team"]})
    assert one.sentence == "No column of this file looks like a case reference. Its columns are “Name”, “Team”."
    many = no_reference_found({"A": ["Name"], "B": [f"C{n}" for n in range(20)], "C": []}).sentence
    assert "on A “Name”; on B “C0”, " in many
    assert "and 8 more" in many
    assert "no row that could be its headings" in no_reference_found({"A": []}).sentence
