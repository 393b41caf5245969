"""The immediate concern's table, written out by hand from the rules and compared with what is decided."""

import pytest

from tests.factories.workflow_tables import Expected, Refusal, Scenario, compare, refuse
from workflows.alert import WORKFLOW

WORKER = {"actor_is_case_worker": True}
CONCERNED = {"actor_is_concerned": True}

EXPECTED = Expected(
    workflow=WORKFLOW,
    facts={"actor_is_case_worker": False, "actor_is_concerned": False},
    table="""
        raised case_team_manager: acknowledge>acknowledged
        raised head_of_service: acknowledge>acknowledged mark_raised_in_error>raised_in_error
        raised director: acknowledge>acknowledged
        raised system: escalate_to_head>raised escalate_to_director>raised
        acknowledged case_team_manager: resolve>resolved
        acknowledged head_of_service: resolve>resolved mark_raised_in_error>raised_in_error
        acknowledged director: resolve>resolved
        acknowledged system: escalate_to_head>acknowledged escalate_to_director>acknowledged
        resolved raiser: re_raise>raised
        resolved reader: re_raise>raised
    """,
    scenarios=(
        Scenario(
            "the actor is the case's worker",
            WORKER,
            minus="""
                acknowledged case_team_manager: resolve>resolved
                acknowledged head_of_service: resolve>resolved
                acknowledged director: resolve>resolved
            """,
        ),
        Scenario(
            "the concern is about the actor",
            CONCERNED,
            minus="""
                raised case_team_manager: acknowledge>acknowledged
                raised head_of_service: acknowledge>acknowledged mark_raised_in_error>raised_in_error
                raised director: acknowledge>acknowledged
                acknowledged case_team_manager: resolve>resolved
                acknowledged head_of_service: resolve>resolved mark_raised_in_error>raised_in_error
                acknowledged director: resolve>resolved
                resolved raiser: re_raise>raised
                resolved reader: re_raise>raised
            """,
        ),
    ),
    refusals=(
        Refusal("not_concerned", "raised", "acknowledge", "case_team_manager", CONCERNED),
        Refusal("not_case_worker", "acknowledged", "resolve", "case_team_manager", WORKER),
        Refusal("not_concerned", "acknowledged", "resolve", "head_of_service", CONCERNED),
        Refusal("not_concerned", "resolved", "re_raise", "raiser", CONCERNED),
        Refusal("not_concerned", "resolved", "re_raise", "reader", CONCERNED),
        Refusal("not_concerned", "raised", "mark_raised_in_error", "head_of_service", CONCERNED),
    ),
)


@pytest.mark.parametrize("scenario", [Scenario("usual"), *EXPECTED.scenarios], ids=lambda s: s.name)
def test_every_state_role_and_action(scenario):
    said, done = compare(EXPECTED, scenario)
    assert done == said


@pytest.mark.parametrize("refusal", EXPECTED.refusals, ids=str)
def test_guard_refuses(refusal):
    assert refuse(EXPECTED, refusal).code == (refusal.code or refusal.guard)


def test_escalations_count_hours_and_are_made_by_the_system():
    limits = {(d.states[0], d.action): d.hours for d in WORKFLOW.deadlines}
    assert limits == {
        ("raised", "escalate_to_head"): 4,
        ("raised", "escalate_to_director"): 24,
        ("acknowledged", "escalate_to_head"): 24,
        ("acknowledged", "escalate_to_director"): 48,
    }
    assert all(deadline.acts for deadline in WORKFLOW.deadlines)


def test_the_raiser_is_told_each_time():
    assert all("raiser" in move.tell for move in WORKFLOW.moves)


def test_a_concern_raised_again_goes_to_everyone_who_may_answer():
    (again,) = WORKFLOW.by_action["re_raise"]
    assert {"case_team_manager", "head_of_service", "director"} <= set(again.tell)


def test_which_moves_need_a_reason():
    assert {m.action for m in WORKFLOW.moves if m.reason} == {"resolve", "re_raise", "mark_raised_in_error"}


def test_nothing_waits_once_it_is_resolved():
    assert WORKFLOW.open == {"raised", "acknowledged"}
