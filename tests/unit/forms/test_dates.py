"""Dates in three boxes and times in one."""

from __future__ import annotations

import io
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from forms.base import BaseForm
from forms.dates import DateField, TimeField
from forms.validators import DateBetween, Needed


class When(BaseForm):
    due = DateField(
        "Due date", [Needed("Enter the due date."), DateBetween(date(2026, 1, 1), lambda: date(2027, 12, 31))]
    )
    at = TimeField("Time")


def send(*boxes: object, at: str = "") -> When:
    form = When(MultiDict([("due", box) for box in boxes] + [("at", at)]))
    form.validate()
    return form


@pytest.mark.parametrize(
    "boxes",
    [
        ("27", "3", "2027"),
        (" 27", "03 ", "2027"),
        ("27", "March", "2027"),
        ("27", "mar", "2027"),
        ("27", "MARC", "2027"),
    ],
)
def test_dates_as_people_type_them(boxes: tuple[str, ...]) -> None:
    form = send(*boxes)
    assert form.due.data == date(2027, 3, 27)
    assert not form.errors


@pytest.mark.parametrize(
    ("boxes", "sentence", "target"),
    [
        ((), "Enter the due date.", "#due"),
        (("", "", ""), "Enter the due date.", "#due"),
        ((" ", " ", " "), "Enter the due date.", "#due"),
        (("27",), "Due date must have one day, one month and one year.", "#due"),
        (("27", "3"), "Due date must have one day, one month and one year.", "#due"),
        (("27", "3", "2027", "1"), "Due date must have one day, one month and one year.", "#due"),
        (("27", "", "2027"), "Due date must include a month.", "#due-month"),
        (("", "", "2027"), "Due date must include a day and month.", "#due"),
        (("27", "13", "2027"), "Due date must be a real date, like 27 3 2027.", "#due-month"),
        (("27", "ma", "2027"), "Due date must be a real date, like 27 3 2027.", "#due-month"),
        (("27", "market", "2027"), "Due date must be a real date, like 27 3 2027.", "#due-month"),
        (("29", "2", "2027"), "Due date must be a real date, like 27 3 2027.", "#due"),
        (("x", "3", "2027"), "Due date must be a real date, like 27 3 2027.", "#due"),
        (("٣", "3", "2027"), "Due date must be a real date, like 27 3 2027.", "#due"),
        (("27", "3", "next"), "Due date must be a real date, like 27 3 2027.", "#due-year"),
        (("27", "3", "27"), "Due date: the year must have 4 numbers, like 2027.", "#due-year"),
        (("27", "3", "0000"), "Due date: the year must have 4 numbers, like 2027.", "#due-year"),
        (("1" * 5000, "3", "2027"), "Due date must be a real date, like 27 3 2027.", "#due"),
        (("31", "12", "2025"), "Due date must be 1 January 2026 or later.", "#due"),
        (("1", "1", "2028"), "Due date must be 31 December 2027 or earlier.", "#due"),
    ],
)
def test_dates_that_cannot_be_taken(boxes: tuple[str, ...], sentence: str, target: str) -> None:
    assert send(*boxes).error_list() == [{"text": sentence, "href": target}]


def test_a_file_in_a_date_is_refused() -> None:
    form = send(FileStorage(io.BytesIO(b"x"), filename="x"), "3", "2027")
    assert form.due.errors == ["Due date must have one day, one month and one year."]
    assert form.due()


def test_only_the_boxes_at_fault_are_marked_and_what_was_typed_is_shown() -> None:
    html = send("27", "13", "2027").due()
    assert html.count("govuk-input--error") == 1
    assert 'width-2 govuk-input--error" id="due-month"' in html
    assert 'value="13"' in html


def test_without_a_fault_of_one_box_all_are_marked() -> None:
    assert send("", "", "").due().count("govuk-input--error") == 3


def test_without_a_post_the_date_of_the_row_is_shown() -> None:
    html = When(data={"due": date(2026, 12, 4), "at": time(9, 5)}).due()
    assert [f'value="{part}"' in html for part in ("4", "12", "2026")] == [True] * 3
    assert 'value="09:05"' in When(data={"at": time(9, 5)}).at()


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("14:30", time(14, 30)),
        ("9.05", time(9, 5)),
        ("0930", time(9, 30)),
        ("9", time(9)),
        ("2pm", time(14)),
        ("2.30 p.m.", time(14, 30)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("", None),
    ],
)
def test_times_as_people_type_them(typed: str, at: time | None) -> None:
    form = send("27", "3", "2027", at=typed)
    assert form.at.data == at
    assert not form.errors


@pytest.mark.parametrize("typed", ["noon", "25:00", "9:60", "13pm", "0am", "9m", "1:2:3", "-1"])
def test_times_that_cannot_be_taken(typed: str) -> None:
    form = send("27", "3", "2027", at=typed)
    assert form.errors == {"at": ["Time must be a time, like 9:30 or 14:30."]}
    assert f'value="{typed}"' in form.at()


@given(st.lists(st.text(max_size=12), max_size=5), st.text(max_size=12))
def test_no_date_breaks_the_form(boxes: list[str], at: str) -> None:
    form = send(*boxes, at=at)
    assert form.due()
    assert form.due.data is None or isinstance(form.due.data, date)
    assert form.due.data is not None or form.due.errors
