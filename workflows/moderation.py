"""How a moderation task moves: given at once to the eligible person with the fewest open, then decided.

The case audit moves in the same transaction as `decide` and `withdraw`.
"""

from __future__ import annotations

from workflows import guards as g
from workflows.roles import KNOWN
from workflows.table import Deadline, Move, State, Workflow

STATES = (
    State("waiting", "Waiting for a moderator"),
    State("with_moderator", "With a moderator"),
    State("decided", "Decided", final=True),
    State("withdrawn", "Withdrawn", final=True),
)

JUDGE = (g.NO_CONFLICT, g.NOT_OWN_WORK)
CHOSEN = (g.CHOSEN_WITHOUT_CONFLICT, g.CHOSEN_NOT_OWN_WORK)
MODERATORS = ("moderator", "external_moderator")

MOVES = (
    Move(
        action="take",
        past="taken",
        sources=("waiting",),
        target="with_moderator",
        roles=("eligible_moderator",),
        label="Take this moderation",
        guards=JUDGE,
    ),
    Move(
        action="assign",
        past="assigned",
        sources=("waiting",),
        target="with_moderator",
        roles=("qa_lead", "system"),
        label="Assign a moderator",
        guards=CHOSEN,
        tell=("moderator",),
    ),
    Move(
        action="hand_to_external",
        past="handed_to_external",
        sources=("waiting",),
        target="with_moderator",
        roles=("qa_lead",),
        label="Hand to an external moderator",
        guards=CHOSEN,
        tell=("external_moderator",),
    ),
    Move(
        action="hand_to_director",
        past="handed_to_director",
        sources=("waiting",),
        target="with_moderator",
        roles=("qa_lead",),
        label="Hand to the director",
        guards=CHOSEN,
        tell=("director",),
    ),
    Move(
        action="decide",
        past="decided",
        sources=("with_moderator",),
        target="decided",
        roles=MODERATORS,
        label="Record the decision",
        guards=JUDGE,
    ),
    Move(
        action="hand_back",
        past="handed_back",
        sources=("with_moderator",),
        target="waiting",
        roles=MODERATORS,
        label="Hand back",
        reason=True,
        tell=("qa_lead",),
    ),
    Move(
        action="reassign",
        past="reassigned",
        sources=("with_moderator",),
        target="waiting",
        roles=("qa_lead",),
        label="Take it back to reassign it",
        reason=True,
    ),
    Move(
        action="offer_to_next",
        past="offered_to_next",
        sources=("with_moderator",),
        target="waiting",
        roles=("system",),
        label="Offer to the next moderator",
        tell=("qa_lead",),
    ),
    Move(
        action="withdraw",
        past="withdrawn",
        sources=("waiting", "with_moderator"),
        target="withdrawn",
        roles=("system",),
        label="Withdraw with the submission",
        tell=("moderator",),
    ),
)

DEADLINES = (
    Deadline(
        key="decide",
        states=("with_moderator",),
        action="decide",
        working_days=5,
        setting="days_to_moderate",
        tell=("moderator", "qa_lead"),
    ),
    Deadline(
        key="offer_to_next",
        states=("with_moderator",),
        action="offer_to_next",
        working_days=8,
        acts=True,
        setting="days_to_offer_moderation_to_next",
    ),
)

WORKFLOW = Workflow(
    name="moderation",
    version=1,
    initial="waiting",
    states=STATES,
    moves=MOVES,
    deadlines=DEADLINES,
    note=(
        "Given at once to the eligible person with the fewest open tasks; if nobody is eligible, to the external "
        "moderator with the fewest; if there is none, the quality assurance lead hands it to the director. The task is "
        "withdrawn together with the submission, and decided together with the case audit."
    ),
    known_roles=KNOWN,
)
