"""The words of the tables: imperative actions, past-tense entries, plain words on screen."""

import re

import pytest

from auditflow.domain.errors import Misuse
from workflows.registry import WORKFLOWS, get_workflow
from workflows.roles import KNOWN, PERSON_ROLES, ROLES

NOUNS = pytest.mark.parametrize("noun", list(WORKFLOWS))
IMPERATIVES = {
    *("accept", "acknowledge", "add", "agree", "allocate", "approve", "ask", "assign", "begin", "cancel"),
    *("challenge", "change", "close", "complete", "confirm", "decide", "declare", "decline", "determine"),
    *("discard", "dispute", "draw", "escalate", "extend", "file", "hand", "launch", "lock", "mark", "offer"),
    *("publish", "re", "reallocate", "reassign", "refuse", "remove", "reopen", "request", "resolve", "return"),
    *("send", "share", "start", "submit", "take", "uphold", "verify", "withdraw"),
}
NAMED_AFTER_THE_REQUEST = {"cannot_do"}
IRREGULAR_PAST = {"drawn", "begun", "taken", "sent", "withdrawn", "upheld"}
# Left-hand words of the field that never stand on a screen.
NOT_ON_SCREEN = re.compile(
    r"\b(frames?|bridges?|eliminated|judgemental|alerts?|determined?|severity|guards?|workflows?|subject)\b", re.I
)


def texts(workflow):
    yield from (state.label for state in workflow.states)
    yield from (move.label for move in workflow.moves)
    yield from (guard.sentence for guard in workflow.guards.values())
    yield workflow.note


@NOUNS
def test_actions_are_imperative(noun):
    for action in WORKFLOWS[noun].by_action:
        assert action.split("_")[0] in IMPERATIVES or action in NAMED_AFTER_THE_REQUEST, action


@NOUNS
def test_journal_entries_are_in_the_past_tense(noun):
    for move in WORKFLOWS[noun].moves:
        words = move.past.split("_")
        assert any(word in IRREGULAR_PAST or word.endswith("ed") for word in words), move.past


@NOUNS
def test_only_words_of_the_screen_are_shown(noun):
    for text in texts(WORKFLOWS[noun]):
        assert not NOT_ON_SCREEN.search(text), text


@NOUNS
def test_labels_and_sentences_are_written_for_people(noun):
    workflow = WORKFLOWS[noun]
    for label in (*workflow.labels.values(), *(move.label for move in workflow.moves)):
        assert label[0].isupper(), label
        assert not label.endswith("."), label
    for guard in workflow.guards.values():
        assert guard.sentence[0].isupper(), guard.sentence
        assert guard.sentence.endswith("."), guard.sentence


@NOUNS
def test_each_state_and_each_action_has_words_of_its_own(noun):
    workflow = WORKFLOWS[noun]
    assert len(set(workflow.labels.values())) == len(workflow.states)
    assert len({rows[0].label for rows in workflow.by_action.values()}) == len(workflow.by_action)


@NOUNS
def test_names_fit_the_columns_that_keep_them(noun):
    workflow = WORKFLOWS[noun]
    assert all(len(deadline.key) <= 32 and len(deadline.action) <= 40 for deadline in workflow.deadlines)
    assert all(len(f"{noun}.{move.past}") <= 64 for move in workflow.moves)


def test_a_setting_always_stands_for_the_same_figure():
    figures = {}
    for workflow in WORKFLOWS.values():
        for deadline in workflow.deadlines:
            if deadline.setting:
                figure = (deadline.working_days, deadline.hours)
                assert figures.setdefault(deadline.setting, figure) == figure
            else:
                assert deadline.from_fact


def test_workflows_are_found_by_noun():
    assert all(get_workflow(noun).name == noun for noun in WORKFLOWS)
    with pytest.raises(Misuse, match="not something that moves"):
        get_workflow("weather")


def test_people_hold_the_roles_of_the_field():
    assert set(PERSON_ROLES) == {
        *("auditor", "team_manager", "practitioner", "qa_lead", "head_of_service"),
        *("director", "external_moderator", "board_member", "administrator"),
    }
    assert set(ROLES) == KNOWN


def test_the_board_and_an_administrator_move_nothing():
    moving = {role for workflow in WORKFLOWS.values() for move in workflow.moves for role in move.roles}
    assert moving.isdisjoint({"board_member", "administrator"})
