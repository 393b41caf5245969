"""How an action moves: accepted, done, and checked for the difference it made."""

from __future__ import annotations

from workflows import guards as g
from workflows.roles import KNOWN
from workflows.table import Deadline, Move, State, Workflow

STATES = (
    State("proposed", "Proposed"),
    State("open", "To be done"),
    State("declined", "Declined"),
    State("done", "Done, to be checked"),
    State("verified", "Checked", final=True),
    State("not_done", "Not done, approved", final=True),
    State("withdrawn", "Withdrawn", final=True),
)

HEADS = ("head_of_service", "director")
VERIFY = (g.NOT_OWNER, g.NO_CONFLICT)
OUTCOME = ("auditor", "owner")

MOVES = (
    Move(
        action="accept",
        past="accepted",
        sources=("proposed",),
        target="open",
        roles=("owner",),
        label="Accept the action",
        guards=(g.DUE_DATE_SET,),
    ),
    Move(
        action="decline",
        past="declined",
        sources=("proposed",),
        target="declined",
        roles=("owner",),
        label="Decline the action",
        reason=True,
        tell=("head_of_service",),
    ),
    Move(
        action="uphold",
        past="upheld",
        sources=("declined",),
        target="open",
        roles=HEADS,
        label="Uphold the action",
        guards=(g.NOT_OWNER,),
        tell=OUTCOME,
    ),
    Move(
        action="withdraw",
        past="withdrawn",
        sources=("declined",),
        target="withdrawn",
        roles=HEADS,
        label="Withdraw the action",
        guards=(g.NOT_OWNER,),
        tell=OUTCOME,
    ),
    Move(
        action="withdraw",
        past="withdrawn",
        sources=("proposed",),
        target="withdrawn",
        roles=("proposer", "qa_lead"),
        label="Withdraw the action",
        guards=(g.NOT_ONLY_ANSWER,),
        reason=True,
        tell=OUTCOME,
    ),
    Move(
        action="reassign",
        past="reassigned",
        sources=("proposed", "open"),
        target=None,
        roles=("qa_lead", "head_of_service"),
        label="Give it to another owner",
        reason=True,
        tell=("owner",),
    ),
    Move(
        action="change_date",
        past="date_changed",
        sources=("open",),
        target=None,
        roles=("owner", "qa_lead", "head_of_service"),
        label="Set a new date",
        reason=True,
        tell=("owner",),
    ),
    Move(
        action="complete",
        past="completed",
        sources=("open",),
        target="done",
        roles=("owner",),
        label="Record what was done",
        guards=(g.EVIDENCE_GIVEN,),
        tell=("auditor",),
    ),
    Move(
        action="ask_cannot_do",
        past="cannot_do_asked",
        sources=("open",),
        target=None,
        roles=("owner",),
        label="Say that it cannot be done",
        guards=(g.NO_OPEN_REQUEST,),
        reason=True,
        tell=("approver",),
    ),
    Move(
        action="cannot_do",
        past="approved_as_not_done",
        sources=("open",),
        target="not_done",
        roles=("approver",),
        label="Approve that it cannot be done",
        guards=(g.CANNOT_DO_APPROVED, *VERIFY),
        reason=True,
        tell=OUTCOME,
    ),
    Move(
        action="verify",
        past="verified",
        sources=("done",),
        target="verified",
        roles=("verifier",),
        label="Check the difference it made",
        guards=(*VERIFY, g.NOT_VOUCHING, g.DIFFERENCE_KNOWN, g.FOLLOWED_UP),
        tell=OUTCOME,
    ),
    Move(
        action="verify",
        past="verified",
        sources=("done",),
        target="verified",
        roles=("head_of_service",),
        label="Check the difference it made",
        guards=(*VERIFY, g.NOT_VOUCHING, g.DIFFERENCE_KNOWN),
        reason=True,
        tell=OUTCOME,
    ),
    Move(
        action="verify",
        past="verified",
        sources=("done",),
        target="verified",
        roles=("director",),
        label="Check the difference it made",
        guards=(*VERIFY, g.DIFFERENCE_KNOWN, g.NOBODY_ELSE),
        reason=True,
        tell=OUTCOME,
    ),
    Move(
        action="reopen",
        past="reopened",
        sources=("done",),
        target="open",
        roles=("verifier",),
        label="Reopen the action",
        guards=VERIFY,
        reason=True,
        tell=OUTCOME,
    ),
)

DEADLINES = (
    Deadline(
        key="accept",
        states=("proposed",),
        action="accept",
        working_days=5,
        setting="days_to_accept_action",
        tell=("owner", "qa_lead"),
    ),
    Deadline(
        key="complete",
        states=("open",),
        action="complete",
        from_fact="first_due_on",
        tell=("owner", "qa_lead"),
    ),
    Deadline(
        key="verify",
        states=("done",),
        action="verify",
        working_days=10,
        setting="days_to_verify_action",
        tell=("verifier",),
    ),
)

WORKFLOW = Workflow(
    name="action",
    version=1,
    initial="proposed",
    states=STATES,
    moves=MOVES,
    deadlines=DEADLINES,
    note=(
        "Overdue always counts from the first date. An action that made no difference needs a further action, or "
        "the head of service's reason; until then its audit stays open. Nobody vouches for the work of someone who "
        "reports to them, but the director where nobody else can check it. One action may answer several findings. "
        "Until its owner accepts it, whoever proposed it may take it back; once the audit is submitted, not if it is "
        "the only answer to something that was found. "
        "The auditor is told of every outcome."
    ),
    known_roles=KNOWN,
)
