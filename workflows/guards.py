"""Named conditions over plain facts (documented in `workflows.facts`), each with its refusal in plain words.

A guard says what must be so; its sentence is what a person reads when it is not.
"""

from __future__ import annotations

from typing import Final

from workflows.table import Facts, Guard

WITNESSES: Final = 2
"""How many people witness the outcome of a public event that gives the seed."""

DIRECTOR_ONLY: Final = frozenset({"mark_not_audited", "discard_draw"})
"""What only the director may approve; the head of another service may approve the rest."""


def is_true(name: str, fact: str, sentence: str) -> Guard:
    """The fact must be true, or a count above 0."""
    return Guard(name, sentence, lambda facts: bool(facts[fact]), (fact,))


def is_not(name: str, fact: str, sentence: str) -> Guard:
    """The fact must be false, or a count of 0."""
    return Guard(name, sentence, lambda facts: not facts[fact], (fact,))


def is_one_of(name: str, fact: str, values: frozenset[str], sentence: str) -> Guard:
    """The fact must be one of `values`."""
    return Guard(name, sentence, lambda facts: facts[fact] in values, (fact,))


def _approved(ask: str) -> Guard:
    sentence = "This needs somebody else's approval: ask for it first."
    return is_one_of(f"{ask}_approved", "approved_ask", frozenset({ask}), sentence)


# Who may not, whatever their role: conflict of interest, and requests that need a second pair of eyes

NO_CONFLICT = is_not(
    "no_conflict",
    "actor_in_conflict",
    "You hold or held this case, manage its worker, or belong to its team. Somebody else must do this.",
)
NOT_OWN_WORK = is_not(
    "not_own_work",
    "actor_judges_own_work",
    "This is your own work, or the work of someone who reports to you. Somebody else must judge it.",
)
NOBODY_ELSE = is_true(
    "nobody_else", "nobody_qualifies", "Somebody else may still do this; the director does it only if nobody can."
)
CHOSEN_WITHOUT_CONFLICT = is_not(
    "chosen_without_conflict",
    "chosen_in_conflict",
    "The person you chose holds or held this case, manages its worker, or belongs to its team. Choose somebody else.",
)
CHOSEN_NOT_OWN_WORK = is_not(
    "chosen_not_own_work",
    "chosen_judges_own_work",
    "The person you chose made this audit, or manages the person who did. Choose somebody else.",
)
NOT_REQUESTER = is_not(
    "not_requester", "actor_is_requester", "You asked for this yourself. Somebody else must decide it."
)
NO_OPEN_REQUEST = is_not("no_open_request", "request_open", "A request about this is waiting for its answer already.")
REMOVE_APPROVED = _approved("remove")
NOT_AUDITED_APPROVED = _approved("mark_not_audited")
DISCARD_APPROVED = _approved("discard_draw")
CANNOT_DO_APPROVED = _approved("cannot_do")
HEADS_MAY_APPROVE = Guard(
    "heads_may_approve",
    "Only the director may decide this request.",
    lambda facts: facts["ask"] not in DIRECTOR_ONLY,
    ("ask",),
)

# Round


def _seed_can_come(facts: Facts) -> bool:
    return facts["seed_source"] != "public" or bool(facts["public_event_ahead"])


def _seed_is_witnessed(facts: Facts) -> bool:
    return facts["seed_source"] != "public" or bool(facts["public_witnesses"] >= WITNESSES)


