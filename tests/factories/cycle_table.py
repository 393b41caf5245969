"""The rules of the cycle, written once more, apart from `workflows/`: who may make which move, and when.

Nothing here imports the product. A rule names the states it starts from, who may, and what must be so.
"""

from __future__ import annotations

from tests.factories.cycle_rules import (
    BEFORE,
    Rule,
    answers,
    approves,
    auditor,
    both,
    complete,
    decides,
    differs,
    either,
    followed_up,
    holder,
    may_audit,
    may_be_handed,
    may_challenge,
    may_moderate,
    moderator,
    not_asked,
    not_theirs,
    own_head,
    owner,
    proposes,
    raises_again,
    removable,
    returnable,
    role,
    sees,
    silent,
    starts,
    still_possible,
    team_manager,
    unopened,
    verifies,
)
from tests.factories.cycle_rules_round import (
    cancels,
    corrects,
    everything_in,
    grader,
    judges_correction,
    later,
    no_dispute_in_time,
    worker,
)
from tests.factories.cycle_world import Item, World

UNFINISHED = "selected allocated in_progress moderation changed returned agreed disputed feedback_shared"
LEAD, DIRECTOR = role("qa_lead"), role("director")
SENIOR = role("head_of_service", "director")
DECIDERS = role("qa_lead", "head_of_service", "director", "external_moderator")
OFFICERS = role("qa_lead", "head_of_service", "director", "team_manager")
OFFICERS_OR_NEAR = either(OFFICERS, role("external_moderator", "practitioner"), auditor, moderator)
READERS = either(LEAD, auditor, moderator, team_manager, own_head, worker)
LEAD_OR_DIRECTOR = either(LEAD, DIRECTOR)
JUDGES = either(OFFICERS, role("external_moderator"), auditor, owner)

RULES: dict[str, Rule] = {
    "allocate": Rule("case_audit", BEFORE, LEAD, may_audit, "person"),
    "declare_conflict": Rule("case_audit", "allocated in_progress", auditor, lambda _w, i, _p, _c: not i.submissions),
    "start": Rule("case_audit", "allocated", auditor, starts),
    "submit": Rule("case_audit", "in_progress returned", auditor, complete),
    "withdraw_submission": Rule("case_audit", "moderation", auditor, unopened),
    "decide_without_auditor": Rule("case_audit", "returned", LEAD, silent),
    "accept": Rule("case_audit", "changed", auditor),
    "dispute": Rule("case_audit", "changed", auditor),
    "share_feedback": Rule("case_audit", "agreed", either(auditor, moderator, LEAD)),
    "challenge": Rule("case_audit", "feedback_shared", team_manager, may_challenge),
    "determine": Rule("case_audit", "disputed", DECIDERS, decides, "grade"),
    "hand_to_external": Rule("case_audit", "disputed", DIRECTOR, may_be_handed, "person"),
    "ask_to_remove": Rule("case_audit", BEFORE, LEAD, removable),
    "ask_not_audited": Rule("case_audit", BEFORE, LEAD, not_asked),
    "propose": Rule("case_audit", UNFINISHED, proposes, choices="person"),
    "raise": Rule("case_audit", f"{UNFINISHED} closed removed not_audited filed", OFFICERS_OR_NEAR, sees, "flag"),
    "approve": Rule("approval", "requested", SENIOR, both(approves, still_possible)),
    "refuse": Rule("approval", "requested", SENIOR, approves),
    "take_request_back": Rule("approval", "requested", lambda _w, i, p, _c: i.requester == p),
    "open": Rule("moderation", "with_moderator", holder, lambda _w, i, _p, _c: not i.opened),
    "comment": Rule("moderation", "with_moderator", holder),
    "confirm": Rule("moderation", "with_moderator", holder),
    "change": Rule("moderation", "with_moderator", holder, differs, "grade"),
    "return": Rule("moderation", "with_moderator", holder, returnable),
    "hand_back": Rule("moderation", "with_moderator", holder),
    "reassign_moderation": Rule(
        "moderation", "with_moderator", LEAD, lambda w, i, _p, c: may_moderate(w, i, c), "person"
    ),
    "accept_action": Rule("action", "proposed", owner),
    "decline_action": Rule("action", "proposed", owner),
    "uphold_action": Rule("action", "declined", either(own_head, DIRECTOR), not_theirs),
    "withdraw_action": Rule("action", "declined", either(own_head, DIRECTOR), not_theirs),
    "reassign_action": Rule(
        "action", "proposed open", either(own_head, LEAD), lambda _w, i, _p, c: c != i.owner, "person"
    ),
    "change_date": Rule("action", "open", either(owner, own_head, LEAD)),
    "complete_action": Rule("action", "open", owner),
    "ask_cannot_do": Rule("action", "open", owner, not_asked),
    "verify_action": Rule("action", "done", JUDGES, both(verifies, followed_up), "difference"),
    "verify_with_follow_up": Rule("action", "done", JUDGES, verifies),
    "reopen_action": Rule("action", "done", JUDGES, verifies),
    "acknowledge": Rule("alert", "raised", OFFICERS, answers),
    "resolve": Rule("alert", "acknowledged", OFFICERS, both(answers, lambda _w, i, p, _c: p != i.case.worker)),
    "re_raise": Rule("alert", "resolved", raises_again),
    "mark_raised_in_error": Rule("alert", "raised acknowledged", own_head),
    "start_second": Rule("second", "allocated", grader, starts),
    "submit_second": Rule("second", "in_progress", grader, starts),
    "withdraw_second": Rule("second", "allocated in_progress", LEAD),
    "request_correction": Rule("case_audit", "agreed disputed feedback_shared closed", READERS, corrects, "correction"),
    "approve_correction": Rule("correction", "requested", LEAD_OR_DIRECTOR, judges_correction),
    "refuse_correction": Rule("correction", "requested", LEAD_OR_DIRECTOR, judges_correction),
    "extend": Rule("audit_round", "live", LEAD, later, "days"),
    "begin_reporting": Rule("audit_round", "live", LEAD, everything_in),
    "reopen_round": Rule("audit_round", "reporting", LEAD),
    "close_round": Rule("audit_round", "reporting", LEAD, no_dispute_in_time),
    "cancel_round": Rule("audit_round", "live", LEAD_OR_DIRECTOR, cancels),
}


def allowed(world: World, name: str, item: Item, who: int, choice: object) -> bool:
    """What these rules say of this move by this person, now."""
    rule = RULES[name]
    return rule.nearly(world, item, who, choice) and rule.when(world, item, who, choice)
