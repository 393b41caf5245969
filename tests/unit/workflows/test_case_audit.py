"""The case audit's table, written out by hand from the rules and compared with what is decided."""

from datetime import date

import pytest

from tests.factories.workflow_tables import Expected, Refusal, Scenario, compare, refuse
from workflows.case_audit import WORKFLOW

CONFLICT = {"actor_in_conflict": True}
OWN = {"actor_judges_own_work": True}
ESCALATED = {"dispute_escalated": True}
REPEAT = {"chosen_graded_before": True}
CANCELLED = {"round_state": "cancelled"}
OPEN = (
    *("selected", "allocated", "in_progress", "submitted", "moderation"),
    *("changed", "returned", "agreed", "disputed", "feedback_shared"),
)
BEFORE = OPEN[:3]
MODERATORS = ("moderator", "external_moderator")
ASKS = """
    selected qa_lead: ask_to_remove>selected ask_not_audited>selected
    allocated qa_lead: ask_to_remove>allocated ask_not_audited>allocated
    in_progress qa_lead: ask_to_remove>in_progress ask_not_audited>in_progress
"""
LIVE = """
    allocated auditor: start>in_progress
    in_progress auditor: submit>submitted
    returned auditor: submit>submitted
"""
ALLOCATION = """
    selected qa_lead: allocate>allocated
    allocated qa_lead: reallocate>allocated
    in_progress qa_lead: reallocate>allocated
"""
RETURNS = """
    moderation moderator: return_to_auditor>returned
    moderation external_moderator: return_to_auditor>returned
"""
AT_ONCE = "submitted system: agree>agreed"
TO_MODERATION = "submitted system: send_to_moderation>moderation"
SENT_ON = "returned qa_lead: decide_without_auditor>moderation"


def each(states, rest):
    """The same line for several states."""
    return "\n".join(f"{state} {rest}" for state in states)


SCENARIOS = (
    Scenario("moderation by the policy", {"moderation_chosen": True}, plus=TO_MODERATION, minus=AT_ONCE),
    Scenario("moderation after a return", {"returns": 1}, plus=TO_MODERATION, minus=AT_ONCE),
    Scenario("returned twice", {"returns": 2}, plus=TO_MODERATION, minus=AT_ONCE + "\n" + RETURNS),
    Scenario(
        "opened by the moderator",
        {"moderation_opened": True},
        minus="moderation auditor: withdraw_submission>in_progress",
    ),
    Scenario("auditor gone", {"auditor_gone": True}, plus=SENT_ON, minus=RETURNS),
    Scenario("no answer in time", {"return_overdue": True}, plus=SENT_ON),
    Scenario(
        "dispute overdue",
        {"dispute_overdue": True},
        plus="disputed system: escalate_to_director>disputed publish_first_grade>agreed",
    ),
    Scenario(
        "dispute overdue after publication",
        {"dispute_overdue": True, "round_state": "closed"},
        plus="disputed system: escalate_to_director>disputed",
        minus=LIVE + ALLOCATION,
    ),
    Scenario(
        "nobody may decide the dispute",
        {"nobody_qualifies": True},
        plus="disputed system: escalate_to_director>disputed",
    ),
    Scenario(
        "dispute with the director",
        ESCALATED,
        plus="""
            disputed director: determine>agreed hand_to_external>disputed
            disputed external_moderator: determine>agreed
        """,
    ),
    Scenario("challenged before", {"challenged": True}, minus="feedback_shared case_team_manager: challenge>disputed"),
    Scenario(
        "challenge time over",
        {"challenge_time_over": True},
        plus="feedback_shared system: close>closed",
        minus="feedback_shared case_team_manager: challenge>disputed",
    ),
    Scenario("removal approved", {"approved_ask": "remove"}, plus=each(BEFORE, "approver: remove>removed")),
    Scenario(
        "leaving out approved",
        {"approved_ask": "mark_not_audited"},
        plus=each(BEFORE, "director: mark_not_audited>not_audited"),
    ),
    *(
        Scenario(
            f"purpose {purpose}",
            {"purpose": purpose},
            plus="\n".join(each(BEFORE, f"{role}: withdraw_grading>removed") for role in ("qa_lead", "system"))
            + "\nsubmitted system: file>filed",
            minus=AT_ONCE + "\n" + ASKS,
        )
        for purpose in ("second", "calibration", "bridge")
    ),
    Scenario("round not launched", {"round_state": "sampled"}, minus=LIVE),
    Scenario(
        "draw discarded",
        {"round_state": "planned"},
        plus=each(("selected", "allocated"), "system: remove>removed"),
        minus=LIVE + ALLOCATION,
    ),
    Scenario("round reporting", {"round_state": "reporting"}, minus=LIVE + ALLOCATION),
    Scenario("round cancelled", CANCELLED, plus=each(OPEN, "system: file>filed"), minus=LIVE + ALLOCATION),
    Scenario("only the same auditor is left", REPEAT),
)

