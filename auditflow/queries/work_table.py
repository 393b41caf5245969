"""What counts as a thing to do: one row a state of a noun, in the words of My work.

`roles` are roles towards the item for whom it is *theirs* to do; others who could also move it (a QA lead
may share any feedback) do not get it on their list. `moves_as` is the role that makes the move where it has a
name of its own: an auditor checks an action as its verifier, which whoever owns it is not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Todo:
    """One kind of thing to do: when an item is in `state` and `action` is available to one of `roles`."""

    subject_type: str
    state: str
    action: str
    roles: tuple[str, ...]
    title: str
    button: str
    href: str
    due: str = "Due"
    silence: str = ""
    moves_as: tuple[str, ...] = ()
    prepares: bool = False
    """Shown before the move is possible too: what is still missing for it is the work."""

    @property
    def movers(self) -> frozenset[str]:
        """The roles in which whoever it is theirs to do may make the move."""
        return frozenset((*self.roles, *self.moves_as))


AUDITOR = ("auditor",)
MODERATOR = ("moderator", "external_moderator")
CONCERN = ("case_team_manager", "head_of_service", "director")
LEAD = ("qa_lead",)

TODOS: tuple[Todo, ...] = (
    Todo(
        "alert", "raised", "acknowledge", CONCERN, "Acknowledge the concern about case {ref}", "See", "/concerns/{id}"
    ),
    Todo("alert", "acknowledged", "resolve", CONCERN, "Resolve the concern: case {ref}", "See", "/concerns/{id}"),
    Todo("case_audit", "allocated", "start", AUDITOR, "Audit case {ref}", "Start", "/audits/{id}", "Start by"),
    Todo("case_audit", "in_progress", "submit", AUDITOR, "Audit case {ref}", "Continue", "/audits/{id}"),
    Todo("case_audit", "returned", "submit", AUDITOR, "Answer the comments on case {ref}", "Answer", "/audits/{id}"),
    Todo(
        "case_audit",
        "changed",
        "accept",
        AUDITOR,
        "Accept or dispute the grade of case {ref}",
        "Read and answer",
        "/audits/{id}",
        "Answer by",
        "If you do nothing, the change is accepted at the end of {day}.",
    ),
    Todo(
        "case_audit",
        "agreed",
        "share_feedback",
        AUDITOR,
        "Share the feedback on case {ref}",
        "Share",
        "/audits/{id}/feedback",
    ),
    Todo(
        "case_audit",
        "disputed",
        "determine",
        ("independent_decider", "director", "external_moderator"),
        "Decide the dispute about case {ref}",
        "Decide",
        "/audits/{id}/dispute",
    ),
    Todo("moderation", "with_moderator", "decide", MODERATOR, "Moderate case {ref}", "Decide", "/moderation/{id}"),
    Todo("moderation", "waiting", "take", ("eligible_moderator",), "Moderate case {ref}", "Take", "/moderation/{id}"),
    Todo("action", "proposed", "accept", ("owner",), "Accept the action on case {ref}", "Answer", "/actions/{id}"),
    Todo("action", "open", "complete", ("owner",), "Do the action on case {ref}", "Open", "/actions/{id}"),
    Todo(
        "action",
        "declined",
        "uphold",
        ("head_of_service",),
        "Decide on the declined action for case {ref}",
        "Decide",
        "/actions/{id}",
    ),
    Todo(
        "action",
        "done",
        "verify",
        ("auditor", "moderator"),
        "Check what the action on case {ref} changed",
        "Check",
        "/actions/{id}",
        moves_as=("verifier",),
    ),
    Todo(
        "approval",
        "requested",
        "approve",
        ("approver", "director"),
        "Approve or refuse a request about case {ref}",
        "Decide",
        "/approvals/{id}",
    ),
    Todo(
        "correction",
        "requested",
        "approve",
        ("qa_lead", "director"),
        "Approve or refuse a correction to case {ref}",
        "Decide",
        "/corrections/{id}",
    ),
    Todo("audit_round", "planned", "lock_design", LEAD, "Plan {ref}", "Continue", "/rounds/{id}", prepares=True),
    Todo("audit_round", "locked", "draw", LEAD, "Draw the sample of {ref}", "Continue", "/rounds/{id}"),
    Todo(
        "audit_round",
        "sampled",
        "launch",
        LEAD,
        "Allocate the cases of {ref}, and launch it",
        "Continue",
        "/rounds/{id}",
        prepares=True,
    ),
    Todo(
        "audit_round",
        "live",
        "begin_reporting",
        LEAD,
        "Begin reporting on {ref}: every case is settled",
        "Open",
        "/rounds/{id}",
    ),
    Todo("audit_round", "reporting", "close", LEAD, "Check and close {ref}", "Open", "/results/{id}"),
)

ASKED = Todo(
    "reflection", "asked", "reflect", ("practitioner",), "Say how you see case {ref}", "Write", "/audits/{id}/feedback"
)
"""A practitioner is asked for their view. It is no workflow: they may leave it, and nobody waits for it."""
FOUND = Todo(
    "reflection",
    "shared",
    "read",
    ("practitioner",),
    "Read what was found on case {ref}",
    "Read",
    "/audits/{id}/feedback",
)

SUBJECT_TYPES: tuple[str, ...] = tuple(dict.fromkeys(todo.subject_type for todo in TODOS))


def todo_for(subject_type: str, state: str) -> Todo | None:
    """The row for an item in this state, if there is something to do in it."""
    return next((t for t in TODOS if t.subject_type == subject_type and t.state == state), None)
