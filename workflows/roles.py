"""Who may move things: role keys as held *towards one subject*, with their words on screen.

A person's council-wide roles (`auditor`, `qa_lead`, …) become roles towards a subject only through
the subject's own facts: `auditor` of a case audit is the person it is allocated to, nobody else.
"""

from __future__ import annotations

ROLES: dict[str, str] = {
    "auditor": "the auditor it is allocated to",
    "moderator": "the moderator it is given to",
    "eligible_moderator": "a person who may moderate it",
    "case_team_manager": "the manager of the case's team",
    "practitioner": "the case's worker",
    "owner": "the action's owner",
    "proposer": "whoever proposed the action",
    "verifier": "the auditor, moderator, QA lead or head of service, not the owner or who reports to them",
    "raiser": "whoever raised it",
    "requester": "whoever asked for it",
    "reader": "anyone who may read it",
    "qa_lead": "the QA lead",
    "approver": "the head of another service (for an action, of the case's own), or the director",
    "independent_decider": "a QA lead or head of service outside the case's line, not its auditor or moderator",
    "head_of_service": "the head of the case's service",
    "director": "the director",
    "external_moderator": "the external moderator it is handed to",
    "administrator": "an administrator",
    "system": "the system, by the rules of the round",
}

# The roles a person can be given (domain words; the scope of each is on the person).
PERSON_ROLES: dict[str, str] = {
    "auditor": "Auditor",
    "team_manager": "Team manager",
    "practitioner": "Practitioner",
    "qa_lead": "Quality assurance lead",
    "head_of_service": "Head of service",
    "director": "Director",
    "external_moderator": "External moderator",
    "board_member": "Board member",
    "administrator": "Administrator",
}

KNOWN: frozenset[str] = frozenset(ROLES)
