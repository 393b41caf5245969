"""The conditions of a case audit's moves; see `workflows.guards` for what a guard is."""

from __future__ import annotations

from typing import Final

from workflows.guards import is_not, is_one_of, is_true
from workflows.table import Facts, Guard

MAX_RETURNS: Final = 2
"""How often a moderator may return one audit."""


def _findings(facts: Facts) -> bool:
    return facts["purpose"] != "main" or not facts["unanswered_findings"]


def _participation(facts: Facts) -> bool:
    return facts["purpose"] != "main" or bool(facts["participation_recorded"])


def _moderated(facts: Facts) -> bool:
    return bool(facts["moderation_chosen"]) or facts["returns"] > 0


ROUND_TAKES_ALLOCATION = is_one_of(
    "round_takes_allocation",
    "round_state",
    frozenset({"sampled", "live"}),
    "Cases are allocated once the sample is drawn, and until reporting begins.",
)
ROUND_LIVE = is_one_of("round_live", "round_state", frozenset({"live"}), "The round is not live.")
ROUND_UNPUBLISHED = is_one_of(
    "round_unpublished",
    "round_state",
    frozenset({"live", "reporting"}),
    "The round's results are published, so the dispute waits for its decision.",
)
ROUND_CANCELLED = is_one_of("round_cancelled", "round_state", frozenset({"cancelled"}), "The round is not cancelled.")
DRAW_DISCARDED = is_one_of(
    "draw_discarded", "round_state", frozenset({"planned"}), "The draw that took this case still stands."
)
MAIN_PURPOSE = is_one_of(
    "main_purpose", "purpose", frozenset({"main"}), "This applies to the main audit of a case only."
)
OTHER_PURPOSE = is_one_of(
    "other_purpose",
    "purpose",
    frozenset({"second", "calibration", "bridge"}),
    "This does not apply to the main audit of a case.",
)
CHOSEN_TRAINED = is_true(
    "chosen_trained", "chosen_trained", "The person you chose is not an auditor whose training is up to date."
)
CHOSEN_IS_NEW = is_not(
    "chosen_is_new",
    "chosen_graded_before",
    "The person you chose has graded this case before, or could see its grade, and somebody else could audit it. "
    "Choose somebody else.",
)
NO_OTHER_AUDITOR = is_not(
    "no_other_auditor",
    "another_could_audit",
    "Somebody who has not graded this case before could audit it. Choose somebody else.",
)
DOMAINS_COMPLETE = is_not(
    "domains_complete",
    "incomplete_domains",
    "Some domains lack a grade, its reason, the evidence or the difference for the child.",
)
FINDINGS_ANSWERED = Guard(
    "findings_answered",
    "Each grade below Good and each answer “no” needs an action, or a link to one.",
    _findings,
    ("purpose", "unanswered_findings"),
)
PARTICIPATION_RECORDED = Guard(
    "participation_recorded",
    "Say how the practitioner, the child and the family took part, or why they did not.",
    _participation,
    ("purpose", "participation_recorded"),
)
CHOSEN_FOR_MODERATION = Guard(
    "chosen_for_moderation",
    "The round's policy does not send this audit to moderation.",
    _moderated,
    ("moderation_chosen", "returns"),
)
NOT_CHOSEN_FOR_MODERATION = Guard(
    "not_chosen_for_moderation",
    "The round's policy sends this audit to moderation.",
    lambda facts: not _moderated(facts),
    ("moderation_chosen", "returns"),
)
NOT_OPENED = is_not(
    "not_opened", "moderation_opened", "The moderator has opened your audit, so you can no longer withdraw it."
)
EVERY_GRADE_DECIDED = is_not(
    "every_grade_decided", "undecided_grades", "Decide the overall grade and the grade of each domain."
)
NOTHING_CHANGED = is_not(
    "nothing_changed", "changed_grades", "You changed a grade, so this is not a confirmation: record it as a change."
)
SOMETHING_CHANGED = Guard(
    "something_changed",
    "You changed no grade: confirm the audit instead.",
    lambda facts: facts["changed_grades"] != 0,
    ("changed_grades",),
)
COMMENTED = is_true("commented", "comments", "Write at least one comment on an item before you return the audit.")
RETURNS_LEFT = Guard(
    "returns_left",
    "This audit has been returned twice already: confirm it or change the grade.",
    lambda facts: facts["returns"] < MAX_RETURNS,
    ("returns",),
)
AUDITOR_PRESENT = is_not(
    "auditor_present", "auditor_gone", "The auditor is no longer here to answer: confirm the audit or change the grade."
)
AUDITOR_SILENT = Guard(
    "auditor_silent",
    "The auditor is still here and has time to answer.",
    lambda facts: bool(facts["auditor_gone"]) or bool(facts["return_overdue"]),
    ("auditor_gone", "return_overdue"),
)
NOT_CHALLENGED = is_not("not_challenged", "challenged", "This grade has been challenged once already.")
CHALLENGE_TIME_LEFT = is_not("challenge_time_left", "challenge_time_over", "The time to challenge this grade is over.")
CHALLENGE_TIME_OVER = is_true(
    "challenge_time_over", "challenge_time_over", "The team's manager may still challenge the grade."
)
ACTIONS_SETTLED = is_not(
    "actions_settled",
    "unsettled_actions",
    "Some actions are neither verified nor approved as not done, so the audit stays open.",
)
NEVER_SUBMITTED = is_not(
    "never_submitted", "submissions", "A grade was submitted once, so this case can never be removed."
)
# Says nothing of a grade: whoever audits after a withdrawn submission does not know that there was one.
NOT_YET_SUBMITTED = is_not(
    "not_yet_submitted",
    "submissions",
    "You cannot give this case back yourself. Ask the quality assurance lead to give it to somebody else.",
)
DISPUTE_OVERDUE = is_true("dispute_overdue", "dispute_overdue", "There is still time to decide this dispute.")
UNDECIDED = Guard(
    "undecided",
    "Somebody may still decide this dispute, and has time to.",
    lambda facts: bool(facts["dispute_overdue"]) or bool(facts["nobody_qualifies"]),
    ("dispute_overdue", "nobody_qualifies"),
)
NOT_ESCALATED = is_not("not_escalated", "dispute_escalated", "This dispute is with the director already.")
ESCALATED = is_true("escalated", "dispute_escalated", "This dispute has not gone up to the director.")
