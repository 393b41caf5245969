"""The action's table, written out by hand from the rules and compared with what is decided."""

from datetime import date

import pytest

from tests.factories.workflow_tables import Expected, Refusal, Scenario, compare, refuse
from workflows import machine
from workflows.action import WORKFLOW

OWNER = {"actor_is_owner_or_reports": True}
MANAGES = {"actor_manages_owner": True, "vouches": True}
CONFLICT = {"actor_in_conflict": True}
NOBODY = {"nobody_qualifies": True}
APPROVED = {"approved_ask": "cannot_do"}
NO_DIFFERENCE = {"difference": "no"}

EXPECTED = Expected(
    workflow=WORKFLOW,
    facts={
        "actor_in_conflict": False,
        "actor_is_owner_or_reports": False,
        "actor_manages_owner": False,
        "vouches": False,
        "nobody_qualifies": False,
        "answers_alone": 0,
        "due_date_set": True,
        "first_due_on": date(2027, 1, 15),
        "evidence_given": True,
        "difference": "yes",
        "how_known_given": True,
        "follow_up": False,
        "request_open": False,
        "approved_ask": None,
    },
    table="""
        proposed owner: accept>open decline>declined
        proposed proposer: withdraw>withdrawn
        proposed qa_lead: reassign>proposed withdraw>withdrawn
        proposed head_of_service: reassign>proposed
        declined head_of_service: uphold>open withdraw>withdrawn
        declined director: uphold>open withdraw>withdrawn
        open owner: complete>done change_date>open ask_cannot_do>open
        open qa_lead: reassign>open change_date>open
        open head_of_service: reassign>open change_date>open
        done verifier: verify>verified reopen>open
        done head_of_service: verify>verified
    """,
    scenarios=(
        Scenario("approved that it cannot be done", APPROVED, plus="open approver: cannot_do>not_done"),
        Scenario("nobody else qualifies", NOBODY, plus="done director: verify>verified"),
        Scenario("no difference, and nothing follows", NO_DIFFERENCE, minus="done verifier: verify>verified"),
        Scenario("no difference, but more is proposed", NO_DIFFERENCE | {"follow_up": True}),
        Scenario("the owner's manager may say that it made none", {"actor_manages_owner": True, "vouches": False}),
        Scenario(
            "the owner's manager does not vouch for it",
            MANAGES,
            minus="done verifier: verify>verified\ndone head_of_service: verify>verified",
        ),
        Scenario("it made a difference in part", {"difference": "partly"}),
    ),
    refusals=(
        Refusal("due_date_set", "proposed", "accept", "owner", {"due_date_set": False}),
        *(
            Refusal("not_owner", "declined", action, role, OWNER)
            for action in ("uphold", "withdraw")
            for role in ("head_of_service", "director")
        ),
        *(
            Refusal("not_only_answer", "proposed", "withdraw", role, {"answers_alone": 1})
            for role in ("proposer", "qa_lead")
        ),
        Refusal("evidence_given", "open", "complete", "owner", {"evidence_given": False}),
        Refusal("no_open_request", "open", "ask_cannot_do", "owner", {"request_open": True}),
        Refusal("cannot_do_approved", "open", "cannot_do", "approver", {"approved_ask": None}, before=APPROVED),
        Refusal("not_owner", "open", "cannot_do", "approver", OWNER, before=APPROVED),
        Refusal("no_conflict", "open", "cannot_do", "approver", CONFLICT, before=APPROVED),
        *(
            Refusal(guard, "done", "verify", role, facts, before=before)
            for role, before in (("verifier", {}), ("head_of_service", {}), ("director", NOBODY))
            for guard, facts in (
                ("not_owner", OWNER),
                ("no_conflict", CONFLICT),
                ("difference_known", {"difference": None}),
                ("difference_known", {"how_known_given": False}),
            )
        ),
        Refusal("not_vouching", "done", "verify", "verifier", MANAGES),
        Refusal("not_vouching", "done", "verify", "head_of_service", MANAGES),
        Refusal("followed_up", "done", "verify", "verifier", NO_DIFFERENCE),
        Refusal("nobody_else", "done", "verify", "director", {"nobody_qualifies": False}, before=NOBODY),
        Refusal("not_owner", "done", "reopen", "verifier", OWNER),
        Refusal("no_conflict", "done", "reopen", "verifier", CONFLICT),
    ),
)


@pytest.mark.parametrize("scenario", [Scenario("usual"), *EXPECTED.scenarios], ids=lambda s: s.name)
def test_every_state_role_and_action(scenario):
    said, done = compare(EXPECTED, scenario)
    assert done == said


@pytest.mark.parametrize("refusal", EXPECTED.refusals, ids=str)
def test_guard_refuses(refusal):
    assert refuse(EXPECTED, refusal).code == (refusal.code or refusal.guard)


def test_no_difference_without_more_to_do_takes_the_head_of_services_reason():
    facts = {**EXPECTED.facts, **NO_DIFFERENCE}
    roles = frozenset({"verifier", "head_of_service"})
    decision = machine.decide(WORKFLOW, state="done", action="verify", roles=roles, facts=facts)
    assert (decision.role, decision.move.reason) == ("head_of_service", True)


def test_the_head_of_service_who_may_verify_needs_no_reason_when_it_made_a_difference():
    roles = frozenset({"verifier", "head_of_service"})
    decision = machine.decide(WORKFLOW, state="done", action="verify", roles=roles, facts=EXPECTED.facts)
    assert (decision.role, decision.move.reason) == ("verifier", False)


def test_the_auditor_is_told_of_every_outcome():
    for action in ("complete", "verify", "cannot_do", "withdraw", "uphold", "reopen"):
        assert all("auditor" in move.tell for move in WORKFLOW.by_action[action]), action


def test_which_moves_always_need_a_reason():
    needing = {action for action, rows in WORKFLOW.by_action.items() if all(move.reason for move in rows)}
    assert needing == {"decline", "reassign", "change_date", "ask_cannot_do", "cannot_do", "reopen"}


def test_taking_a_proposed_action_back_needs_a_reason():
    decision = machine.decide(WORKFLOW, state="proposed", action="withdraw", roles={"proposer"}, facts=EXPECTED.facts)
    assert decision.move.reason


def test_time_limits():
    limits = {d.key: (d.states, d.action, d.working_days, d.from_fact, d.acts) for d in WORKFLOW.deadlines}
    assert limits == {
        "accept": (("proposed",), "accept", 5, None, False),
        "complete": (("open",), "complete", None, "first_due_on", False),
        "verify": (("done",), "verify", 10, None, False),
    }
