"""The correction's table, written out by hand from the rules and compared with what is decided."""

import pytest

from tests.factories.workflow_tables import Expected, Refusal, Scenario, compare, refuse
from workflows.correction import WORKFLOW

REQUESTER = {"actor_is_requester": True}
GRADER = {"actor_graded_it": True}
CONFLICT = {"actor_in_conflict": True}
NOBODY = {"nobody_qualifies": True}

EXPECTED = Expected(
    workflow=WORKFLOW,
    facts={
        "actor_in_conflict": False,
        "actor_is_requester": False,
        "actor_graded_it": False,
        "nobody_qualifies": False,
    },
    table="requested qa_lead: approve>approved refuse>refused",
    scenarios=(Scenario("no QA lead qualifies", NOBODY, plus="requested director: approve>approved refuse>refused"),),
    refusals=(
        *(
            Refusal(guard, "requested", action, role, facts, before=before)
            for action in ("approve", "refuse")
            for role, before in (("qa_lead", {}), ("director", NOBODY))
            for guard, facts in (("not_requester", REQUESTER), ("not_grader", GRADER), ("no_conflict", CONFLICT))
        ),
        Refusal("nobody_else", "requested", "approve", "director", {"nobody_qualifies": False}, before=NOBODY),
        Refusal("nobody_else", "requested", "refuse", "director", {"nobody_qualifies": False}, before=NOBODY),
    ),
)


@pytest.mark.parametrize("scenario", [Scenario("usual"), *EXPECTED.scenarios], ids=lambda s: s.name)
def test_every_state_role_and_action(scenario):
    said, done = compare(EXPECTED, scenario)
    assert done == said


@pytest.mark.parametrize("refusal", EXPECTED.refusals, ids=str)
def test_guard_refuses(refusal):
    assert refuse(EXPECTED, refusal).code == (refusal.code or refusal.guard)


def test_who_asked_is_told_and_a_refusal_says_why():
    assert all("requester" in move.tell for move in WORKFLOW.moves)
    assert {move.action for move in WORKFLOW.moves if move.reason} == {"refuse"}
