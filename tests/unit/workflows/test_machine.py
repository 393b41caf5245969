"""What the machine decides, and what it says when it refuses."""

import gc
import threading

import pytest

from auditflow.domain.errors import GuardRefused, Misuse, NotPermitted, WrongState
from workflows.machine import available, blocked, decide
from workflows.table import Guard, Move, State, Workflow

READY = Guard("ready", "It is not ready.", lambda facts: facts["ready"], ("ready",))
CHECKED = Guard("checked", "It is not checked.", lambda facts: facts["checked"], ("checked",))

WORKFLOW = Workflow(
    name="thing",
    version=1,
    initial="new",
    states=(State("new", "Not begun"), State("running", "On its way"), State("over", "Over", final=True)),
    moves=(
        Move("start", "started", ("new",), "running", ("lead", "deputy"), "Start", guards=(READY, CHECKED)),
        Move("start", "started", ("new",), "over", ("chief",), "Start", guards=(CHECKED,), reason=True),
        Move("note", "noted", ("new", "running"), None, ("lead",), "Write a note"),
        Move("finish", "finished", ("running",), "over", ("lead", "system"), "Finish"),
    ),
    known_roles=frozenset({"lead", "deputy", "chief", "system"}),
)
GOOD = {"ready": True, "checked": True}


def ask(state, action, *roles, **facts):
    return decide(WORKFLOW, state=state, action=action, roles=frozenset(roles), facts={**GOOD, **facts})


def test_a_decision_names_the_row_the_states_and_the_role():
    decision = ask("new", "start", "lead")
    assert decision.move is WORKFLOW.moves[0]
    assert (decision.source, decision.target, decision.role) == ("new", "running", "lead")


def test_the_first_role_of_the_row_that_is_held_is_named():
    assert ask("new", "start", "system", "deputy").role == "deputy"
    assert ask("new", "start", "deputy", "lead").role == "lead"


def test_the_first_row_that_holds_is_taken():
    assert ask("new", "start", "lead", "chief").target == "running"
    second = ask("new", "start", "lead", "chief", ready=False)
    assert (second.target, second.role, second.move.reason) == ("over", "chief", True)


def test_a_move_that_stays():
    assert ask("running", "note", "lead").target == "running"


def test_no_such_move():
    with pytest.raises(Misuse) as refusal:
        ask("new", "explode", "lead")
    assert refusal.value.sentence == "There is no move “explode” for this item."


def test_not_from_this_state():
    with pytest.raises(WrongState) as refusal:
        ask("running", "start", "lead")
    assert refusal.value.sentence == "This is on its way, so “Start” is not possible now."


@pytest.mark.parametrize("call", [available, blocked])
def test_no_such_state_when_asking(call):
    with pytest.raises(Misuse, match="“lost” is not a state of this item"):
        call(WORKFLOW, state="lost", roles={"lead"}, facts=GOOD)


def test_no_such_state_when_moving():
    with pytest.raises(Misuse, match="“lost” is not a state of this item"):
        ask("lost", "start", "lead")


@pytest.mark.parametrize("roles", [(), ("system",), ("stranger",)])
def test_not_in_this_role(roles):
    with pytest.raises(NotPermitted) as refusal:
        ask("new", "start", *roles)
    assert refusal.value.sentence == "“Start” is not yours to do here."


def test_a_refused_condition_says_its_sentence_and_its_name():
    with pytest.raises(GuardRefused) as refusal:
        ask("new", "start", "lead", ready=False)
    assert (refusal.value.sentence, refusal.value.code) == ("It is not ready.", "ready")


def test_of_several_refused_conditions_the_first_is_named():
    with pytest.raises(GuardRefused) as refusal:
        ask("new", "start", "lead", "chief", ready=False, checked=False)
    assert refusal.value.code == "ready"


def test_a_role_that_the_row_does_not_name_never_learns_its_conditions():
    with pytest.raises(NotPermitted):
        ask("new", "start", "system", ready=False)


def test_a_missing_fact_is_a_programming_error_and_not_a_yes():
    with pytest.raises(KeyError, match="checked"):
        decide(WORKFLOW, state="new", action="start", roles={"lead"}, facts={"ready": True})


def test_available_lists_each_action_once_with_the_row_that_would_be_taken():
    moves = available(WORKFLOW, state="new", roles={"lead", "chief"}, facts=GOOD)
    assert moves == (WORKFLOW.moves[0], WORKFLOW.moves[2])
    moves = available(WORKFLOW, state="new", roles={"lead", "chief"}, facts={"ready": False, "checked": True})
    assert moves == (WORKFLOW.moves[1], WORKFLOW.moves[2])


def test_nothing_is_available_without_a_role_or_at_the_end():
    assert available(WORKFLOW, state="new", roles=(), facts=GOOD) == ()
    assert available(WORKFLOW, state="over", roles={"lead"}, facts=GOOD) == ()


def test_blocked_says_why_and_leaves_out_what_is_possible_or_not_theirs():
    facts = {"ready": False, "checked": True}
    assert blocked(WORKFLOW, state="new", roles={"lead"}, facts=facts) == {"start": "It is not ready."}
    assert blocked(WORKFLOW, state="new", roles={"lead", "chief"}, facts=facts) == {}
    assert blocked(WORKFLOW, state="new", roles={"system"}, facts=facts) == {}


def test_decisions_keep_no_memory_and_no_state():
    ask("new", "start", "lead")
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(500):
        ask("new", "start", "lead")
    gc.collect()
    assert len(gc.get_objects()) - before < 50


def test_threads_share_one_machine():
    targets = []

    def work():
        targets.extend(ask(*args).target for _ in range(200) for args in CALLS)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(targets)) == ["over", "running"]
    assert len(targets) == 8 * 200 * 2
    assert targets.count("over") == 8 * 200


CALLS = (("new", "start", "lead"), ("running", "finish", "lead"))
