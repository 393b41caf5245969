"""The second half of a case audit's table: accepting, disputing, sharing and closing."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_case_audit as c
from workflows.table import Move

DECIDE = (g.NO_CONFLICT, g.NOT_OWN_WORK)
TOLD_OF_DECISION = ("auditor", "moderator", "requester", "qa_lead")

OUTCOME = (
    Move(
        action="accept",
        past="accepted",
        sources=("changed",),
        target="agreed",
        roles=("auditor", "system"),
        label="Accept the change",
        tell=("moderator",),
    ),
    Move(
        action="dispute",
        past="disputed",
        sources=("changed",),
        target="disputed",
        roles=("auditor",),
        label="Dispute the change",
        reason=True,
        tell=("moderator", "qa_lead"),
    ),
    Move(
        action="share_feedback",
        past="feedback_shared",
        sources=("agreed",),
        target="feedback_shared",
        roles=("auditor", "moderator", "qa_lead"),
        label="Share the feedback",
        tell=("practitioner", "case_team_manager"),
    ),
    Move(
        action="challenge",
        past="challenged",
        sources=("feedback_shared",),
        target="disputed",
        roles=("case_team_manager",),
        label="Challenge the grade",
        guards=(c.NOT_CHALLENGED, c.CHALLENGE_TIME_LEFT),
        reason=True,
        tell=("auditor", "moderator", "qa_lead"),
    ),
    Move(
        action="determine",
        past="determined",
        sources=("disputed",),
        target="agreed",
        roles=("independent_decider",),
        label="Decide the dispute",
        guards=DECIDE,
        reason=True,
        tell=TOLD_OF_DECISION,
    ),
    Move(
        action="determine",
        past="determined",
        sources=("disputed",),
        target="agreed",
        roles=("director", "external_moderator"),
        label="Decide the dispute",
        guards=(c.ESCALATED, *DECIDE),
        reason=True,
        tell=TOLD_OF_DECISION,
    ),
    Move(
        action="escalate_to_director",
        past="escalated_to_director",
        sources=("disputed",),
        target=None,
        roles=("system",),
        label="Pass the dispute up to the director",
        guards=(c.UNDECIDED, c.NOT_ESCALATED),
        tell=("director", "qa_lead"),
    ),
    Move(
        action="hand_to_external",
        past="handed_to_external",
        sources=("disputed",),
        target=None,
        roles=("director",),
        label="Hand to an external moderator",
        guards=(c.ESCALATED, g.CHOSEN_WITHOUT_CONFLICT, g.CHOSEN_NOT_OWN_WORK),
        tell=("external_moderator",),
    ),
    Move(
        action="publish_first_grade",
        past="first_grade_published",
        sources=("disputed",),
        target="agreed",
        roles=("system",),
        label="Publish the first grade, marked as disputed",
        guards=(c.DISPUTE_OVERDUE, c.ROUND_UNPUBLISHED),
        tell=TOLD_OF_DECISION,
    ),
    Move(
        action="close",
        past="closed",
        sources=("feedback_shared",),
        target="closed",
        roles=("system",),
        label="Close the audit",
        guards=(c.CHALLENGE_TIME_OVER, c.ACTIONS_SETTLED),
    ),
)
