"""The request for approval's table, written out by hand and compared with what is decided."""

import pytest

from tests.factories.workflow_tables import Expected, Refusal, Scenario, compare, refuse
from workflows.approval import WORKFLOW

REQUESTER = {"actor_is_requester": True}
CONFLICT = {"actor_in_conflict": True}
DIRECTOR_ONLY_MINUS = "requested approver: approve>approved refuse>refused"

EXPECTED = Expected(
    workflow=WORKFLOW,
    facts={"ask": "remove", "actor_in_conflict": False, "actor_is_requester": False},
    table="""
        requested approver: approve>approved refuse>refused
        requested director: approve>approved refuse>refused
        requested requester: withdraw>withdrawn
        requested system: withdraw>withdrawn
    """,
    scenarios=(
        Scenario("an action that cannot be done", {"ask": "cannot_do"}),
        Scenario("a case not audited", {"ask": "mark_not_audited"}, minus=DIRECTOR_ONLY_MINUS),
        Scenario("a draw to discard", {"ask": "discard_draw"}, minus=DIRECTOR_ONLY_MINUS),
    ),
    refusals=(
        *(
            Refusal(guard, "requested", action, role, facts)
            for action in ("approve", "refuse")
            for role in ("approver", "director")
            for guard, facts in (("not_requester", REQUESTER), ("no_conflict", CONFLICT))
        ),
        Refusal("heads_may_approve", "requested", "approve", "approver", {"ask": "mark_not_audited"}),
        Refusal("heads_may_approve", "requested", "refuse", "approver", {"ask": "discard_draw"}),
    ),
)


@pytest.mark.parametrize("scenario", [Scenario("usual"), *EXPECTED.scenarios], ids=lambda s: s.name)
def test_every_state_role_and_action(scenario):
    said, done = compare(EXPECTED, scenario)
    assert done == said


@pytest.mark.parametrize("refusal", EXPECTED.refusals, ids=str)
def test_guard_refuses(refusal):
    assert refuse(EXPECTED, refusal).code == (refusal.code or refusal.guard)


def test_who_asked_is_told_the_answer_and_a_refusal_says_why():
    answers = [move for move in WORKFLOW.moves if move.action != "withdraw"]
    assert all(move.tell == ("requester",) for move in answers)
    assert {move.action for move in WORKFLOW.moves if move.reason} == {"refuse"}
