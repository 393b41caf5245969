"""What an auditor sends beside the answers: each form refuses in words what it cannot take."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forms.base import ChangeForm
from forms.case_audit import (
    ChooseVersionForm,
    DeclareConflictForm,
    DisputeChangeForm,
    KeepNotesForm,
    LinkActionForm,
    ProposeActionForm,
    answer_comments_form,
)

CARRIED = {"key": "k" * 20, "version": "3"}


def sent(form: type[ChangeForm], **data: Any) -> Any:
    return form(MultiDict({**CARRIED, **data}))


def errors(form: ChangeForm) -> list[str]:
    return [] if form.validate() else [error["text"] for error in form.error_list()]


@pytest.mark.parametrize("form", [DisputeChangeForm, ChooseVersionForm])
def test_an_answer_is_needed(form: type[ChangeForm]) -> None:
    assert len(errors(sent(form))) == 1


def test_a_conflict_needs_no_details_but_not_a_novel_either() -> None:
    assert errors(sent(DeclareConflictForm, reason="")) == []
    assert "2,000" in errors(sent(DeclareConflictForm, reason="x" * 2_001))[0]


def test_notes_may_be_emptied() -> None:
    assert errors(sent(KeepNotesForm, text="")) == []


@pytest.mark.parametrize("keep", ["both", "STORED"])
def test_only_one_of_the_two_versions_can_be_kept(keep: str) -> None:
    assert errors(sent(ChooseVersionForm, keep=keep)) == [
        "Which version do you want to keep?: choose one of the answers shown."
    ]


def offered(**data: Any) -> ProposeActionForm:
    form = sent(ProposeActionForm, **data)
    form.offer([("risk", "Risk: Inadequate"), ("risk.seen", "Was the child seen?")], [("", "The manager"), ("7", "Mo")])
    return form


def test_an_action_says_what_for_what_and_by_when() -> None:
    assert errors(offered()) == [
        "Say what has to be done.",
        "Choose what the action answers.",
        "Set the date by which it will be done.",
    ]
    whole = offered(text="See her.", findings=["risk", "risk.seen"], owner_id="7", due_on=["15", "1", "2027"])
    assert errors(whole) == []
    assert whole.findings.data == ["risk", "risk.seen"]


@pytest.mark.parametrize("bad", [{"findings": ["nonsense"]}, {"owner_id": "8"}, {"due_on": ["31", "2", "2027"]}])
def test_what_was_not_offered_is_refused(bad: dict[str, Any]) -> None:
    sound = {"text": "See her.", "findings": ["risk"], "owner_id": "", "due_on": ["15", "1", "2027"]}
    assert len(errors(offered(**{**sound, **bad}))) == 1


def test_only_an_open_action_of_the_case_can_be_linked() -> None:
    form = sent(LinkActionForm, action_id="9", findings=["risk"])
    form.offer([("4", "See her alone.", "Due 15 January 2027")], [("risk", "Risk")])
    assert errors(form) == ["Which action?: choose one of the answers shown."]


def test_each_comment_has_a_box_of_its_own() -> None:
    form = answer_comments_form([(4, "risk"), (9, "the audit as a whole")])
    filled = sent(form, comment_4="That of 6 October.", comment_9="x" * 20_001)
    assert [error["href"] for error in (filled.validate(), filled.error_list())[1]] == ["#comment_9"]
    assert filled["comment_4"].label.text == "Your answer on risk"
