"""How a correction moves: after agreement nothing is edited in place, a new version stands beside the old."""

from __future__ import annotations

from workflows import guards as g
from workflows.roles import KNOWN
from workflows.table import Move, State, Workflow

STATES = (
    State("requested", "Requested"),
    State("approved", "Approved", final=True),
    State("refused", "Refused", final=True),
)

DECIDE = (g.NOT_REQUESTER, g.NOT_GRADER, g.NO_CONFLICT)

MOVES = (
    Move(
        action="approve",
        past="approved",
        sources=("requested",),
        target="approved",
        roles=("qa_lead",),
        label="Approve the correction",
        guards=DECIDE,
        tell=("requester", "auditor"),
    ),
    Move(
        action="approve",
        past="approved",
        sources=("requested",),
        target="approved",
        roles=("director",),
        label="Approve the correction",
        guards=(*DECIDE, g.NOBODY_ELSE),
        tell=("requester", "auditor"),
    ),
    Move(
        action="refuse",
        past="refused",
        sources=("requested",),
        target="refused",
        roles=("qa_lead",),
        label="Refuse the correction",
        guards=DECIDE,
        reason=True,
        tell=("requester",),
    ),
    Move(
        action="refuse",
        past="refused",
        sources=("requested",),
        target="refused",
        roles=("director",),
        label="Refuse the correction",
        guards=(*DECIDE, g.NOBODY_ELSE),
        reason=True,
        tell=("requester",),
    ),
)

WORKFLOW = Workflow(
    name="correction",
    version=1,
    initial="requested",
    states=STATES,
    moves=MOVES,
    note=(
        "Anyone who may read the audit may ask. An approved correction makes a new version beside the old one; "
        "after the round has closed it also makes a second version of the results."
    ),
    known_roles=KNOWN,
)