MANDATORY = (
    ("domains_complete", {"incomplete_domains": 1}),
    ("findings_answered", {"unanswered_findings": 1}),
    ("participation_recorded", {"participation_recorded": False}),
    ("no_conflict", CONFLICT),
    ("round_live", {"round_state": "reporting"}),
)
CHOICE = (
    ("round_takes_allocation", {"round_state": "reporting"}),
    ("chosen_without_conflict", {"chosen_in_conflict": True}),
    ("chosen_trained", {"chosen_trained": False}),
)

REFUSALS = (
    *(
        Refusal(guard, state, action, "qa_lead", facts, before=before)
        for state, action in (("selected", "allocate"), ("allocated", "reallocate"))
        for before in ({}, REPEAT)
        for guard, facts in CHOICE
    ),
    *(
        Refusal(guard, state, action, "qa_lead", facts, before=before, code="chosen_is_new")
        for state, action in (("selected", "allocate"), ("allocated", "reallocate"))
        for guard, before, facts in (
            ("chosen_is_new", {"another_could_audit": True}, REPEAT),
            ("no_other_auditor", REPEAT, {"another_could_audit": True}),
            ("main_purpose", REPEAT, {"purpose": "second"}),
        )
    ),
    Refusal("round_live", "allocated", "start", "auditor", {"round_state": "sampled"}),
    Refusal("no_conflict", "allocated", "start", "auditor", CONFLICT),
    *(Refusal(guard, "in_progress", "submit", "auditor", facts) for guard, facts in MANDATORY),
    Refusal("main_purpose", "submitted", "agree", "system", {"purpose": "second"}),
    Refusal("not_chosen_for_moderation", "submitted", "agree", "system", {"moderation_chosen": True}),
    Refusal("not_chosen_for_moderation", "submitted", "agree", "system", {"returns": 1}),
    Refusal("main_purpose", "submitted", "send_to_moderation", "system", {"purpose": "bridge"}, before={"returns": 1}),
    Refusal(
        "chosen_for_moderation", "submitted", "send_to_moderation", "system", {"returns": 0}, before={"returns": 1}
    ),
    Refusal("not_opened", "moderation", "withdraw_submission", "auditor", {"moderation_opened": True}),
    *(
        Refusal(guard, "moderation", action, role, facts)
        for role in MODERATORS
        for action in ("confirm", "change", "return_to_auditor")
        for guard, facts in (("no_conflict", CONFLICT), ("not_own_work", OWN))
    ),
    *(
        Refusal("every_grade_decided", "moderation", action, role, {"undecided_grades": 1})
        for role in MODERATORS
        for action in ("confirm", "change")
    ),
    Refusal("nothing_changed", "moderation", "confirm", "moderator", {"changed_grades": 1}),
    Refusal("something_changed", "moderation", "change", "moderator", {"changed_grades": 0}),
    Refusal("commented", "moderation", "return_to_auditor", "moderator", {"comments": 0}),
    Refusal("returns_left", "moderation", "return_to_auditor", "moderator", {"returns": 2}),
    Refusal("auditor_present", "moderation", "return_to_auditor", "moderator", {"auditor_gone": True}),
    Refusal(
        "auditor_silent",
        "returned",
        "decide_without_auditor",
        "qa_lead",
        {"auditor_gone": False},
        before={"auditor_gone": True},
    ),
    Refusal("not_challenged", "feedback_shared", "challenge", "case_team_manager", {"challenged": True}),
    Refusal("challenge_time_left", "feedback_shared", "challenge", "case_team_manager", {"challenge_time_over": True}),
    *(
        Refusal(guard, "disputed", "determine", role, facts, before=before)
        for role, before in (("independent_decider", {}), ("director", ESCALATED), ("external_moderator", ESCALATED))
        for guard, facts in (("no_conflict", CONFLICT), ("not_own_work", OWN))
    ),
    *(
        Refusal("escalated", "disputed", action, role, {"dispute_escalated": False}, before=ESCALATED)
        for action, role in (
            ("determine", "director"),
            ("determine", "external_moderator"),
            ("hand_to_external", "director"),
        )
    ),
    Refusal(
        "chosen_without_conflict",
        "disputed",
        "hand_to_external",
        "director",
        {"chosen_in_conflict": True},
        before=ESCALATED,
    ),
    Refusal(
        "chosen_not_own_work",
        "disputed",
        "hand_to_external",
        "director",
        {"chosen_judges_own_work": True},
        before=ESCALATED,
    ),
    Refusal(
        "undecided",
        "disputed",
        "escalate_to_director",
        "system",
        {"dispute_overdue": False},
        before={"dispute_overdue": True},
    ),
    Refusal(
        "not_escalated",
        "disputed",
        "escalate_to_director",
        "system",
        ESCALATED,
        before={"dispute_overdue": True},
    ),
    Refusal(
        "dispute_overdue",
        "disputed",
        "publish_first_grade",
        "system",
        {"dispute_overdue": False},
        before={"dispute_overdue": True},
    ),
    Refusal(
        "round_unpublished",
        "disputed",
        "publish_first_grade",
        "system",
        {"round_state": "closed"},
        before={"dispute_overdue": True},
    ),
    Refusal(
        "challenge_time_over",
        "feedback_shared",
        "close",
        "system",
        {"challenge_time_over": False},
        before={"challenge_time_over": True},
    ),
    Refusal(
        "actions_settled",
        "feedback_shared",
        "close",
        "system",
        {"unsettled_actions": 1},
        before={"challenge_time_over": True},
    ),
    Refusal("not_yet_submitted", "in_progress", "declare_conflict", "auditor", {"submissions": 1}),
    Refusal("main_purpose", "selected", "ask_to_remove", "qa_lead", {"purpose": "second"}),
    Refusal("never_submitted", "in_progress", "ask_to_remove", "qa_lead", {"submissions": 1}),
    Refusal("no_open_request", "selected", "ask_to_remove", "qa_lead", {"request_open": True}),
    Refusal("main_purpose", "selected", "ask_not_audited", "qa_lead", {"purpose": "calibration"}),
    Refusal("no_open_request", "selected", "ask_not_audited", "qa_lead", {"request_open": True}),
    *(
        Refusal(guard, "in_progress", "remove", "approver", facts, before={"approved_ask": "remove"})
        for guard, facts in (
            ("remove_approved", {"approved_ask": "mark_not_audited"}),
            ("never_submitted", {"submissions": 1}),
            ("no_conflict", CONFLICT),
        )
    ),
    *(
        Refusal(
            guard, "in_progress", "mark_not_audited", "director", facts, before={"approved_ask": "mark_not_audited"}
        )
        for guard, facts in (("mark_not_audited_approved", {"approved_ask": "remove"}), ("no_conflict", CONFLICT))
    ),
    *(
        Refusal(guard, "in_progress", "withdraw_grading", role, facts, before={"purpose": "second"})
        for role in ("qa_lead", "system")
        for guard, facts in (("other_purpose", {"purpose": "main"}), ("never_submitted", {"submissions": 1}))
    ),
    *(
        Refusal(guard, "allocated", "remove", "system", facts, before={"round_state": "planned"})
        for guard, facts in (("draw_discarded", {"round_state": "live"}), ("never_submitted", {"submissions": 1}))
    ),
    Refusal("other_purpose", "submitted", "file", "system", {"purpose": "main"}, before={"purpose": "second"}),
    Refusal("round_cancelled", "agreed", "file", "system", {"round_state": "closed"}, before=CANCELLED),
)

