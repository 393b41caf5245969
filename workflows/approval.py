"""How a request for approval moves: what one person asks for, another must approve (four eyes).

Approving makes the move that was asked for in the same transaction.
"""

from __future__ import annotations

from workflows import guards as g
from workflows.roles import KNOWN
from workflows.table import Move, State, Workflow

STATES = (
    State("requested", "Waiting for approval"),
    State("approved", "Approved", final=True),
    State("refused", "Refused", final=True),
    State("withdrawn", "Withdrawn", final=True),
)

DECIDE = (g.NOT_REQUESTER, g.NO_CONFLICT)

MOVES = (
    Move(
        action="approve",
        past="approved",
        sources=("requested",),
        target="approved",
        roles=("approver",),
        label="Approve",
        guards=(g.HEADS_MAY_APPROVE, *DECIDE),
        tell=("requester",),
    ),
    Move(
        action="approve",
        past="approved",
        sources=("requested",),
        target="approved",
        roles=("director",),
        label="Approve",
        guards=DECIDE,
        tell=("requester",),
    ),
    Move(
        action="refuse",
        past="refused",
        sources=("requested",),
        target="refused",
        roles=("approver",),
        label="Refuse",
        guards=(g.HEADS_MAY_APPROVE, *DECIDE),
        reason=True,
        tell=("requester",),
    ),
    Move(
        action="refuse",
        past="refused",
        sources=("requested",),
        target="refused",
        roles=("director",),
        label="Refuse",
        guards=DECIDE,
        reason=True,
        tell=("requester",),
    ),
    Move(
        action="withdraw",
        past="withdrawn",
        sources=("requested",),
        target="withdrawn",
        roles=("requester", "system"),
        label="Withdraw the request",
    ),
)

WORKFLOW = Workflow(
    name="approval",
    version=1,
    initial="requested",
    states=STATES,
    moves=MOVES,
    note=(
        "Asked for: removing a case from the sample (the head of another service or the director approves), saying "
        "that an action cannot be done (the head of the case's own service or the director), leaving a case not "
        "audited and discarding a draw (the director only). The system withdraws a request when what it speaks of "
        "has moved on."
    ),
    known_roles=KNOWN,
)
