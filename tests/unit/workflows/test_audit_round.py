"""The round's table, written out by hand from the rules and compared with what is decided."""

from datetime import date

import pytest

from tests.factories.workflow_tables import Expected, Refusal, Scenario, compare, refuse
from workflows.audit_round import WORKFLOW

GRADED = {"grades_in": 1}
CENSUS = {"kind": "census"}
PUBLIC = {"seed_source": "public"}

EXPECTED = Expected(
    workflow=WORKFLOW,
    facts={
        "kind": "sample",
        "frame_frozen": True,
        "design_complete": True,
        "seed_source": "product",
        "public_event_ahead": False,
        "design_unchanged": True,
        "public_witnesses": 0,
        "next_list_frozen": True,
        "next_list_later": True,
        "next_unmatched_names": 0,
        "checking_seed_shown": False,
        "unallocated_cases": 0,
        "untrained_allocations": 0,
        "conflicted_allocations": 0,
        "unmatched_names": 0,
        "unsettled_cases": 0,
        "open_second_gradings": 0,
        "grades_in": 0,
        "results_frozen": True,
        "request_open": False,
        "approved_ask": None,
        "ends_on": date(2026, 12, 18),
    },
    table="""
        planned qa_lead: lock_design>locked cancel>cancelled
        locked qa_lead: draw>sampled cancel>cancelled
        sampled qa_lead: ask_to_discard_draw>sampled launch>live cancel>cancelled
        sampled qa_lead: add_case>sampled extend_reserves>sampled
        live qa_lead: extend>live add_case>live extend_reserves>live begin_reporting>reporting cancel>cancelled
        reporting qa_lead: reopen>live close>closed
    """,
    scenarios=(
        Scenario(
            "a grade is in",
            GRADED,
            plus="""
                planned director: cancel>cancelled
                locked director: cancel>cancelled
                sampled director: cancel>cancelled
                live director: cancel>cancelled
            """,
            minus="""
                planned qa_lead: cancel>cancelled
                locked qa_lead: cancel>cancelled
                sampled qa_lead: cancel>cancelled
                live qa_lead: cancel>cancelled
            """,
        ),
        Scenario(
            "discarding is approved",
            {"approved_ask": "discard_draw"},
            plus="sampled director: discard_draw>planned",
        ),
        Scenario(
            "a census",
            CENSUS,
            plus="live qa_lead: add_month>live",
            minus="""
                sampled qa_lead: extend_reserves>sampled
                live qa_lead: extend_reserves>live
            """,
        ),
        Scenario("public event ahead and witnessed", PUBLIC | {"public_event_ahead": True, "public_witnesses": 2}),
        Scenario(
            "public event neither named nor witnessed",
            PUBLIC,
            minus="""
                planned qa_lead: lock_design>locked
                locked qa_lead: draw>sampled
            """,
        ),
    ),
    refusals=(
        Refusal("list_frozen", "planned", "lock_design", "qa_lead", {"frame_frozen": False}),
        Refusal("design_complete", "planned", "lock_design", "qa_lead", {"design_complete": False}),
        Refusal("public_event_ahead", "planned", "lock_design", "qa_lead", PUBLIC),
        Refusal("design_unchanged", "locked", "draw", "qa_lead", {"design_unchanged": False}),
        Refusal("outcome_witnessed", "locked", "draw", "qa_lead", PUBLIC | {"public_witnesses": 1}),
        Refusal("no_open_request", "sampled", "ask_to_discard_draw", "qa_lead", {"request_open": True}),
        Refusal(
            "discard_draw_approved",
            "sampled",
            "discard_draw",
            "director",
            {"approved_ask": None},
            before={"approved_ask": "discard_draw"},
        ),
        Refusal("every_case_allocated", "sampled", "launch", "qa_lead", {"unallocated_cases": 1}),
        Refusal("auditors_trained", "sampled", "launch", "qa_lead", {"untrained_allocations": 1}),
        Refusal("auditors_without_conflict", "sampled", "launch", "qa_lead", {"conflicted_allocations": 1}),
        Refusal("names_matched", "sampled", "launch", "qa_lead", {"unmatched_names": 1}),
        Refusal("every_case_settled", "live", "begin_reporting", "qa_lead", {"unsettled_cases": 1}),
        Refusal("second_gradings_settled", "live", "begin_reporting", "qa_lead", {"open_second_gradings": 1}),
        Refusal("has_reserves", "live", "extend_reserves", "qa_lead", CENSUS),
        Refusal("is_census", "live", "add_month", "qa_lead", {"kind": "sample"}, before=CENSUS),
        *(
            Refusal(guard, "live", "add_month", "qa_lead", CENSUS | facts, before=CENSUS)
            for guard, facts in (
                ("checks_unknown", {"checking_seed_shown": True}),
                ("next_list_frozen", {"next_list_frozen": False}),
                ("next_list_later", {"next_list_later": False}),
                ("next_names_matched", {"next_unmatched_names": 1}),
            )
        ),
        Refusal("results_frozen", "reporting", "close", "qa_lead", {"results_frozen": False}),
        Refusal("no_grade_in", "live", "cancel", "qa_lead", GRADED),
        Refusal("grade_in", "live", "cancel", "director", {"grades_in": 0}, before=GRADED),
    ),
)


@pytest.mark.parametrize("scenario", [Scenario("usual"), *EXPECTED.scenarios], ids=lambda s: s.name)
def test_every_state_role_and_action(scenario):
    said, done = compare(EXPECTED, scenario)
    assert done == said


@pytest.mark.parametrize("refusal", EXPECTED.refusals, ids=str)
def test_guard_refuses(refusal):
    assert refuse(EXPECTED, refusal).code == (refusal.code or refusal.guard)


def test_which_moves_need_a_reason():
    needing = {move.action for move in WORKFLOW.moves if move.reason}
    assert needing == {"ask_to_discard_draw", "discard_draw", "extend", "reopen", "cancel"}


def test_the_director_hears_that_a_draw_should_be_discarded_and_the_lead_that_it_was():
    assert WORKFLOW.by_action["ask_to_discard_draw"][0].tell == ("director",)
    assert WORKFLOW.by_action["discard_draw"][0].tell == ("qa_lead",)


def test_reporting_is_late_after_the_end_date():
    (end,) = WORKFLOW.deadlines
    assert (end.states, end.action, end.from_fact, end.acts) == (("live",), "begin_reporting", "ends_on", False)


def test_a_closed_or_cancelled_round_never_moves_again():
    assert WORKFLOW.final == {"closed", "cancelled"}
    assert not WORKFLOW.by_state["closed"]
    assert not WORKFLOW.by_state["cancelled"]
