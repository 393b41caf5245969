"""The meta-test: no guard of any row of any workflow can be taken out without a named test turning red."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from tests.factories.workflow_tables import everything, unproved
from workflows.registry import WORKFLOWS
from workflows.roles import ROLES


def expected_of(noun):
    """The hand-written table of `test_<noun>.py` beside this file."""
    path = Path(__file__).with_name(f"test_{noun}.py")
    spec = spec_from_file_location(f"expected_{noun}", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.EXPECTED.workflow is WORKFLOWS[noun]
    return module.EXPECTED


NOUNS = pytest.mark.parametrize("noun", list(WORKFLOWS))


@NOUNS
def test_taking_out_any_guard_of_any_row_is_noticed(noun):
    assert unproved(expected_of(noun)) == []


@NOUNS
def test_every_guard_has_a_refusal_of_its_name(noun):
    expected = expected_of(noun)
    assert {refusal.guard for refusal in expected.refusals} == set(expected.workflow.guards)


@NOUNS
def test_the_hand_written_moves_are_all_the_moves(noun):
    expected = expected_of(noun)
    written = {(state, role, action) for state, role, action in everything(expected)}
    tabled = {(s, role, m.action) for m in expected.workflow.moves for s in m.sources for role in m.roles}
    assert written == tabled


@NOUNS
def test_by_hand_too_every_state_is_reached_and_only_final_ones_are_dead_ends(noun):
    expected = expected_of(noun)
    workflow = expected.workflow
    steps = {(state, target) for (state, _, _), target in everything(expected).items() if state != target}
    reached = {workflow.initial}
    for _ in workflow.states:
        reached |= {target for state, target in steps if state in reached}
    assert reached == workflow.state_keys
    assert {state for state, _ in steps} == workflow.state_keys - workflow.final


@NOUNS
def test_guards_read_what_they_say_they_read(noun):
    expected = expected_of(noun)
    for guard in expected.workflow.guards.values():
        read = set()
        for scenario in ({}, *(s.facts for s in expected.scenarios), *(r.facts for r in expected.refusals)):
            guard.holds(Noting({**expected.facts, **scenario}, read))
        assert read == set(guard.reads), guard.name


class Noting(dict):
    """Facts that note which of them are looked at."""

    def __init__(self, facts, read):
        super().__init__(facts)
        self.read = read

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def test_one_guard_object_has_one_name_everywhere():
    by_name = {}
    for workflow in WORKFLOWS.values():
        for name, guard in workflow.guards.items():
            assert by_name.setdefault(name, guard) is guard


JUDGING = {
    "case_audit": {
        "start",
        "submit",
        "confirm",
        "change",
        "return_to_auditor",
        "determine",
        "remove",
        "mark_not_audited",
    },
    "moderation": {"take", "decide"},
    "action": {"verify", "reopen", "cannot_do"},
    "correction": {"approve", "refuse"},
    "approval": {"approve", "refuse"},
}


@pytest.mark.parametrize("noun", list(JUDGING))
def test_conflict_of_interest_bars_grading_moderating_deciding_and_verifying(noun):
    workflow = WORKFLOWS[noun]
    barred = {m.action for m in workflow.moves if "no_conflict" in {guard.name for guard in m.guards}}
    assert barred == JUDGING[noun]
    for action in barred:
        by_people = [m for m in workflow.by_action[action] if m.roles != ("system",)]
        assert all("actor_in_conflict" in {f for g in m.guards for f in g.reads} for m in by_people)


STEADY = {"qa_lead", "head_of_service", "director", "system"}
"""Who is there even when the people an item belongs to are gone."""


@NOUNS
def test_from_every_open_state_somebody_can_move_on_when_its_own_people_are_gone(noun):
    workflow = WORKFLOWS[noun]
    stuck = {
        state
        for state in workflow.open
        if not any(STEADY & set(m.roles) and m.target_from(state) != state for m in workflow.by_state[state])
        and not any(m.action == "reassign" for m in workflow.by_state[state])
    }
    # A case audit with a moderator moves with its moderation task, which can be taken back and reassigned.
    assert stuck <= ({"moderation"} if noun == "case_audit" else set())


def test_every_role_moves_something_or_is_told_something():
    used = {role for w in WORKFLOWS.values() for m in w.moves for role in (*m.roles, *m.tell)}
    assert set(ROLES) - used == {"administrator"}
