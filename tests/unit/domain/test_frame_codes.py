"""Codes of a case list: one canonical text for each way of writing them."""

import pytest

from auditflow.domain.frame import CASE_TYPES, case_type_label
from auditflow.domain.frame_codes import (
    read_case_type,
    read_disability,
    read_ethnicity,
    read_restricted,
    read_sex,
    read_status,
)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("CIN", "child_in_need"),
        ("Child in Need Plan", "child_in_need"),
        ("c) Child in need plan", "child_in_need"),
        ("d) Open assessment", "child_in_need"),
        ("CP", "child_protection"),
        ("b) Child protection plan", "child_protection"),
        ("LAC", "child_in_care"),
        ("a) Looked after child", "child_in_care"),
        ("Child in Care", "child_in_care"),
        ("CLA", "child_in_care"),
        ("Care leaver", "care_leaver"),
        ("Leaving Care", "care_leaver"),
        ("EHC plan", "EHC plan"),
        ("", ""),
    ],
)
def test_kinds_of_case(cell, kind):
    assert read_case_type(cell).text == kind


def test_a_known_kind_is_read_from_its_own_name_and_from_its_key():
    for key, label in CASE_TYPES.items():
        assert read_case_type(label).text == key
        assert read_case_type(key).text == key
        assert case_type_label(key) == label
    assert case_type_label("EHC plan") == "EHC plan"


@pytest.mark.parametrize(
    "cell", ["Open", "OPEN", "Active", "Allocated", "a) Open", "c) Child in need plan", "d) Open assessment"]
)
def test_open(cell):
    assert read_status(cell).text == "Open"


@pytest.mark.parametrize("cell", ["Closed", "e) Closed episode", "closed - moved", "Ceased", "Ended", "Inactive"])
def test_closed(cell):
    assert read_status(cell).text == "Closed"


def test_a_status_of_the_lists_own_is_kept():
    assert read_status("x) Pending transfer").text == "Pending transfer"


@pytest.mark.parametrize(
    ("cell", "sex"),
    [
        ("b) Female", "Female"),
        ("Female", "Female"),
        ("F", "Female"),
        (2.0, "Female"),
        ("a) Male", "Male"),
        ("m", "Male"),
        ("1", "Male"),
        ("d) Indeterminate", "Other"),
        ("c) Not stated/recorded", ""),
        ("Unknown", ""),
        ("", ""),
    ],
)
def test_sex(cell, sex):
    assert read_sex(cell) == (sex, "", "")


def test_an_unknown_code_is_blank_with_a_note():
    assert read_sex("q7") == ("", "a code that is not known here was left blank", "")


@pytest.mark.parametrize(
    ("cell", "group"),
    [
        ("a) WBRI", "White"),
        ("d) WROM", "White"),
        ("White British", "White"),
        ("Gypsy / Roma", "White"),
        ("f) MWBC", "Mixed"),
        ("White and Black Caribbean", "Mixed"),
        ("Any other mixed background", "Mixed"),
        ("k) APKN", "Asian"),
        ("Chinese", "Asian"),
        ("n) BCRB", "Black"),
        ("Black African", "Black"),
        ("r) OOTH", "Other"),
        ("Arab", "Other"),
        ("s) NOBT", ""),
        ("REFU", ""),
        ("Not yet obtained", ""),
        ("Any other ethnic group, not known", ""),
        ("", ""),
    ],
)
def test_ethnicity_is_kept_as_a_group_only(cell, group):
    assert read_ethnicity(cell) == (group, "", "")


def test_words_that_name_no_ethnic_group_are_not_kept():
    assert read_ethnicity("Martian").text == ""
    assert read_ethnicity("Martian").note


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("a) Yes", "Yes"), ("Y", "Yes"), (True, "Yes"), (1.0, "Yes"), ("b) No", "No"), ("N", "No"), (0.0, "No")],
)
def test_yes_and_no(cell, answer):
    assert read_disability(cell).text == answer
    assert read_restricted(cell).text == answer


def test_restricted_in_other_words():
    assert read_restricted("Restricted").text == "Yes"
    assert read_restricted("Standard").text == "No"
    assert read_restricted("") == ("", "", "")


def test_a_guess_is_never_made_about_a_restricted_record():
    assert read_restricted("level 3").fault == "“level 3” is neither yes nor no"
    assert read_disability("level 3") == ("", "a code that is not known here was left blank", "")
