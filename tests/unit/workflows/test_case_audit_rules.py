"""What the case audit's table says beyond who may move it: reasons, time limits, who is told, other purposes."""

import pytest

from workflows import machine
from workflows.case_audit import WORKFLOW
from workflows.facts import when_asking

FACTS = {
    **when_asking("case_audit"),
    "actor_in_conflict": False,
    "actor_judges_own_work": False,
    "purpose": "main",
    "round_state": "live",
    "returns": 0,
    "auditor_gone": False,
}


def decide(state, action, role, **facts):
    return machine.decide(WORKFLOW, state=state, action=action, roles={role}, facts={**FACTS, **facts})


def test_time_limits():
    limits = {d.key: (d.states, d.action, d.working_days or d.from_fact, d.acts) for d in WORKFLOW.deadlines}
    assert limits == {
        "start": (("allocated",), "start", 5, False),
        "submit": (("in_progress",), "submit", "round_ends_on", False),
        "moderate": (("moderation",), "confirm", 5, False),
        "answer_return": (("returned",), "submit", 10, False),
        "accept": (("changed",), "accept", 5, True),
        "share_feedback": (("agreed",), "share_feedback", 5, False),
        "challenge": (("feedback_shared",), "close", 10, True),
        "determine": (("disputed",), "escalate_to_director", 10, True),
    }


def test_which_moves_always_need_a_reason():
    needing = {action for action, rows in WORKFLOW.by_action.items() if all(move.reason for move in rows)}
    assert needing == {
        *("reallocate", "change", "decide_without_auditor", "dispute", "challenge", "determine"),
        *("ask_to_remove", "ask_not_audited", "mark_not_audited"),
        "request_correction",
    }
    # The system withdraws a second grading with its case; a person says why.
    assert decide("allocated", "withdraw_grading", "qa_lead", purpose="second", submissions=0).move.reason


def test_the_same_auditor_again_needs_the_leads_reason():
    facts = {"chosen_graded_before": True, "another_could_audit": False}
    assert decide("selected", "allocate", "qa_lead", **facts).move.reason
    assert not decide("selected", "allocate", "qa_lead").move.reason


def test_feedback_goes_to_the_current_worker_and_manager():
    assert set(decide("agreed", "share_feedback", "auditor").move.tell) == {"practitioner", "case_team_manager"}


@pytest.mark.parametrize("action", ["confirm", "change", "return_to_auditor"])
def test_the_auditor_is_told_what_the_moderator_decided(action):
    assert decide("moderation", action, "moderator").move.tell == ("auditor",)


@pytest.mark.parametrize("action", ["determine", "publish_first_grade"])
def test_the_outcome_of_a_dispute_is_told_to_both_sides(action):
    for move in WORKFLOW.by_action[action]:
        assert {"auditor", "moderator", "requester"} <= set(move.tell)


def test_silence_accepts_a_change():
    assert decide("changed", "accept", "system").target == "agreed"


@pytest.mark.parametrize("purpose", ["second", "calibration", "bridge"])
def test_other_purposes_need_no_participation_and_no_actions(purpose):
    facts = {"purpose": purpose, "participation_recorded": False, "unanswered_findings": 3}
    assert decide("in_progress", "submit", "auditor", **facts).target == "submitted"
    assert decide("submitted", "file", "system", **facts).target == "filed"


def test_a_submitted_audit_has_one_way_on_and_only_one():
    for purpose in ("main", "second"):
        for chosen in (False, True):
            facts = {**FACTS, "purpose": purpose, "moderation_chosen": chosen}
            moves = machine.available(WORKFLOW, state="submitted", roles={"system"}, facts=facts)
            assert len(moves) == 1


def test_a_withdrawn_submission_still_forbids_removal_for_ever():
    facts = {**FACTS, "approved_ask": "remove", "request_open": False}
    said = {
        times: machine.blocked(WORKFLOW, state="in_progress", roles={"approver"}, facts={**facts, "submissions": times})
        for times in (0, 1)
    }
    assert said[0] == {}
    assert "never be removed" in said[1]["remove"]


def test_corrections_do_not_move_the_audit():
    (move,) = WORKFLOW.by_action["request_correction"]
    assert move.target is None
    assert set(move.sources) == {"agreed", "disputed", "feedback_shared", "closed"}


def test_the_four_ends():
    assert WORKFLOW.final == {"closed", "removed", "not_audited", "filed"}


def test_people_remove_a_case_only_with_a_reason():
    assert {move.roles: move.reason for move in WORKFLOW.by_action["remove"]} == {
        ("approver",): True,
        ("system",): False,
    }