LIST_FROZEN = is_true("list_frozen", "frame_frozen", "Choose a case list and freeze it first.")
DESIGN_COMPLETE = is_true(
    "design_complete", "design_complete", "The design is not complete, or does not fit the case list."
)
PUBLIC_EVENT_AHEAD = Guard(
    "public_event_ahead",
    "Name the public event that will give the seed; it must not have happened yet.",
    _seed_can_come,
    ("seed_source", "public_event_ahead"),
)
DESIGN_UNCHANGED = is_true(
    "design_unchanged",
    "design_unchanged",
    "The design or the case list is not what was locked, so no sample can be drawn from it.",
)
OUTCOME_WITNESSED = Guard(
    "outcome_witnessed",
    "Enter the outcome of the public event, with two witnesses.",
    _seed_is_witnessed,
    ("seed_source", "public_witnesses"),
)
IS_CENSUS = is_one_of(
    "is_census",
    "kind",
    frozenset({"census"}),
    "Cases come in month by month only where a round audits every case of a kind.",
)
HAS_RESERVES = is_one_of(
    "has_reserves",
    "kind",
    frozenset({"sample", "re_audit"}),
    "This round audits every case that its rules let in, so there are none to keep in reserve.",
)
NEXT_LIST_FROZEN = is_true("next_list_frozen", "next_list_frozen", "Choose a case list and freeze it first.")
NEXT_LIST_LATER = is_true(
    "next_list_later", "next_list_later", "This case list is not later than the last one that came in."
)
NEXT_NAMES_MATCHED = is_not(
    "next_names_matched",
    "next_unmatched_names",
    "Some workers or teams of the new cases are not matched to people and teams here. Match them first.",
)
CHECKS_UNKNOWN = is_not(
    "checks_unknown",
    "checking_seed_shown",
    "The number that chooses which audits are checked has been shown, so it would be known of each new case whether it "
    "is. Plan a new round for them.",
)
EVERY_CASE_ALLOCATED = is_not(
    "every_case_allocated", "unallocated_cases", "Some cases have no auditor yet. Allocate them first."
)
AUDITORS_TRAINED = is_not(
    "auditors_trained",
    "untrained_allocations",
    "Some cases are with a person who is not a trained auditor. Reallocate them first.",
)
AUDITORS_WITHOUT_CONFLICT = is_not(
    "auditors_without_conflict",
    "conflicted_allocations",
    "Some cases are with an auditor who has a conflict of interest. Reallocate them first.",
)
NAMES_MATCHED = is_not(
    "names_matched",
    "unmatched_names",
    "Some workers or teams of the sampled cases are not matched to people and teams here. Match them first.",
)
EVERY_CASE_SETTLED = is_not(
    "every_case_settled",
    "unsettled_cases",
    "Some cases are not agreed yet, and neither removed nor marked as not audited.",
)
SECOND_GRADINGS_SETTLED = is_not(
    "second_gradings_settled",
    "open_second_gradings",
    "Some blind second gradings are not in. Wait for them, or withdraw them.",
)
RESULTS_FROZEN = is_true("results_frozen", "results_frozen", "The results must be frozen before the round closes.")
NO_GRADE_IN = is_not("no_grade_in", "grades_in", "A grade is in, so only the director can cancel this round.")
GRADE_IN = is_true("grade_in", "grades_in", "No grade is in yet, so the quality assurance lead cancels this round.")

# Action


def _has_answer(facts: Facts) -> bool:
    return facts["difference"] in {"yes", "partly", "no"} and bool(facts["how_known_given"])


NOT_ONLY_ANSWER = is_not(
    "not_only_answer",
    "answers_alone",
    "This action is the only answer to something that was found. Propose another one first, or give it to "
    "another owner.",
)
DUE_DATE_SET = is_true("due_date_set", "due_date_set", "Set the date by which it will be done.")
EVIDENCE_GIVEN = is_true("evidence_given", "evidence_given", "Say what was done, and give the evidence.")
NOT_OWNER = is_not(
    "not_owner",
    "actor_is_owner_or_reports",
    "You own this action, or report to the person who does. Somebody else must decide it.",
)
DIFFERENCE_KNOWN = Guard(
    "difference_known",
    "Say whether it made a difference (yes, partly or no), and how you know.",
    _has_answer,
    ("difference", "how_known_given"),
)
FOLLOWED_UP = Guard(
    "followed_up",
    "It made no difference: propose a further action, or ask the head of service to give the reason why not.",
    lambda facts: facts["difference"] != "no" or bool(facts["follow_up"]),
    ("difference", "follow_up"),
)

# Immediate concern

NOT_CASE_WORKER = is_not(
    "not_case_worker", "actor_is_case_worker", "You are the case's worker. Somebody else must resolve the concern."
)
NOT_CONCERNED = is_not("not_concerned", "actor_is_concerned", "The concern is about you. It has gone to somebody else.")

# Correction

NOT_GRADER = is_not(
    "not_grader",
    "actor_graded_it",
    "You audited or moderated this case, or manage the person who did. Somebody else must decide.",
)
