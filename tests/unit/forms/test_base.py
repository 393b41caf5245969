"""Error lists, refusals of a service, and what a page carries: key and version."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField

from forms.base import BaseForm, ChangeForm, CreateForm
from forms.fields import TextField
from forms.validators import Needed, NeededIf

OUT_OF_DATE = "This page was out of date or incomplete. What you typed is still here: check it and send it again."
KEY = "a-key-of-sixteen_"


class Round(ChangeForm):
    name = TextField("Name", [Needed("Enter the name.")])


class Part(BaseForm):
    reason = TextField("Reason", [Needed("Enter the reason.")])


class Whole(BaseForm):
    first = FormField(Part)
    more = FieldList(FormField(Part), min_entries=2)


class Decision(BaseForm):
    decision = TextField("Decision")
    why = TextField("Why", [NeededIf("decision", {"change"}, "Enter the reason."), Needed("Never reached when empty.")])
    how = TextField("How", [NeededIf("decision", lambda answer: answer == "change", "Enter how.")])


def test_a_page_carries_a_fresh_key_and_the_version_of_its_row() -> None:
    one, two = Round(version=7), Round(version=7)
    assert one.key.data != two.key.data
    html = one.hidden_fields()
    assert f'<input type="hidden" name="key" value="{one.key.data}">' in html
    assert '<input type="hidden" name="version" value="7">' in html
    assert "Name" not in html


def test_what_a_page_carried_comes_back() -> None:
    form = Round(MultiDict({"key": KEY, "version": "7", "name": "Baseline"}))
    assert form.validate()
    assert (form.key.data, form.version.data) == (KEY, 7)
    assert form.sent() == {"name": "Baseline"}


@pytest.mark.parametrize("version", [None, "", "x", "-1", "1.0", "9" * 16])
def test_a_page_without_a_usable_version_is_out_of_date(version: str | None) -> None:
    sent = {"key": KEY, "name": "Baseline"} | ({} if version is None else {"version": version})
    form = Round(MultiDict(sent))
    assert not form.validate()
    assert form.version.data is None
    assert form.error_list() == [{"text": OUT_OF_DATE, "href": "#main"}]


@pytest.mark.parametrize("key", [None, "", "short", "x" * 49, "sixteen letters!", "<script>alert(1)</script>"])
def test_a_page_without_a_usable_key_gets_a_fresh_one(key: str | None) -> None:
    form = CreateForm(MultiDict({} if key is None else {"key": key}))
    assert not form.validate()
    assert len(form.key.data) >= 16
    assert form.key.data != key


def test_the_same_sentence_is_listed_once() -> None:
    form = Round(MultiDict({"name": "Baseline"}))
    assert not form.validate()
    assert form.error_list() == [{"text": OUT_OF_DATE, "href": "#main"}]


def test_errors_inside_lists_and_parts_link_to_their_inputs() -> None:
    form = Whole(MultiDict({"first-reason": "", "more-0-reason": "x", "more-1-reason": ""}))
    assert not form.validate()
    assert form.error_list() == [
        {"text": "Enter the reason.", "href": "#first-reason"},
        {"text": "Enter the reason.", "href": "#more-1-reason"},
    ]


def test_a_refusal_of_the_service_is_shown_at_its_field() -> None:
    form = Round(MultiDict({"key": KEY, "version": "1", "name": "Baseline"}))
    assert form.validate()
    form.add_error("There is already a round with this name.", "name")
    assert form.error_list() == [{"text": "There is already a round with this name.", "href": "#name"}]
    assert "There is already a round" in form.name()


@pytest.mark.parametrize("field", [None, "unknown", "key"])
def test_any_other_refusal_is_shown_at_the_top(field: str | None) -> None:
    form = Round(MultiDict({"key": KEY, "version": "1", "name": "Baseline"}))
    assert form.validate()
    form.add_error("Three cases have no auditor.", field)
    assert form.error_list() == [{"text": "Three cases have no auditor.", "href": ""}]


def test_a_question_is_needed_only_when_another_answer_asks_for_it() -> None:
    assert Decision(MultiDict({"decision": "confirm"})).validate()
    form = Decision(MultiDict({"decision": "change"}))
    assert not form.validate()
    assert form.errors == {"why": ["Enter the reason."], "how": ["Enter how."]}
    assert Decision(MultiDict({"decision": "change", "why": "because", "how": "so"})).validate()
