"""Tables that contradict themselves are refused when they are loaded, with the row's name."""

from dataclasses import replace

import pytest

from workflows.table import Deadline, Guard, Move, State, TableError, Workflow

READY = Guard("ready", "It is not ready.", lambda facts: facts["ready"], ("ready",))
START = Move("start", "started", ("new",), "running", ("lead",), "Start", guards=(READY,))
NOTE = Move("note", "noted", ("running",), None, ("lead", "system"), "Note")
FINISH = Move("finish", "finished", ("running",), "over", ("lead", "system"), "Finish")
LIMIT = Deadline("finish", ("running",), "finish", hours=4)
STATES = (State("new", "New"), State("running", "Running"), State("over", "Over", final=True))


def load(*, states=STATES, moves=(START, NOTE, FINISH), deadlines=(LIMIT,), initial="new"):
    known = frozenset({"lead", "system"})
    return Workflow("thing", 1, initial, states, moves, deadlines, known_roles=known)


def moves_with(**changes):
    return (replace(START, **changes), NOTE, FINISH)


def limits_with(**changes):
    return (replace(LIMIT, **changes),)


def test_a_sound_table_loads():
    assert load().name == "thing"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"initial": "nowhere"}, "unknown initial state 'nowhere'"),
        ({"states": (*STATES, State("new", "New again"))}, "state 'new' twice"),
        ({"states": (*STATES, State("island", "Island"))}, "state 'island' cannot be reached"),
        ({"states": (STATES[0], State("running", "Running"), State("over", "Over"))}, "state 'over' has no way out"),
        (
            {"states": (STATES[0], State("running", "Running", final=True), STATES[2])},
            "final state 'running' has a way out",
        ),
        ({"moves": moves_with(roles=())}, "'start' has no roles"),
        ({"moves": moves_with(roles=("stranger",))}, "'start' names the unknown role 'stranger'"),
        ({"moves": moves_with(tell=("stranger",))}, "'start' names the unknown role 'stranger'"),
        ({"moves": moves_with(sources=())}, "'start' starts nowhere"),
        ({"moves": moves_with(sources=("nowhere",))}, "'start' names the unknown state 'nowhere'"),
        ({"moves": moves_with(target="nowhere")}, "'start' names the unknown state 'nowhere'"),
        ({"moves": moves_with(label="")}, "'start' has no label"),
        ({"moves": moves_with(action="Start now")}, "'Start now' is not snake_case"),
        ({"moves": moves_with(past="")}, "'' is not snake_case"),
        ({"moves": (START, NOTE, FINISH, replace(FINISH, label="End"))}, "'finish' is worded in two ways"),
        ({"moves": (START, NOTE, FINISH, FINISH)}, "'finish' for 'lead' from 'running' stands twice"),
        (
            {"moves": (START, NOTE, replace(FINISH, guards=(replace(READY, sentence="Other"),)))},
            "two guards are called 'ready'",
        ),
        ({"deadlines": limits_with(hours=None)}, "deadline 'finish' needs one measure of time"),
        ({"deadlines": limits_with(working_days=2)}, "deadline 'finish' needs one measure of time"),
        ({"deadlines": limits_with(from_fact="ends_on")}, "deadline 'finish' needs one measure of time"),
        ({"deadlines": limits_with(states=())}, "deadline 'finish' runs in no state"),
        ({"deadlines": limits_with(states=("nowhere",))}, "deadline 'finish' names the unknown state 'nowhere'"),
        ({"deadlines": limits_with(action="start")}, "deadline 'finish': 'start' does not leave 'running'"),
        ({"deadlines": limits_with(tell=("stranger",))}, "deadline 'finish' names the unknown role 'stranger'"),
        (
            {"deadlines": (Deadline("begin", ("new",), "start", hours=1, acts=True),)},
            "deadline 'begin': the system may not 'start' from 'new'",
        ),
        ({"deadlines": (LIMIT, LIMIT)}, "deadline 'finish' twice"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_contradiction_is_refused_when_the_table_is_loaded(changes, said):
    with pytest.raises(TableError) as error:
        load(**changes)
    assert str(error.value) == f"thing: {said}"


def test_a_row_after_a_laxer_one_for_the_same_people_is_refused():
    lax = replace(START, guards=())
    with pytest.raises(TableError, match="'start' for 'lead' from 'new' stands twice"):
        load(moves=(lax, START, NOTE, FINISH))


def test_a_row_after_a_stricter_one_is_a_second_way():
    assert load(moves=(START, replace(START, guards=(), reason=True), NOTE, FINISH))


def test_states_by_kind():
    resting = State("running", "Running", resting=True)
    workflow = load(states=(STATES[0], resting, STATES[2]))
    assert workflow.state_keys == {"new", "running", "over"}
    assert workflow.final == {"over"}
    assert workflow.open == {"new"}
    assert workflow.labels == {"new": "New", "running": "Running", "over": "Over"}


def test_rows_by_action_and_by_state():
    workflow = load()
    assert workflow.by_action == {"start": (START,), "note": (NOTE,), "finish": (FINISH,)}
    assert workflow.by_state == {"new": (START,), "running": (NOTE, FINISH), "over": ()}


def test_limits_of_a_state():
    workflow = load()
    assert workflow.deadlines_of("running") == (LIMIT,)
    assert workflow.deadlines_of("new") == ()


def test_a_move_without_target_stays():
    assert NOTE.target_from("running") == "running"
    assert FINISH.target_from("running") == "over"


def test_the_facts_that_a_decision_reads():
    workflow = load()
    assert workflow.facts_for("start") == {"ready"}
    assert workflow.facts_for("finish") == frozenset()
    assert workflow.guards == {"ready": READY}


def test_workflows_are_compared_and_hashed_by_identity():
    first, second = load(), load()
    assert first != second
    assert hash(first) == object.__hash__(first)
