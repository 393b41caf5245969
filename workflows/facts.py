"""The facts that guards look at: per workflow a complete list, with type and meaning.

Whoever gathers facts (one SELECT with scalar sub-queries) delivers exactly these keys. A few are known
only to the service that makes the move, because they lie in what the person has just chosen or written;
they are marked `Given`, with the value that stands for "not chosen yet" when a screen only asks what is
possible. `when_asking` returns those; a service that moves something passes the real ones.

`actor_…` is about the person acting; for the system every such fact is False.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypedDict, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class Given:
    """Marks a fact that comes with the request; `asking` is its value while nothing is chosen."""

    asking: Any


InConflict = Annotated[
    bool,
    "The person acting holds, held or line-manages the case, or it is or was their team's: "
    "conflict of interest with the case itself, across all their roles.",
]
OwnWork = Annotated[
    bool,
    "What would be judged is the actor's own work, or that of someone who reports to them "
    "(the audit, and where a grade is contested the moderation too).",
]
NobodyQualifies = Annotated[
    bool,
    "The last check of who may move this item found nobody among the usual roles; "
    "the director, who then may, is left out of that check.",
]
ChosenInConflict = Annotated[
    bool, "The person chosen holds, held or line-manages the case, or it is or was their team's.", Given(False)
]
ChosenOwnWork = Annotated[
    bool,
    "The person chosen made the audit or moderated it, or somebody who did reports to them.",
    Given(False),
]
ApprovedAsk = Annotated[
    str | None,
    "The move that was asked for and has just been approved by the actor in the same transaction: "
    "`approval.ask`. None otherwise.",
    Given(None),
]
RequestOpen = Annotated[bool, "A request for approval about this item is waiting for its answer."]


class AuditRoundFacts(TypedDict):
    """What the moves of a round depend on."""

    kind: Annotated[str, "`sample`, `re_audit` or `census`."]
    frame_frozen: Annotated[bool, "The round has a case list and that list is frozen."]
    design_complete: Annotated[bool, "The design is complete and fits the list: size, minima, caps.", Given(True)]
    seed_source: Annotated[str, "`product` or `public`."]
    public_event_ahead: Annotated[
        bool, "The public event that gives the seed is named and has not happened yet.", Given(True)
    ]
    design_unchanged: Annotated[
        bool, "Design and list still have the digest that was made when they were locked.", Given(True)
    ]
    public_witnesses: Annotated[
        int, "How many different people witness the outcome of the public event that is entered.", Given(2)
    ]
    next_list_frozen: Annotated[bool, "The case list of a census's next month is frozen.", Given(True)]
    next_list_later: Annotated[bool, "It is as at a later day than every list that came in before.", Given(True)]
    next_unmatched_names: Annotated[
        int, "Workers and teams of the cases that would come in, neither matched nor marked.", Given(0)
    ]
    checking_seed_shown: Annotated[bool, "Reporting has begun once, so the checking seed is known."]
    unallocated_cases: Annotated[int, "Case audits of the round, of any purpose, still `selected`."]
    untrained_allocations: Annotated[int, "Case audits allocated to someone without valid training or role."]
    conflicted_allocations: Annotated[int, "Case audits allocated to someone in conflict with the case."]
    unmatched_names: Annotated[
        int, "Workers and teams of the sampled cases that are neither matched nor marked (left, agency, …)."
    ]
    unsettled_cases: Annotated[
        int,
        "Main case audits that are selected, allocated, in progress, submitted, in moderation, changed, "
        "returned, or disputed within the time to decide (overdue disputes settle when reporting begins).",
    ]
    open_second_gradings: Annotated[int, "Case audits of purpose `second` that are neither filed nor removed."]
    grades_in: Annotated[int, "Case audits of the round, of any purpose, that were ever submitted."]
    results_frozen: Annotated[bool, "The round's results are stored with their digest.", Given(True)]
    request_open: RequestOpen
    approved_ask: ApprovedAsk
    ends_on: Annotated[date, "The end date of the round, as extended."]


class CaseAuditFacts(TypedDict):
    """What the moves of a case audit depend on."""

    actor_in_conflict: InConflict
    actor_judges_own_work: OwnWork
    nobody_qualifies: NobodyQualifies
    purpose: Annotated[str, "`main`, `second`, `calibration` or `bridge`."]
    round_state: Annotated[str, "State of the round that the case audit belongs to."]
    round_ends_on: Annotated[date, "The end date of the round, as extended."]
    submissions: Annotated[int, "How often it was submitted, withdrawn submissions included."]
    returns: Annotated[int, "How often a moderator returned it."]
    moderation_chosen: Annotated[
        bool,
        "The round's policy sends it to moderation: in the random share, or a trigger holds for any of its "
        "submissions, or it was in moderation before.",
        Given(False),
    ]
    moderation_opened: Annotated[bool, "The moderator has opened the present submission."]
    auditor_gone: Annotated[bool, "The auditor is no longer active or no longer an auditor."]
    return_overdue: Annotated[bool, "The time limit `answer_return` of this item has passed."]
    challenged: Annotated[bool, "The service has challenged it once already."]
    challenge_time_over: Annotated[bool, "The time limit `challenge` of this item has passed."]
    dispute_overdue: Annotated[bool, "The time limit `determine` of this item has passed."]
    dispute_escalated: Annotated[bool, "The present dispute has gone up to the director."]
    unsettled_actions: Annotated[
        int,
        "Actions of the audit that are not verified, not done with approval, or withdrawn after declining. "
        "One verified as `no` counts until its follow-up is verified or a head of service's reason is on record.",
    ]
    request_open: RequestOpen
    approved_ask: ApprovedAsk
    chosen_in_conflict: ChosenInConflict
    chosen_judges_own_work: ChosenOwnWork
    chosen_trained: Annotated[bool, "The person chosen is an active auditor with valid training.", Given(True)]
    chosen_graded_before: Annotated[
        bool,
        "The person chosen graded this case in the baseline, or has it for another purpose; for a blind second "
        "grading also: moderated it, or may see every grade by their office.",
        Given(False),
    ]
    another_could_audit: Annotated[
        bool, "Somebody trained, without conflict, who has not graded the case could audit it.", Given(False)
    ]
    incomplete_domains: Annotated[
        int, "Applicable domains without grade, reason, evidence or difference for the child.", Given(0)
    ]
    unanswered_findings: Annotated[
        int, "Grades below Good and answers “no” without an action or a link to one.", Given(0)
    ]
    participation_recorded: Annotated[
        bool, "For practitioner, child and family: who took part and how, or why not.", Given(True)
    ]
    undecided_grades: Annotated[int, "Grades (overall and domains) that the moderator has not decided.", Given(0)]
    changed_grades: Annotated[
        int | None, "Grades that the moderator's decision changes; None before it is made.", Given(None)
    ]
    comments: Annotated[int, "Comments on items that go back with a return.", Given(1)]


class ModerationFacts(TypedDict):
    """What the moves of a moderation task depend on."""

    actor_in_conflict: InConflict
    actor_judges_own_work: OwnWork
    chosen_in_conflict: ChosenInConflict
    chosen_judges_own_work: ChosenOwnWork


class ActionFacts(TypedDict):
    """What the moves of an action depend on."""

    actor_in_conflict: InConflict
    actor_is_owner_or_reports: Annotated[bool, "The person acting owns the action, or reports to its owner."]
    nobody_qualifies: NobodyQualifies
    answers_alone: Annotated[
        int,
        "Findings of submitted audits that no other action answers, and actions without a difference that this one "
        "follows up.",
    ]
    due_date_set: Annotated[bool, "The action has a due date.", Given(True)]
    first_due_on: Annotated[date, "The due date that was set first: overdue always counts from it."]
    evidence_given: Annotated[bool, "What was done is said, with evidence.", Given(True)]
    difference: Annotated[str | None, "Whether it made a difference: `yes`, `partly` or `no`.", Given("yes")]
    how_known_given: Annotated[bool, "It is said how the difference is known.", Given(True)]
    follow_up: Annotated[bool, "A further action is proposed in the place of this one.", Given(False)]
    request_open: RequestOpen
    approved_ask: ApprovedAsk


class AlertFacts(TypedDict):
    """What the moves of an immediate concern depend on."""

    actor_is_case_worker: Annotated[bool, "The person acting is the case's worker."]
    actor_is_concerned: Annotated[bool, "The concern is about the person acting."]


class CorrectionFacts(TypedDict):
    """What the moves of a correction depend on."""

    actor_in_conflict: InConflict
    actor_is_requester: Annotated[bool, "The person acting asked for the correction."]
    actor_graded_it: Annotated[
        bool, "The person acting is the auditor or a moderator of the case audit, or one of these reports to them."
    ]
    nobody_qualifies: NobodyQualifies


class ApprovalFacts(TypedDict):
    """What the moves of a request for approval depend on."""

    ask: Annotated[str, "The move asked for: `remove`, `mark_not_audited`, `discard_draw` or `cannot_do`."]
    actor_in_conflict: InConflict
    actor_is_requester: Annotated[bool, "The person acting made the request."]


FACTS: dict[str, type] = {
    "audit_round": AuditRoundFacts,
    "case_audit": CaseAuditFacts,
    "moderation": ModerationFacts,
    "action": ActionFacts,
    "alert": AlertFacts,
    "correction": CorrectionFacts,
    "approval": ApprovalFacts,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as documented: its name, Python type, meaning, and `Given` if it comes with the request."""

    name: str
    type: str
    meaning: str
    given: Given | None


def list_facts(workflow: str) -> tuple[Fact, ...]:
    """The documented facts of a workflow, in order. Raises KeyError for an unknown workflow."""
    hints = get_type_hints(FACTS[workflow], include_extras=True)
    return tuple(_fact(name, get_args(hint)) for name, hint in hints.items())


def _fact(name: str, parts: tuple[Any, ...]) -> Fact:
    kind, meaning, *marks = parts
    words = kind.__name__ if isinstance(kind, type) else str(kind)
    return Fact(name, words, meaning, marks[0] if marks else None)


def when_asking(workflow: str) -> dict[str, Any]:
    """Values of the facts that come with a request, for a screen that only asks what is possible."""
    return {fact.name: fact.given.asking for fact in list_facts(workflow) if fact.given is not None}
