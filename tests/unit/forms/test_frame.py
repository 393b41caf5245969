"""The forms of the case list pages, without a server."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forms.frame import MatchNamesForm, SheetColumns, map_columns_form, match_name_form

KEY = "k" * 20
SHEETS = [
    SheetColumns("List 6", ["Child ID", "Team", "Forename", "Date of Birth"], {"case_ref": "Child ID", "team": "Team"}),
    SheetColumns("Notes", ["Anything"]),
]


def bind(**typed: str) -> Any:
    sent = {name.replace("__", "-"): value for name, value in typed.items()}
    return map_columns_form(SHEETS)(MultiDict({"key": KEY, "version": "1", **sent}))


def test_what_is_suggested_is_chosen_at_first() -> None:
    form = map_columns_form(SHEETS)(key=KEY, version=1)
    assert form.mapping() == {"List 6": {"case_ref": "Child ID", "team": "Team"}}
    assert not form.taken(1).data


def test_what_is_sent_is_the_mapping() -> None:
    form = bind(s1__use="y", s1__case_ref="Anything", s1__case_type="=child_in_need")
    assert form.validate()
    assert form.mapping() == {"Notes": {"case_ref": "Anything", "case_type": "=child_in_need"}}


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({}, ""),
        ({"s0__use": "y"}, "#s0-case_ref"),
        ({"s0__use": "y", "s0__case_ref": "Elsewhere"}, "#s0-case_ref"),
        ({"s0__use": "y", "s0__case_ref": "Child ID", "s0__family": "Forename"}, "#s0-family"),
        ({"s0__use": "y", "s0__case_ref": "Child ID", "s0__opened": "Date of Birth"}, "#s0-opened"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is(typed: dict[str, str], where: str) -> None:
    form = bind(**typed)
    assert not form.validate()
    assert form.error_list()[0]["href"] == where


def test_a_date_of_birth_may_only_become_an_age_band() -> None:
    assert bind(s0__use="y", s0__case_ref="Child ID", s0__age_band="Date of Birth").validate()


@pytest.mark.parametrize(
    ("target", "mark", "good"),
    [("1", "", True), ("", "left", True), ("", "", False), ("1", "left", False), ("2", "", False)],
)
def test_a_name_is_one_thing(target: str, mark: str, good: bool) -> None:
    form = match_name_form([("1", "Ann Lee")], {"left": "Has left"})
    assert form(MultiDict({"key": KEY, "target": target, "mark": mark})).validate() is good


def test_answers_of_a_page_of_names() -> None:
    posted = {
        **{"kind-0": "worker", "name-0": "A", "answer-0": "7"},
        **{"kind-1": "worker", "name-1": "B", "answer-1": ""},
        **{"kind-2": "team", "name-2": "C", "answer-2": "promoted"},
        **{"kind-3": "worker", "name-3": "D", "answer-3": "٣"},
    }
    form = MatchNamesForm(MultiDict({"key": KEY, "rest": "left"}))
    form.marks = {"left": "Has left"}
    assert form.validate()
    assert form.answers(posted, 4) == [("worker", "A", "7"), ("worker", "B", "left")]
