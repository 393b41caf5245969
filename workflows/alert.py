"""How an immediate concern moves. Its clock counts hours, every day, and nothing else ever delays it."""

from __future__ import annotations

from workflows import guards as g
from workflows.roles import KNOWN
from workflows.table import Deadline, Move, State, Workflow

STATES = (
    State("raised", "Raised, not acknowledged"),
    State("acknowledged", "Acknowledged, not resolved"),
    State("resolved", "Resolved", resting=True),
    State("raised_in_error", "Raised in error", final=True),
)

ANSWER = ("case_team_manager", "head_of_service", "director")
OPEN = ("raised", "acknowledged")

MOVES = (
    Move(
        action="acknowledge",
        past="acknowledged",
        sources=("raised",),
        target="acknowledged",
        roles=ANSWER,
        label="Acknowledge the concern",
        guards=(g.NOT_CONCERNED,),
        tell=("raiser",),
    ),
    Move(
        action="resolve",
        past="resolved",
        sources=("acknowledged",),
        target="resolved",
        roles=ANSWER,
        label="Record what was done for the child",
        guards=(g.NOT_CASE_WORKER, g.NOT_CONCERNED),
        reason=True,
        tell=("raiser",),
    ),
    Move(
        action="re_raise",
        past="raised_again",
        sources=("resolved",),
        target="raised",
        roles=("raiser", "reader"),
        label="Raise the concern again",
        guards=(g.NOT_CONCERNED,),
        reason=True,
        tell=("raiser", *ANSWER),
    ),
    Move(
        action="mark_raised_in_error",
        past="marked_raised_in_error",
        sources=OPEN,
        target="raised_in_error",
        roles=("head_of_service",),
        label="Mark as raised in error",
        guards=(g.NOT_CONCERNED,),
        reason=True,
        tell=("raiser", "case_team_manager"),
    ),
    Move(
        action="escalate_to_head",
        past="escalated_to_head",
        sources=OPEN,
        target=None,
        roles=("system",),
        label="Pass up to the head of service",
        tell=("head_of_service", "raiser"),
    ),
    Move(
        action="escalate_to_director",
        past="escalated_to_director",
        sources=OPEN,
        target=None,
        roles=("system",),
        label="Pass up to the director",
        tell=("director", "raiser"),
    ),
)

DEADLINES = (
    Deadline(
        key="acknowledge",
        states=("raised",),
        action="escalate_to_head",
        hours=4,
        acts=True,
        setting="hours_to_acknowledge",
    ),
    Deadline(
        key="acknowledge_director",
        states=("raised",),
        action="escalate_to_director",
        hours=24,
        acts=True,
        setting="hours_to_acknowledge_before_director",
    ),
    Deadline(
        key="resolve",
        states=("acknowledged",),
        action="escalate_to_head",
        hours=24,
        acts=True,
        setting="hours_to_resolve",
    ),
    Deadline(
        key="resolve_director",
        states=("acknowledged",),
        action="escalate_to_director",
        hours=48,
        acts=True,
        setting="hours_to_resolve_before_director",
    ),
)

WORKFLOW = Workflow(
    name="alert",
    version=1,
    initial="raised",
    states=STATES,
    moves=MOVES,
    deadlines=DEADLINES,
    note=(
        "Raised by anyone who may see the record, after phoning. The team's manager and deputy are told at once; "
        "the head of service instead, if there is none or the concern is about them. The person who raised it is "
        "told each time."
    ),
    known_roles=KNOWN,
)