EXPECTED = Expected(
    workflow=WORKFLOW,
    facts={
        "actor_in_conflict": False,
        "actor_judges_own_work": False,
        "nobody_qualifies": False,
        "purpose": "main",
        "round_state": "live",
        "round_ends_on": date(2026, 12, 18),
        "submissions": 0,
        "returns": 0,
        "moderation_chosen": False,
        "moderation_opened": False,
        "auditor_gone": False,
        "return_overdue": False,
        "challenged": False,
        "challenge_time_over": False,
        "dispute_overdue": False,
        "dispute_escalated": False,
        "unsettled_actions": 0,
        "request_open": False,
        "approved_ask": None,
        "chosen_in_conflict": False,
        "chosen_judges_own_work": False,
        "chosen_trained": True,
        "chosen_graded_before": False,
        "another_could_audit": False,
        "incomplete_domains": 0,
        "unanswered_findings": 0,
        "participation_recorded": True,
        "undecided_grades": 0,
        "changed_grades": None,
        "comments": 1,
    },
    table=ALLOCATION
    + ASKS
    + LIVE
    + RETURNS
    + """
        allocated auditor: declare_conflict>selected
        in_progress auditor: declare_conflict>selected
        submitted system: agree>agreed
        moderation auditor: withdraw_submission>in_progress
        moderation moderator: confirm>agreed change>changed
        moderation external_moderator: confirm>agreed change>changed
        changed auditor: accept>agreed dispute>disputed
        changed system: accept>agreed
        agreed auditor: share_feedback>feedback_shared
        agreed moderator: share_feedback>feedback_shared
        agreed qa_lead: share_feedback>feedback_shared
        agreed reader: request_correction>agreed
        disputed independent_decider: determine>agreed
        disputed reader: request_correction>disputed
        feedback_shared case_team_manager: challenge>disputed
        feedback_shared reader: request_correction>feedback_shared
        closed reader: request_correction>closed
    """,
    scenarios=SCENARIOS,
    refusals=REFUSALS,
)


@pytest.mark.parametrize("scenario", [Scenario("usual"), *EXPECTED.scenarios], ids=lambda s: s.name)
def test_every_state_role_and_action(scenario):
    said, done = compare(EXPECTED, scenario)
    assert done == said


@pytest.mark.parametrize("refusal", EXPECTED.refusals, ids=str)
def test_guard_refuses(refusal):
    assert refuse(EXPECTED, refusal).code == (refusal.code or refusal.guard)
