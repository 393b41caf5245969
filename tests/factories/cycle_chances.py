"""What can be chosen in a move of the model, how often each is made, and which states are to be reached."""

from __future__ import annotations

from typing import Any

VERSIONLESS = {"propose", "raise", "open", "comment", "request_correction"}
"""What needs no version of the page: it adds something, or does again what is done."""
CHOICES: dict[str, list[Any]] = {
    "": [None],
    "grade": [1, 2, 3, 4],
    "flag": [False, True],
    "difference": ["yes", "partly", "no"],
    "correction": [1, 2, 3, 4, "words"],
    "days": [-7, 0, 7],
}
STATES = {
    "case_audit": {"selected", "allocated", "in_progress", "moderation", "changed", "returned", "agreed", "disputed"}
    | {"feedback_shared", "closed", "removed", "not_audited", "filed"},
    "moderation": {"with_moderator", "decided", "withdrawn"},
    "action": {"proposed", "open", "declined", "done", "verified", "not_done", "withdrawn"},
    "alert": {"raised", "acknowledged", "resolved", "raised_in_error"},
    "approval": {"requested", "approved", "refused", "withdrawn"},
    "correction": {"requested", "approved", "refused"},
    "audit_round": {"live", "reporting", "closed", "cancelled"},
    "second": {"allocated", "in_progress", "filed", "removed"},
}
SELDOM = {"declare_conflict", "ask_to_remove", "ask_not_audited", "raise", "propose"}
SELDOM |= {"allocate", "mark_raised_in_error", "determine", "withdraw_second", "extend"}
"""What ends or turns back an audit, or begins something beside it, is made less often: else few audits get far."""
LATE = {"cancel_round": 0.7}
"""What ends everything, and after which part of the steps it is made."""
FIRST = {"start", "comment", "return", "dispute", "hand_to_external", "withdraw_action"}
FIRST |= {"decide_without_auditor", "accept", "approve", "uphold_action", "begin_reporting"}
FIRST |= {"withdraw_submission"}
"""What is possible for a short while only, or leads there, is made first where it is possible."""
