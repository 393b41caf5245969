"""The moderation task's table, written out by hand from the rules and compared with what is decided."""

import pytest

from tests.factories.workflow_tables import Expected, Refusal, Scenario, compare, refuse
from workflows.moderation import WORKFLOW

CONFLICT = {"actor_in_conflict": True}
OWN = {"actor_judges_own_work": True}
CHOSEN_CONFLICT = {"chosen_in_conflict": True}
CHOSEN_OWN = {"chosen_judges_own_work": True}

EXPECTED = Expected(
    workflow=WORKFLOW,
    facts={
        "actor_in_conflict": False,
        "actor_judges_own_work": False,
        "chosen_in_conflict": False,
        "chosen_judges_own_work": False,
    },
    table="""
        waiting eligible_moderator: take>with_moderator
        waiting qa_lead: assign>with_moderator hand_to_external>with_moderator hand_to_director>with_moderator
        waiting system: assign>with_moderator withdraw>withdrawn
        with_moderator moderator: decide>decided hand_back>waiting
        with_moderator external_moderator: decide>decided hand_back>waiting
        with_moderator qa_lead: reassign>waiting
        with_moderator system: offer_to_next>waiting withdraw>withdrawn
    """,
    scenarios=(
        Scenario(
            "the actor is in conflict",
            CONFLICT,
            minus="""
                waiting eligible_moderator: take>with_moderator
                with_moderator moderator: decide>decided
                with_moderator external_moderator: decide>decided
            """,
        ),
    ),
    refusals=(
        Refusal("no_conflict", "waiting", "take", "eligible_moderator", CONFLICT),
        Refusal("not_own_work", "waiting", "take", "eligible_moderator", OWN),
        Refusal("no_conflict", "with_moderator", "decide", "moderator", CONFLICT),
        Refusal("no_conflict", "with_moderator", "decide", "external_moderator", CONFLICT),
        Refusal("not_own_work", "with_moderator", "decide", "moderator", OWN),
        Refusal("not_own_work", "with_moderator", "decide", "external_moderator", OWN),
        Refusal("chosen_without_conflict", "waiting", "assign", "qa_lead", CHOSEN_CONFLICT),
        Refusal("chosen_without_conflict", "waiting", "assign", "system", CHOSEN_CONFLICT),
        Refusal("chosen_not_own_work", "waiting", "assign", "qa_lead", CHOSEN_OWN),
        Refusal("chosen_without_conflict", "waiting", "hand_to_external", "qa_lead", CHOSEN_CONFLICT),
        Refusal("chosen_not_own_work", "waiting", "hand_to_external", "qa_lead", CHOSEN_OWN),
        Refusal("chosen_without_conflict", "waiting", "hand_to_director", "qa_lead", CHOSEN_CONFLICT),
        Refusal("chosen_not_own_work", "waiting", "hand_to_director", "qa_lead", CHOSEN_OWN),
    ),
)


@pytest.mark.parametrize("scenario", [Scenario("usual"), *EXPECTED.scenarios], ids=lambda s: s.name)
def test_every_state_role_and_action(scenario):
    said, done = compare(EXPECTED, scenario)
    assert done == said


@pytest.mark.parametrize("refusal", EXPECTED.refusals, ids=str)
def test_guard_refuses(refusal):
    assert refuse(EXPECTED, refusal).code == (refusal.code or refusal.guard)


def test_handing_back_and_taking_back_need_a_reason():
    needing = {action for action, rows in WORKFLOW.by_action.items() if any(move.reason for move in rows)}
    assert needing == {"hand_back", "reassign"}


def test_overdue_after_five_days_and_offered_to_the_next_after_eight():
    limits = {d.key: (d.states, d.action, d.working_days, d.acts) for d in WORKFLOW.deadlines}
    assert limits == {
        "decide": (("with_moderator",), "decide", 5, False),
        "offer_to_next": (("with_moderator",), "offer_to_next", 8, True),
    }
