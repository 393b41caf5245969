"""What the help pages say of each role. A test keeps one entry for every role that a person can be given.

A name in braces is a time limit, filled in with the figure that counts now.
"""

from __future__ import annotations

ROLE_HELP: dict[str, tuple[str, ...]] = {
    "auditor": (
        "Your audits stand under Audits. Start one within {days_to_start_audit}; it is due by the round’s end date.",
        "Each domain needs a grade, the reason, the evidence and the difference made for the child. What you type is "
        "saved as you go.",
        "A grade below Good needs an action. Say who took part: the worker, the child, the family, or why not.",
        "If a moderator changes a grade you have {days_to_accept_change} to accept or dispute it; silence accepts.",
        "If you are worried about a child now, phone first. Then raise an immediate concern from any page of the "
        "audit.",
    ),
    "team_manager": (
        "Moderations given to you stand under Moderation. You never get a case of your own team.",
        "Judge two things apart: the practice, and the audit itself. Confirm, change with a reason, or return it with "
        "comments.",
        "Your team’s feedback and actions come to you. You may challenge a grade once, within {days_to_challenge}.",
        "An immediate concern about a child of your team comes to you at once: acknowledge it within "
        "{hours_to_acknowledge}.",
    ),
    "practitioner": (
        "When a case of yours is audited you are asked for your view. It is optional and it is read.",
        "After the audit is agreed you read what was found, and accept or decline the actions proposed to you.",
        "An action that is done is checked for the difference it made.",
    ),
    "qa_lead": (
        "Upload a case list, say which column is what, match the names, freeze it.",
        "Plan a round: audit tool and dates, list, design of the sample, draw, allocation, launch.",
        "On the round’s page: what is late, what is stuck, who needs a reminder. Decisions come first.",
        "Close the round when every case is agreed, removed or not audited; then results are published.",
        "Reports and files, from a round’s results, has its board report as Word and PDF, and every table.",
        "Under Results, a control chart tells a change in a monthly measure from its usual ups and downs.",
    ),
    "head_of_service": (
        "Immediate concerns of your service reach you when nobody acknowledged them, or when they are about a manager.",
        "You decide disputes of other services, approve removals for them, and see Inadequate cases of your own.",
        "An action of your service that was declined comes to you: it stands, or it is withdrawn. You also "
        "approve that one cannot be done.",
        "Under Results, a control chart tells a change in a monthly measure from its usual ups and downs.",
    ),
    "director": (
        "You approve what is left out of a sample, and decide what was passed up because nobody else may.",
        "Results are yours to see as figures; a single case only if it was passed up to you.",
        "Under Results, a control chart tells a change in a monthly measure from its usual ups and downs.",
    ),
    "external_moderator": (
        "What was handed to you stands under Moderation, until the date agreed with you.",
        "You see the case handed to you and nothing else.",
    ),
    "board_member": (
        "Results shows each closed round on one page: one sentence, one picture, and what it cannot tell you.",
        "From that page you download the round’s report as Word or PDF.",
        "You see no case and no worker, and small numbers are left out.",
    ),
    "administrator": (
        "Under People you add people, give roles, set managers and training, and close accounts.",
        "Teams need a manager and a deputy, since concerns about their cases go there.",
        "System health says whether mail and background work are well; the journal says who did what and when.",
    ),
}

SEES: dict[str, tuple[str, str]] = {
    "auditor": ("The cases allocated to them", "Grade; answer the moderator; raise an immediate concern"),
    "team_manager": (
        "Moderations given to them; their team’s feedback, concerns and actions",
        "Decide moderation of other teams’ cases; own actions; challenge a grade",
    ),
    "practitioner": (
        "The audits of their own cases: the invitation, and the outcome once it is shared",
        "Give their view; read the outcome; own actions",
    ),
    "qa_lead": (
        "Every case of the council",
        "Case lists, rounds, samples, allocation, moderation, removal requests, disputes, results",
    ),
    "head_of_service": (
        "Immediate concerns, Inadequate cases and actions of their own service; disputes and removals of others",
        "Decide disputes and removals of other services; approve that an action of their own cannot be done",
    ),
    "director": (
        "Figures of the whole council, and whatever was passed up",
        "Approve removals and exemptions; decide what was passed up",
    ),
    "external_moderator": (
        "What was handed to them, until a date",
        "Moderate; decide a dispute handed to them",
    ),
    "board_member": (
        "Published results: no case, no worker, small numbers left out",
        "Read them, and download the report as Word or PDF",
    ),
    "administrator": (
        "People, teams, settings, the journal without what was written; no case content",
        "Add people and give roles; look after teams, working days and time limits",
    ),
}
"""Role -> what it sees, what it may do."""
