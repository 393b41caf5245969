"""What each open state waits for: the moves that carry an item on, and who is asked whether they may make them.

Handing an item to somebody else, taking it back or asking for it to be left out does not carry it on; these
are ways out when nobody may. States that wait for the system, or for another item, stand in `ELSEWHERE`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """`actions` carry the item on; `holder` is the column of who has it; `asked` are the council roles that may."""

    actions: tuple[str, ...]
    holder: str = ""
    asked: tuple[str, ...] = ()


_HEADS = ("head_of_service", "director")
_ROUND = ("lock_design", "draw", "launch", "extend", "begin_reporting", "close", "reopen", "cancel")
_LEADS = Waiting(_ROUND, asked=("qa_lead", "director"))

WAITING: dict[str, dict[str, Waiting]] = {
    "audit_round": {state: _LEADS for state in ("planned", "locked", "sampled", "live", "reporting")},
    "case_audit": {
        "selected": Waiting(("allocate", "withdraw_grading"), asked=("qa_lead",)),
        "allocated": Waiting(("start",), holder="auditor_id"),
        "in_progress": Waiting(("submit",), holder="auditor_id"),
        "returned": Waiting(("submit", "decide_without_auditor"), holder="auditor_id", asked=("qa_lead",)),
        "agreed": Waiting(("share_feedback",), holder="auditor_id", asked=("qa_lead",)),
        "disputed": Waiting(("determine",), asked=("qa_lead", "head_of_service", "director", "external_moderator")),
    },
    "moderation": {
        "waiting": Waiting(("take",), asked=("team_manager",)),
        "with_moderator": Waiting(("decide",), holder="moderator_id"),
    },
    "action": {
        "proposed": Waiting(("accept", "decline"), holder="owner_id"),
        "open": Waiting(("complete",), holder="owner_id"),
        "declined": Waiting(("uphold", "withdraw"), asked=_HEADS),
        "done": Waiting(
            ("verify",), asked=("qa_lead", "head_of_service", "auditor", "team_manager", "external_moderator")
        ),
    },
    "alert": {
        "raised": Waiting(("acknowledge",), asked=("team_manager", *_HEADS)),
        "acknowledged": Waiting(("resolve",), asked=("team_manager", *_HEADS)),
    },
    "correction": {"requested": Waiting(("approve", "refuse"), asked=("qa_lead",))},
    "approval": {"requested": Waiting(("approve", "refuse"), asked=_HEADS)},
}

ELSEWHERE: dict[tuple[str, str], str] = {
    ("case_audit", "submitted"): "The system sends it on at once.",
    ("case_audit", "moderation"): "Its moderation task is the item that waits.",
    ("case_audit", "changed"): "The system accepts the change when the auditor's time is over.",
    ("case_audit", "feedback_shared"): "The system closes it when its actions, items of their own, are settled.",
}
"""Open states that somebody or something else carries on, and why."""

NOT_BEFORE_LAUNCH = ("selected", "allocated")
"""States of a case audit in which nothing is waited for until its round is launched."""
