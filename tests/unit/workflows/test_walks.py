"""Random walks: whatever is asked, with whatever facts, the answer is a move or a typed refusal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.errors import GuardRefused, Misuse, NotPermitted, WrongState
from workflows.facts import list_facts
from workflows.machine import available, blocked, decide
from workflows.registry import WORKFLOWS
from workflows.roles import ROLES

ASKS = ["remove", "mark_not_audited", "discard_draw", "cannot_do"]
WORDS = {
    "purpose": st.sampled_from(["main", "second", "calibration", "bridge"]),
    "round_state": st.sampled_from(sorted(WORKFLOWS["audit_round"].state_keys)),
    "kind": st.sampled_from(["sample", "re_audit", "census"]),
    "seed_source": st.sampled_from(["product", "public"]),
    "ask": st.sampled_from(ASKS),
    "approved_ask": st.none() | st.sampled_from(ASKS),
    "difference": st.none() | st.sampled_from(["yes", "partly", "no"]),
}
KINDS = {
    "bool": st.booleans(),
    "int": st.integers(0, 3),
    "int | None": st.none() | st.integers(0, 3),
    "date": st.dates(),
}
NOUNS = pytest.mark.parametrize("noun", list(WORKFLOWS))
SOME_ROLES = st.frozensets(st.sampled_from(sorted(ROLES)), max_size=4)


def facts_of(noun):
    return st.fixed_dictionaries(
        {f.name: WORDS[f.name] if f.name in WORDS else KINDS[f.type] for f in list_facts(noun)}
    )


@NOUNS
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_walk_ends_in_moves_and_typed_refusals_only(noun, data):
    workflow = WORKFLOWS[noun]
    actions = st.sampled_from([*workflow.by_action, "explode"])
    state, said = workflow.initial, []
    for _ in range(15):
        action, roles = data.draw(actions), data.draw(st.just(frozenset(ROLES)) | SOME_ROLES)
        facts = data.draw(facts_of(noun))
        try:
            decision = decide(workflow, state=state, action=action, roles=roles, facts=facts)
        except (GuardRefused, Misuse, NotPermitted, WrongState) as refusal:
            said.append(refusal.sentence)
            continue
        assert state not in workflow.final or decision.target == state
        assert decision.role in roles
        assert decision.role in decision.move.roles
        assert decision.target == decision.move.target_from(state)
        state = decision.target
        assert state in workflow.state_keys
    assert all(sentence.endswith(".") for sentence in said)


@NOUNS
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_is_available_is_what_would_be_decided(noun, data):
    workflow = WORKFLOWS[noun]
    state = data.draw(st.sampled_from(sorted(workflow.state_keys)))
    roles, facts = data.draw(SOME_ROLES), data.draw(facts_of(noun))
    decided, refused = {}, {}
    for action in workflow.by_action:
        try:
            decided[action] = decide(workflow, state=state, action=action, roles=roles, facts=facts).move
        except GuardRefused as refusal:
            refused[action] = refusal.sentence
        except (NotPermitted, WrongState):
            pass
    assert {move.action: move for move in available(workflow, state=state, roles=roles, facts=facts)} == decided
    assert blocked(workflow, state=state, roles=roles, facts=facts) == refused


@NOUNS
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_nobody_in_conflict_ever_judges(noun, data):
    workflow = WORKFLOWS[noun]
    facts = data.draw(facts_of(noun))
    if "actor_in_conflict" not in facts:
        return
    judging = {"confirm", "change", "return_to_auditor", "determine", "take", "decide", "verify", "approve", "submit"}
    for state in workflow.state_keys:
        moves = available(workflow, state=state, roles=set(ROLES), facts={**facts, "actor_in_conflict": True})
        assert judging.isdisjoint(move.action for move in moves)


@settings(max_examples=200, deadline=None)
@given(facts=facts_of("case_audit"))
def test_a_submitted_audit_of_a_running_round_always_has_exactly_one_way_on(facts):
    facts["round_state"] = "live"
    assert len(available(WORKFLOWS["case_audit"], state="submitted", roles={"system"}, facts=facts)) == 1


@settings(max_examples=200, deadline=None)
@given(facts=facts_of("case_audit"), roles=SOME_ROLES)
def test_a_case_with_a_grade_is_never_removed(facts, roles):
    facts["submissions"] = 1
    for state in WORKFLOWS["case_audit"].state_keys:
        moves = available(WORKFLOWS["case_audit"], state=state, roles=roles, facts=facts)
        assert "removed" not in {move.target for move in moves}


@settings(max_examples=100, deadline=None)
@given(facts=facts_of("case_audit"))
def test_every_audit_of_a_cancelled_round_can_be_filed(facts):
    facts["round_state"] = "cancelled"
    workflow = WORKFLOWS["case_audit"]
    for state in workflow.open:
        decision = decide(workflow, state=state, action="file", roles={"system"}, facts=facts)
        assert decision.target == "filed"
