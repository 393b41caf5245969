"""How a case audit moves: allocated, graded, moderated, agreed, shared, closed.

Audits for another purpose than the main one (blind second grading, calibration, a baseline record graded
again) end when they are submitted: they are filed, without participation, actions or feedback.
"""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_case_audit as c
from workflows.case_audit_grading import GRADING
from workflows.case_audit_outcome import OUTCOME
from workflows.roles import KNOWN
from workflows.table import Deadline, Move, State, Workflow

STATES = (
    State("selected", "Not allocated"),
    State("allocated", "Not started"),
    State("in_progress", "Being audited"),
    State("submitted", "Submitted"),
    State("moderation", "With a moderator"),
    State("changed", "Changed by the moderator"),
    State("returned", "Back with the auditor"),
    State("agreed", "Agreed"),
    State("disputed", "In dispute"),
    State("feedback_shared", "Feedback shared"),
    State("closed", "Closed", final=True),
    State("removed", "Removed from the sample", final=True),
    State("not_audited", "Not audited, approved", final=True),
    State("filed", "Filed", final=True),
)

BEFORE_SUBMISSION = ("selected", "allocated", "in_progress")
OPEN = tuple(state.key for state in STATES if not state.final)

LEAVING = (
    Move(
        action="ask_to_remove",
        past="removal_asked",
        sources=BEFORE_SUBMISSION,
        target=None,
        roles=("qa_lead",),
        label="Ask to remove the case",
        guards=(c.MAIN_PURPOSE, c.NEVER_SUBMITTED, g.NO_OPEN_REQUEST),
        reason=True,
        tell=("approver",),
    ),
    Move(
        action="remove",
        past="removed",
        sources=BEFORE_SUBMISSION,
        target="removed",
        roles=("approver",),
        label="Remove the case from the sample",
        guards=(g.REMOVE_APPROVED, c.NEVER_SUBMITTED, g.NO_CONFLICT),
        reason=True,
        tell=("auditor", "qa_lead"),
    ),
    Move(
        action="remove",
        past="removed",
        sources=("selected", "allocated"),
        target="removed",
        roles=("system",),
        label="Remove the case from the sample",
        guards=(c.DRAW_DISCARDED, c.NEVER_SUBMITTED),
        tell=("auditor",),
    ),
    Move(
        action="ask_not_audited",
        past="exemption_asked",
        sources=BEFORE_SUBMISSION,
        target=None,
        roles=("qa_lead",),
        label="Ask to leave the case out, not audited",
        guards=(c.MAIN_PURPOSE, g.NO_OPEN_REQUEST),
        reason=True,
        tell=("director",),
    ),
    Move(
        action="mark_not_audited",
        past="marked_not_audited",
        sources=BEFORE_SUBMISSION,
        target="not_audited",
        roles=("director",),
        label="Mark as not audited",
        guards=(g.NOT_AUDITED_APPROVED, g.NO_CONFLICT),
        reason=True,
        tell=("auditor", "qa_lead"),
    ),
    Move(
        action="withdraw_grading",
        past="grading_withdrawn",
        sources=BEFORE_SUBMISSION,
        target="removed",
        roles=("qa_lead",),
        label="Withdraw this grading",
        guards=(c.OTHER_PURPOSE, c.NEVER_SUBMITTED),
        reason=True,
        tell=("auditor",),
    ),
    Move(
        action="withdraw_grading",
        past="grading_withdrawn",
        sources=BEFORE_SUBMISSION,
        target="removed",
        roles=("system",),
        label="Withdraw this grading",
        guards=(c.OTHER_PURPOSE, c.NEVER_SUBMITTED),
        tell=("auditor",),
    ),
    Move(
        action="file",
        past="filed",
        sources=("submitted",),
        target="filed",
        roles=("system",),
        label="File the audit",
        guards=(c.OTHER_PURPOSE,),
    ),
    Move(
        action="file",
        past="filed",
        sources=OPEN,
        target="filed",
        roles=("system",),
        label="File the audit",
        guards=(c.ROUND_CANCELLED,),
        tell=("auditor",),
    ),
    Move(
        action="request_correction",
        past="correction_requested",
        sources=("agreed", "disputed", "feedback_shared", "closed"),
        target=None,
        roles=("reader",),
        label="Ask for a correction",
        reason=True,
        tell=("qa_lead",),
    ),
)

DEADLINES = (
    Deadline(
        key="start",
        states=("allocated",),
        action="start",
        working_days=5,
        setting="days_to_start_audit",
        tell=("auditor", "qa_lead"),
    ),
    Deadline(
        key="submit",
        states=("in_progress",),
        action="submit",
        from_fact="round_ends_on",
        tell=("auditor", "qa_lead"),
    ),
    Deadline(
        key="moderate",
        states=("moderation",),
        action="confirm",
        working_days=5,
        setting="days_to_moderate",
    ),
    Deadline(
        key="answer_return",
        states=("returned",),
        action="submit",
        working_days=10,
        setting="days_to_answer_return",
        tell=("auditor", "qa_lead"),
    ),
    Deadline(
        key="accept",
        states=("changed",),
        action="accept",
        working_days=5,
        acts=True,
        setting="days_to_accept_change",
        tell=("auditor",),
    ),
    Deadline(
        key="share_feedback",
        states=("agreed",),
        action="share_feedback",
        working_days=5,
        setting="days_to_share_feedback",
        tell=("auditor", "qa_lead"),
    ),
    Deadline(
        key="challenge",
        states=("feedback_shared",),
        action="close",
        working_days=10,
        acts=True,
        setting="days_to_challenge",
    ),
    Deadline(
        key="determine",
        states=("disputed",),
        action="escalate_to_director",
        working_days=10,
        acts=True,
        setting="days_to_decide_dispute",
        tell=("qa_lead",),
    ),
)

WORKFLOW = Workflow(
    name="case_audit",
    version=1,
    initial="selected",
    states=STATES,
    moves=(*GRADING, *OUTCOME, *LEAVING),
    deadlines=DEADLINES,
    note=(
        "Every submission is kept, and the auditor's grade in every figure is the first one submitted. That first "
        "grade, the moderator's grade with its reason, the moderator's view of the audit and the outcome of a "
        "dispute are kept apart for ever. After agreement nothing is edited in place: a correction makes a new "
        "version beside the old one and does not move the audit. A case allocated before the round is launched "
        "has its time to start counted from the launch. The cases of a discarded draw are removed by the system, "
        "the audits of a cancelled round filed, and a second grading is withdrawn when its case leaves the sample."
    ),
    known_roles=KNOWN,
)
