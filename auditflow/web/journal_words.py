"""Journal entries in words: what each kind of entry is called in a history."""

from __future__ import annotations

from collections.abc import Collection

from auditflow.domain.grades import Grade
from auditflow.domain.policy import TRIGGERS
from auditflow.queries.journal import JournalEntry
from workflows.roles import ROLES

TITLES: dict[tuple[str, str], str] = {
    ("audit_round", "report_made"): "Report made and kept",
    ("case_audit", "created"): "Chosen for audit",
    ("case_audit", "allocated"): "Allocated to an auditor",
    ("case_audit", "reallocated"): "Given to another auditor",
    ("case_audit", "conflict_declared"): "Given back because of a conflict of interest",
    ("case_audit", "started"): "Audit started",
    ("case_audit", "invited"): "Practitioner asked to reflect",
    ("case_audit", "practitioner_reflected"): "The practitioner reflected",
    ("case_audit", "outcome_read"): "The practitioner read the outcome",
    ("case_audit", "agreed"): "Agreed without moderation",
    ("case_audit", "sent_to_moderation"): "Sent for moderation",
    ("case_audit", "submission_withdrawn"): "Taken back by the auditor",
    ("case_audit", "returned_to_auditor"): "Returned to the auditor",
    ("case_audit", "sent_on_without_auditor"): "Decided without the auditor’s answer",
    ("case_audit", "accepted"): "Change accepted",
    ("case_audit", "disputed"): "Disputed",
    ("case_audit", "challenged"): "Challenged by the service",
    ("case_audit", "escalated_to_director"): "Dispute passed up to the director",
    ("case_audit", "first_grade_published"): "First grade published, marked as disputed",
    ("case_audit", "feedback_shared"): "Feedback shared with the practitioner",
    ("case_audit", "closed"): "Audit closed",
    ("case_audit", "filed"): "Filed",
    ("case_audit", "removed"): "Removed from the sample",
    ("case_audit", "removal_asked"): "Removal asked for",
    ("case_audit", "exemption_asked"): "Asked to leave the case out",
    ("case_audit", "marked_not_audited"): "Marked as not audited",
    ("moderation", "created"): "Moderation needed",
    ("moderation", "assigned"): "Given to a moderator",
    ("moderation", "taken"): "Taken by a moderator",
    ("moderation", "opened"): "Opened by the moderator",
    ("moderation", "handed_back"): "Handed back by the moderator",
    ("moderation", "offered_to_next"): "Offered to the next moderator",
    ("moderation", "reassigned"): "Taken back to give it to another moderator",
    ("moderation", "withdrawn"): "Moderation withdrawn",
    ("action", "created"): "Action proposed",
    ("action", "linked"): "Action linked to a finding",
    ("action", "accepted"): "Action accepted",
    ("action", "declined"): "Action declined",
    ("action", "completed"): "Action done",
    ("action", "verified"): "Action checked",
    ("action", "upheld"): "Declined action upheld",
    ("action", "withdrawn"): "Action withdrawn",
    ("action", "reassigned"): "Action given to another owner",
    ("action", "date_changed"): "Action given another date",
    ("action", "cannot_do_asked"): "Owner says that it cannot be done",
    ("action", "approved_as_not_done"): "Approved: action not done",
    ("action", "reopened"): "Action open again",
    ("alert", "raised_again"): "Immediate concern raised again",
    ("alert", "marked_raised_in_error"): "Concern raised in error",
    ("alert", "escalated_to_head"): "Concern passed up to the head of service",
    ("alert", "escalated_to_director"): "Concern passed up to the director",
    ("alert", "created"): "Immediate concern raised",
    ("alert", "raised"): "Immediate concern raised",
    ("alert", "acknowledged"): "Concern acknowledged",
    ("alert", "resolved"): "Concern resolved",
    ("correction", "created"): "Correction asked for",
    ("correction", "approved"): "Correction approved",
    ("correction", "refused"): "Correction refused",
}

BY_THE_RULES = "done by the rules of the round"
ACTED_AS = {
    "auditor": "auditor",
    "moderator": "moderator",
    "owner": "owner of the action",
    "raiser": "who raised it",
    "approver": "who decided the request",
    "verifier": "who checked it",
    "proposer": "who proposed it",
    "requester": "who asked for it",
    "independent_decider": "who decided it",
    "eligible_moderator": "who may moderate it",
    "reader": "who may read it",
}
"""Roles towards an item, as they follow a name."""


def entry_title(entry: JournalEntry) -> str:
    """What happened, in a few words; a submission or decision names its grade."""
    grade = entry.details.get("grade")
    words = Grade(grade).short_name if isinstance(grade, int) and grade in set(Grade) else ""
    graded = {
        "submitted": "Submitted again: " if entry.details.get("submission", 1) != 1 else "Submitted: ",
        "confirmed": "Grade confirmed: ",
        "changed": "Grade changed: ",
        "determined": "Dispute decided: ",
    }
    if entry.subject_type == "case_audit" and entry.entry in graded and words:
        return f"{graded[entry.entry]}{words}"
    if entry.subject_type == "moderation" and entry.entry == "decided":
        return "Moderation decided"
    plain = entry.entry.replace("_", " ")
    return TITLES.get((entry.subject_type, entry.entry), plain[0].upper() + plain[1:])


def entry_actor(entry: JournalEntry) -> str:
    """Who did it: “Ben Carrow, the auditor it is allocated to”, or that the rules did."""
    if entry.actor_id is None:
        return BY_THE_RULES
    role = ACTED_AS.get(entry.role)
    return f"{entry.actor}, {role or ROLES.get(entry.role, entry.role).removeprefix('the ')}"


def entry_reason(entry: JournalEntry, hidden: Collection[str] = ()) -> str:
    """What the product says in explanation: why an audit is moderated, but for the triggers that are `hidden`."""
    if entry.entry != "sent_to_moderation":
        return ""
    reasons = ["The case was chosen at random for moderation."] if entry.details.get("random_share") else []
    reasons += [TRIGGERS[key] for key in entry.details.get("triggers", []) if key in TRIGGERS and key not in hidden]
    return " ".join(reasons)
